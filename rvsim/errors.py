"""The exceptions a user meets. Each message says what, where, and what to do next.

Nothing of ours is imported here, so that every layer may raise these.
"""

from __future__ import annotations


class RvsimError(Exception):
    """Base of every error that a user can act on; its text is one clear line."""


class UsageError(RvsimError):
    """The request is wrong: unknown kernel, bad parameter, unusable file (exit status 2)."""


class ToolchainError(UsageError):
    """No compiler, or source that does not assemble; names file, line and the offending text."""


class ElfError(UsageError):
    """A file that is no usable RISC-V ELF: wrong format, wrong machine, truncated."""


class SimulationError(RvsimError):
    """A run that failed: illegal instruction, access outside memory, a limit reached (exit status 1)."""
