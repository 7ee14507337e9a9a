"""The group of verbs. A verb's module is imported when the verb is used or its help is shown, and imports only click then."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from rvsim import __version__

# verb -> module with its `command`; a module called `list` would hide the builtin from this package
VERBS = {
    "run": "run",
    "profile": "profile",
    "plot": "plot",
    "diff": "diff",
    "check": "check",
    "validate": "validate",
    "list": "listing",
    "disasm": "disasm",
}  # fmt: skip


class Verbs(click.Group):
    """A group whose commands are found by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs in the order of the documentation."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb, or None for a word that is none."""
        if cmd_name not in VERBS:
            return None
        found: click.Command = import_module(f"rvsim.cli.{VERBS[cmd_name]}").command
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that `args` begins with; an unknown one is an error that lists what there is."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise click.UsageError(f"unknown command {args[0]!r}; there are: {', '.join(VERBS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="First steps: `rvsim run matmul m=64 n=64 k=64 --machine ara-4l`, then `rvsim list kernels`.",
)
@click.version_option(__version__, prog_name="rvsim", message="%(prog)s %(version)s")
def app(**_: Any) -> None:
    """Run RISC-V vector (RVV 1.0) kernels on a simulated machine: checked against numpy, timed, every cycle explained."""
