"""The table is closed and consistent: words used and defined agree both ways, encodings overlap only where intended."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

import rvsim.isa
from rvsim.isa import BY_NAME, EXTENSIONS, FIELDS, FLAGS, GROUPS, INSTRUCTIONS, UNITS, Instruction

# Pairs that share words on purpose; the one with more fixed bits is meant.
OVERLAPS = {
    ("fence", "fence.tso"),  # fence.tso is the fence with fm = 8
    ("c.lui", "c.addi16sp"),  # rd = sp
    # Hints, in the spaces of instructions that write x0 or order nothing
    *((f"prefetch.{kind}", "ori") for kind in "irw"),
    *((f"ntl.{kind}", "add") for kind in ("p1", "pall", "s1", "all")),
    *((f"c.ntl.{kind}", "c.add") for kind in ("p1", "pall", "s1", "all")),
    ("pause", "fence"),
}


# Half precision in vectors is a SEW of rows that V has.
WITHOUT_ROWS = {"zvfhmin", "zvfh"}


def test_units_extensions_flags_groups_and_fields_are_used_and_defined() -> None:
    assert {row.unit for row in INSTRUCTIONS} == UNITS.keys()
    assert {row.extension for row in INSTRUCTIONS} == EXTENSIONS.keys() - WITHOUT_ROWS
    assert {name for row in INSTRUCTIONS for choice in row.requires for name in choice} == EXTENSIONS.keys() - {"zvfhmin"}
    assert all(row.extension in row.requires[0] for row in INSTRUCTIONS)
    assert {flag for row in INSTRUCTIONS for flag in row.flags} == FLAGS.keys()
    assert {name for row in INSTRUCTIONS for name in row.fields} == FIELDS.keys()
    assert {operand.group for row in INSTRUCTIONS for operand in row.operands if operand.cls == "v"} == GROUPS
    assert all(meaning for words in (UNITS, EXTENSIONS, FLAGS) for meaning in words.values())


def test_counts() -> None:
    """The numbers of mnemonics in the ratified chapters (RV64), pseudo-instructions left out."""
    counts = {name: sum(row.extension == name for row in INSTRUCTIONS) for name in EXTENSIONS}
    assert counts == {
        "i": 53, "m": 13, "a": 22, "f": 30, "d": 32, "c": 37, "zicsr": 6, "zifencei": 1, "priv": 3, "v": 627,
        "zba": 8, "zbb": 24, "zbs": 8, "zbc": 3, "zicond": 2, "zfhmin": 8, "zfh": 26, "zfbfmin": 2, "zfa": 22,
        "zcb": 12, "zicbom": 3, "zicbop": 3, "zicboz": 1, "zihintpause": 1, "zihintntl": 8, "zimop": 40, "zcmop": 8, "zawrs": 2,
        "zvkb": 9, "zvbb": 7, "zvbc": 4, "zvfhmin": 0, "zvfh": 0, "zvfbfmin": 2, "zvfbfwma": 2, "zvdot4a8i_0p1": 7,
    }  # fmt: skip


def _overlap(one: Instruction, other: Instruction) -> bool:
    """Whether some word encodes both."""
    if one.length != other.length or (one.match ^ other.match) & one.mask & other.mask:
        return False
    fixed, value = one.mask | other.mask, one.match | other.match
    return not any(bits & fixed == bits and not bits & value for bits in one.nonzero + other.nonzero)


def test_encodings_overlap_only_where_written_down() -> None:
    found = {(a.name, b.name) for a, b in combinations(INSTRUCTIONS, 2) if _overlap(a, b)}
    assert {tuple(sorted(pair)) for pair in found} == {tuple(sorted(pair)) for pair in OVERLAPS}


def test_every_row_can_be_found_by_its_exact_mnemonic() -> None:
    text = "\n".join(path.read_text() for path in Path(rvsim.isa.__path__[0]).glob("*.py"))
    for row in INSTRUCTIONS:
        assert len(re.findall(rf"(?m)^{re.escape(row.name)} +\|.*\| {row.unit} +\| {row.extension}\b", text)) == 1, row.name


def test_an_operation_is_vector_or_scalar() -> None:
    """Handlers of one name belong to one side of the core."""
    vector = {row.operation for row in INSTRUCTIONS if _is_vector(row)}
    scalar = {row.operation for row in INSTRUCTIONS if not _is_vector(row) and row.length == 4}
    assert not vector & scalar
    assert all(name.isidentifier() or name in ("and", "or", "xor") for name in vector | scalar)
    assert all(name.startswith("v") for name in vector)


def _is_vector(row: Instruction) -> bool:
    return row.extension == "v" or row.extension.startswith("zv")


# Operations with a name of their own: what is the same for several mnemonics, or has the name of another operation.
OPERATIONS = {"fence.tso": "fence", "pause": "hint", "wrs.nto": "hint", "wrs.sto": "hint", "vcpop.v": "vcpop_v"}


def _operation_of(row: Instruction) -> str:
    """What the operation must be called, from the mnemonic alone."""
    stem, _, kind = row.name.rpartition(".")
    if row.length == 2:
        return row.operation  # the expansion is tested by value
    if row.name in OPERATIONS:
        return OPERATIONS[row.name]
    if row.name.startswith(("ntl.", "prefetch.")):
        return "hint"
    if row.name.startswith("mop."):
        return stem.replace(".", "_")
    if not _is_vector(row):
        return row.name.replace(".", "_")
    if row.unit.startswith(("v_load", "v_store")):
        access = row.unit.split("_")[-1]
        letter = row.name[1]  # l or s; indexed ones add u or o and x
        forms = {"strided": f"v{letter}se", "indexed": row.name[:4], "mask": f"v{letter}m", "whole": f"v{letter}r", "ff": "vleff"}
        return forms.get(access, f"v{letter}e")
    if row.unit == "v_config":
        return row.name
    if re.fullmatch(r"vmv\dr", stem):
        return "vmvr"
    if stem in ("vmv.x", "vmv.s", "vfmv.f", "vfmv.s"):
        return row.name.replace(".", "_")
    if (stem.startswith("vw") and kind in ("wv", "wx")) or (stem.startswith("vfw") and kind in ("wv", "wf")):
        return stem + "_w"
    return stem.replace(".", "_")


def test_operations_are_named_after_mnemonics() -> None:
    assert [row.name for row in INSTRUCTIONS if row.operation != _operation_of(row)] == []


# Operations whose rows are priced apart, though they do the same.
UNITS_APART = {
    "hint": {"alu", "system"},
    "vrgather": {"v_gather", "v_gather_scalar"},
    "vle": {"v_load", "v_load_seg"},
    "vse": {"v_store", "v_store_seg"},
    "vlse": {"v_load_strided", "v_load_seg_strided"},
    "vsse": {"v_store_strided", "v_store_seg_strided"},
    "vlux": {"v_load_indexed", "v_load_seg_indexed"},
    "vlox": {"v_load_indexed", "v_load_seg_indexed"},
    "vsux": {"v_store_indexed", "v_store_seg_indexed"},
    "vsox": {"v_store_indexed", "v_store_seg_indexed"},
}


def test_rows_of_one_operation_share_unit_flags_and_groups() -> None:
    """A slip in one of .vv, .vx, .vi shows against the others."""
    units: dict[str, set[str]] = {}
    shapes: dict[str, set[object]] = {}
    for row in INSTRUCTIONS:
        operation = BY_NAME[row.operation].operation if row.expands is not None else row.operation
        units.setdefault(operation, set()).add(row.unit)
        if _is_vector(row) and not row.unit.startswith(("v_load", "v_store", "v_extend", "v_move_whole")):
            groups = tuple(sorted((operand.name, operand.group) for operand in row.operands if operand.name in ("vd", "vs2")))
            shapes.setdefault(row.operation, set()).add((row.flags, groups))
    assert {name: found for name, found in units.items() if len(found) > 1} == UNITS_APART
    assert {name: found for name, found in shapes.items() if len(found) > 1} == {}


def test_vector_groups_follow_the_mnemonic() -> None:
    """Masks as results, fractions of extensions, sixteen-bit indices and scalar elements, stated a second time."""
    for row in INSTRUCTIONS:
        groups = {operand.name: operand.group for operand in row.operands if operand.cls == "v"}
        mask_result = re.match(r"vm(s(eq|ne|lt|le|gt)u?|f(eq|ne|lt|le|gt|ge)|adc|sbc)\.|vms[boi]f\.m|.*\.mm|vlm", row.name)
        if "vd" in groups:
            assert (groups["vd"] == "m") == bool(mask_result), row.name
        if fraction := re.match(r"v[sz]ext\.v(f\d)", row.name):
            assert groups == {"vd": "1", "vs2": fraction[1]}
        if row.name.endswith(".vs"):
            assert groups == {"vd": groups["vs1"], "vs2": "1", "vs1": "2s" if "w" in row.name else "s"}
        elif row.unit.startswith("v_") and "vs1" in groups:
            expected = {"vrgatherei16": "e16", "vcompress": "m", **dict.fromkeys(_with_unit("v_mask_logic"), "m")}
            assert groups["vs1"] == expected.get(row.operation, "1"), row.name
        if row.unit in ("v_vec_to_scalar", "v_scalar_to_vec"):
            assert set(groups.values()) == {"s"}


def _with_unit(unit: str) -> set[str]:
    return {row.operation for row in INSTRUCTIONS if row.unit == unit}


def test_compressed_rows_expand_to_whole_instructions() -> None:
    for row in INSTRUCTIONS:
        if row.length == 4:
            assert row.expands is None
            continue
        target = BY_NAME[row.operation]
        assert row.expands is not None
        assert target.length == 4 and target.unit == row.unit
        assert {name for name, _ in row.expands} == {operand.name for operand in target.operands}, row.name


@pytest.mark.parametrize("row", [row for row in INSTRUCTIONS if _is_vector(row)], ids=lambda row: row.name)
def test_vector_rows_carry_what_legality_needs(row: Instruction) -> None:
    vectors = [operand for operand in row.operands if operand.cls == "v"]
    names = [operand.name for operand in vectors]
    if row.unit == "v_config":
        assert not vectors and "vill_ok" in row.flags
        return
    assert vectors
    whole = any((operand.group or "").startswith("r") for operand in vectors)
    memory = row.unit.startswith(("v_load", "v_store"))
    assert ("vill_ok" in row.flags) == (whole and memory)
    # A row without the vm operand has bit 25 fixed: 1, or 0 when v0 is an operand.
    if "vm" not in row.fields:
        assert row.mask >> 25 & 1
        assert (row.match >> 25 & 1) == (0 if "v0" in names else 1)
    assert ("segN" if any(operand.nf > 1 for operand in vectors) else "") == ("segN" if re.search(r"seg\d", row.name) else "")
    assert bool(row.flags & {"fp", "fp2"}) == row.name.startswith(("vf", "vmf")) ^ (row.name == "vfirst.m")
    assert ("x" in row.name.split(".")[-1][1:2]) <= any(operand.cls == "x" for operand in row.operands)
    if row.name.startswith("vw") or row.name.startswith("vfw"):
        assert vectors[0].group in ("2", "2s")
    if (row.name.startswith("vn") and row.operation not in ("vnmsub", "vnmsac")) or row.name.startswith("vfncvt"):
        assert [operand.group for operand in vectors if operand.name == "vs2"] == ["2"]


def _with_flag(flag: str) -> set[str]:
    return {row.operation for row in INSTRUCTIONS if flag in row.flags}


def test_flags_are_the_specifications() -> None:
    """Each list is the one of the sections named."""
    reductions = {row.operation for row in INSTRUCTIONS if row.unit.startswith("v_reduce")}
    # 14, 15.2..15.5, 16.5: these trap unless vstart is 0
    assert _with_flag("vstart0") == reductions | {"vcpop", "vfirst", "vmsbf", "vmsif", "vmsof", "viota", "vcompress"}
    # 16.3.1, 16.3.3, 16.4, 16.5, 15.4..15.6, 7.8.3
    upwards = {"vslideup", "vslide1up", "vfslide1up", "vrgather", "vrgatherei16", "vcompress"}
    assert _with_flag("no_overlap") == upwards | {"vmsbf", "vmsif", "vmsof", "viota", "vlux", "vlox"}
    assert all("no_overlap" not in row.flags for row in INSTRUCTIONS if row.unit == "v_load_indexed")
    # 11.13, 11.14, 13.6, 13.7 read the destination as an addend or a factor; vslideup keeps its first elements
    fused = {row.operation for row in INSTRUCTIONS if row.unit in ("v_int_macc", "v_widen_macc", "v_fp_fma", "v_fp_widen_fma")}
    assert _with_flag("reads_vd") == fused | {"vslideup"}
    assert {row.name for row in INSTRUCTIONS if "exact" in row.flags} == {"fcvt.d.s", "fcvt.d.w", "fcvt.d.wu", "fcvt.s.h", "fcvt.d.h"}
    # 13.18, 13.19: one side of a conversion is an integer, and only the other needs a floating-point width
    only_wide = {"vfwcvt.f.xu.v", "vfwcvt.f.x.v", "vfncvt.xu.f.w", "vfncvt.x.f.w", "vfncvt.rtz.xu.f.w", "vfncvt.rtz.x.f.w"}
    assert {row.name for row in INSTRUCTIONS if row.flags & {"fp", "fp2"} == {"fp2"}} == only_wide


@pytest.mark.parametrize("row", [row for row in INSTRUCTIONS if "seg" in row.name], ids=lambda row: row.name)
def test_segments_say_their_fields_thrice_alike(row: Instruction) -> None:
    """The digit of the mnemonic, the nf bits of the encoding, the xN of the data operand."""
    digits = re.search(r"seg(\d)", row.name)
    assert digits is not None
    assert int(digits[1]) == (row.match >> 29) + 1 == row.operands[0].nf


def test_memory_widths_agree() -> None:
    """The number in the mnemonic, the width bits, the group of the data (indexed: of the index) operand."""
    widths = {0: 8, 5: 16, 6: 32, 7: 64}
    seen = 0
    for row in INSTRUCTIONS:
        match = re.fullmatch(r"v[ls](?:[soux]*)(?:seg\d)?e(i?)(\d+)(?:ff)?\.v", row.name)
        if match:
            operand = next(o for o in row.operands if o.name == "vs2") if match[1] else row.operands[0]
            assert f"e{match[2]}" == operand.group
            assert int(match[2]) == widths[row.match >> 12 & 7]
            seen += 1
    assert seen == 310 - 2 - 16 - 4  # all of V's loads and stores but mask and whole-register ones


def test_public_names() -> None:
    assert sorted(rvsim.isa.__all__) == sorted(set(rvsim.isa.__all__))
    assert all(hasattr(rvsim.isa, name) for name in rvsim.isa.__all__)


def test_importing_is_light() -> None:
    """The table counts at every start of the command: nothing heavy may come with it."""
    heavy = "{'numpy', 'hypothesis', 'asyncio', 'unittest', 'subprocess', 'logging', 'pathlib', 'rvsim.machine'}"
    code = f"import sys; before = set(sys.modules); import rvsim.isa; print(sorted({heavy} & (set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
