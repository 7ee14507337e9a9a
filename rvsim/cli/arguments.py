"""Arguments for a function of the user's own: arrays and scalars from its prototype and `key=value` words.

An array is random, or `x=@x.npy`; its extents stand in the prototype. A scalar is `n=1000` or `a=0.5`. Also what to say about
the arrays afterwards. Knows files and numpy; runs nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rvsim.errors import UsageError
from rvsim.machine.abi import Parameter, Prototype, evaluate

Array = npt.NDArray[Any]

_NAME = re.compile(r"[A-Za-z_]\w*")
_SHOWN = 6  # first elements of an array that are shown
_WIDEST = 1000  # random integers of 16 bits and more lie between -1000 and 1000, so that sums of products do not overflow


@dataclass(frozen=True, slots=True)
class Arguments:
    """What to pass, in order; `arrays` are those among it by name, `written` the names that the function may write."""

    values: tuple[Any, ...]
    arrays: Mapping[str, Array]
    written: tuple[str, ...]
    params: Mapping[str, int | float | str]


def build_arguments(prototype: Prototype, given: Mapping[str, str], *, seed: int, most: int) -> Arguments:
    """Arguments for `prototype` from `given` texts; arrays may take `most` bytes together.

    Raises UsageError that names the parameter: without a value, of the wrong type, an array without extents, an unreadable file.
    """
    scalars = {p.name: _scalar(p, given.get(p.name)) for p in prototype.parameters if not p.pointer}
    sizes = {name: value for name, value in scalars.items() if isinstance(value, int)} | _extra_extents(prototype, given)
    values: list[Any] = []
    arrays: dict[str, Array] = {}
    left = most
    for number, parameter in enumerate(prototype.parameters):
        if not parameter.pointer:
            values.append(scalars[parameter.name])
            continue
        array = _array(parameter, given.get(parameter.name), prototype, sizes, left, np.random.default_rng([seed, number]))
        left -= array.nbytes
        arrays[parameter.name] = array
        values.append(array)
    files = {name: text for name, text in given.items() if name in arrays}
    written = tuple(p.name for p in prototype.parameters if p.pointer and not p.const)
    return Arguments(tuple(values), arrays, written, {**scalars, **{n: v for n, v in sizes.items() if n not in scalars}, **files})


def _scalar(parameter: Parameter, text: str | None) -> int | float:
    kind = parameter.dtype.kind
    if text is None:
        raise UsageError(f"{parameter.name} ({parameter.ctype}) has no value; give {parameter.name}={'0.5' if kind == 'f' else 'NUMBER'}")
    try:
        return float(text) if kind == "f" else int(text, 0)
    except ValueError:
        what = "number" if kind == "f" else "integer"
        raise UsageError(f"{parameter.name}={text} is no {what}; {parameter.name} is {parameter.ctype} in the prototype") from None


def _extra_extents(prototype: Prototype, given: Mapping[str, str]) -> dict[str, int]:
    """Names that stand in extents only, and nowhere in the parameter list. Any other unknown name is an error."""
    names = {p.name for p in prototype.parameters}
    in_extents = {name for p in prototype.parameters for extent in p.extents for name in _NAME.findall(extent)}
    sizes = {}
    for name, text in given.items():
        if name in names:
            continue
        if name not in in_extents:
            raise UsageError(f"{prototype.name} has no parameter {name!r}; it has: {', '.join(sorted(names | in_extents)) or 'none'}")
        try:
            sizes[name] = int(text, 0)
        except ValueError:
            raise UsageError(f"{name}={text} is no integer; {name} is an extent in the prototype") from None
    return sizes


def _array(
    parameter: Parameter, text: str | None, prototype: Prototype, sizes: Mapping[str, int], most: int, rng: np.random.Generator
) -> Array:
    shape = tuple(_extent(parameter, extent, sizes) for extent in parameter.extents)
    if text is not None:
        return _from_file(parameter, text, shape)
    if not shape:
        shape = (_lone_size(parameter, prototype, sizes),)
    size = math.prod(shape) * parameter.dtype.itemsize
    if size > most:
        raise UsageError(
            f"{parameter.name}{list(shape)} takes {size / 2**20:.0f} MiB, but only {most / 2**20:.0f} MiB of --memory are left; "
            "choose smaller sizes or raise --memory"
        )
    return _random(parameter.dtype, shape, rng)


def _extent(parameter: Parameter, extent: str, sizes: Mapping[str, int]) -> int:
    value = evaluate(extent, sizes)
    if value < 0:
        raise UsageError(f"{parameter.name}[{extent}] has {value} elements; an extent cannot be negative")
    return value


def _lone_size(parameter: Parameter, prototype: Prototype, sizes: Mapping[str, int]) -> int:
    """A pointer without extents beside exactly one integer has that many elements."""
    integers = [p.name for p in prototype.parameters if p.name in sizes]
    if len(integers) != 1:
        raise UsageError(
            f"how many elements has {parameter.name}? Write its extents in --proto, for instance "
            f"'{'const ' if parameter.const else ''}{parameter.ctype} {parameter.name}[{integers[0] if integers else 'n'}]'"
            f", or give {parameter.name}=@FILE.npy"
        )
    return _extent(parameter, integers[0], sizes)


def _from_file(parameter: Parameter, text: str, shape: tuple[int, ...]) -> Array:
    if not text.startswith("@"):
        raise UsageError(f"{parameter.name}={text}: it is an array; give {parameter.name}=@FILE.npy, or nothing for random values")
    path = Path(text[1:])
    try:
        array = np.load(path, allow_pickle=False)
    except OSError as error:
        raise UsageError(f"{parameter.name}: {path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, EOFError, SyntaxError) as error:
        raise UsageError(f"{parameter.name}: {path} is no usable .npy file ({error})") from None
    if not isinstance(array, np.ndarray):  # a .npz is opened as a mapping
        raise UsageError(f"{parameter.name}: {path} holds several arrays; save the one you mean with numpy.save")
    if array.dtype != parameter.dtype and parameter.ctype != "void":
        raise UsageError(
            f"{parameter.name}: {path} holds {array.dtype}, the prototype says {parameter.ctype} ({parameter.dtype}); "
            f"convert it: numpy.save(file, array.astype('{parameter.dtype}'))"
        )
    if shape and math.prod(shape) != array.size:
        raise UsageError(f"{parameter.name}: {path} has shape {list(array.shape)}, the prototype says {list(shape)}")
    return np.ascontiguousarray(array)


def _random(dtype: np.dtype[Any], shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Standard normal floats; integers of 8 bits over their whole range, wider ones up to 1000; truth values."""
    if dtype.kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(dtype)
    info = np.iinfo(dtype)
    low, high = max(info.min, -_WIDEST), min(info.max, _WIDEST)
    return rng.integers(low, high, shape, dtype=np.dtype(dtype), endpoint=True)


def describe(name: str, array: Array) -> dict[str, Any]:
    """Plain data about an array after a run; min, max and mean are over its finite elements, None when there are none."""
    flat = array.reshape(-1)
    finite = flat[np.isfinite(flat)] if flat.dtype.kind == "f" else flat
    wide = finite.astype(np.float64)
    about: dict[str, Any] = {"name": name, "dtype": str(array.dtype), "shape": list(array.shape)}
    about["not_finite"] = int(flat.size - finite.size)
    known = finite.size > 0
    about |= {"min": finite.min().item() if known else None, "max": finite.max().item() if known else None}
    return about | {"mean": float(wide.mean()) if known else None, "first": [item.item() for item in flat[:_SHOWN]]}


def save(array: Array, path: Path) -> None:
    """Write one array as .npy. Raises UsageError where the file cannot be written."""
    try:
        with path.open("wb") as stream:
            np.save(stream, array, allow_pickle=False)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
