"""What is checked, as cases: a registry kernel's variant, or a function of the user's own.

    Subject.sizes            the parameters that the checker may vary, with their bounds
    Subject.case(values)     arrays with their byte rights, arguments, and how outputs are judged

Knows contracts, prototypes and numpy; runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rvsim import kernels
from rvsim.errors import UsageError
from rvsim.kernels.base import Variant
from rvsim.kernels.compare import Expected, combine, judge
from rvsim.machine import Machine, Program
from rvsim.machine.abi import Prototype, evaluate, parse_prototype

Array = npt.NDArray[Any]
Values = Mapping[str, int | float | str]
Judge = Callable[[Mapping[str, Array]], str | None]
_WORD = re.compile(r"[A-Za-z_]\w*")
RETURNED = "return value"  # stands among a case's results, beside arrays
_WIDEST = 1000  # integers of 16 bits and more: sums of their products do not overflow


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """One array as the function finds it: flat `data`, which elements it may read and write, which hold nothing yet."""

    name: str
    data: Array
    readable: npt.NDArray[np.bool_]
    writable: npt.NDArray[np.bool_]
    undefined: npt.NDArray[np.bool_]
    shape: tuple[int, ...]
    strides: tuple[int, ...]  # in elements
    const: bool

    @property
    def label(self) -> str:
        """As in C: B[64][64]."""
        return self.name + "".join(f"[{n}]" for n in self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One call. `args`: a str names an array. `judge` says what is wrong with outputs, None when nothing is."""

    values: Values
    args: tuple[Any, ...]
    arrays: Mapping[str, Placed]
    prototype: Prototype
    judge: Judge | None
    results: tuple[str, ...]  # outputs whose contents matter, RETURNED among them; the others are scratch

    @property
    def outputs(self) -> tuple[str, ...]:
        """Arrays that the function may write."""
        return tuple(name for name, array in self.arrays.items() if not array.const)

    def shape(self, result: str) -> tuple[int, ...]:
        """Of an array; () for the return value."""
        return self.arrays[result].shape if result in self.arrays else ()


@dataclass(frozen=True, slots=True)
class Size:
    """A parameter to vary: integers from `low` to `high` in steps, or a list of choices."""

    name: str
    low: int = 0
    high: int = 1 << 20
    step: int = 1
    choices: tuple[Any, ...] = ()
    default: Any = None
    tied: str | None = None  # a parameter that it mostly equals

    def admits(self, value: int) -> bool:
        """Whether a number is one of its values."""
        return self.low <= value <= self.high and (value - self.low) % self.step == 0


class Subject(Protocol):
    """What the checker needs to know of a target."""

    @property
    def name(self) -> str:
        """As on the command line."""

    @property
    def sizes(self) -> tuple[Size, ...]:
        """Parameters to vary."""

    @property
    def element(self) -> int:
        """Bytes of the main element type; vector edges are counted in it."""

    @property
    def symbol(self) -> str:
        """The function to call."""

    def load(self, machine: Machine) -> Program:
        """Its program, in a machine."""

    def case(self, values: Values, vlen: int) -> Case | None:
        """The call for these values; None where the contract excludes them."""

    def work(self, values: Values, vlen: int) -> float:
        """About how many element operations a case costs; infinite for one that the contract excludes."""


def read_values(name: str, text: str) -> Size:
    """`8`, `1,2,8`, `1..64` or `4..64:4` as the values of a parameter. Raises UsageError."""
    match = re.fullmatch(r"(-?\d+)(?:\.\.(-?\d+)(?::(\d+))?)?", text)
    if match is None:
        if not re.fullmatch(r"-?\d+(,-?\d+)+", text):
            raise UsageError(f"{name}={text}: write a number, a list 1,2,8, or a range 1..64 or 4..64:4")
        return Size(name, choices=tuple(int(n) for n in text.split(",")))
    low, high, step = int(match[1]), int(match[2] or match[1]), int(match[3] or 1)
    if high < low or step < 1:
        raise UsageError(f"{name}={text} is an empty range")
    return Size(name, low, high, step)


