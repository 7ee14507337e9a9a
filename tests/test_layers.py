"""Nothing points up: every import and cimport of ours is an arrow of one small dictionary (design: layers)."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# layer -> what it may import, beside itself and `errors`. An entry with a dot allows that one module of a layer only.
ARROWS: dict[str, set[str]] = {
    "errors": set(),
    "_built": set(),
    "host": {"_built"},
    "isa": set(),
    "kernels": set(),
    "asm": set(),
    "loader": set(),
    "toolchain": set(),
    "prebuild": {"toolchain"},
    "core": {"isa", "host"},
    "timing": {"core.op", "host"},
    "engine": {"core", "timing", "isa", "host"},
    "linux": {"engine", "loader"},
    "profile": {"isa"},
    "plots": {"profile"},
    "machine": {"linux", "profile", "plots", "kernels", "asm", "loader", "toolchain", "prebuild", "engine", "isa"},
    "gdb": {"machine"},
    "check": {"machine", "kernels", "engine", "isa"},
    "testing": {"check"},
    "model": {"machine"},
    "sweep": {"machine"},
    "validate": {"machine", "engine", "isa", "plots"},
    "rvsim": {"machine", "check", "model", "sweep", "validate"},  # the package's own __init__: the public names
}
ARROWS["cli"] = set(ARROWS)
ARROWS["__main__"] = {"cli"}

KNOWN = {f"rvsim.{name}" for name in ARROWS if name != "rvsim"}

# Layers that promise to import few things of others, or none.
THIRD_PARTY: dict[str, set[str]] = {
    "errors": set(),
    "isa": set(),
    "asm": set(),
    "kernels": {"numpy"},
    "loader": {"elftools"},
    "toolchain": {"platformdirs"},
    "prebuild": set(),
}

_CYTHON_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<base>[\w.]+)[ \t]+c?import[ \t]+(?P<names>\([^)]*\)|[^\n#]+)"
    r"|c?import[ \t]+(?P<plain>[\w.]+(?:[ \t]*,[ \t]*[\w.]+)*))",
    re.MULTILINE,
)


def module_name(path: Path) -> str:
    """Dotted name of a source file as it is installed."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    if parts[0] in ("kernels", "asm"):
        parts.insert(0, "rvsim")
    return ".".join(parts)


def layer_of(module: str) -> str:
    """`rvsim.core.op` -> `core`; the package itself -> `rvsim`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] != "__init__" else "rvsim"


def imports(module: str, source: str, *, python: bool) -> Iterator[str]:
    """Absolute dotted names of everything imported, `from rvsim import core` as `rvsim.core`."""
    if python:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = "." * node.level + (node.module or "")
                yield from (absolute(module, base, alias.name) for alias in node.names)
        return
    for match in _CYTHON_IMPORT.finditer(source):
        if match["plain"]:
            yield from (name.strip() for name in match["plain"].split(","))
        else:
            for name in match["names"].strip("() \n").split(","):
                yield absolute(module, match["base"], name.split()[0] if name.split() else "*")


def absolute(module: str, base: str, name: str) -> str:
    """The full name of `from base import name` seen in `module`."""
    level = len(base) - len(base.lstrip("."))
    if level:
        package = module.split(".")[:-level]
        base = ".".join([*package, *filter(None, [base.lstrip(".")])])
    return f"{base}.{name}"


def violations(module: str, source: str, *, python: bool) -> list[str]:
    """What `module` imports and may not."""
    layer, found = layer_of(module), []
    for target in imports(module, source, python=python):
        parts = target.split(".")
        if parts[0] != "rvsim":
            allowed = THIRD_PARTY.get(layer)
            if allowed is not None and parts[0] not in allowed | set(sys.stdlib_module_names) | {"cython", "libc", "cpython"}:
                found.append(f"{module} imports {target}")
            continue
        inner = "rvsim." + parts[1] if len(parts) > 1 else "rvsim"
        goal = parts[1] if inner in KNOWN else "rvsim"
        if goal in (layer, "errors") or goal in ARROWS.get(layer, set()):
            continue
        if ".".join(parts[1:3]) in ARROWS.get(layer, set()):
            continue
        found.append(f"{module} imports {target}: no arrow {layer} -> {goal}")
    return found


def source_files() -> list[Path]:
    suffixes = (".py", ".pyx", ".pxd", ".pyi", ".tp")
    folders = (ROOT / "rvsim", ROOT / "kernels", ROOT / "asm")
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes and path.is_file())


def test_every_import_is_an_arrow() -> None:
    found = []
    for path in source_files():
        python = path.suffix in (".py", ".pyi")
        found += violations(module_name(path), path.read_text(), python=python)
    assert not found, "\n" + "\n".join(found)


def test_every_layer_is_in_the_dictionary() -> None:
    assert {layer_of(module_name(path)) for path in source_files()} <= set(ARROWS)


def test_arrows_make_no_circle() -> None:
    done: set[str] = set()

    def visit(layer: str, above: tuple[str, ...]) -> None:
        assert layer not in above, " -> ".join([*above, layer])
        if layer in done:
            return
        for target in sorted(ARROWS[layer]):
            if target != layer:
                visit(target.split(".")[0], (*above, layer))
        done.add(layer)

    for layer in ARROWS:
        visit(layer, ())


@pytest.mark.parametrize(
    ("module", "source", "python"),
    [
        ("rvsim.isa.table", "from rvsim.core import op", True),
        ("rvsim.isa.table", "import numpy", True),
        ("rvsim.isa.table", "def f():\n    from rvsim import machine", True),
        ("rvsim.core.memory", "from ..engine import loops", True),
        ("rvsim.core.hart", "from rvsim.timing.board cimport Board", False),
        ("rvsim.core.hart", "cimport rvsim.timing.board", False),
        ("rvsim.timing.board", "from rvsim.core.state cimport State", False),
        ("rvsim.timing.board", "    from rvsim.isa import UNITS", False),
        ("rvsim.timing.board", "from ..core.state cimport (\n    State)", False),
        ("rvsim.loader.elf", "from rvsim import Machine", True),
        ("rvsim.kernels.matmul", "import scipy.linalg", True),
        ("rvsim.machine", "import rvsim.cli", True),
    ],
)
def test_forbidden_arrows_are_seen(module: str, source: str, python: bool) -> None:
    assert violations(module, source, python=python)


@pytest.mark.parametrize(
    ("module", "source", "python"),
    [
        ("rvsim.isa.table", "import re\nfrom rvsim.errors import UsageError\nfrom .fields import FIELDS", True),
        ("rvsim.timing.board", "from rvsim.core.op cimport Op, Event\nfrom libc.stdint cimport uint64_t\ncimport cython", False),
        ("rvsim.timing.board", "from rvsim.core cimport op", False),
        ("rvsim.engine.loops", "from rvsim.core.op cimport Op\nfrom ..timing cimport board", False),
        ("rvsim.kernels.matmul", "import numpy as np\nfrom rvsim.kernels.base import Kernel", True),
        ("rvsim.__init__", "from rvsim.machine import Machine", True),
        ("rvsim.cli.run", "from rvsim import Machine, kernels", True),
    ],
)
def test_allowed_arrows_pass(module: str, source: str, python: bool) -> None:
    assert violations(module, source, python=python) == []


def test_names_of_files_become_modules() -> None:
    assert module_name(ROOT / "kernels" / "matmul.py") == "rvsim.kernels.matmul"
    assert module_name(ROOT / "rvsim" / "core" / "op.pxd") == "rvsim.core.op"
    assert layer_of(module_name(ROOT / "rvsim" / "__init__.py")) == "rvsim"
