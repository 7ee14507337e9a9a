"""Machines: reads `machines/NAME.toml` (or any file), applies `--set`, and refuses what cannot be built.

The result is a typed, frozen `MachineConfig` (`schema.py`). Nothing here knows how time is computed. All errors are
`UsageError`, one line that names the file and the key. A file may say `base = "MACHINE"` and list only what differs.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from ..errors import UsageError
from .schema import Cache, Dram, MachineConfig, Scalar, Vector, VectorClass, VectorMemory, VectorQueue
from .units import SCALAR_UNITS, VECTOR_UNITS

Tree = dict[str, Any]

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB)")
_SCALE = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def machine_names() -> list[str]:
    """Names of the machines that come with the package, sorted."""
    files = resources.files(__package__).joinpath("machines").iterdir()
    return sorted(file.name[:-5] for file in files if file.name.endswith(".toml"))


def load_machine(name_or_path: str | Path, sets: Mapping[str, str] | None = None) -> MachineConfig:
    """The machine of that name, or of a TOML file, with the fields in `sets` (dotted key -> text) replaced.

    `isa=+EXT` adds an extension (the run is then hypothetical), `isa=-EXT` removes one, several joined by commas;
    other values replace the field. Sizes may be written with B, KiB, MiB, GiB.

    A file with `base = "MACHINE"` (a name, or a path beside the file) is that machine with the fields it lists; groups of
    fields are merged, lists replaced.

    Raises UsageError for an unknown machine, an unreadable file, an unknown key, or an impossible machine.
    """
    tree, origin = _tree(str(name_or_path), ())
    config = _convert(tree, origin)
    if sets:
        tree = msgspec.to_builtins(config)
        for key, value in sets.items():
            _set(tree, key, value, f"{origin}: --set {key}={value}")
        origin = f"{origin} with --set {' '.join(f'{key}={value}' for key, value in sets.items())}"
        config = _convert(tree, origin)
    for problem in _problems(config):
        raise UsageError(f"{origin}: {problem}")
    return config


def _tree(name: str, derived: tuple[str, ...]) -> tuple[Tree, str]:
    """The fields of a machine, those of its base included, and the words by which errors name it; `derived` wants it as base."""
    text, origin = _read(name)
    tree = _parse(text, origin)
    base = tree.pop("base", None)
    if base is None:
        return tree, origin
    if not isinstance(base, str):
        raise UsageError(f"{origin}: base is {base!r}; it must be the name of a machine or of a .toml file, in quotes")
    if base not in machine_names():
        base = str(Path(name).parent / base)
    chain = (*derived, name)
    if base in chain:
        raise UsageError(f"{origin}: base = {base!r} leads back to itself ({' -> '.join([*chain, base])}); name another machine")
    under, _ = _tree(base, chain)
    return _merged(under, tree), origin


def _merged(under: Tree, over: Tree) -> Tree:
    """`under` with what `over` says; tables are merged, everything else is replaced."""
    out = dict(under)
    for key, value in over.items():
        old = out.get(key)
        out[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


@cache
def _packaged(name: str) -> str:
    return resources.files(__package__).joinpath("machines", f"{name}.toml").read_text()


def _read(name: str) -> tuple[str, str]:
    """Text and the words by which errors name it."""
    if name in machine_names():
        return _packaged(name), f"machine {name}"
    path = Path(name)
    if path.suffix == ".toml" or path.is_file():
        try:
            return path.read_text(), str(path)
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: cannot read the machine file: {error}") from None
    raise UsageError(f"unknown machine {name!r}{_guess(name, machine_names())}; see `rvsim list machines`, or give a .toml file")


def _guess(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1, 0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known))}"


def _parse(text: str, origin: str) -> Tree:
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{origin}: not valid TOML: {error}") from None
    sized: Tree = _sizes(tree)
    return sized


def _sizes(value: Any) -> Any:
    """The same tree with texts like `32 KiB` as numbers of bytes."""
    if isinstance(value, dict):
        return {key: _sizes(item) for key, item in value.items()}
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        return int(float(match[1]) * _SCALE[match[2]])
    return value


def _convert(tree: Tree, origin: str) -> MachineConfig:
    try:
        return msgspec.convert(tree, MachineConfig)
    except msgspec.ValidationError as error:
        text = str(error).replace("Object contains unknown field", "unknown key").replace("Object missing required field", "missing key")
        text = text.replace("`", "'").replace("$.", "").replace("$", "the machine")
        raise UsageError(f"{origin}: {text}") from None


def _set(tree: Tree, key: str, text: str, origin: str) -> None:
    """Replaces one field of a complete tree."""
    *parents, last = key.split(".")
    node = tree
    for depth, part in enumerate([*parents, last]):
        if not isinstance(node, dict) or part not in node:
            known = list(node) if isinstance(node, dict) else []
            where = ".".join(parents[:depth])
            raise UsageError(f"{origin}: no field {part!r} in {where or 'the machine'}{_guess(part, known)}")
        if depth < len(parents):
            node = node[part]
    if isinstance(node[last], dict):
        raise UsageError(f"{origin}: {key!r} is a group of fields: {', '.join(node[last])}")
    if key == "isa" and text[:1] in "+-":
        _change_isa(tree, text, origin)
    else:
        node[last] = _value(text, node[last], origin)


def _change_isa(tree: Tree, text: str, origin: str) -> None:
    for item in text.split(","):
        sign, extension = item[:1], item[1:].strip().lower()
        if sign not in "+-" or not re.fullmatch(r"[a-z][a-z0-9_]*", extension):
            raise UsageError(f"{origin}: write isa=+EXTENSION or isa=-EXTENSION, several joined by commas")
        words = re.split(r"_(?!\d+p\d+)", tree["isa"])  # a draft's version belongs to its name
        if sign == "+" and extension not in words[1:]:
            tree["isa"] = "_".join([*words, extension])
            tree["isa_added"] = (*tree["isa_added"], extension)
        elif sign == "-":
            if extension not in words[1:]:
                raise UsageError(f"{origin}: {extension!r} is not in {tree['isa']}")
            tree["isa"] = "_".join(word for word in words if word != extension)
            tree["isa_added"] = tuple(word for word in tree["isa_added"] if word != extension)


def _value(text: str, old: Any, origin: str) -> Any:
    """`text` as TOML would read it, or as plain text where the field holds text."""
    if isinstance(old, str):
        return text
    try:
        value = _sizes(tomllib.loads(f"v = {text}")["v"])
    except (tomllib.TOMLDecodeError, RecursionError):
        value = _sizes(text)
    if isinstance(value, str):
        raise UsageError(f"{origin}: {text!r} is not a number, a size like 32KiB, true or false, or a list")
    return value


def _problems(config: MachineConfig) -> Iterator[str]:
    """What makes the machine impossible, most basic first."""
    vlen, lanes = config.vlen, config.lanes
    if not 64 <= vlen <= 65536 or vlen & (vlen - 1):
        yield f"vlen is {vlen}; it must be a power of two from 64 to 65536"
    if lanes < 1 or lanes & (lanes - 1):
        yield f"lanes is {lanes}; it must be a power of two, at least 1"
    if config.datapath_bits > vlen:
        yield f"lanes x lane_bits = {config.datapath_bits} bit is wider than vlen = {vlen}; lower lanes or raise vlen"
    if not config.isa.startswith(("rv64", "rva")):
        yield f"isa is {config.isa!r}; only rv64... is simulated"
    yield from _numbers(msgspec.to_builtins(config), "")
    for what, number, most in (
        ("scalar classes", len(config.scalar.classes), 64), ("vector classes", len(config.vector.classes), 255),
        *((f"pipes of vector class {name}", len(price.pipe), 8) for name, price in config.vector.classes.items()),
    ):  # fmt: skip
        if number > most:
            yield f"there are {number} {what}; at most {most} are possible"
    yield from _scalar_problems(config.scalar)
    yield from _vector_problems(config.vector)
    yield from _order_problems(config.scalar, config.vector)
    for level in ("l1i", "l1d", "l2", "l3"):
        yield from _cache_problems(level, getattr(config, level), config)
    if config.dram_bytes_per_cycle <= 0:
        yield "dram.bytes_per_cycle and bytes_per_lane are 0; memory needs some bandwidth"
    if config.memory_bytes < 1:
        yield "vector.memory.bits_per_lane gives less than one byte a cycle; raise it or lanes"


_MOST = 100_000  # cycles, bytes a cycle, a factor: beyond any machine, and sums of products of such figures still are exact integers
_LAWS = ("occupancy", "settle", "dead", "drain", "full_mask", "same_address")


def _numbers(tree: Any, path: str, least: float = 0) -> Iterator[str]:
    """No figure of a machine is negative (a term of a law may be: it has a floor), too large to count with, or NaN."""
    if isinstance(tree, dict):
        for key, item in tree.items():
            if key != "size":
                yield from _numbers(item, f"{path}.{key}" if path else key, -_MOST if key in _LAWS else least)
    elif isinstance(tree, list | tuple):
        for item in tree:
            yield from _numbers(item, path, least)
    elif isinstance(tree, float | int) and not least <= tree <= _MOST:
        yield f"{path} is {tree:g}; it must be from {least:g} to {_MOST}"
    elif isinstance(tree, float) and 0 < abs(tree) < 1e-6:
        yield f"{path} is {tree}; a figure that is not zero is at least 1e-6"


def _priced(kind: str, classes: Mapping[str, Any], units: Mapping[str, Any]) -> Iterator[str]:
    seen: dict[tuple[str, int], str] = {}
    named: dict[str, str] = {}
    for name, price in classes.items():
        first, last = getattr(price, "fields", (1, 8))
        if not 1 <= first <= last <= 8:
            yield f"{kind}.classes.{name}.fields is [{first}, {last}]; it must be a range within [1, 8]"
        for unit in price.units:
            if unit not in units:
                yield f"{kind}.classes.{name}: unknown unit {unit!r}{_guess(unit, list(units))}"
            for fields in range(first, last + 1):
                if (unit, fields) in seen:
                    yield f"{kind}.classes.{name}: unit {unit!r} is already priced by class {seen[unit, fields]!r}"
                seen[unit, fields] = name
        for mnemonic in getattr(price, "instructions", ()):
            if mnemonic in named:
                yield f"{kind}.classes.{name}: instruction {mnemonic!r} is already priced by class {named[mnemonic]!r}"
            named[mnemonic] = name
    if missing := [unit for unit in units if not all((unit, fields) in seen for fields in range(1, 9))]:
        yield f"{kind}.classes: no price for {', '.join(missing)}"


def _scalar_problems(scalar: Scalar) -> Iterator[str]:
    if not 1 <= scalar.issue_width <= 16:
        yield f"scalar.issue_width is {scalar.issue_width}; it must be from 1 to 16"
    if not 0 <= scalar.window <= 512:
        yield f"scalar.window is {scalar.window}; it must be from 0 (no limit) to 512"
    if scalar.out_of_order and not scalar.window:
        yield "scalar.window is 0; an out-of-order core needs entries: set it, or out_of_order=false"
    if not scalar.window_fold >= 1:
        yield "scalar.window_fold is 0; an entry holds at least one instruction"
    if scalar.store_bytes & (scalar.store_bytes - 1):
        yield f"scalar.store_bytes is {scalar.store_bytes}; it must be a power of two, or 0"
    for name, item in scalar.classes.items():
        if item.ports < 1:
            yield f"scalar.classes.{name}.ports is {item.ports}; a class needs a port"
    if scalar.commit_width < 1:
        yield "scalar.commit_width is 0; something must commit"
    if scalar.table_bits > 20 or scalar.history_bits > scalar.table_bits:
        yield "scalar.table_bits must be at most 20, and history_bits at most table_bits"
    if scalar.return_stack > 64:
        yield f"scalar.return_stack is {scalar.return_stack}; it must be at most 64"
    yield from _priced("scalar", scalar.classes, SCALAR_UNITS)


def _vector_problems(vector: Vector) -> Iterator[str]:
    if vector.lane_bits < 8:
        yield f"vector.lane_bits is {vector.lane_bits}; a lane needs at least 8 bit"
    for key in ("in_flight", "queue"):
        if getattr(vector, key) > 64:
            yield f"vector.{key} is {getattr(vector, key)}; it must be from 0 (no limit) to 64"
    for name, queue in vector.queues.items():
        if queue.depth > 64:
            yield f"vector.queues.{name}.depth is {queue.depth}; it must be from 0 (no limit) to 64"
    yield from _priced("vector", vector.classes, VECTOR_UNITS)
    for name, price in vector.classes.items():
        if not price.pipe:
            yield f"vector.classes.{name}: names no pipe"
    names = {pipe for price in vector.classes.values() for pipe in price.pipe} | {p.also for p in vector.classes.values()}
    if unused := [name for name in vector.queues if name not in names]:
        yield f"vector.queues.{unused[0]}: no class uses a pipe or queue of this name"
    if vector.mask_queue and vector.mask_queue not in names:
        yield f"vector.mask_queue is {vector.mask_queue!r}; no class uses a pipe or queue of this name"
    if len(names | set(vector.queues)) > 32:
        yield "vector: more than 32 pipes and queues"


_OUT_OF_ORDER = {
    "scalar": ("taken_interval", "store_bytes"),
    "vector": ("reorder", "scalar_operand"),
    "vector.memory": ("path_load", "path_store", "start_interval", "misaligned_store_beats"),
}


def _order_problems(scalar: Scalar, vector: Vector) -> Iterator[str]:
    """Mechanisms that only one kind of core has."""
    if not scalar.out_of_order:
        owners = {"scalar": scalar, "vector": vector, "vector.memory": vector.memory}
        left = [f"{owner}.{key}" for owner, keys in _OUT_OF_ORDER.items() for key in keys if getattr(owners[owner], key)]
        if left:
            zeros = " ".join(f"--set {name}=0" for name in left)
            yield f"{', '.join(left)} describe an out-of-order core; add scalar.out_of_order=true, or {zeros}"
        return
    if vector.dispatch == "commit":
        yield "vector.dispatch is 'commit', but scalar.out_of_order is true; set vector.dispatch=issue"
    for key in ("in_flight", "queues", "in_order_start", "sequencer_delay", "bank_conflict", "reshuffle", "mask_queue", "drops_empty"):
        if getattr(vector, key):
            yield f"vector.{key} describes a vector unit with an in-order sequencer; with scalar.out_of_order=true use vector.queue"
    for name, price in vector.classes.items():
        if price.hold != "no" or price.also or price.drain:
            yield f"vector.classes.{name}: hold, also and drain describe an in-order vector unit, but scalar.out_of_order is true"
    for name, item in scalar.classes.items():
        if item.operands_late:
            yield f"scalar.classes.{name}.operands_late describes an in-order pipeline, but scalar.out_of_order is true"


def _cache_problems(level: str, cache: Cache, config: MachineConfig) -> Iterator[str]:
    if cache.size < 0:
        yield f"{level}.size is {cache.size}; it must be zero (there is none) or more"
        return
    if cache.size == 0:
        if level == "l1d" and config.vector.memory.level == "l1":
            yield "l1d.size is 0, but vector.memory.level is 'l1'"
        return
    if cache.size > 1 << 30:
        yield f"{level}.size is {cache.size}; at most 1 GiB is possible"
    if cache.line < 8 or cache.line & (cache.line - 1):
        yield f"{level}.line is {cache.line}; it must be a power of two, at least 8"
    elif cache.ways < 1 or cache.ways > 32:
        yield f"{level}.ways is {cache.ways}; it must be from 1 to 32"
    else:
        sets, rest = divmod(cache.size, cache.line * cache.ways)
        if rest or not sets or sets & (sets - 1):
            yield f"{level}.size is {cache.size}; size / (line x ways) must be a power of two"
    if cache.misses > 64:
        yield f"{level}.misses is {cache.misses}; it must be from 0 (no limit) to 64"
    if level in ("l2", "l3") and cache.bytes_per_cycle <= 0:
        yield f"{level}.bytes_per_cycle is 0; the level needs some bandwidth"


__all__ = [
    "Cache", "Dram", "MachineConfig", "Scalar", "Vector", "VectorClass", "VectorMemory", "VectorQueue",
    "load_machine", "machine_names",
]  # fmt: skip
