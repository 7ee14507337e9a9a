"""Joins the instruction table with the handlers: for every row of `rvsim.isa`, what the Cython decoder needs to know.

Runs once a process, at the first machine. An operation without a handler, or a handler that no row names, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from rvsim import host, isa

from . import (
    agnostic,
    atomics,
    bulk,
    decode,
    handlers,
    products,
    softscalar,
    softvector,
    survey,
    system,
    vector,
    vmemory,
    vperm,
)

PLAIN, LOAD, STORE, AMO, BRANCH, JAL, JALR, SYSTEM, VSET, VECTOR, VLOAD, VSTORE = range(12)  # op.pxd: enum Kind
_KINDS = {
    "load": LOAD, "fload": LOAD, "store": STORE, "fstore": STORE, "amo": AMO, "branch": BRANCH, "csr": SYSTEM,
    "fence": SYSTEM, "system": SYSTEM, "v_config": VSET,
}  # fmt: skip
_MODES = {
    "vle": 1, "vse": 1, "vlse": 2, "vsse": 2, "vlux": 3, "vlox": 3, "vsux": 3, "vsox": 3, "vleff": 4, "vlr": 5, "vsr": 5,
    "vlm": 6, "vsm": 6,
}  # fmt: skip
_SCALAR_SIZE = {"b": 1, "h": 2, "w": 4, "d": 8}
_IMMEDIATES = (
    "csr", "imm12", "storeimm12", "bimm12", "imm20", "jimm20", "shamt6", "shamt5", "simm5", "zimm10", "zimm11", "uimm5",
    "uimm6", "preimm12", "fli",
)  # fmt: skip
_HALF = frozenset({"zvfh", "zvfhmin"})
_LOOP_OF = {"vfmv_v": "vmv_v", "vfmerge": "vmerge"}
_MOVES_FP = {"vfsgnj", "vfsgnjn", "vfsgnjx", "vfmv_v"}
_GROUPS = {"m": (2, 0), "s": (3, 0), "2s": (3, 1), "1": (1, 0), "2": (1, 1), "f2": (1, -1), "f4": (1, -2), "f8": (1, -3)}

FIELD_NUMBERS = {name: i for i, name in enumerate(isa.FIELDS)}
ILLEGAL = {
    "mask": 0, "match": 0, "nonzero": (), "length": 4, "kind": SYSTEM, "size": 0, "vmode": 0, "regs": 0, "x_rd": False,
    "vector_legal": False, "no_overlap": False, "v0_is_source": False, "fp": False, "any_vm": False, "min_sew": 0,
    "max_sew": 3, "zve64_max_sew": 3, "half": 0, "code": 0, "extension": (0, 0), "rd": -1, "rs1": -1, "rs2": -1, "rs3": -1, "imm": -1,
    "rm": -1, "vm": -1, "vd": (0, 0, 1), "vs1": (0, 0, 1), "vs2": (0, 0, 1), "loops": None,
}  # fmt: skip


def extension_bits(extensions: frozenset[str]) -> int:
    """State.isa for a set of extensions."""
    return sum(1 << i for i, name in enumerate(isa.EXTENSIONS) if name in extensions)


def _requires(i: isa.Instruction) -> tuple[int, int]:
    """The bits of the sets of extensions that a row asks for; a single set twice."""
    bits = [extension_bits(choice) for choice in i.requires]
    return bits[0], bits[-1]


def _group(operand: isa.Operand | None) -> tuple[int, int, int]:
    if operand is None or operand.group is None:
        return 0, 0, 1
    if operand.group[0] == "e":
        return 4, int(operand.group[1:]).bit_length() - 4, operand.nf
    if operand.group[0] == "r":
        return 5, int(operand.group[1:]), 1
    return (*_GROUPS[operand.group], operand.nf)


def _form(names: set[str]) -> str:
    """Operand form of the second source."""
    if "vs1" in names:
        return "vv"
    if "rs1" in names:
        return "vx"
    if "fs1" in names:
        return "vf"
    return "vi" if names & {"simm5", "uimm5", "uimm6"} else "v"


def _bulk(i: isa.Instruction) -> int:
    """What an instruction is to the loops that run in bulk; 0: they have none of it."""
    operation = isa.BY_NAME[i.operation].operation if i.expands is not None else i.operation
    names = {o.name for o in i.operands}
    return survey.NAMES.get(operation, 0) or survey.NAMES.get(f"{operation}_{_form(names)}", 0)


def _narrower(i: isa.Instruction) -> int:
    """log2 of how many times wider an extension makes its elements."""
    return int(i.name[-1]).bit_length() - 1 if i.operation in ("vsext", "vzext") else 0


class _Wiring:
    """Every handler by name, and which of them were used."""

    def __init__(self) -> None:
        self.threaded: dict[str, tuple[int, int, int, int]] = handlers.handlers()
        self.steps: dict[str, int] = {}
        for module in (system, atomics, softscalar, softvector, vector, vmemory, vperm):
            self.steps |= module.handlers()
        self.shapes: dict[str, int] = vector.shapes()
        self.codes: dict[str, int] = softscalar.codes() | softvector.codes()
        self.loops: dict[str, dict[int, int]] = {}
        level = host.level()
        for element in ("8", "16", "32", "64", "fp", "half"):
            loops = import_module(f"rvsim.core.loops_{element}{f'_{level}' if level else ''}")
            for name, form, sew, address in loops.rows():
                self.loops.setdefault(name, {})[sew + (4 if form == "x" else 0)] = address
        self.used: set[str] = set()
        sums = import_module(f"rvsim.core.loops_bulk{f'_{level}' if level else ''}")
        kernels = sums.kernels()
        survey.install([0, *map(_bulk, isa.INSTRUCTIONS)], [0, *map(_narrower, isa.INSTRUCTIONS)], kernels)
        bulk.install(survey.KERNEL_NAMES, kernels, handlers.tail_of_step())
        self.tails: dict[str, int] = bulk.tails()
        macc, madd = ({sew: self.loops[name].get(4 + sew, 0) for sew in (2, 3)} for name in ("vfmacc", "vfmadd"))
        products.install(self.shapes["float_vf"], macc, madd, sums.several())

    def shape(self, i: isa.Instruction, names: set[str], by_name: dict[str, isa.Operand]) -> str:
        """Shape key of an elementwise operation, a mask result, a carry or a reduction."""
        form = _form(names)
        if i.unit.startswith("v_reduce"):
            return "reduce_float" if "fp" in i.flags or "fp2" in i.flags else "reduce_int"
        if i.unit == "v_carry_mask":
            return f"mask_carry_{form}" if "v0" in names else f"mask_nocarry_{form}"
        if by_name["vd"].group == "m":
            return f"mask_{form}"
        if "v0" in names:
            return f"carry_{form}"
        wide, wider = by_name["vd"].group == "2", "vs2" in by_name and by_name["vs2"].group == "2"
        if "fp" in i.flags or "fp2" in i.flags:
            if i.operation in _MOVES_FP:
                return f"fmove_{form}"
            if form == "vf" and i.extension == "zvfbfwma":
                form = "vb"
            return f"float_{'wider_' if wide and wider else 'wide_' if wide else ''}{form}"
        if i.unit.startswith("v_fixed"):
            return f"fixed_{form}"
        if i.unit == "v_narrow_clip":
            return f"clip_{form}"
        return f"wide_{form}" if wide else f"plain_{form}"

    def handlers_of(self, i: isa.Instruction, row: dict[str, Any]) -> None:
        """Fill in step, tail, loops and code of a row."""
        by_name = {o.name: o for o in i.operands}
        names = set(by_name)
        operation = isa.BY_NAME[i.operation].operation if i.expands is not None else i.operation
        row["code"] = self.codes.get(operation, 0)
        if operation in self.threaded:
            s1, t1, s2, t2 = self.threaded[operation]
            row["step"], row["tail"] = (s1, s2), (t1, t2)
            self.used.add(operation)
            return
        key = operation if operation in self.steps else f"{operation}_{_form(names)}"
        if key in self.steps:
            row["step"] = (self.steps[key],) * 2
            self.used.add(key)
            row["tail"] = (self.tails.get(key, 0),) * 2
            return
        else:
            shape = self.shape(i, names, by_name)
            loops = i.name if operation in ("vzext", "vsext") else _LOOP_OF.get(operation, operation)
            if shape not in self.shapes or loops not in self.loops:
                raise RuntimeError(f"{i.name}: operation {operation!r} has no handler (shape {shape}, loops {loops})")
            row["step"] = (self.shapes[shape],) * 2
            row["loops"] = (loops, 4 if _form(names) in ("vx", "vi", "vf") else 0)
            self.used.update((shape, loops))
        row["tail"] = (0, 0)

    def unused(self) -> set[str]:
        """Handlers that no row of the table names."""
        helpers = {"illegal"}
        return (set(self.threaded) | set(self.steps) | set(self.shapes) | set(self.loops)) - self.used - helpers


def _kind(i: isa.Instruction) -> int:
    if i.operation in ("jal", "jalr"):
        return JAL if i.operation == "jal" else JALR
    if i.unit in _KINDS:
        return _KINDS[i.unit]
    if i.unit.startswith("v_"):
        return VLOAD if i.unit.startswith("v_load") else VSTORE if i.unit.startswith("v_store") else VECTOR
    return PLAIN


def _size(i: isa.Instruction, data: isa.Operand | None) -> int:
    """Bytes of a memory element; 0: SEW."""
    if data is not None and data.group is not None:
        if data.group[0] == "e":
            return int(data.group[1:]) // 8
        if data.group[0] == "r":
            width = re.match(r"vl\dre(\d+)", i.name)
            return int(width[1]) // 8 if width else 1
        return 1 if data.group == "m" else 0
    if i.operation == "cbo_zero":
        return 64
    if i.unit == "amo":
        return _SCALAR_SIZE[i.operation[-1]]
    return _SCALAR_SIZE[i.operation.lstrip("f").rstrip("u")[1]] if i.unit in ("load", "store", "fload", "fstore") else 0


def _fields(i: isa.Instruction) -> dict[str, int]:
    """Field number, -3 - constant, or -1, for each part of an Op; a compressed row tells it by its expansion."""
    sources: dict[str, str | int] = dict(i.expands or ())
    if i.expands is None:
        sources = {o.name: o.field if o.field is not None else int(o.fixed or 0) for o in i.operands if o.name != "v0"}
        sources |= {f: f for f in i.fields if f == "rm"}
    out = dict.fromkeys(("rd", "rs1", "rs2", "rs3", "imm", "rm", "vm"), -1)
    for target, source in sources.items():
        number = FIELD_NUMBERS[source] if isinstance(source, str) else -3 - source
        if target in ("rd", "fd", "vd", "vs3"):
            out["rd"] = number
        elif target in ("rs1", "fs1", "vs1") or target == "zimm5" or (target == "uimm5" and i.operation == "vsetivli"):
            out["rs1"] = number
        elif target in ("rs2", "fs2", "vs2"):
            out["rs2"] = number
        elif target in ("rs3", "fs3"):
            out["rs3"] = number
        elif target in _IMMEDIATES:
            out["imm"] = number
        elif target in ("rm", "vm"):
            out[target] = number
    return out


def row(i: isa.Instruction, wiring: _Wiring) -> dict[str, Any]:
    """What decode.fill_row reads."""
    by_name = {o.name: o for o in i.operands}
    expanded = isa.BY_NAME[i.operation] if i.expands else i
    data = by_name.get("vd") or by_name.get("vs3")
    memory = i.unit.startswith(("v_load", "v_store"))
    fp, fp2 = "fp" in i.flags, "fp2" in i.flags
    scalar_result = data is not None and data.group in ("m", "s", "2s")
    out = ILLEGAL | _fields(i) | {
        "mask": i.mask, "match": i.match, "nonzero": i.nonzero, "length": i.length, "kind": _kind(i),
        "size": _size(i, data if memory else None), "vmode": _MODES.get(i.operation, 0) if memory else 0,
        "x_rd": any(o.name == "rd" for o in expanded.operands), "vector_legal": i.unit.startswith("v_") and "vill_ok" not in i.flags,
        "no_overlap": "no_overlap" in i.flags, "v0_is_source": "v0" in by_name, "fp": fp or fp2,
        "any_vm": scalar_result and not memory and "no_overlap" not in i.flags, "extension": _requires(i),
        "zve64_max_sew": 2 if "not_zve64" in i.flags else 3, "min_sew": 2 if fp else 1 if fp2 else 0, "max_sew": 2 if fp2 else 3,
        "half": extension_bits(_HALF if "fhmin" in i.flags else _HALF - {"zvfhmin"}) if fp or fp2 else 0,
        "vd": _group(data), "vs1": _group(by_name.get("vs1")), "vs2": _group(by_name.get("vs2")),
    }  # fmt: skip
    for sew, flag in enumerate(("e16", "e32", "e64"), 1):
        if flag in i.flags:
            out["min_sew"] = out["max_sew"] = sew
            out["half"] = 0
    if memory and data is not None:
        out["regs"] = int(data.group[1:]) if data.group and data.group[0] == "r" else data.nf
        if out["vmode"] == 3:  # the width of the index rides in the immediate
            out["imm"] = -3 - _group(by_name["vs2"])[1]
    if i.operation == "vmvr" and data is not None and data.group:
        out["regs"] = int(data.group[1:])
    wiring.handlers_of(i, out)
    return out


def install(alter: Callable[[dict[str, dict[str, Any]]], None] | None = None) -> None:
    """Hand the table to the decoder, once a process.

    alter: may change the rows, by mnemonic, before that; the conformance tests break one on purpose.
    """
    if decode.installed():
        return
    wiring = _Wiring()
    illegal = wiring.steps["illegal"]
    rows = [ILLEGAL | {"step": (illegal, illegal), "tail": (0, 0)}]
    named = {i.name: row(i, wiring) for i in isa.INSTRUCTIONS}
    if unused := wiring.unused():
        raise RuntimeError(f"handlers that no row of the table names: {', '.join(sorted(unused))}")
    if alter is not None:
        alter(named)
    rows += named.values()
    fields = [(f.slices, f.width, f.signed, f.bias) for f in isa.FIELDS.values()]
    decode.install(fields, rows, wiring.loops, handlers.tail_of_step(), agnostic.step_address())
