"""Exact fractions to whole cycles that still sum: over rows, over causes, and in all.

A table of ticks has row sums and column sums; the whole numbers returned have the rounded ones of both. Pure arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence


def apportion(parts: Sequence[int], total: int) -> list[int]:
    """Whole numbers in proportion to `parts` that sum to `total`: the largest remainders are rounded up, then the first ones."""
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    out = [part * total // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(parts[i] * total % whole), i))
    for i in by_remainder[: total - sum(out)]:
        out[i] += 1
    return out


def controlled(table: Sequence[Sequence[int]], unit: int, columns: Sequence[int], rows: Sequence[int]) -> list[list[int]]:
    """`table` in whole units of `unit`, with the given column and row sums (both roundings of the exact ones, of equal total).

    Cells move by less than one unit; only where the two demands meet in no such cell by more.
    """
    out = [[cell // unit for cell in row] for row in table]
    row_needs = [want - sum(row) for want, row in zip(rows, out, strict=True)]
    column_needs = [want - sum(row[j] for row in out) for j, want in enumerate(columns)]
    # Rows with the fewest cells to choose from go first; a full column leaves them the others.
    for i in sorted(range(len(out)), key=lambda i: sum(1 for cell in table[i] if cell % unit)):
        for j in sorted(range(len(columns)), key=lambda j: -(table[i][j] % unit)):
            if row_needs[i] > 0 and column_needs[j] > 0 and table[i][j] % unit:
                out[i][j] += 1
                row_needs[i] -= 1
                column_needs[j] -= 1
    _settle(table, out, row_needs, column_needs)
    return out


def _settle(table: Sequence[Sequence[int]], out: list[list[int]], row_needs: list[int], column_needs: list[int]) -> None:
    """Brings what is left together: directly where a row has the cause at all, else by an exchange with another row."""
    for i, need in enumerate(row_needs):
        while need > 0:
            j = next((j for j, more in enumerate(column_needs) if more > 0 and table[i][j]), None)
            if j is None:
                j = next(j for j, more in enumerate(column_needs) if more > 0)
                partner = _partner(table, out, i, j)
                if partner is not None:
                    other, k = partner
                    out[other][k] -= 1
                    out[other][j] += 1
                    out[i][k] += 1
                else:
                    out[i][j] += 1
            else:
                out[i][j] += 1
            column_needs[j] -= 1
            need -= 1


def _partner(table: Sequence[Sequence[int]], out: list[list[int]], i: int, j: int) -> tuple[int, int] | None:
    """A row that has cause j and can give a unit of a cause that row i has."""
    for other, row in enumerate(table):
        if other != i and row[j]:
            for k, cell in enumerate(row):
                if k != j and cell and out[other][k] and table[i][k]:
                    return other, k
    return None
