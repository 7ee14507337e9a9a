"""Words to text, in the spelling of the LLVM and GNU disassemblers.

Everything comes from the operand lists of the table; what is special to a mnemonic is one row of the pseudo-instruction
table below. Immediates are decimal, upper immediates and addresses hexadecimal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from .codec import decode, expand, operand_values
from .csrs import CSRS
from .fields import FIELDS
from .table import BY_NAME, Instruction, Operand

# fmt: off
X_NAMES = (
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
    "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
)
F_NAMES = (
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
)
# fmt: on
ROUNDING_NAMES = ("rne", "rtz", "rdn", "rup", "rmm", "rm5", "rm6", "dyn")
PC_RELATIVE = frozenset({"bimm12", "jimm20", "c_imm12", "c_bimm9"})

# The constants of fli (Zfa), by the value of its field.
FLI_NAMES = (
    "-1.0", "min", "1.52587890625e-05", "3.0517578125e-05", "0.00390625", "0.0078125", "0.0625", "0.125", "0.25", "0.3125", "0.375",
    "0.4375", "0.5", "0.625", "0.75", "0.875", "1.0", "1.25", "1.5", "1.75", "2.0", "2.5", "3.0", "4.0", "8.0", "16.0", "128.0", "256.0",
    "32768.0", "65536.0", "inf", "nan",
)  # fmt: skip
_LMUL_NAMES = ("m1", "m2", "m4", "m8", None, "mf8", "mf4", "mf2")

# pseudo-instruction | instruction | operand=value or operand=operand ... | operands shown; the first that fits is taken
_PSEUDO_ROWS = """
nop         | addi       | rd=0 rs1=0 imm12=0       |
li          | addi       | rs1=0                    | rd, imm12
mv          | addi       | imm12=0                  | rd, rs1
mv          | c.mv       |                          | c_rd, c_rs2
zext.w      | add.uw     | rs2=0                    | rd, rs1
not         | xori       | imm12=-1                 | rd, rs1
neg         | sub        | rs1=0                    | rd, rs2
negw        | subw       | rs1=0                    | rd, rs2
sext.w      | addiw      | imm12=0                  | rd, rs1
c.ntl.p1    | c.ntl.p1   |                          |
c.ntl.pall  | c.ntl.pall |                          |
c.ntl.s1    | c.ntl.s1   |                          |
c.ntl.all   | c.ntl.all  |                          |
c.mop.1     | c.mop.1    |                          |
c.mop.3     | c.mop.3    |                          |
c.mop.5     | c.mop.5    |                          |
c.mop.7     | c.mop.7    |                          |
c.mop.9     | c.mop.9    |                          |
c.mop.11    | c.mop.11   |                          |
c.mop.13    | c.mop.13   |                          |
c.mop.15    | c.mop.15   |                          |
seqz        | sltiu      | imm12=1                  | rd, rs1
snez        | sltu       | rs1=0                    | rd, rs2
sltz        | slt        | rs2=0                    | rd, rs1
sgtz        | slt        | rs1=0                    | rd, rs2
beqz        | beq        | rs2=0                    | rs1, bimm12
bnez        | bne        | rs2=0                    | rs1, bimm12
blez        | bge        | rs1=0                    | rs2, bimm12
bgez        | bge        | rs2=0                    | rs1, bimm12
bltz        | blt        | rs2=0                    | rs1, bimm12
bgtz        | blt        | rs1=0                    | rs2, bimm12
j           | jal        | rd=0                     | jimm20
jal         | jal        | rd=1                     | jimm20
ret         | jalr       | rd=0 rs1=1 imm12=0       |
jr          | jalr       | rd=0 imm12=0             | rs1
jr          | jalr       | rd=0                     | imm12(rs1)
jalr        | jalr       | rd=1 imm12=0             | rs1
jalr        | jalr       | rd=1                     | imm12(rs1)
jalr        | jalr       | imm12=0                  | rd, rs1
fence       | fence      | pred=15 succ=15          |
frflags     | csrrs      | csr=1 rs1=0              | rd
frrm        | csrrs      | csr=2 rs1=0              | rd
frcsr       | csrrs      | csr=3 rs1=0              | rd
rdcycle     | csrrs      | csr=0xc00 rs1=0          | rd
rdtime      | csrrs      | csr=0xc01 rs1=0          | rd
rdinstret   | csrrs      | csr=0xc02 rs1=0          | rd
csrr        | csrrs      | rs1=0                    | rd, csr
csrs        | csrrs      | rd=0                     | csr, rs1
unimp       | csrrw      | csr=0xc00 rd=0 rs1=0     |
fsflags     | csrrw      | csr=1 rd=0               | rs1
fsflags     | csrrw      | csr=1                    | rd, rs1
fsrm        | csrrw      | csr=2 rd=0               | rs1
fsrm        | csrrw      | csr=2                    | rd, rs1
fscsr       | csrrw      | csr=3 rd=0               | rs1
fscsr       | csrrw      | csr=3                    | rd, rs1
csrw        | csrrw      | rd=0                     | csr, rs1
csrc        | csrrc      | rd=0                     | csr, rs1
fsflagsi    | csrrwi     | csr=1 rd=0               | zimm5
fsflagsi    | csrrwi     | csr=1                    | rd, zimm5
fsrmi       | csrrwi     | csr=2 rd=0               | zimm5
fsrmi       | csrrwi     | csr=2                    | rd, zimm5
csrwi       | csrrwi     | rd=0                     | csr, zimm5
csrsi       | csrrsi     | rd=0                     | csr, zimm5
csrci       | csrrci     | rd=0                     | csr, zimm5
fmv.s       | fsgnj.s    | fs2=fs1                  | fd, fs1
fneg.s      | fsgnjn.s   | fs2=fs1                  | fd, fs1
fabs.s      | fsgnjx.s   | fs2=fs1                  | fd, fs1
fmv.d       | fsgnj.d    | fs2=fs1                  | fd, fs1
fneg.d      | fsgnjn.d   | fs2=fs1                  | fd, fs1
fabs.d      | fsgnjx.d   | fs2=fs1                  | fd, fs1
fmv.h       | fsgnj.h    | fs2=fs1                  | fd, fs1
fneg.h      | fsgnjn.h   | fs2=fs1                  | fd, fs1
fabs.h      | fsgnjx.h   | fs2=fs1                  | fd, fs1
vneg.v      | vrsub.vx   | rs1=0                    | vd, vs2, vm
vnot.v      | vxor.vi    | simm5=-1                 | vd, vs2, vm
vwcvt.x.x.v | vwadd.vx   | rs1=0                    | vd, vs2, vm
vwcvtu.x.x.v | vwaddu.vx | rs1=0                    | vd, vs2, vm
vncvt.x.x.w | vnsrl.wx   | rs1=0                    | vd, vs2, vm
vfneg.v     | vfsgnjn.vv | vs1=vs2                  | vd, vs2, vm
vfabs.v     | vfsgnjx.vv | vs1=vs2                  | vd, vs2, vm
vmmv.m      | vmand.mm   | vs1=vs2                  | vd, vs2
vmnot.m     | vmnand.mm  | vs1=vs2                  | vd, vs2
vmclr.m     | vmxor.mm   | vs2=vd vs1=vd            | vd
vmset.m     | vmxnor.mm  | vs2=vd vs1=vd            | vd
vl1r.v      | vl1re8.v   |                          | vd, (rs1)
vl2r.v      | vl2re8.v   |                          | vd, (rs1)
vl4r.v      | vl4re8.v   |                          | vd, (rs1)
vl8r.v      | vl8re8.v   |                          | vd, (rs1)
"""

_Pseudo = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]


@cache
def _pseudos() -> dict[str, list[_Pseudo]]:
    """instruction -> [(spelling, conditions, names of the operands shown; a base register has its parentheses)]."""
    rows: dict[str, list[_Pseudo]] = {}
    for line in _PSEUDO_ROWS.strip().splitlines():
        spelling, name, conditions, operands = (column.strip() for column in line.split("|"))
        pairs = tuple((left, right) for left, _, right in (item.partition("=") for item in conditions.split()))
        shown = tuple(item for item in operands.replace("(", ", (").replace(" ", "").split(",") if item)
        rows.setdefault(name, []).append((spelling, pairs, shown))
    return rows


def _holds(condition: tuple[str, str], values: dict[str, int]) -> bool:
    left, right = condition
    return values[left] == (values[right] if right in values else int(right, 0))


def vtype_text(vtype: int) -> str:
    """`e32, m4, ta, ma` for a vtype that vset* may set, the number otherwise."""
    sew, lmul = vtype >> 3 & 7, _LMUL_NAMES[vtype & 7]
    if vtype >> 8 or sew > 3 or lmul is None:
        return str(vtype)
    return f"e{8 << sew}, {lmul}, {'ta' if vtype & 0x40 else 'tu'}, {'ma' if vtype & 0x80 else 'mu'}"


@cache
def _csr_names() -> dict[int, str]:
    return {number: name for name, number in CSRS.items()}


def _fence_text(bits: int) -> str:
    return "".join(letter for letter, bit in zip("iorw", (8, 4, 2, 1), strict=True) if bits & bit) or "0"


def _text(operand: Operand, value: int, row: Instruction) -> str:
    """One operand as the assembler writes it; empty for the mask and the rounding mode that are its default."""
    match operand.cls:
        case "x" | "mem":
            return X_NAMES[value]
        case "f":
            return F_NAMES[value]
        case "v":
            return f"v{value}"
        case "vm":
            return "" if value else "v0.t"
        case "rm":
            return "" if value == (0 if "exact" in row.flags else 7) else ROUNDING_NAMES[value]
        case "csr":
            return _csr_names().get(value, str(value))
        case "vtype":
            return vtype_text(value)
        case "fli":
            return FLI_NAMES[value]
        case "fence":
            return _fence_text(value)
    field = FIELDS[operand.name]
    return f"{value // field.scale & 0xFFFFF:#x}" if field.scale > 1 else str(value)


def _target(address: int, symbols: Callable[[int], str | None] | None) -> str:
    address &= 0xFFFF_FFFF_FFFF_FFFF
    label = symbols(address) if symbols is not None else None
    return f"{address:#x} <{label}>" if label else f"{address:#x}"


def _operand_texts(
    row: Instruction, word: int, pc: int, symbols: Callable[[int], str | None] | None, aliases: bool
) -> list[tuple[str, str, str]]:
    """(name, class, text) of the operands of `word`; the suffixes aq and rl are no part of the list."""
    values = operand_values(row, word)
    texts = []
    for operand in row.operands:
        value = values[operand.name]
        if operand.name in PC_RELATIVE:
            texts.append((operand.name, "imm", _target(pc + value, symbols)))
        elif operand.cls == "rm" and value == 7 and not aliases:
            texts.append((operand.name, "rm", ROUNDING_NAMES[value]))
        elif operand.cls not in ("aq", "rl"):
            texts.append((operand.name, operand.cls, _text(operand, value, row)))
    return texts


def _as_pseudo(row: Instruction, word: int, texts: list[tuple[str, str, str]]) -> tuple[str, list[tuple[str, str, str]]] | None:
    """Spelling and operands of the first pseudo-instruction that `word` is, or None."""
    values = operand_values(row, word)
    known = {name: (cls, text) for name, cls, text in texts}
    for spelling, conditions, names in _pseudos().get(row.name, ()):
        if all(_holds(condition, values) for condition in conditions):
            shown = []
            for name in names:
                cls, text = known[name.strip("()")]
                # A base register stands alone in `jr a0`: there it is written as a plain one.
                shown.append((name, "x" if cls == "mem" and name[0] != "(" else cls, text))
            return spelling, shown
    return None


def _line(spelling: str, operands: list[tuple[str, str, str]]) -> str:
    """An immediate right before a base register is its offset: `8(sp)`."""
    line = ""
    previous = ""
    for _, kind, text in operands:
        if not text:
            continue
        separator = "" if not line or (kind == "mem" and previous == "imm") else ", "
        line += separator + (f"({text})" if kind == "mem" else text)
        previous = kind
    return f"{spelling} {line}" if line else spelling


def disassemble(word: int, pc: int = 0, symbols: Callable[[int], str | None] | None = None, aliases: bool = True) -> str:
    """The assembly text of `word` at address `pc`, with one blank between mnemonic and operands.

    `symbols` maps the address of a branch target to its label (`main+0x10`), or to None. With `aliases`: pseudo-instructions
    where LLVM prints them, and a compressed instruction as the one it expands to. Without: the very row of the table.
    A word that is no instruction becomes `.word 0x...` or `.half 0x...`.
    """
    row = decode(word)
    expansion = expand(word) if aliases else word
    if row is None or expansion is None:
        return f".word {word & 0xFFFF_FFFF:#010x}" if word & 3 == 3 else f".half {word & 0xFFFF:#06x}"
    # c.mv has a spelling of its own, which the add it expands to has not.
    if row.expands is not None and aliases and row.name not in _pseudos():
        row, word = BY_NAME[row.operation], expansion
    suffix = "".join(operand.name for operand in row.operands if operand.cls in ("aq", "rl") and FIELDS[operand.name].get(word))
    spelling = f"{row.name}.{suffix}" if suffix else row.name
    texts = _operand_texts(row, word, pc, symbols, aliases)
    pseudo = _as_pseudo(row, word, texts) if aliases else None
    return _line(*pseudo) if pseudo else _line(spelling, texts)