# ---- a kernel of the registry ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class KernelSubject:
    """One variant of a registry kernel, or the user's own function under its contract."""

    kernel: kernels.Kernel
    variant: Variant
    given: Mapping[str, str]
    extensions: frozenset[str]
    _expected: dict[Any, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def words(self) -> tuple[str, ...]:
        """How a command line names it."""
        return self.kernel.name, f"variant={self.variant.name}", f"dtype={self.variant.dtype}"

    @property
    def element(self) -> int:
        return {"f64": 8, "f32": 4, "f16": 2, "bf16": 2}.get(self.variant.dtype, 1)

    @property
    def symbol(self) -> str:
        return self.variant.symbol

    def load(self, machine: Machine) -> Program:
        return machine.load_variant(self.variant, apart=True)

    @property
    def sizes(self) -> tuple[Size, ...]:
        out = []
        example = dict(self.variant.example)
        for p in self.kernel.params:
            if p.name in ("dtype", "seed"):
                continue
            if p.name in self.given and not p.choices and not isinstance(p.default, float):
                out.append(read_values(p.name, self.given[p.name]))
            elif p.name in self.given:
                out.append(Size(p.name, choices=(p.parse(self.kernel.name, self.given[p.name]),)))
            elif p.name in self.variant.only:
                out.append(Size(p.name, choices=self.variant.only[p.name]))
            elif p.choices:
                out.append(Size(p.name, choices=p.choices, default=p.default))
            elif isinstance(p.default, float):
                out.append(Size(p.name, choices=(p.default, 0.0, 1.0, -2.5), default=p.default))
            else:
                tied = next((n for n, v in example.items() if n != p.name and v == example.get(p.name)), None)
                first = tied if tied is not None and list(example).index(tied) < list(example).index(p.name) else None
                default = example.get(p.name, p.default)
                out.append(Size(p.name, int(p.minimum), int(min(p.maximum, 1 << 20)), default=default, tied=first))
        return tuple(out)

    def work(self, values: Values, vlen: int) -> float:
        try:
            params = self.kernel.validate({**values, "dtype": self.variant.dtype})
        except UsageError:
            return float("inf")
        if not self.variant.custom and self.variant.refusal(params, vlen, self.extensions):
            return float("inf")
        counts = [max(1, v) for n, v in params.items() if isinstance(v, int) and n not in ("seed", "lda", "ldb", "ldc")]
        loops = float(np.prod(counts, dtype=np.float64)) / 8  # however little there is to compute, loops may run over it
        return max(self.variant.flop(params) / 2, self.kernel.size(params) / self.element, loops)

    def case(self, values: Values, vlen: int) -> Case | None:
        try:
            params = self.kernel.validate({**values, "dtype": self.variant.dtype, "seed": int(self.given.get("seed", 0))})
        except UsageError:
            return None
        if not self.variant.custom and self.variant.refusal(params, vlen, self.extensions):
            return None
        call = self.kernel.prepare(params, variant=self.variant, vlen=vlen)
        used = {arg for arg in call.args if isinstance(arg, str)}
        arrays = {name: _placed(buffer) for name, buffer in call.buffers.items() if name in used}
        key = tuple(sorted(params.items()))
        if key not in self._expected:
            if len(self._expected) > 64:
                self._expected.clear()
            self._expected[key] = self.kernel.reference(call)
        expected = self._expected[key]

        def verdict(outputs: Mapping[str, Array]) -> str | None:
            return _verdict(call, expected, outputs)

        return Case(params, call.args, arrays, parse_prototype(call.prototype), verdict, tuple(expected))


def kernel_subjects(name: str, variant: str, given: Mapping[str, str], extensions: frozenset[str], vlen: int) -> list[KernelSubject]:
    """A registry kernel's variants as subjects: the one that is named, or with 'auto' every one of the dtype.

    given: values of parameters as text, `dtype` among them. Raises UsageError for an unknown kernel, variant, parameter or dtype.
    """
    kernel = kernels.get(name)
    known = {p.name for p in kernel.params}
    for key in given:
        if key not in known:
            kernel.validate({key: given[key]})  # raises, with a hint
    dtype = given.get("dtype")
    rest = {key: value for key, value in given.items() if key != "dtype"}
    params = kernel.validate({} if dtype is None else {"dtype": dtype})
    if variant == "auto":
        chosen = [v for v in kernel.variants if v.dtype == params["dtype"]]
    elif any(v.name == variant for v in kernel.variants):
        named = [v for v in kernel.variants if v.name == variant]
        chosen = [v for v in named if v.dtype == (dtype or named[0].dtype)]
    else:
        chosen = [kernel.select(variant, params, vlen=vlen, isa=extensions).variant]
    if not chosen:
        raise UsageError(f"{name} has no variant {variant!r} for dtype {dtype!r}; dtypes: {', '.join(kernel.dtypes)}")
    return [KernelSubject(kernel, v, rest, extensions) for v in chosen]


def _placed(buffer: kernels.Buffer) -> Placed:
    inside = np.zeros(buffer.data.size, bool)
    np.lib.stride_tricks.as_strided(inside, buffer.shape, buffer.strides)[...] = True
    span = int(np.flatnonzero(inside)[-1]) + 1 if inside.any() else 0
    inside = inside[:span]
    unset = buffer.output and bool(buffer.untouched(buffer.data).all())  # otherwise it is updated in place
    writable = inside if buffer.output else np.zeros(span, bool)
    undefined = inside if unset else np.zeros(span, bool)
    return Placed(buffer.name, buffer.data[:span], inside, writable, undefined, buffer.shape, buffer.strides, not buffer.output)


def _verdict(call: kernels.Call, expected: Mapping[str, Expected], outputs: Mapping[str, Array]) -> str | None:
    whole = {}
    for name in call.outputs:
        whole[name] = call.buffers[name].data.copy()
        if name in outputs:
            whole[name][: outputs[name].size] = outputs[name]
    verdicts = [judge(n, call.tensor(n, whole[n]), e.widened(call.slack), call.buffers[n].untouched(whole[n])) for n, e in expected.items()]
    check = combine(verdicts, [])
    return None if check.correct else check.message


# ---- a function of the user's own --------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class FunctionSubject:
    """FILE:symbol with a prototype; judged by `reference`, or against its own first configuration."""

    path: Path
    symbol: str
    prototype: Prototype
    given: Mapping[str, str]
    seed: int = 0
    reference: Callable[..., Any] | None = None
    tolerance: float | None = None

    def __post_init__(self) -> None:
        self.sizes  # noqa: B018  a prototype that says too little is refused before anything runs

    @property
    def name(self) -> str:
        return f"{self.path}:{self.symbol}"

    def load(self, machine: Machine) -> Program:
        return machine.load(self.path, apart=True)

    @property
    def element(self) -> int:
        found = [p.dtype.itemsize for p in self.prototype.parameters if p.pointer]
        return found[0] if found else 4

    @property
    def sizes(self) -> tuple[Size, ...]:
        integers = [p.name for p in self.prototype.parameters if not p.pointer and p.dtype.kind != "f"]
        bare = [p.name for p in self.prototype.parameters if p.pointer and not p.extents]
        words = self._extent_words()
        if bare and len(integers) != 1:
            example = f"void {self.symbol}(float y[n], const float x[n], long n)"
            raise UsageError(f"how many elements has {bare[0]}? write extents in the prototype, for instance --proto '{example}'")
        known = {*integers, *words, *(p.name for p in self.prototype.parameters if not p.pointer)}
        for name in self.given:
            if name not in known:
                raise UsageError(f"{self.symbol} has no size or scalar {name!r} to set; there are: {', '.join(sorted(known)) or 'none'}")
        out = []
        for name in dict.fromkeys([*integers, *sorted(words)]):
            if name in self.given:
                out.append(read_values(name, self.given[name]))
            elif name in words and name in integers:
                out.append(Size(name))
            elif name in words:
                where = f"stands in an array's extent but is no parameter of {self.symbol}"
                raise UsageError(f"{name} {where}; give {name}=NUMBER, a list or a range")
            else:
                raise UsageError(f"{name} is no array extent, so its values cannot be guessed; give {name}=NUMBER, a list or a range")
        return tuple(out)

    def _extent_words(self) -> set[str]:
        """Names on which the extents of arrays depend."""
        words = {word for p in self.prototype.parameters for extent in p.extents for word in _WORD.findall(extent)}
        if any(p.pointer and not p.extents for p in self.prototype.parameters):
            words |= {p.name for p in self.prototype.parameters if not p.pointer and p.dtype.kind != "f"}
        return words

    def work(self, values: Values, vlen: int) -> float:
        words = self._extent_words()
        return float(np.prod([max(1, int(v)) for name, v in values.items() if name in words], dtype=np.float64))

    def case(self, values: Values, vlen: int) -> Case | None:
        sizes = {name: int(value) for name, value in values.items()}
        rng = np.random.default_rng([self.seed, *[abs(v) for v in sizes.values()]])
        args: list[Any] = []
        arrays: dict[str, Placed] = {}
        for p in self.prototype.parameters:
            if not p.pointer:
                args.append(sizes[p.name] if p.dtype.kind != "f" else self._float(p.name, rng))
                continue
            extents = p.extents or (next(q.name for q in self.prototype.parameters if not q.pointer and q.dtype.kind != "f"),)
            shape = tuple(evaluate(extent, sizes) for extent in extents)
            if min(shape, default=0) < 0:
                return None
            count = int(np.prod(shape, dtype=object))
            if count * p.dtype.itemsize > 1 << 22:
                return None
            data = _random(p.dtype, count, rng)
            every, none = np.ones(count, bool), np.zeros(count, bool)
            strides = tuple(int(np.prod(shape[i + 1 :], dtype=object)) for i in range(len(shape)))
            arrays[p.name] = Placed(p.name, data, every, none if p.const else every, none, shape, strides, p.const)
            args.append(p.name)
        written = tuple(name for name, array in arrays.items() if not array.const)
        results = written if self.prototype.result_dtype is None else (*written, RETURNED)
        return Case(dict(values), tuple(args), arrays, self.prototype, self._judge(args, arrays), results)

    def _float(self, name: str, rng: np.random.Generator) -> float:
        if name not in self.given:
            return float(np.float16(rng.standard_normal()))
        try:
            return float(self.given[name])
        except ValueError:
            raise UsageError(f"{name}={self.given[name]} is no number") from None

    def _judge(self, args: list[Any], arrays: Mapping[str, Placed]) -> Judge | None:
        if self.reference is None:
            return None
        inputs = [arrays[a].data.reshape(arrays[a].shape).copy() if isinstance(a, str) else a for a in args]
        try:
            result = self.reference(*inputs)
        except Exception as error:  # the user's code: whatever it raises is his to mend
            named = zip(self.prototype.parameters, args, strict=True)
            call = ", ".join(arrays[a].label if isinstance(a, str) else f"{p.name}={a!r}" for p, a in named)
            raise UsageError(f"the reference fails, called with ({call}): {type(error).__name__}: {error}") from error
        written = [a for a in args if isinstance(a, str) and not arrays[a].const]
        after = {a: np.asarray(v).reshape(-1) for a, v in zip(args, inputs, strict=True) if isinstance(a, str)}
        shapes = {n: arrays[n].shape for n in written}
        if result is not None and self.prototype.result_dtype is not None and np.ndim(result) == 0:
            after[RETURNED], shapes[RETURNED] = np.asarray(result).reshape(-1), ()
        elif result is not None and len(written) == 1:
            after[written[0]] = np.asarray(result).reshape(-1)
        for n in written:
            if after[n].size != arrays[n].data.size:
                raise UsageError(
                    f"the reference gives {after[n].size} elements for {arrays[n].label}; it must change its arguments in place, or return "
                    f"{'the result, a number' if self.prototype.result_dtype is not None else 'what the array should hold'}"
                )
        return lambda outputs: next((m for n, shape in shapes.items() if (m := self.differs(n, shape, outputs[n], after[n]))), None)

    def differs(self, name: str, shape: tuple[int, ...], got: Array, wanted: Array) -> str | None:
        """The first element of an output that is not as wanted (integers: equal; floats: within the tolerance), or None."""
        if got.size == 0:
            return None
        with np.errstate(all="ignore"):
            if got.dtype.kind != "f":
                bad = got != wanted
            else:
                wide, goal = got.astype(np.float64), wanted.astype(np.float64)
                finite = np.isfinite(goal)
                scale = float(np.abs(goal, where=finite, out=np.zeros_like(goal)).max(initial=0.0))
                limit = self.tolerance if self.tolerance is not None else float(np.sqrt(np.finfo(got.dtype).eps))
                bad = np.where(
                    finite & np.isfinite(wide), np.abs(wide - goal) > limit * scale, ~((wide == goal) | (np.isnan(wide) & np.isnan(goal)))
                )
        if not bad.any():
            return None
        first = int(np.flatnonzero(bad)[0])
        if not shape:
            return f"{name} is {got[first]!s}, expected {wanted[first]!s}"
        index = "".join(f"[{i}]" for i in np.unravel_index(first, shape))
        return f"{name}{index} is {got[first]!s}, expected {wanted[first]!s}; {int(bad.sum())} of {got.size} elements are wrong"


def _random(dtype: np.dtype[Any], count: int, rng: np.random.Generator) -> Array:
    if dtype.kind == "f":
        return rng.standard_normal(count).astype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, count).astype(dtype)
    info = np.iinfo(dtype)
    return rng.integers(max(info.min, -_WIDEST), min(info.max, _WIDEST), count, dtype=dtype, endpoint=True)


def function_subject(path: str | Path, symbol: str, proto: str, **about: Any) -> FunctionSubject:
    """A subject from a file, a symbol and a C prototype. Raises UsageError where the prototype says too little."""
    prototype = parse_prototype(proto)
    return FunctionSubject(Path(path), symbol, prototype, **about)
