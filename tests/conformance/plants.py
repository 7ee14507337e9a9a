"""Faults to put into the core on purpose, each in the wiring of one row; the fuzzer has to find every one of them.

Must be planted before the process makes its first hart. A plant names a row and says what changes in the entry that
`rvsim.core.rows` hands to the decoder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rvsim.core import rows

_BEHAVIOUR = ("step", "tail", "loops", "code")


@dataclass(frozen=True, slots=True)
class Plant:
    """`row` behaves as the row `like` does, or has other `values` in its entry."""

    row: str
    like: str | None = None
    values: dict[str, object] = field(default_factory=dict)

    def alter(self, table: dict[str, dict[str, Any]]) -> None:
        """Change the table. A plant that changes nothing is an error."""
        values = dict(self.values)
        if self.like is not None:
            values |= {key: table[self.like][key] for key in _BEHAVIOUR}
        if all(table[self.row][key] == value for key, value in values.items()):
            raise ValueError(f"plant in {self.row}: the table is so already")
        table[self.row] |= values


PLANTS: dict[str, Plant] = {
    # results
    "sltu-signed": Plant("sltu", like="slt"),
    "lhu-sign-extends": Plant("lhu", like="lh"),
    "sc-reserves": Plant("sc.d", like="lr.d"),
    "fnmadd-sign": Plant("fnmadd.d", like="fnmsub.d"),
    "fmin-is-fmax": Plant("fmin.s", like="fmax.s"),
    "vmacc-subtracts": Plant("vmacc.vx", like="vnmsac.vx"),
    "vssra-is-vssrl": Plant("vssra.vv", like="vssrl.vv"),
    "vfredmin-is-max": Plant("vfredmin.vs", like="vfredmax.vs"),
    "strided-is-unit": Plant("vlse32.v", values={"vmode": 1}),
    "fault-first-traps": Plant("vle16ff.v", values={"vmode": 1}),
    # legality: too much allowed, and too little
    "gather-may-overlap": Plant("vrgather.vv", values={"no_overlap": False}),
    "masked-write-of-v0": Plant("vadd.vi", values={"any_vm": True}),
    "source-unaligned": Plant("vwmulu.vv", values={"vs2": (3, 0, 1)}),
    "compare-wants-groups": Plant("vmseq.vx", values={"vd": (1, 0, 1)}),
}


def plant(name: str) -> None:
    """Install the table with one fault in it."""
    rows.install(PLANTS[name].alter)
