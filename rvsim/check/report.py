"""What a check found, as plain data and as text."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCHEMA = 1
#: kind -> what it says about the code under check
KINDS: dict[str, str] = {
    "wrong-result": "the result is wrong",
    "differs": "the result depends on the hardware's choices",
    "out-of-bounds": "it touches memory outside its arrays",
    "const-write": "it writes to an argument declared const",
    "stack": "it misuses the stack",
    "trap": "it traps",
    "no-return": "it does not return",
    "abi": "it breaks the calling convention",
    "undefined": "it relies on something that nobody has defined",
    "crash": "the program ends differently",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One bug, in the smallest configuration that shows it. Fields that do not apply are None."""

    kind: str
    message: str
    target: str
    vlen: int
    agnostic: str
    vl_choice: str
    shift: int | None
    edge: bool | None
    params: Mapping[str, int | float | str]
    rerun: str
    pc: int | None = None
    symbol: str | None = None
    line: str | None = None
    instruction: str | None = None
    vtype: str | None = None
    vl: int | None = None
    element: int | None = None
    address: int | None = None
    array: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data; docs/reference/check.md."""
        return {name: getattr(self, name) for name in self.__slots__} | {"params": dict(self.params)}

    def text(self) -> str:
        """Readable lines."""
        where = [f"VLEN {self.vlen}", f"agnostic {self.agnostic}", f"vl-choice {self.vl_choice}"]
        where += [f"{name}={value}" for name, value in self.params.items() if name not in ("dtype", "seed")]
        lines = [f"{self.kind}: {self.message}"]
        if self.instruction is not None:
            place = " ".join(p for p in (self.line, f"<{self.symbol}>" if self.symbol else f"{self.pc:#x}") if p)
            lines.append(f"    at {place}: {self.instruction}" + (f"   [{self.vtype}, vl {self.vl}]" if self.vtype else ""))
        lines.append(f"    with {', '.join(where)}")
        lines.append(f"    again: {self.rerun}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check. `clean`: nothing was found. `runs`: calls that were made."""

    target: str
    findings: tuple[Finding, ...]
    runs: int
    cases: int
    instructions: int
    vlens: tuple[int, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    limits: tuple[str, ...] = field(default=())

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """Plain data; docs/reference/check.md."""
        return {
            "schema": SCHEMA, "status": "ok", "target": self.target, "clean": self.clean, "runs": self.runs, "cases": self.cases,
            "instructions": self.instructions, "vlens": list(self.vlens), "seconds": self.seconds, "notes": list(self.notes),
            "findings": [f.to_json() for f in self.findings],
        }  # fmt: skip

    def text(self) -> str:
        """Readable lines: the verdict first."""
        tried = f"{_count(self.cases, 'case')}, {_count(self.runs, 'run')}, VLEN {', '.join(map(str, self.vlens))}, {self.seconds:.1f} s"
        if self.clean:
            head = f"{self.target}: CLEAN ({tried})"
        else:
            count = len(self.findings)
            head = f"{self.target}: {count} FINDING{'S' if count > 1 else ''} ({tried})"
        return "\n\n".join([head, *(f.text() for f in self.findings), *(f"note: {n}" for n in self.notes)])


def _count(number: int, thing: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def quote(words: list[str]) -> str:
    """A command line for a shell."""
    return " ".join(shlex.quote(word) for word in words)
