"""Machine files load, `--set` reaches every field, and what cannot be built is refused in one line that says why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rvsim import Machine
from rvsim.errors import UsageError
from rvsim.isa import UNITS
from rvsim.timing import MachineConfig, load_machine, machine_names, peaks
from rvsim.timing.units import ALL_UNITS


def test_presets_are_listed_and_load() -> None:
    assert {"generic", "ara-4l"} <= set(machine_names())
    for name in machine_names():
        config = load_machine(name)
        assert isinstance(config, MachineConfig)
        assert config.name == name
        assert config.source


def test_units_are_those_of_the_instruction_table() -> None:
    assert set(ALL_UNITS) == set(UNITS)


@pytest.mark.parametrize(
    ("key", "text", "read"),
    [
        ("vlen", "1024", lambda c: c.vlen == 1024),
        ("lanes", "2", lambda c: c.lanes == 2 and c.datapath_bits == 128 and c.memory_bytes == 16),
        ("l2.size", "1MiB", lambda c: c.l2.size == 1 << 20),
        ("l1d.size", "16 KiB", lambda c: c.l1d.size == 16384),
        ("isa", "+zvdot4a8i_0p1", lambda c: c.isa.endswith("_zvdot4a8i_0p1") and c.isa_added == ("zvdot4a8i_0p1",)),
        ("isa", "+zvdot4a8i_0p1,-zvdot4a8i_0p1", lambda c: "zvdot4a8i" not in c.isa),
        ("isa", "-zvbb,+zvdot4a8i_0p1", lambda c: "zvbb" not in c.isa.split("_") and c.isa_added == ("zvdot4a8i_0p1",)),
        ("scalar.classes.alu.latency", "2", lambda c: c.scalar.classes["alu"].latency == 2),
        ("vector.classes.fp.latency", "[4, 4, 5, 6]", lambda c: c.vector.classes["fp"].latency == (4, 4, 5, 6)),
        ("vector.chaining", "false", lambda c: c.vector.chaining is False),
        ("vector.dispatch", "commit", lambda c: c.vector.dispatch == "commit"),
    ],
)
def test_set_replaces_any_field(key: str, text: str, read) -> None:
    assert read(load_machine("generic", {key: text}))


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ({"vleng": "512"}, ["vleng", "did you mean 'vlen'"]),
        ({"l2.sise": "1MiB"}, ["sise", "l2", "did you mean 'size'"]),
        ({"vector.classes.fpp.latency": "1"}, ["fpp", "vector.classes"]),
        ({"vector.memory": "1"}, ["group of fields", "bits_per_lane"]),
        ({"vlen": "1000"}, ["vlen is 1000", "power of two"]),
        ({"vlen": "32"}, ["vlen is 32", "64 to 65536"]),
        ({"vlen": "131072"}, ["65536"]),
        ({"vlen": "wide"}, ["'wide' is not a number"]),
        ({"lanes": "3"}, ["lanes is 3", "power of two"]),
        ({"lanes": "16"}, ["1024 bit is wider than vlen = 512"]),
        ({"dram.bytes_per_cycle": "0"}, ["dram.bytes_per_cycle", "bandwidth"]),
        ({"dram.latency": "-1"}, ["dram.latency is -1"]),
        ({"dram.latency": "nan"}, ["dram.latency is nan", "100000"]),
        ({"scalar.classes.alu.latency": "1e9"}, ["scalar.classes.alu.latency is 1e+09", "100000"]),
        ({"vector.classes.int.occupancy.beat": "1e30"}, ["vector.classes.int.occupancy.beat is 1e+30", "-100000 to 100000"]),
        ({"vector.classes.fp_div.occupancy.beat": "[8, 8, inf, 16]"}, ["vector.classes.fp_div.occupancy.beat is inf"]),
        ({"l2.size": "-1"}, ["l2.size is -1"]),
        ({"l2.bytes_per_cycle": "0"}, ["l2.bytes_per_cycle", "bandwidth"]),
        ({"l1d.ways": "3"}, ["l1d.size", "power of two"]),
        ({"l1d.line": "48"}, ["l1d.line is 48"]),
        ({"l1d.size": "0"}, ["l1d.size is 0", "vector.memory.level"]),
        ({"scalar.issue_width": "0"}, ["scalar.issue_width is 0"]),
        ({"scalar.window": "9999"}, ["scalar.window", "512"]),
        ({"isa": "+"}, ["isa=+EXTENSION"]),
        ({"isa": "-zzz"}, ["'zzz' is not in"]),
        ({"isa": "rv32imac"}, ["only rv64"]),
        ({"vector.dispatch": "later"}, ["'later'", "vector.dispatch"]),
    ],
)
def test_what_cannot_be_set_is_refused(sets: dict[str, str], words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        load_machine("generic", sets)
    text = str(caught.value)
    assert "\n" not in text
    assert "generic" in text
    for word in words:
        assert word in text


def test_ara_without_a_data_cache() -> None:
    """Its vector stores remove lines from the cache of the scalar core: there is none."""
    code = ".globl f\nf: vsetvli t0, a1, e32, m1, ta, ma\n vle32.v v8, (a0)\n vse32.v v8, (a0)\n lw a0, (a0)\n ret\n"
    cycles = [Machine("ara-4l", set=sets).load(code).call("f", np.ones(50, np.int32), 50).cycles for sets in ({}, {"l1d.size": "0"})]
    assert None not in cycles and min(cycles) > 10


def test_a_base_is_merged() -> None:
    """Ara's machines differ in lanes, VLEN and names; the smallest also in mask operations, which never do less than two a cycle."""
    base = load_machine("ara-4l")
    for lanes in (2, 8, 16):
        config = load_machine(f"ara-{lanes}l")
        assert (config.lanes, config.vlen) == (lanes, 1024 * lanes)
        assert (config.scalar, config.l1i, config.dram, config.vector.memory) == (base.scalar, base.l1i, base.dram, base.vector.memory)
        changed = {name for name, price in config.vector.classes.items() if price != base.vector.classes[name]}
        assert changed == ({"mask_first", "iota", "id"} if lanes == 2 else set())


