"""Assembly text to instruction words with the instruction table's own encoder, so that no toolchain is needed.

One instruction or `label:` a line, `#` starts a comment. Operands as the table names them in order; beside them the vtype of
`vsetvli` in words, `v0.t`, and the pseudo-instructions below. Labels are for branches and `jal`.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from rvsim.isa import BY_NAME, F_NAMES, X_NAMES, Instruction, encode

_LMUL = {"m1": 0, "m2": 1, "m4": 2, "m8": 3, "mf8": 5, "mf4": 6, "mf2": 7}
_PSEUDO = {
    "li": "addi {0}, zero, {1}", "mv": "addi {0}, {1}, 0", "ret": "jalr zero, 0(ra)", "j": "jal zero, {0}", "neg": "sub {0}, zero, {1}",
    "zext.w": "add.uw {0}, {1}, zero",
    "bnez": "bne {0}, zero, {1}", "beqz": "beq {0}, zero, {1}", "bltz": "blt {0}, zero, {1}", "bgez": "bge {0}, zero, {1}",
    "vmfgt.vv": "vmflt.vv {0}, {2}, {1}", "vmfge.vv": "vmfle.vv {0}, {2}, {1}", "vmsgt.vv": "vmslt.vv {0}, {2}, {1}",
    "vmsgtu.vv": "vmsltu.vv {0}, {2}, {1}", "vmsge.vv": "vmsle.vv {0}, {2}, {1}", "vmsgeu.vv": "vmsleu.vv {0}, {2}, {1}",
    "vneg.v": "vrsub.vx {0}, {1}, zero", "vnot.v": "vxor.vi {0}, {1}, -1", "vfneg.v": "vfsgnjn.vv {0}, {1}, {1}",
    "vfabs.v": "vfsgnjx.vv {0}, {1}, {1}", "vwcvt.x.x.v": "vwadd.vx {0}, {1}, zero", "vwcvtu.x.x.v": "vwaddu.vx {0}, {1}, zero",
    "vncvt.x.x.w": "vnsrl.wx {0}, {1}, zero", "vmmv.m": "vmand.mm {0}, {1}, {1}", "vmnot.m": "vmnand.mm {0}, {1}, {1}",
    "vmclr.m": "vmxor.mm {0}, {0}, {0}", "vmset.m": "vmxnor.mm {0}, {0}, {0}",
}  # fmt: skip
# Compares with an immediate that are the next one down.
_LESS_ONE = {"vmslt.vi": "vmsle.vi", "vmsltu.vi": "vmsleu.vi", "vmsge.vi": "vmsgt.vi", "vmsgeu.vi": "vmsgtu.vi"}
_REGISTERS = {
    **{f"x{i}": i for i in range(32)},
    **{name: i for i, name in enumerate(X_NAMES)},
    **{name: i for i, name in enumerate(F_NAMES)},
    **{f"v{i}": i for i in range(32)},
}


def vtype(sew: int, lmul: str, tail: str = "a", mask: str = "a") -> int:
    """The vtype CSR's low byte. `tail` and `mask`: u is undisturbed, anything else agnostic."""
    return _LMUL[lmul] | (sew.bit_length() - 4) << 3 | (tail != "u") << 6 | (mask != "u") << 7


@cache
def assemble(text: str) -> bytes:
    """Code of a text. Raises ValueError naming the line that is wrong."""
    lines: list[str] = []
    labels: dict[str, int] = {}
    for raw in text.splitlines():
        line = raw.split("#")[0].strip()
        if line.endswith(":"):
            labels[line[:-1]] = 4 * len(lines)
        elif line:
            lines.append(line)
    words = []
    for i, line in enumerate(lines):
        try:
            words.append(_word(line, 4 * i, labels))
        except (ValueError, IndexError) as error:
            raise ValueError(f"{line}: {error}") from None
    return np.array(words, "<u4").tobytes()


def _word(line: str, pc: int, labels: dict[str, int]) -> int:
    name, _, rest = line.partition(" ")
    texts = [text.strip() for text in rest.split(",")] if rest.strip() else []
    if name in _PSEUDO:
        return _word(_PSEUDO[name].format(*texts), pc, labels)
    if name in _LESS_ONE and len(texts) > 2:
        name, texts[2] = _LESS_ONE[name], str(int(texts[2], 0) - 1)
    if name not in BY_NAME:
        raise ValueError("unknown instruction")
    if name == "vsetvli":
        texts = [texts[0], texts[1], str(vtype(int(texts[2][1:]), texts[3], "u" if "tu" in texts else "a", "u" if "mu" in texts else "a"))]
    return encode(name, **_values(BY_NAME[name], texts, pc, labels))


def _values(row: Instruction, texts: list[str], pc: int, labels: dict[str, int]) -> dict[str, int]:
    """Operand name -> value."""
    values: dict[str, int] = {}
    if texts and texts[-1] == "v0.t":
        texts, values["vm"] = texts[:-1], 0
    flat: list[str] = []
    for text in texts:  # 12(a0) is an offset and a base
        memory = re.fullmatch(r"(-?\w*)\((\w+)\)", text)
        flat += [part for part in (memory[1], memory[2]) if part] if memory else [text]
    operands = [operand for operand in row.operands if operand.cls not in ("vm", "rm", "aq", "rl")]
    for operand, text in zip(operands, flat, strict=True):
        if operand.field is not None:
            value = _value(text, pc, labels)
            values[operand.name] = value << 12 if operand.field == "imm20" else value
    return values


def _value(text: str, pc: int, labels: dict[str, int]) -> int:
    if text in _REGISTERS:
        return _REGISTERS[text]
    return labels[text] - pc if text in labels else int(text, 0)
