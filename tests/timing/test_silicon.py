"""The presets of real cores: published figures of single instructions, one mechanism a test, and laws that scale with the machine."""

from __future__ import annotations

import pytest

from rvsim.errors import UsageError
from rvsim.timing import load_machine, peaks

SILICON = ("spacemit-x60", "sifive-x280", "saturn-v256d128", "xuantie-c908", "spacemit-a100")


def pace(model, name: str, sew: int, lmul: float, *, step: float = 1, copies: int = 64, **event: object) -> float:
    """Cycles an instruction in a long run of copies; destinations go round v8..v15, `step` x LMUL registers apart."""
    places = max(1, int(8 / (step * max(lmul, 1))))
    shape: dict[str, object] = {"vtype": (sew, lmul), "vl": None, "addr": 0x10000, **event}
    body = []
    for i in range(copies):
        vd = 8 + i % places * (8 // places)
        registers = {"vd": vd, "vs3": vd, "vs2": 16, "vs1": 24, "rs1": 5, "rs2": 6, "rd": 10 + i % places}
        body.append((name, registers, shape))
    model.play(body, 4)
    start = model.drain()
    model.play(body, 16)
    return (model.drain() - start) / (16 * copies)


# Cycles at LMUL 1, 2, 4, 8; the figures of the reference loop, with X280's loop cost of 0.14 taken off.
FIGURES = [
    ("spacemit-x60", "vadd.vv", 32, (1, 2, 4, 8)),
    ("spacemit-x60", "vand.vv", 32, (2, 4, 8, 16)),
    ("spacemit-x60", "vmul.vv", 64, (4, 8, 16, 32)),
    ("spacemit-x60", "vslidedown.vi", 32, (3, 5, 9, 17)),
    ("spacemit-x60", "vrgather.vv", 16, (4, 16, 64, 256)),
    ("spacemit-x60", "vcompress.vm", 16, (3, 10, 36, 136)),
    ("spacemit-x60", "vredsum.vs", 32, (2, 4, 9.5, 35)),
    ("spacemit-x60", "vfredusum.vs", 32, (6.5, 11, 17, 54)),
    ("spacemit-x60", "vfredosum.vs", 64, (5, 11, 24, 96)),
    ("spacemit-x60", "vmseq.vv", 16, (2, 4, 8, 18)),
    ("spacemit-x60", "vmseq.vv", 8, (2, 4, 8, 11)),
    ("spacemit-x60", "vmand.mm", 8, (1, 1, 1, 2)),
    ("spacemit-x60", "vmv.x.s", 32, (2, 2, 3, 6)),
    ("spacemit-x60", "vfdiv.vv", 32, (38.3, 76.6, 153.2, 306.4)),
    ("sifive-x280", "vfmacc.vv", 32, (2, 4, 8, 16)),
    ("sifive-x280", "vredsum.vs", 32, (29, 37, 45, 53)),
    ("sifive-x280", "vrgather.vv", 32, (20, 36, 68, 132)),
    ("sifive-x280", "vmseq.vv", 16, (2, 4, 8, 18)),
    ("sifive-x280", "vfdiv.vv", 32, (31, 55, 103, 199)),
    ("sifive-x280", "vmv.x.s", 32, (3, 3, 5.5, 11)),
    ("saturn-v256d128", "vfmacc.vv", 32, (2, 4, 8, 16)),
    ("saturn-v256d128", "vredsum.vs", 32, (8, 12, 20, 37.4)),
    ("saturn-v256d128", "vrgather.vv", 32, (14, 28, 56, 112.9)),
    ("saturn-v256d128", "vmseq.vv", 16, (3, 7, 15, 32.3)),
    ("saturn-v256d128", "vfredosum.vs", 32, (42, 82, 162, 326)),
    ("xuantie-c908", "vadd.vv", 32, (1, 2, 4, 8)),
    ("xuantie-c908", "vand.vv", 32, (2, 4, 8, 16)),
    ("spacemit-a100", "vadd.vv", 32, (2, 4, 8, 16)),
    ("spacemit-a100", "vmul.vv", 32, (4, 8, 16, 32)),
]


@pytest.mark.parametrize(("machine", "name", "sew", "figures"), FIGURES)
def test_published_figures(model_of, machine: str, name: str, sew: int, figures: tuple[float, ...]) -> None:
    found = [pace(model_of(machine), name, sew, lmul) for lmul in (1, 2, 4, 8)]
    assert found == pytest.approx(figures, rel=0.02)


@pytest.mark.parametrize(
    ("name", "step", "figures"), [("vwmul.vv", 2, (2, 4, 8)), ("vfwadd.wv", 2, (4, 8, 17)), ("vnsrl.wv", 1, (4, 8, 16))]
)
def test_widening_costs_its_destination_and_narrowing_its_source(model_of, name: str, step: int, figures: tuple[float, ...]) -> None:
    found = [pace(model_of("spacemit-x60"), name, 16, lmul, step=step) for lmul in (1, 2, 4)]
    assert found == pytest.approx(figures, rel=0.02)


@pytest.mark.parametrize(
    ("name", "sew", "cycles"),
    [("vlseg2e32.v", 32, 12), ("vlseg3e32.v", 32, 20), ("vlseg4e32.v", 32, 24), ("vlseg5e32.v", 32, 40), ("vlseg8e8.v", 8, 256),
     ("vsseg2e32.v", 32, 6), ("vsseg4e8.v", 8, 12), ("vsseg5e8.v", 8, 160)],
)  # fmt: skip
def test_small_segments_are_transposed_and_large_ones_go_element_by_element(model_of, name: str, sew: int, cycles: float) -> None:
    assert pace(model_of("spacemit-x60"), name, sew, 1) == pytest.approx(cycles, rel=0.03)


def test_fields_may_be_priced_apart_and_all_must_be(model_of) -> None:
    with pytest.raises(UsageError, match="no price for v_load_seg"):
        load_machine("spacemit-x60", {"vector.classes.load_segment_serial.fields": "[6, 8]"})
    with pytest.raises(UsageError, match="already priced by class 'load_segment'"):
        load_machine("spacemit-x60", {"vector.classes.load_segment_serial.fields": "[4, 8]"})
    with pytest.raises(UsageError, match=r"must be a range within \[1, 8\]"):
        load_machine("spacemit-x60", {"vector.classes.load_segment_serial.fields": "[5, 9]"})


def test_an_unknown_mnemonic_in_a_machine_is_refused(model_of) -> None:
    with pytest.raises(UsageError, match=r"'vfoo\.vv', which is no instruction"):
        model_of("spacemit-x60", **{"vector.classes.int_rem.instructions": '["vfoo.vv"]'})
    with pytest.raises(UsageError, match=r"'vdiv\.vx' is already priced by class"):
        load_machine("spacemit-x60", {"vector.classes.int_rem.instructions": '["vdiv.vx"]'})


def test_one_mnemonic_may_have_a_price_of_its_own(model_of) -> None:
    div, rem = (pace(model_of("spacemit-x60"), name, 32, 1) for name in ("vdiv.vv", "vrem.vv"))
    assert rem - div == pytest.approx(2, abs=0.1)


def test_cost_follows_vlmax_or_vl(model_of) -> None:
    for machine, cycles in (("spacemit-x60", 2), ("xuantie-c908", 2), ("sifive-x280", 1), ("saturn-v256d128", 1)):
        assert pace(model_of(machine), "vadd.vv", 32, 2, vl=1) == pytest.approx(cycles, rel=0.02)


def test_stride_zero(model_of) -> None:
    """X60: an element a cycle, whatever the stride; strided segments of one address save their passes."""
    strided = {"stride": 12, "addr": 0x14000}
    assert pace(model_of("spacemit-x60"), "vlse32.v", 32, 4, **strided) == pytest.approx(32, rel=0.02)
    apart = pace(model_of("spacemit-x60"), "vssseg2e8.v", 8, 1, stride=6, addr=0x14000)
    same = pace(model_of("spacemit-x60"), "vssseg2e8.v", 8, 1, stride=0, addr=0x14000)
    assert (apart, same) == (pytest.approx(34, rel=0.02), pytest.approx(32, rel=0.02))


def strip(loads: int, stores: int, lmul: int, vl: int | None = None, skew: int = 0) -> list:
    """A strip of a copy or a fill, in L1."""
    shape = {"vtype": (8, lmul), "vl": vl}
    body: list = [("vle8.v", {"vd": 8, "rs1": 5}, {**shape, "addr": 0x10000 + skew})] * loads
    return [*body, *[("vse8.v", {"vs3": 8, "rs1": 6}, {**shape, "addr": 0x12000})] * stores]


def steady(model, body: list, count: int = 300) -> float:
    model.play(body, count)
    start = model.drain()
    model.play(body, count)
    return (model.drain() - start) / count


def test_bytes_of_stores_leave_one_store_after_another_and_loads_take_turns_with_them(model_of) -> None:
    """X60: fills at 14 bytes a cycle, copies in 6 cycles a register, and in 4 where vl is 16 bytes: the cost of VLMAX without the bytes."""
    for lmul in (2, 4, 8):
        assert steady(model_of("spacemit-x60"), strip(0, 1, lmul)) == pytest.approx(2.28 * lmul + 0.4, rel=0.03)
        assert steady(model_of("spacemit-x60"), strip(1, 1, lmul)) == pytest.approx(6 * lmul, rel=0.07)
        assert steady(model_of("spacemit-x60"), strip(1, 1, lmul, vl=16)) == pytest.approx(4 * lmul + 1.5, rel=0.07)


def test_a_skewed_load_takes_one_cycle_more(model_of) -> None:
    aligned, skewed = (steady(model_of("spacemit-x60"), strip(1, 0, 2, skew=skew)) for skew in (0, 3))
    assert skewed - aligned == pytest.approx(1, abs=0.1)


def test_operands_of_late_stages(model_of) -> None:
    """X60: a branch on a loaded byte, and a store of it, do not hold the next instructions back."""
    byte = ("lbu", {"rd": 7, "rs1": 5}, {"addr": 0x10000})
    look = [byte, ("addi", {"rd": 5, "rs1": 5}, {}), ("bne", {"rs1": 7, "rs2": 0}, {})]
    copy = [byte, ("addi", {"rd": 5, "rs1": 5}, {}), ("sb", {"rs2": 7, "rs1": 6}, {"addr": 0x12000}),
            ("addi", {"rd": 6, "rs1": 6}, {}), ("bne", {"rs1": 5, "rs2": 9}, {})]  # fmt: skip
    early = {"scalar.classes.control.operands_late": 0, "scalar.classes.store.operands_late": 0}
    for body, cycles in ((look, 2), (copy, 3)):
        assert steady(model_of("spacemit-x60"), body) == pytest.approx(cycles, abs=0.1)
        assert steady(model_of("spacemit-x60", **early), body) > cycles + 1.5


def test_a_branch_mispredicted_on_a_late_operand_pays_for_the_wait(model_of) -> None:
    def lost(**sets: object) -> int:
        model = model_of("spacemit-x60", **{"scalar.history_bits": 0, "scalar.taken_branch": 0, **sets})
        load = ("ld", {"rd": 7, "rs1": 5}, {"pc": 0, "addr": 0x10000})
        taken = [load, ("bne", {"rs1": 7, "rs2": 0, "imm": 8}, {"pc": 4}), ("addi", {"rd": 8, "rs1": 8}, {"pc": 12})]
        through = [load, ("bne", {"rs1": 7, "rs2": 0, "imm": 8}, {"pc": 4}), ("addi", {"rd": 9, "rs1": 9}, {"pc": 8})]
        model.play((taken + through) * 200)
        return model.drain()

    assert lost() == pytest.approx(lost(**{"scalar.classes.control.operands_late": 0}), rel=0.02)


def test_vset_holds_the_vector_unit_back(model_of) -> None:
    body: list = []
    for vd in range(8, 16):
        body += [("vsetvli", {"rd": 0, "rs1": 0}, {"vtype": (32, 1), "vl": None}), ("vadd.vv", {"vd": vd, "vs2": 16, "vs1": 24}, {})]
    assert steady(model_of("spacemit-x60"), body) >= 8 * 4
    assert steady(model_of("spacemit-x60", **{"vector.config_dispatch": 0}), body) < 8 * 3


def test_laws_scale_with_the_machine(model_of) -> None:
    """Twice the pipes halve the beats and quarter a gather; twice the registers do the contrary."""
    base = {name: pace(model_of("spacemit-x60"), name, 32, 4) for name in ("vadd.vv", "vand.vv", "vrgather.vv")}
    wide = {name: pace(model_of("spacemit-x60", vlen=512, lanes=8), name, 32, 4) for name in base}
    long = {name: pace(model_of("spacemit-x60", vlen=512), name, 32, 4) for name in base}
    assert [wide[name] / base[name] for name in base] == pytest.approx([0.5, 0.5, 0.25], rel=0.01)
    assert [long[name] / base[name] for name in base] == pytest.approx([2, 2, 4], rel=0.01)
    assert pace(model_of("xuantie-c908"), "vrgather.vv", 32, 4) == pytest.approx(base["vrgather.vv"], rel=0.01)
    assert pace(model_of("spacemit-a100"), "vrgather.vv", 32, 4) == pytest.approx(4 * base["vrgather.vv"], rel=0.01)


def test_fractional_groups_never_cost_more(model_of) -> None:
    for machine in SILICON:
        for name in ("vadd.vv", "vrgather.vv", "vredsum.vs", "vmseq.vv", "vle32.v"):
            costs = [pace(model_of(machine), name, 32, lmul) for lmul in (0.5, 1, 2)]
            assert costs == sorted(costs)


def test_masked_instructions_cost_no_more_than_a_little(model_of) -> None:
    for machine in SILICON:
        plain, masked = (
            steady(
                model_of(machine),
                [("vadd.vv", {"vd": 8 + 4 * i, "vs2": 16, "vs1": 24, "vm": vm}, {"vtype": (32, 4), "vl": None}) for i in (0, 1)],
            )
            for vm in (1, 0)
        )
        assert plain <= masked <= 1.25 * plain


# FLOP (operations) a cycle of the multiply-accumulates; X60's were measured with register-only loops.
PEAKS = {
    "spacemit-x60": {("f64", "f64"): 8, ("f32", "f32"): 16, ("f16", "f16"): 32, ("i8", "i32"): 16, ("i8", "i16"): 32},
    "xuantie-c908": {("f64", "f64"): 4, ("f32", "f32"): 8, ("f16", "f16"): 16, ("i8", "i32"): 8},
    "spacemit-a100": {("f64", "f64"): 16, ("f32", "f32"): 32, ("f16", "f16"): 64, ("bf16", "f32"): 32, ("i8", "i32"): 16},
    "sifive-x280": {("f64", "f64"): 8, ("f32", "f32"): 16, ("f16", "f16"): 32, ("i8", "i32"): 32},
    "saturn-v256d128": {("f64", "f64"): 4, ("f32", "f32"): 8, ("i8", "i32"): 8},
}


@pytest.mark.parametrize("machine", SILICON)
def test_peaks(machine: str) -> None:
    rates = peaks(load_machine(machine))["mac"]
    for types, rate in PEAKS[machine].items():
        assert rates[types].flop_per_cycle == pytest.approx(rate), types
    assert (("bf16", "f32") in rates) == (("bf16", "f32") in PEAKS[machine])


@pytest.mark.parametrize("machine", SILICON)
@pytest.mark.parametrize("sets", [{"vlen": "2048"}, {"l2.size": "1MiB"}, {"vlen": "1024", "lanes": "8"}, {"isa": "+zvfbfwma"}])
def test_fields_can_be_changed(model_of, machine: str, sets: dict[str, str]) -> None:
    config = load_machine(machine, sets)
    assert pace(model_of(machine, **sets), "vadd.vv", 32, 1) == pytest.approx(max(1, pipes_beats(config)), rel=0.02)


def pipes_beats(config) -> float:
    """Beats of one register over the pipes that an addition uses."""
    price = next(price for price in config.vector.classes.values() if "v_int_simple" in price.units)
    beat = price.occupancy.beat
    assert isinstance(beat, float | int)
    return beat * config.vlen / config.datapath_bits


def test_wider_than_a_register_is_refused() -> None:
    with pytest.raises(UsageError, match="wider than vlen"):
        load_machine("xuantie-c908", {"lanes": "4"})
