"""`rvsim diff A B`: two runs side by side, by cause and by loop. Kernels, variants, machines, functions, programs, or saved reports.

    words --> sides (target or saved report, each with its machine) --> two Reports --> text | JSON
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rvsim.errors import UsageError

from .profile import options_of, profiled, target_options
from .run import RunCommand

if TYPE_CHECKING:
    from rvsim.profile.report import Report


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: words of a target, or a saved report's file; and its machine."""

    words: tuple[str, ...]
    machine: str
    sets: tuple[str, ...]


@click.command("diff", cls=RunCommand, short_help="Compare two runs or saved reports: cycles by cause and by loop.")
@click.argument("words", nargs=-1, required=True, metavar="A [KEY=VALUE]... [B [KEY=VALUE]...]")
@click.option("--machine", "-m", "machines", multiple=True, metavar="NAME", help="Machine of both; given twice: of A, then of B.")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Change the machines. Repeatable.")
@click.option("--set-a", multiple=True, metavar="FIELD=VALUE", help="Change the machine of A. Repeatable.")
@click.option("--set-b", multiple=True, metavar="FIELD=VALUE", help="Change the machine of B. Repeatable.")
@click.option("--json", is_flag=True, help="Print one JSON object.")
@target_options
def command(words: tuple[str, ...], **given: Any) -> int:
    """Compare two runs, or reports saved by `rvsim profile --save`.

    \b
    matmul variant=naive,7x4 m=64              two variants
    matmul variant=naive matmul variant=7x4    the same, spelled out; B takes what it does not name from A
    matmul -m spacemit-x60 -m ara-4l           one target on two machines
    matmul --set-b lanes=8                     or on a machine and a changed one
    old.json new.json                          saved reports
    """
    machines, sets, set_a, set_b = (given.pop(name) for name in ("machines", "sets", "set_a", "set_b"))
    json = given.pop("json")
    behind = click.get_current_context().meta.get("rvsim.behind", ())
    sides = _sides(words, machines, sets, set_a, set_b)
    reports = [_report(side, behind, {**given, "json": True}) for side in sides]
    from rvsim.profile import compare

    from .outcome import emit, say

    if json:
        emit(compare.compare(*reports))
    else:
        say(compare.text(*reports))
    return 0


def _sides(words: Sequence[str], machines: Sequence[str], sets: Sequence[str], set_a: Sequence[str], set_b: Sequence[str]) -> list[Side]:
    """The two sides of the comparison. Raises UsageError unless there are two that differ."""
    if len(machines) > 2:
        raise UsageError(f"--machine is given {len(machines)} times; a comparison has two sides")
    first = machines[0] if machines else "generic"
    groups = groups_of(words)
    if len(groups) > 2:
        names = " ".join(group[0] for group in groups)
        raise UsageError(f"a comparison has two sides, and these are {len(groups)}: {names}")
    if len(groups) == 2:
        a, b = groups[0], _inherit(groups[0], groups[1])
    else:
        a, b = _variants(groups[0])
    sides = [Side(a, first, (*sets, *set_a)), Side(b, machines[-1] if machines else "generic", (*sets, *set_b))]
    for side, option, own in zip(sides, ("--set-a", "--set-b"), (set_a, set_b), strict=True):
        if own and side.words[0].endswith(".json"):
            raise UsageError(f"{option} {own[0]}: {side.words[0]} is a saved report, whose machine cannot be changed")
    if sides[0] == sides[1]:
        raise UsageError(
            "both sides are the same; name two targets, two variants (variant=naive,7x4), two machines (-m A -m B), or change one (--set-b)"
        )
    return sides


def groups_of(words: Sequence[str]) -> list[tuple[str, ...]]:
    """A word without `=` begins a side; so does a file name with one in it."""
    groups: list[list[str]] = []
    for word in words:
        if "=" not in word or (not groups and Path(word).exists()):
            groups.append([word])
        elif not groups:
            raise UsageError(f"{word!r} is a parameter, but A is missing before it; write for instance `rvsim diff matmul {word} ...`")
        else:
            groups[-1].append(word)
    return [tuple(group) for group in groups]


def _inherit(a: Sequence[str], b: Sequence[str]) -> tuple[str, ...]:
    """B with the parameters of A that it does not name, where both are the same target."""
    if a[0] != b[0]:
        return tuple(b)
    named = {word.partition("=")[0] for word in b[1:]} | {"variant"}
    return (*b, *(word for word in a[1:] if word.partition("=")[0] not in named))


def _variants(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`variant=naive,7x4` is two sides."""
    sides: list[list[str]] = [[], []]
    for word in words:
        key, _, value = word.partition("=")
        values = value.split(",") if key == "variant" else [value]
        if len(values) > 2:
            raise UsageError(f"{word}: a comparison has two sides; give two variants")
        for side, choice in zip(sides, (values[0], values[-1]), strict=True):
            side.append(f"{key}={choice}" if key == "variant" else word)
    return tuple(sides[0]), tuple(sides[1])


def _report(side: Side, behind: Sequence[str], given: Mapping[str, Any]) -> Report:
    from .target import FunctionTarget, KernelTarget, ProgramTarget, parse_target

    if side.words[0].endswith(".json"):
        from rvsim.profile.report import Report

        if len(side.words) > 1:
            raise UsageError(f"{side.words[0]}: a saved report has no parameter {side.words[1]!r}")
        return Report.load(side.words[0])
    parsed = parse_target(side.words, behind if not side.words[1:] else ())
    proto = given["proto"] if isinstance(parsed, FunctionTarget) else None
    whole = isinstance(parsed, ProgramTarget)
    if isinstance(parsed, KernelTarget) and given["proto"]:
        raise UsageError(f"--proto is for a function of your own (FILE:symbol); {side.words[0]} is a registry kernel")
    mode = given["mode"] if whole else None
    options = options_of({**given, "proto": proto, "mode": mode}, machine=side.machine, sets=side.sets, window=None)
    return profiled(parsed, options)[0]


__all__ = ["command"]
