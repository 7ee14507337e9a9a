"""The words in which a kernel's contract is written: parameters, variants, buffers, calls, and the kernel itself.

    raw parameters --validate--> Params --select(variant, vlen, isa)--> Variant, and why
                                    |--prepare(variant, vlen)--> Call --(a machine runs it)--> outputs --check--> Check

A Call is the operator's own: every variant gets the same tensors and is judged by the same reference. A variant that wants
another argument list, layout or scratch memory turns that call into its own (`Variant.arrange`).

Knows nothing of any operator, of machines or of toolchains: machine facts arrive as plain data (VLEN in bits, the set of
extension names). Everything a user can get wrong raises UsageError with the name, the value and what is allowed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple, SupportsFloat, SupportsIndex, cast

import numpy as np
import numpy.typing as npt

from rvsim.errors import UsageError

from .compare import Array, Check, Expected, combine, judge

Value = int | float | str
Params = Mapping[str, Value]

#: What the buffers of one call may occupy together; keeps a mistyped size from exhausting the host.
MAX_BYTES = 1 << 32
#: Sentinel elements behind the last row of every buffer, so that running off its end is noticed.
GUARD = 16
#: A variant of a file of the user's own: these suffixes tell it from a registry name.
SOURCES = (".S", ".s", ".c", ".o", ".elf")
#: What the V extension contains (RVV 1.0, section 18.3); a variant asks for the least it needs.
IMPLIED = {"v": frozenset({"zve64d", "zve64f", "zve64x", "zve32f", "zve32x"})}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint such as " (did you mean 'matmul'?)", or "" when nothing is near."""
    import difflib  # on the error path only

    near = difflib.get_close_matches(name, known := list(known), n=1) or difflib.get_close_matches(name.lower(), known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: an integer or a float between `minimum` and `maximum`, or one of `choices`. Its type is its default's."""

    name: str
    default: Value
    doc: str
    minimum: float = 0
    maximum: float = 1 << 30
    choices: tuple[str, ...] = ()

    def parse(self, kernel: str, value: object) -> Value:
        """`value` (a number, or text from a command line) as this parameter's type. Raises UsageError."""
        if self.choices:
            if value in self.choices:
                return str(value)
            hint = did_you_mean(str(value), self.choices)
            raise UsageError(f"{kernel}: {self.name}={value} is not available{hint}; {self.name} is one of: {', '.join(self.choices)}")
        if isinstance(self.default, float):
            return self._parse_float(kernel, value)
        try:
            number = int(value, 0) if isinstance(value, str) else operator.index(cast(SupportsIndex, value))
        except (TypeError, ValueError):
            raise UsageError(f"{kernel}: {self.name}={value} is no integer; {self._range()}") from None
        if isinstance(value, bool) or not self.minimum <= number <= self.maximum:
            raise UsageError(f"{kernel}: {self.name}={value} is out of range; {self._range()}")
        return int(number)

    def _parse_float(self, kernel: str, value: object) -> float:
        try:
            number = float(cast(SupportsFloat, value))
        except (TypeError, ValueError):
            raise UsageError(f"{kernel}: {self.name}={value} is no number; {self._range()}") from None
        if isinstance(value, bool) or not self.minimum <= number <= self.maximum:
            raise UsageError(f"{kernel}: {self.name}={value} is out of range; {self._range()}")
        return number

    def _range(self) -> str:
        kind = "a number" if isinstance(self.default, float) else "an integer"
        return f"{self.name} ({self.doc}) is {kind} from {self.minimum} to {self.maximum}"

    def describe(self) -> dict[str, object]:
        """Plain data for listings."""
        common: dict[str, object] = {"name": self.name, "default": self.default, "doc": self.doc}
        if self.choices:
            return common | {"type": "choice", "choices": list(self.choices)}
        kind = "float" if isinstance(self.default, float) else "int"
        return common | {"type": kind, "minimum": self.minimum, "maximum": self.maximum}


SEED = Param("seed", 0, "seed of the random inputs", maximum=(1 << 63) - 1)


#: The bounds of a float parameter that a kernel takes as C float.
FLOAT_MAX = float(np.finfo(np.float32).max)


def _no_reason(params: Params, vlen: int) -> str | None:
    return None


def as_it_is(call: Call, vlen: int) -> Call:
    """The arrangement of variants that take the operator's own arguments."""
    return call


@dataclass(frozen=True, slots=True)
class Variant:
    """One implementation: a function in a file, for one dtype, under the kernel's contract.

    `source` is relative to rvsim.asm unless `custom`, when it is the user's own path. `requires` are extension names.
    `only` limits parameters: {"out": ("i8",)} is a variant for that output type and no other; `example` has what else a problem must
    be like for it, where the defaults are not.
    `constraint(params, vlen)` is the reason why the variant cannot do a problem, `unsuited` why "auto" should not take it
    though it could; None means none. `flop(params)` counts the variant's own algorithm, and `macc` names its multiply-accumulate
    as (factor dtype, accumulator dtype), from which a machine derives the peak to compare with.
    `arrange(call, vlen)` gives the operator's call this variant's own prototype, arguments and further buffers (packed copies,
    scratch); the buffers that the reference reads stay. `slack` is how many times the contract's error bound its algorithm may
    reach (1 unless it adds roundings of its own, as Winograd's transforms do; its file then derives the factor).
    """

    name: str
    dtype: str
    source: str
    symbol: str
    doc: str
    flop: Callable[[Params], int]
    macc: tuple[str, str]
    requires: frozenset[str] = frozenset()
    constraint: Callable[[Params, int], str | None] = _no_reason
    unsuited: Callable[[Params, int], str | None] = _no_reason
    custom: bool = False
    only: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    arrange: Callable[[Call, int], Call] = as_it_is
    slack: float = 1
    example: Mapping[str, Value] = field(default_factory=dict)

    def refusal(self, params: Params, vlen: int, isa: frozenset[str]) -> str | None:
        """Why this variant cannot run the problem on a machine with these facts, or None."""
        other = self.mismatch(params)
        if other:
            return other
        present = isa.union(*(IMPLIED.get(extension, frozenset()) for extension in isa))
        missing = sorted(self.requires - present)
        if missing:
            return f"the machine lacks {', '.join(missing)} (--set isa=+{'_'.join(missing)} for what it would be like)"
        return self.constraint(params, vlen)

    def mismatch(self, params: Params) -> str | None:
        """Why this variant is for another kind of problem (dtype, or another parameter that `only` limits), or None."""
        if self.dtype != params["dtype"]:
            return f"it is for {self.dtype}, not {params['dtype']}"
        for name, values in self.only.items():
            if params[name] not in values:
                return f"it is for {name}={' or '.join(map(str, values))}, not {params[name]}"
        return None

    @property
    def kind(self) -> dict[str, Value]:
        """Raw parameters of the kind of problem it is for."""
        return {"dtype": self.dtype} | {name: values[0] for name, values in self.only.items()} | dict(self.example)

    def describe(self) -> dict[str, object]:
        """Plain data for listings."""
        names = ("name", "dtype", "source", "symbol", "doc")
        only = {name: list(values) for name, values in self.only.items()}
        return {name: getattr(self, name) for name in names} | {"requires": sorted(self.requires), "only": only}


class Choice(NamedTuple):
    """The variant to run, and why it is this one."""

    variant: Variant
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Buffer:
    """One array argument as it lies in memory: flat `data`, of which `shape` and `strides` (in elements) are the tensor.

    All other elements (between rows, behind the end) hold a sentinel, a NaN for floats: reading one shows in the result,
    writing one is seen by `damage`. An output is all sentinel before the call, unless it is `updated`: read and then written.
    Scratch memory is an output that the kernel's `reference` leaves out. numpy has no bfloat16: a buffer of it is uint16 with
    BF16_NAN (formats.py) as `fill`.
    """

    name: str
    data: Array
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    output: bool

    @classmethod
    def of(
        cls, name: str, values: Array, strides: tuple[int, ...], output: bool = False, updated: bool = False, fill: Array | None = None
    ) -> Buffer:
        """Lay `values` out with `strides`; for an output that is not `updated` only their shape and dtype count.

        `fill`: one element to use as the sentinel, by default `sentinel(values.dtype)`.
        """
        span = sum((n - 1) * stride for n, stride in zip(values.shape, strides, strict=True)) + 1 if values.size else 0
        data = np.full(span + GUARD, sentinel(values.dtype) if fill is None else fill)
        buffer = cls(name, data, values.shape, strides, output or updated)
        if not output:
            buffer.tensor()[...] = values
        data.flags.writeable = False  # what is read back is judged against this
        return buffer

    @classmethod
    def packed(cls, name: str, values: Array, output: bool = False) -> Buffer:
        """`values` without gaps, in C order: a packed copy of an operand, or scratch (`output`, its content does not matter)."""
        strides = tuple(int(np.prod(values.shape[axis + 1 :])) for axis in range(values.ndim))
        return cls.of(name, values, strides, output)

    def tensor(self, data: Array | None = None) -> Array:
        """The tensor as a view into `data`, by default this buffer's own; a copy of the buffer read back fits as well."""
        return self._strided(self.data if data is None else self._same_layout(data))

    def _strided(self, data: Array) -> Array:
        steps = tuple(stride * data.itemsize for stride in self.strides)
        return np.lib.stride_tricks.as_strided(data, self.shape, steps)

    def _same_layout(self, data: Array) -> Array:
        if data.shape != self.data.shape or data.dtype != self.data.dtype:
            raise ValueError(
                f"buffer {self.name} is {self.data.size} x {self.data.dtype} and must come back whole, got {data.dtype}{data.shape}"
            )
        return data

    def untouched(self, data: Array) -> Array:
        """Which elements of the tensor in `data` still hold the sentinel's bits."""
        bits = f"u{data.itemsize}"
        return np.asarray(self._strided(self._same_layout(data).view(bits)) == self.data[-1:].view(bits))

    def damage(self, data: Array) -> str | None:
        """What was written outside an output's tensor, or anywhere in an input; None when nothing was."""
        before, after = self.data.copy(), self._same_layout(data).copy()
        if self.output:
            for copy in (before, after):
                self.tensor(copy)[...] = 0
        bits = f"u{data.itemsize}"
        changed = np.flatnonzero(before.view(bits) != after.view(bits))
        if not changed.size:
            return None
        what = "outside its rows" if self.output else "though it is an input"
        return f"{self.name} was written {what}: {changed.size} elements, the first at element {changed[0]} of the buffer"


def sentinel(dtype: npt.DTypeLike) -> Array:
    """One element: the fill of memory that is no tensor element: a quiet NaN with a payload, or bytes of 0xA5 for integers."""
    kind = np.dtype(dtype)
    pattern = np.full(1, int.from_bytes(b"\xa5" * kind.itemsize, "little"), f"u{kind.itemsize}")
    if kind.kind == "f":
        mantissa = (1 << (np.finfo(kind).nmant - 1)) - 1  # the quiet bit above it comes from numpy's own NaN
        pattern = (pattern & pattern.dtype.type(mantissa)) | np.array([np.nan], kind).view(pattern.dtype)
    return pattern.view(kind)


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One prepared call: `args` in C order, where a str names a buffer (pass the address of its first element).

    The caller copies `arrays` into memory, calls the function of `prototype`'s type, reads the buffers back whole and hands
    them to `Kernel.check`; `fresh` serves callers that work in place. A buffer that no argument names is there for the reference
    (an operand of which the variant gets a packed copy). `slack` widens the tolerance, see Variant.
    """

    prototype: str
    args: tuple[Value, ...]
    buffers: Mapping[str, Buffer]
    params: Params
    slack: float = 1

    def arranged(self, prototype: str, args: tuple[Value, ...], *buffers: Buffer) -> Call:
        """The same problem with another prototype, argument list and further buffers; for `Variant.arrange`."""
        return replace(self, prototype=prototype, args=args, buffers={**self.buffers, **{buffer.name: buffer for buffer in buffers}})

    @property
    def arrays(self) -> dict[str, Array]:
        """Buffer name -> flat read-only array, as it should lie in memory before the call."""
        return {name: buffer.data for name, buffer in self.buffers.items()}

    def fresh(self) -> dict[str, Array]:
        """The same with outputs as new writable copies: a callee may write them, and they then are what `check` takes."""
        return {name: buffer.data.copy() if buffer.output else buffer.data for name, buffer in self.buffers.items()}

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the buffers that the function writes."""
        return tuple(name for name, buffer in self.buffers.items() if buffer.output)

    def tensor(self, name: str, data: Array | None = None) -> Array:
        """The tensor of buffer `name`, without padding; of `data` as read back, if given."""
        return self.buffers[name].tensor(data)


@dataclass(frozen=True, slots=True)
class Kernel:
    """An operator's contract. The functions are given by the operator's file:

    `relation(params)` -> what is wrong between parameters, or None; `size(params)` -> bytes of all buffers;
    `pack(params, rng)` -> Call; `reference(call)` -> Expected of each output that is judged; `complete(params)` fills in, before
    the relation is looked at, what was left to other parameters ("auto").
    """

    name: str
    doc: str
    params: tuple[Param, ...]
    variants: tuple[Variant, ...]
    relation: Callable[[Params], str | None]
    size: Callable[[Params], int]
    pack: Callable[[Params, np.random.Generator], Call]
    reference: Callable[[Call], Mapping[str, Expected]]
    complete: Callable[[dict[str, Any]], None] = lambda params: None

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes for which there is a variant, in the table's order."""
        return tuple(dict.fromkeys(variant.dtype for variant in self.variants))

    def validate(self, raw: Mapping[str, object]) -> Params:
        """All parameters, typed, with defaults filled in. Raises UsageError naming the parameter and what is allowed."""
        known = {param.name: param for param in self.params}
        for name in raw:
            if name not in known:
                hint = did_you_mean(name, known)
                raise UsageError(f"{self.name} has no parameter {name!r}{hint}; it has: {', '.join(known)}, and variant")
        params: dict[str, Value] = {name: param.parse(self.name, raw.get(name, param.default)) for name, param in known.items()}
        self.complete(params)
        wrong = self.relation(params)
        if wrong:
            raise UsageError(f"{self.name}: {wrong}")
        if self.size(params) > MAX_BYTES:
            raise UsageError(
                f"{self.name}: this problem needs {self.size(params) / 2**30:.1f} GiB of arrays,"
                f" at most {MAX_BYTES / 2**30:.0f} GiB are possible; choose smaller sizes"
            )
        return MappingProxyType(params)

    def prepare(self, params: Params, rng: np.random.Generator | None = None, variant: Variant | None = None, vlen: int = 0) -> Call:
        """Arrays and arguments for validated `params`; `rng` defaults to a generator seeded by params["seed"].

        With `variant`, the call as that variant takes it on a machine of `vlen` bits; without, the operator's own. The problem
        is the same for all variants.
        """
        call = self.pack(params, np.random.default_rng(int(params["seed"])) if rng is None else rng)
        return call if variant is None else replace(variant.arrange(call, vlen), slack=variant.slack)

    def check(self, call: Call, outputs: Mapping[str, Array]) -> Check:
        """Judge the buffers read back after `call`: every output, and every input that is among them (it must not change).

        Raises KeyError when an output is missing, ValueError when a buffer came back with another size or dtype: the caller's bugs.
        """
        verdicts = [
            judge(name, call.tensor(name, outputs[name]), expected.widened(call.slack), call.buffers[name].untouched(outputs[name]))
            for name, expected in self.reference(call).items()
        ]
        damages = (call.buffers[name].damage(data) for name, data in outputs.items())
        return combine(verdicts, [damage for damage in damages if damage])

    def with_source(self, source: str, symbol: str = "", params: Params | None = None) -> Variant:
        """The user's own function as a variant: the operator's own arguments, reference, tolerance and FLOP count.

        `source` is a path as toolchains take it; `symbol` defaults to the one of the variants that take these arguments.
        """
        params = self.validate({}) if params is None else params
        kind = [row for row in self.variants if row.mismatch(params) is None]
        if not kind:
            raise UsageError(f"{self.name} has no variant of this kind ({', '.join(f'{n}={params[n]}' for n in self._kinds())})")
        model = next((row for row in kind if row.arrange is as_it_is), kind[0])
        return Variant(
            name=f"{source}:{symbol or model.symbol}",
            dtype=model.dtype,
            source=source,
            symbol=symbol or model.symbol,
            doc="a function of your own",
            flop=model.flop,
            macc=model.macc,
            custom=True,
            only=model.only,
        )

    def _kinds(self) -> tuple[str, ...]:
        """The parameters that tell kinds of problems apart: dtype, and what variants limit."""
        return tuple(dict.fromkeys(["dtype", *(name for row in self.variants for name in row.only)]))

    def select(self, variant: str, params: Params, *, vlen: int, isa: frozenset[str]) -> Choice:
        """The variant to run on a machine of `vlen` bits with the extensions `isa`.

        `variant` is "auto", a name of the registry, or FILE.S[:symbol]. "auto" takes the first row of the table that can do the
        problem and suits it, else the first that can. Raises UsageError with the reason when none can.
        """
        source, _, symbol = variant.rpartition(":") if ":" in variant else (variant, "", "")
        if source.endswith(SOURCES):
            return Choice(self.with_source(source, symbol, params), "your own source")
        if variant == "auto":
            return self._auto(params, vlen, isa)
        named = [row for row in self.variants if row.name == variant]
        able = tuple(row.name for row in self.variants if row.refusal(params, vlen, isa) is None)
        if not named:
            names = tuple(dict.fromkeys(row.name for row in self.variants))
            raise UsageError(
                f"{self.name} has no variant {variant!r}{did_you_mean(variant, able) or did_you_mean(variant, names)};"
                f" there are: auto, {', '.join(names)}, or FILE.S:symbol"
            )
        row = min(named, key=lambda row: (row.dtype != params["dtype"], row.mismatch(params) is not None))  # the first that fits best
        reason = row.refusal(params, vlen, isa)
        if reason:
            others = f"; these can: auto, {', '.join(able)}" if able else ""
            raise UsageError(f"variant {variant!r} of {self.name} cannot do this: {reason}{others}")
        return Choice(row, "asked for by name")

    def _auto(self, params: Params, vlen: int, isa: frozenset[str]) -> Choice:
        able: list[Variant] = []
        passed: list[str] = []
        refused: dict[str, list[str]] = {}
        for row in self.variants:
            if row.mismatch(params) is not None:
                continue
            refusal = row.refusal(params, vlen, isa)
            if refusal is None:
                able.append(row)
            reason = refusal or row.unsuited(params, vlen)
            if reason is None:
                return Choice(row, "; ".join([f"{row.name}: {row.doc}", *passed]))
            passed.append(f"not {row.name}: {reason}")
            refused.setdefault(reason, []).append(row.name)
        if not able:
            kind = ", ".join(f"{name}={params[name]}" for name in self._kinds())
            reasons = "; ".join(f"not {', '.join(names)}: {reason}" for reason, names in refused.items())
            raise UsageError(f"{self.name}: no variant can do this ({reasons or f'there is none for {kind}'})")
        return Choice(able[0], f"{able[0].name}: the first that can; {'; '.join(passed)}")

    def describe(self) -> dict[str, object]:
        """Plain data for `rvsim list kernels`."""
        return {
            "name": self.name,
            "doc": self.doc,
            "dtypes": list(self.dtypes),
            "params": [param.describe() for param in self.params],
            "variants": [variant.describe() for variant in self.variants],
        }
