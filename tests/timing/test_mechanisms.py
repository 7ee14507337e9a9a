"""One mechanism a test, on small sequences whose cycle counts follow from the machine file."""

from __future__ import annotations

import pytest

from rvsim.errors import UsageError
from rvsim.timing import CAUSES
from rvsim.timing import prices as prices_module

V = {"vtype": (32, 4), "vl": 64}


def steady(model, body: list, count: int = 200) -> float:
    """Cycles a round in the long run."""
    model.play(body, count)
    start = model.drain()
    model.play(body, count)
    return (model.drain() - start) / count


def loop(body: list) -> list:
    return [*body, ("bne", {"rs1": 30, "rs2": 31}, {})]


def test_constants_agree_with_the_compiled_model(model_of) -> None:
    """The tick, the numbering of causes: prices.py and causes.py against state.pxd."""
    model = model_of("generic", **{"l1i.size": 0})
    model.play([("mul", {"rd": 5, "rs1": 5}, {})] * 2)
    assert model.drain() == 2 * 3
    assert model.stalls["operand"] == 5
    assert list(CAUSES).index("operand") == 4
    assert prices_module.stamps(1 / 3) == 80 << 5


def test_dual_issue_and_dependences(model_of) -> None:
    model = model_of("generic", **{"l1i.size": 0, "scalar.taken_branch": 0})
    independent = [("addi", {"rd": 5 + i, "rs1": 5 + i}, {}) for i in range(7)]
    assert steady(model, loop(independent)) == pytest.approx(4, abs=0.1)
    dependent = [("addi", {"rd": 5, "rs1": 5}, {}) for _ in range(7)]
    assert steady(model, loop(dependent)) == pytest.approx(7.5, abs=0.6)


def test_load_use_latency_is_l1(model_of) -> None:
    model = model_of("generic", **{"l1i.size": 0})
    chase = [("ld", {"rd": 5, "rs1": 5}, {"addr": 0x1000})] * 8
    assert steady(model, loop(chase)) == pytest.approx(8 * 3, rel=0.05)
    assert model.stalls["l1"] > 0.5 * model.cycles


