"""Coverage cells of the table: which (mnemonic, SEW, LMUL, masked) exist, and which of them have been executed.

An independent reading of the rules of V 3.4.2, 5.2 and 13 from the operand lists of the table, not the decoder's. A cell is legal when some
choice of registers is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rvsim.isa import INSTRUCTIONS, Instruction, Operand

SEWS = (0, 1, 2, 3)  # log2(SEW / 8)
LMULS = (-3, -2, -1, 0, 1, 2, 3)  # log2(LMUL)
Cell = tuple[str, int, int, int]  # mnemonic, log2(SEW / 8), log2(LMUL), vm; scalars: (mnemonic, 0, 0, 1)

_RELATIVE = {"1": 0, "2": 1, "f2": -1, "f4": -2, "f8": -3}


def vtype_legal(sew: int, lmul: int) -> bool:
    """With ELEN 64, fractional LMUL needs SEW <= LMUL * ELEN (3.4.2)."""
    return lmul >= 0 or sew + 3 <= lmul + 6


def shape(operand: Operand, sew: int, lmul: int) -> tuple[int, int] | None:
    """(EEW, EMUL), both log2, of a vector operand; None for a mask or a whole register, which have neither."""
    group = operand.group or "1"
    if group in _RELATIVE:
        return sew + _RELATIVE[group], lmul + _RELATIVE[group]
    if group[0] == "e":
        eew = int(group[1:]).bit_length() - 4
        return eew, eew - sew + lmul
    if group in ("s", "2s"):
        return sew + (group == "2s"), 0
    return None


def registers(operand: Operand, sew: int, lmul: int) -> int:
    """Registers of one field of an operand, whose number must be a multiple of it; scalars and masks: 1."""
    if operand.group and operand.group[0] == "r":
        return int(operand.group[1:])
    if operand.group in ("s", "2s"):
        return 1
    both = shape(operand, sew, lmul)
    return 1 << max(both[1], 0) if both else 1


def float_widths(extensions: frozenset[str]) -> frozenset[int]:
    """log2(SEW / 8) of the floating-point formats that vector instructions have."""
    return frozenset({2, 3} | ({1} if "zvfh" in extensions else set()))


def legal(row: Instruction, sew: int, lmul: int, vm: int, extensions: frozenset[str], vlen: int) -> bool:
    """Whether some choice of registers makes this row legal under this vtype."""
    if ("vm" not in row.fields and vm == 0) or ("not_zve64" in row.flags and vlen < 128 and sew == 3):
        return False
    if any(flag in row.flags and sew != width for width, flag in enumerate(("e16", "e32", "e64"), 1)):
        return False
    if "fp" in row.flags and sew not in float_widths(extensions):
        return False
    if "fp2" in row.flags and sew + 1 not in float_widths(extensions):
        return False
    for operand in row.operands:
        both = shape(operand, sew, lmul) if operand.cls == "v" else None
        if both and not (0 <= both[0] <= 3 and -3 <= both[1] <= 3):
            return False
        if operand.cls == "v" and registers(operand, sew, lmul) * operand.nf > 8:
            return False
    return vtype_legal(sew, lmul)


def cells_of(row: Instruction, extensions: frozenset[str], vlen: int) -> list[Cell]:
    """The cells of a row; one for anything that is no vector instruction."""
    if not row.unit.startswith("v_") or row.unit == "v_config":
        return [(row.name, 0, 0, 1)]
    return [(row.name, s, m, vm) for s in SEWS for m in LMULS for vm in (0, 1) if legal(row, s, m, vm, extensions, vlen)]


@dataclass(frozen=True, slots=True)
class Summary:
    """Executed cells, all cells, and rows of which no cell has been executed."""

    executed: int
    total: int
    bare: tuple[str, ...]


class Coverage:
    """What has been executed without a trap."""

    def __init__(self, rows: Iterable[Instruction], extensions: frozenset[str], vlen: int) -> None:
        self.cells = {row.name: frozenset(cells_of(row, extensions, vlen)) for row in rows}
        self.count: Counter[Cell] = Counter()

    def summary(self) -> Summary:
        done = {name for name, *_ in self.count}
        total = sum(len(cells) for cells in self.cells.values())
        hit = sum(1 for cell in self.count if cell in self.cells.get(cell[0], ()))
        return Summary(hit, total, tuple(name for name in self.cells if name not in done))

    def missing(self) -> list[Cell]:
        return sorted(cell for cells in self.cells.values() for cell in cells if cell not in self.count)

    def unexpected(self) -> list[Cell]:
        """Executed cells that by the rules cannot be legal."""
        return sorted(cell for cell in self.count if cell not in self.cells.get(cell[0], ()))


def known_rows(names: dict[str, str | None]) -> list[Instruction]:
    """Rows whose extension the golden model has too."""
    return [row for row in INSTRUCTIONS if names.get(row.extension) is not None]