def test_a_base_may_be_a_file_and_tables_are_merged(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('base = "generic"\nname = "one"\n[l2]\nsize = "1 MiB"\n[scalar.classes.alu]\nlatency = 2\n')
    (tmp_path / "two.toml").write_text('base = "one.toml"\nname = "two"\nvlen = 256\n')
    config, generic = load_machine(tmp_path / "two.toml"), load_machine("generic")
    assert (config.name, config.vlen, config.l2.size, config.l2.ways) == ("two", 256, 1 << 20, generic.l2.ways)
    assert config.scalar.classes["alu"].latency == 2
    assert config.scalar.classes["alu"].units == generic.scalar.classes["alu"].units


@pytest.mark.parametrize(
    ("base", "words"),
    [('"mine.toml"', "leads back to itself"), ('"ara4l"', "ara4l"), ("4", "in quotes"), ('"other.toml"', "leads back to itself")],
)
def test_a_base_that_cannot_be(tmp_path: Path, base: str, words: str) -> None:
    (tmp_path / "mine.toml").write_text(f"base = {base}\n")
    (tmp_path / "other.toml").write_text('base = "mine.toml"\n')
    with pytest.raises(UsageError, match=words) as caught:
        load_machine(tmp_path / "mine.toml")
    assert "\n" not in str(caught.value)


def test_unknown_machine_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown machine 'ara4l'; did you mean 'ara-4l'\?"):
        load_machine("ara4l")


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    preset = Path(__file__).parents[2] / "rvsim/timing/machines/generic.toml"
    mine = tmp_path / "mine.toml"
    mine.write_text(preset.read_text().replace('name = "generic"', 'name = "mine"').replace("vlen = 512", "vlen = 256"))
    assert load_machine(mine).vlen == 256


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("vlen = 512", "vlen = ", ["not valid TOML"]),
        ("vlen = 512", "", ["missing key", "vlen"]),
        ("vlen = 512", "vlen = 512\ncolour = 1", ["unknown key", "colour"]),
        ('"v_int_div"', '"v_int_dove"', ["v_int_dove", "did you mean 'v_int_div'"]),
        ('units = ["v_int_div"]', "units = []", ["no price for v_int_div"]),
        ("config_result = 1", 'config_result = 1\nmask_queue = "masks"', ["mask_queue", "no class uses"]),
        ('units = ["v_int_div"]', 'units = ["v_int_div", "v_load"]', ["v_load", "already priced"]),
        ("config_result = 1", "queues = { lode = {} }", ["lode", "no class uses"]),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    preset = Path(__file__).parents[2] / "rvsim/timing/machines/generic.toml"
    mine = tmp_path / "broken.toml"
    mine.write_text(preset.read_text().replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        load_machine(str(mine))
    assert "broken.toml" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_peaks_are_what_the_lanes_can_do() -> None:
    roofs = peaks(load_machine("ara-4l"))
    assert roofs["mac"]["f64", "f64"].flop_per_cycle == 8
    assert roofs["mac"]["f32", "f32"].flop_per_cycle == 16
    assert roofs["mac"]["i8", "i32"].unit == "v_widen_macc"
    assert ("bf16", "f32") not in roofs["mac"]
    assert roofs["bytes_per_cycle"] == {"dram": 16}
    added = peaks(load_machine("ara-4l", {"isa": "+zvfh,+zvfbfwma"}))["mac"]
    assert added["f16", "f16"].flop_per_cycle == 32
    assert 15 < added["bf16", "f32"].flop_per_cycle < 16
    assert peaks(load_machine("generic", {"lanes": "8"}))["mac"]["f32", "f32"].flop_per_cycle == 32