def test_misses_are_named_by_the_level_that_has_the_data(model_of) -> None:
    def chase(span: int) -> dict[str, int]:
        model = model_of("generic", **{"l1i.size": 0, "l1d.prefetch": 0})
        walk = [("ld", {"rd": 5, "rs1": 5}, {"addr": 64 * (37 * i % (span // 64))}) for i in range(span // 64)]
        model.play(walk)
        model.reset(warm=True)
        model.play(walk)
        model.drain()
        return model.stalls

    assert max(chase(16 << 10).items(), key=lambda pair: pair[1])[0] == "l1"
    assert max(chase(256 << 10).items(), key=lambda pair: pair[1])[0] == "l2"
    assert max(chase(4 << 20).items(), key=lambda pair: pair[1])[0] == "dram"


def test_branch_prediction(model_of) -> None:
    """An alternating branch is learnt with history, not without; the loss is charged to the branch."""

    def flip(history: int) -> dict[str, int]:
        model = model_of("generic", **{"l1i.size": 0, "scalar.history_bits": history, "scalar.taken_branch": 0})
        taken = [("bne", {"rs1": 5, "rs2": 6, "imm": 8}, {"pc": 0}), ("addi", {"rd": 7, "rs1": 7}, {"pc": 8})]
        not_taken = [("bne", {"rs1": 5, "rs2": 6, "imm": 8}, {"pc": 0}), ("addi", {"rd": 8, "rs1": 8}, {"pc": 4})]
        model.play((taken + not_taken) * 500)
        model.drain()
        charged = {row.pc: row.causes[list(CAUSES).index("branch")] for row in model.by_pc()}
        assert charged[0x10000] == sum(charged.values())
        return model.stalls

    assert flip(8)["branch"] < 200
    assert flip(0)["branch"] > 2000


def test_returns_are_predicted_by_the_stack(model_of) -> None:
    call = [
        ("jal", {"rd": 1, "imm": 0x100}, {"pc": 0}), ("jalr", {"rd": 0, "rs1": 1}, {"pc": 0x100}),
        ("jal", {"rd": 1, "imm": 0xFC}, {"pc": 4}), ("jalr", {"rd": 0, "rs1": 1}, {"pc": 0x100}),
        ("jal", {"rd": 0, "imm": -8}, {"pc": 8}),
    ]  # fmt: skip
    with_stack = model_of("generic", **{"l1i.size": 0})
    without = model_of("generic", **{"l1i.size": 0, "scalar.return_stack": 0})
    assert steady(with_stack, call) + 10 < steady(without, call)


def test_chaining_hides_latency(model_of) -> None:
    """vadd -> vfmul at m4 on two pipes: with chaining the pair overlaps, without it they take turns."""
    pair = [("vadd.vv", {"vd": 8, "vs2": 16, "vs1": 20}, V), ("vfmul.vv", {"vd": 12, "vs2": 8, "vs1": 20}, V)]
    model, unchained = model_of("generic"), model_of("generic", **{"vector.chaining": "false"})
    model.play(pair)
    unchained.play(pair)
    assert unchained.drain() - model.drain() == 8


def test_chain_ends_with_a_slow_producer(model_of) -> None:
    """A consumer cannot finish before the data of its producer; the wait carries the producer's cause."""
    model = model_of("generic", **{"l1d.prefetch": 0, "l1i.size": 0})
    model.play([("vle32.v", {"vd": 8, "rs1": 5}, {**V, "addr": 0x100000}), ("vfadd.vv", {"vd": 12, "vs2": 8, "vs1": 16}, V)])
    model.drain()
    assert model.stalls["dram"] + model.stalls["bandwidth"] > 0.8 * model.cycles


@pytest.mark.parametrize("machine", ["generic", "ara-4l"])
def test_register_groups_of_different_size_see_each_other(model_of, machine: str) -> None:
    """A write of v8m4 is seen by readers of v10 alone and of v8m8, and the other way round."""
    for write, read in ((4, 1), (1, 4), (2, 8), (8, 2)):
        vd = 8 if write > 1 else 10
        producer = ("vfdiv.vv", {"vd": vd, "vs2": 16, "vs1": 16}, {"vtype": (64, write), "vl": None})
        source = 10 if read <= 2 else 8
        independent = ("vadd.vv", {"vd": 24, "vs2": 24, "vs1": 24}, {"vtype": (64, read), "vl": None})
        dependent = ("vadd.vv", {"vd": 24, "vs2": source, "vs1": 24}, {"vtype": (64, read), "vl": None})
        ends = []
        for consumer in (independent, dependent):
            model = model_of(machine)
            model.play([producer, consumer])
            ends.append(model.drain())
        assert ends[1] > ends[0]


def test_bandwidth_bounds_a_long_stream(model_of) -> None:
    """256 KiB read once from memory at 8 bytes a cycle."""
    model = model_of("generic")
    lines = [("vle32.v", {"vd": 8 * (i % 2), "rs1": 5}, {"vtype": (32, 8), "vl": None, "addr": 0x100000 + 512 * i}) for i in range(512)]
    model.play(lines)
    assert model.drain() == pytest.approx(512 * 512 / 8, rel=0.02)
    assert model.stalls["bandwidth"] > 0.7 * model.cycles
    assert model.totals.dram_bytes >= 512 * 512


def test_strided_access_pays_per_element_and_touches_every_line(model_of) -> None:
    model = model_of("generic", **{"l1d.prefetch": 0})
    model.play([("vlse32.v", {"vd": 8, "rs1": 5, "rs2": 6}, {"vtype": (32, 4), "vl": 64, "addr": 0x100000, "stride": 256})])
    model.drain()
    assert model.totals.bytes_beyond_l1 == 64 * 64
    assert model.totals.bytes_loaded == 256


def test_indexed_access_follows_its_addresses(model_of) -> None:
    near, far = (model_of("generic", **{"l1d.prefetch": 0}) for _ in range(2))
    for model, step in ((near, 4), (far, 4096)):
        model.play([("vluxei32.v", {"vd": 8, "rs1": 5, "vs2": 16}, {**V, "addr": 0, "elems": [0x100000 + step * i for i in range(64)]})])
        model.drain()
    assert near.totals.bytes_beyond_l1 == 256
    assert far.totals.bytes_beyond_l1 == 64 * 64
    assert far.cycles > 2 * near.cycles


def test_dirty_lines_are_written_back(model_of) -> None:
    model = model_of("generic", **{"l1d.prefetch": 0})
    model.play([("sd", {"rs1": 5, "rs2": 6}, {"addr": 64 * i}) for i in range(2048)])
    model.drain()
    assert model.totals.bytes_beyond_l1 == 2048 * 64 + (2048 - 512) * 64


def test_vector_unit_runs_behind_the_core(model_of) -> None:
    """Scalar work in the shadow of a long vector instruction is free; rdcycle sees the core's clock."""
    model = model_of("generic", **{"l1i.size": 0})
    divide = [("vfdiv.vv", {"vd": 8, "vs2": 16, "vs1": 16}, {"vtype": (64, 8), "vl": None})]
    model.play([*divide, *[("addi", {"rd": 5 + i % 8, "rs1": 5 + i % 8}, {}) for i in range(40)]])
    assert model.now() < 150
    assert model.drain() > 250


def test_ara_reads_of_vl_wait_for_the_vector_unit(model_of) -> None:
    model = model_of("ara-4l")
    model.play([("vfdiv.vv", {"vd": 8, "vs2": 16, "vs1": 16}, {"vtype": (64, 1), "vl": 64}), ("csrrs", {"rd": 5, "imm": 0xC20}, {})])
    assert model.now() > 324
    assert model.stalls["execute"] > 300


def test_work_counts_on_every_pipe_it_takes(model_of) -> None:
    """On all of them at once (X60), or in equal parts on those there is a choice of (X100)."""
    body = [("vfmacc.vf", {"vd": 8 + i, "rs1": 10, "vs2": 4}, {"vtype": (32, 1), "vl": 8}) for i in range(8)]
    for machine, pipes, each in (("spacemit-x60", ("v0", "v1"), 1.0), ("spacemit-x100", ("v0", "v1"), 1.0)):
        model = model_of(machine, **{"l1i.size": 0})
        model.play(body, 50)
        busy = model.unit_busy
        assert busy[pipes[0]] == busy[pipes[1]] == 8 * 50 * each, machine


def test_overwritten_code_is_summed_by_place(model_of) -> None:
    """Records of the same pc appear as one row, however often the instruction was met anew."""
    model = model_of("generic")
    for _ in range(3):
        model.play([("addi", {"rd": 5, "rs1": 5}, {}), ("mul", {"rd": 6, "rs1": 5}, {})])
    rows = model.by_pc()
    assert [row.count for row in rows] == [3, 3]


def test_fractional_groups_whole_moves_masks_and_segments_are_priced(model_of, rows) -> None:
    """Every row of the table that has a vector operand runs on every preset, at several vtypes."""
    for machine in ("generic", "ara-4l"):
        model = model_of(machine)
        for vtype in ((8, 1), (32, 0.5), (64, 4)):
            for row in rows:
                if any(operand[0] == "v" for operand in row["operands"]):
                    event = {"vtype": vtype, "vl": None, "addr": 0x1000}
                    if row["unit"].endswith("indexed"):
                        event["elems"] = [0x1000 + 8 * i for i in range(model.config.vlen)]
                    model.play([(row["name"], {"vd": 0, "vs1": 8, "vs2": 16, "vs3": 0, "rs1": 5, "vm": 1}, event)])
        assert model.drain() > 0
        assert sum(model.stalls.values()) == model.cycles


@pytest.mark.parametrize(
    ("amount", "beats"),
    [(1, 2), (2, 2), (4, 1.5), (8, 1.5), (3, 8), (7, 8), (5, 2), (12, 1.5)],
)
def test_a_slide_costs_by_its_amount(model_of, amount: int, beats: float) -> None:
    """4 lanes, e64: four elements a word. Whole words, powers of two, and anything else bit by bit; the rest in whole words is free."""
    model = model_of("ara-4l")
    slides = [("vslidedown.vi", {"vd": 24 + i % 8, "vs2": 8, "imm": amount}, {"vtype": (64, 1), "vl": 64}) for i in range(8)]
    assert steady(model, slides, 20) == pytest.approx(8 * 16 * beats, rel=0.02)


def test_an_upward_slide_does_not_write_what_is_below(model_of) -> None:
    model = model_of("ara-4l")
    costs = []
    for amount in (0, 4, 32, 48):
        slides = [("vslideup.vx", {"vd": 24 + i % 8, "vs2": 8, "rs1": 5}, {"vtype": (64, 1), "vl": 64, "stride": amount}) for i in range(8)]
        model.reset()
        costs.append(steady(model, slides, 20) / 8)
    assert costs == pytest.approx([1.5 * words + 1 for words in (16, 15, 8, 4)], abs=0.1)


def _relayout(model, first: tuple, second: tuple, vl: int | None = None) -> int:
    """Cycles of a write of v8 with one vtype, then a read with another."""
    model.play([
        ("vadd.vv", {"vd": 8, "vs2": 24, "vs1": 24}, {"vtype": first, "vl": None}),
        ("vadd.vv", {"vd": 16, "vs2": 8, "vs1": 8}, {"vtype": second, "vl": vl}),
    ])  # fmt: skip
    return model.drain()


def test_a_register_read_with_another_element_width_is_rewritten_first(model_of) -> None:
    """Ara: 1.5 cycles a word of the register, and no chaining into it; one register after the other, then idle, for groups."""
    plain, without = model_of("ara-4l"), model_of("ara-4l", **{"vector.reshuffle": 0})
    same, other = _relayout(plain, (64, 1), (64, 1)), _relayout(model_of("ara-4l"), (64, 1), (32, 1))
    assert _relayout(without, (64, 1), (32, 1)) == same
    assert same + 16 < other < same + 24 + 7
    group, mixed = _relayout(model_of("ara-4l"), (64, 4), (64, 4)), _relayout(model_of("ara-4l"), (64, 4), (32, 4))
    assert group + 4 * 24 + 8 < mixed < group + 4 * 24 + 24


def test_a_rewrite_is_paid_once_and_named_order(model_of) -> None:
    model = model_of("ara-4l")
    read = ("vadd.vv", {"vd": 16, "vs2": 8, "vs1": 8}, {"vtype": (32, 1), "vl": None})
    model.play([("vadd.vv", {"vd": 8, "vs2": 24, "vs1": 24}, {"vtype": (64, 1), "vl": None}), read])
    once = model.drain()
    assert 20 < model.stalls["order"] <= 40
    model.play([read])
    assert model.drain() - once < 40


def test_a_register_written_in_part_keeps_its_layout(model_of) -> None:
    """A whole register that is overwritten needs no rewrite; a part of one does, loads included."""
    cycles = {}
    for vl in (None, 100):
        model = model_of("ara-4l")
        model.play([
            ("vadd.vv", {"vd": 8, "vs2": 24, "vs1": 24}, {"vtype": (64, 1), "vl": None}),
            ("vle32.v", {"vd": 8, "rs1": 5}, {"vtype": (32, 1), "vl": vl, "addr": 0x1000}),
        ])  # fmt: skip
        cycles[vl] = model.drain()
    assert cycles[None] - 7 + 24 < cycles[100] < cycles[None] - 7 + 24 + 12


def test_one_element_width_has_no_rewrites(model_of) -> None:
    """Masks, scalars and stores have no layout of their own."""
    model = model_of("ara-4l")
    shape = {"vtype": (32, 1), "vl": None, "addr": 0x1000}
    names = ("vle32.v", "vadd.vv", "vmseq.vv", "vmerge.vvm", "vslide1down.vx", "vse32.v", "vredsum.vs", "vmv.x.s", "vrgather.vv")
    program = [(name, {"vd": 8 + i, "vs3": 8, "vs2": 9, "vs1": 10, "rs1": 5, "rd": 5}, shape) for i, name in enumerate(names)]
    model.play(program)
    other = model_of("ara-4l", **{"vector.reshuffle": 0})
    other.play(program)
    assert model.drain() == other.drain()


def test_masked_instructions_share_the_mask_unit(model_of) -> None:
    """Ara: a masked instruction keeps its pipe for its beats only, but the next masked one waits 10 cycles more, on any pipe."""
    shape = {"vtype": (64, 1), "vl": 64}
    masked = [("vadd.vv", {"vd": 24, "vs2": 8, "vs1": 16, "vm": 0}, shape)]
    model = model_of("ara-4l")
    assert steady(model, masked, 50) == pytest.approx(26, abs=0.2)
    both = [*masked, ("vfadd.vv", {"vd": 28, "vs2": 8, "vs1": 16, "vm": 0}, shape)]
    assert steady(model_of("ara-4l"), both, 50) == pytest.approx(52, abs=3)
    assert steady(model_of("ara-4l"), [*masked, ("vadd.vv", {"vd": 28, "vs2": 8, "vs1": 16}, shape)], 50) == pytest.approx(32, abs=1)
    free = model_of("ara-4l", **{"vector.mask_queue": ""})
    assert steady(free, [*masked, ("vadd.vv", {"vd": 28, "vs2": 8, "vs1": 16}, shape)], 50) == pytest.approx(42, abs=1)


def test_a_reduction_behind_another_pipe_has_words_left(model_of) -> None:
    """Ara: 0.55 of the words beyond the eight in queues, when the multiplier that feeds the sum ends."""
    shape = {"vtype": (64, 8), "vl": 512}
    pair = [("vmul.vv", {"vd": 8, "vs2": 16, "vs1": 24}, shape), ("vredsum.vs", {"vd": 0, "vs2": 8, "vs1": 0}, shape)]
    ends = []
    for rest in (0, 0.55):
        model = model_of("ara-4l", **{"vector.classes.reduce_int.chained_rest": rest})
        model.play(pair)
        ends.append(model.drain())
    assert ends[1] - ends[0] == pytest.approx(0.55 * 120, abs=1)


def test_accumulating_in_one_register_is_slower_with_three_operands(model_of) -> None:
    """Ara: 27 cycles an instruction of 16 beats (20 with other destinations); with a scalar operand 17."""
    shape = {"vtype": (64, 1), "vl": 64}
    vectors = [("vfmacc.vv", {"vd": 24, "vs1": 8, "vs2": 16}, shape)]
    scalar = [("vfmacc.vf", {"vd": 24, "rs1": 8, "vs2": 16}, shape)]
    assert steady(model_of("ara-4l"), vectors, 50) == pytest.approx(27, abs=0.2)
    assert steady(model_of("ara-4l"), scalar, 50) == pytest.approx(17, abs=0.4)


def test_a_writer_follows_the_reader_of_its_destination(model_of) -> None:
    """Ara: vadd on one pipe may not overwrite v8 faster than the ordered sum on the other reads it; a store is waited for."""
    shape = {"vtype": (64, 4), "vl": 256}
    slow = ("vfredosum.vs", {"vd": 24, "vs2": 8, "vs1": 16}, shape)
    store = ("vse64.v", {"vs3": 8, "rs1": 5}, {**shape, "addr": 0x1000})
    write = ("vadd.vv", {"vd": 8, "vs2": 16, "vs1": 16}, shape)
    other = ("vadd.vv", {"vd": 28, "vs2": 16, "vs1": 16}, shape)
    ends = []
    for writer in (write, other):
        model = model_of("ara-4l")
        model.play([store, writer])
        ends.append(model.drain())
    assert ends[0] > ends[1] + 40
    free = model_of("ara-4l", **{"vector.reuse_follows": "false"})
    free.play([slow, write])
    kept = model_of("ara-4l")
    kept.play([slow, write])
    assert free.drain() < kept.drain()


def test_unknown_mnemonic(model_of) -> None:
    with pytest.raises(UsageError, match=r"no instruction 'vfoo\.vv'"):
        model_of().play([("vfoo.vv", {}, {})])


def test_two_instructions_at_one_place(model_of) -> None:
    with pytest.raises(UsageError, match="mul at 0x0, where addi stands"):
        model_of().play([("addi", {}, {"pc": 0}), ("mul", {}, {"pc": 0})])
