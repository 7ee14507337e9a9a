"""Calling C functions: prototypes, and Python values as LP64D arguments.

The RISC-V psABI's integer and floating-point calling conventions: eight registers of each class, floating-point arguments
that find none take integer registers, and what is left goes to the stack in eight-byte slots. Structures are refused.
Knows nothing of harts: it yields plain numbers.
"""

from __future__ import annotations

import ast
import functools
import operator
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rvsim.errors import UsageError

# C type -> (class, bytes, numpy dtype of an array of them); class i signed, u unsigned, f floating point
_TYPES: dict[str, tuple[str, int, str]] = {
    "char": ("u", 1, "u1"), "signed char": ("i", 1, "i1"), "unsigned char": ("u", 1, "u1"), "short": ("i", 2, "i2"),
    "unsigned short": ("u", 2, "u2"), "int": ("i", 4, "i4"), "unsigned": ("u", 4, "u4"), "unsigned int": ("u", 4, "u4"),
    "long": ("i", 8, "i8"), "unsigned long": ("u", 8, "u8"), "long long": ("i", 8, "i8"), "unsigned long long": ("u", 8, "u8"),
    "int8_t": ("i", 1, "i1"), "uint8_t": ("u", 1, "u1"), "int16_t": ("i", 2, "i2"), "uint16_t": ("u", 2, "u2"),
    "int32_t": ("i", 4, "i4"), "uint32_t": ("u", 4, "u4"), "int64_t": ("i", 8, "i8"), "uint64_t": ("u", 8, "u8"),
    "size_t": ("u", 8, "u8"), "ssize_t": ("i", 8, "i8"), "ptrdiff_t": ("i", 8, "i8"), "intptr_t": ("i", 8, "i8"),
    "uintptr_t": ("u", 8, "u8"), "bool": ("u", 1, "?"), "_Bool": ("u", 1, "?"), "float": ("f", 4, "f4"), "double": ("f", 8, "f8"),
    "_Float16": ("f", 2, "f2"), "void": ("v", 0, "u1"),
}  # fmt: skip
_LONG_FORMS = {
    "short int": "short", "unsigned short int": "unsigned short", "long int": "long", "unsigned long int": "unsigned long",
    "long long int": "long long", "unsigned long long int": "unsigned long long", "signed": "int", "signed int": "int",
    "signed short": "short", "signed long": "long", "signed long long": "long long",
}  # fmt: skip
_PARAMETER = re.compile(r"^\s*(?P<words>[A-Za-z_][\w\s*]*?)\s*(?P<extents>(?:\[[^\]]*\]\s*)*)$")
_EXTENT_WORDS = re.compile(r"\b(?:static|const|restrict|volatile)\b")  # as in x[static n]
_QUALIFIERS = frozenset({"const", "volatile", "register", "restrict", "__restrict", "__restrict__"})
_FUNCTION = re.compile(r"^\s*(?P<result>[A-Za-z_][\w\s]*?[\s*]+)(?P<name>[A-Za-z_]\w*)\s*\((?P<parameters>.*)\)\s*;?\s*$", re.S)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `pointer`: it is an array of `ctype`; `extents` are its dimensions as text, where the prototype has them."""

    name: str
    ctype: str
    pointer: bool
    const: bool
    extents: tuple[str, ...]

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Element type of the array, or type of the scalar."""
        return np.dtype(_TYPES[self.ctype][2])


@dataclass(frozen=True, slots=True)
class Prototype:
    """A C function's type. `result` is a C type, or None for void; `result_pointer`: it returns an address."""

    name: str
    result: str | None
    result_pointer: bool
    parameters: tuple[Parameter, ...]

    @property
    def result_dtype(self) -> np.dtype[np.generic] | None:
        """Type of the number that is returned; None for void and for addresses."""
        return None if self.result is None or self.result_pointer else np.dtype(_TYPES[self.result][2])


def _parameter(text: str, position: int, prototype: str) -> Parameter:
    match = _PARAMETER.match(text)
    words = match["words"].replace("*", " ").split() if match is not None else []
    if match is None or "struct" in words or "union" in words:
        what = "not understood" if match is None else "structures are not supported"
        hint = "write for instance 'const float x[n]' or 'long n'"
        raise UsageError(f"prototype {prototype!r}: parameter {position} {text.strip()!r}: {what}; {hint}")
    plain = [w for w in words if w not in _QUALIFIERS]
    whole = " ".join(plain)
    named = whole not in _TYPES and whole not in _LONG_FORMS  # 'double' alone is a type without a name
    ctype, name = (" ".join(plain[:-1]), plain[-1]) if named and plain else (whole, "")
    ctype = _LONG_FORMS.get(ctype, ctype)
    if ctype not in _TYPES:
        known = ", ".join(t for t in _TYPES if t != "void")
        raise UsageError(f"prototype {prototype!r}: parameter {position}: unknown type {ctype or name!r}; known: {known}")
    extents = tuple(_EXTENT_WORDS.sub("", e).strip() for e in re.findall(r"\[([^\]]*)\]", match["extents"]))
    stars = match["words"].count("*")
    if stars > 1 or (stars and extents):
        hint = "write the elements as one array, for instance 'float x[m][n]'"
        raise UsageError(f"prototype {prototype!r}: parameter {position} {text.strip()!r}: pointers to pointers are not supported; {hint}")
    pointer = bool(stars or extents)
    const = "const" in match["words"].partition("*")[0].split()  # `float *const y`: the pointer is constant, the data are not
    if ctype == "void" and not pointer:
        raise UsageError(f"prototype {prototype!r}: parameter {position} is void")
    return Parameter(name or f"arg{position}", ctype, pointer, const, tuple(e for e in extents if e))


@functools.lru_cache(maxsize=256)
def parse_prototype(text: str) -> Prototype:
    """A C prototype such as 'void f(float y[n], const float x[n], float a, long n)'. Raises UsageError."""
    match = _FUNCTION.match(text)
    if match is None:
        hint = "write for instance 'void f(float y[n], const float x[n], long n)'"
        raise UsageError(f"prototype {text!r} is no C function prototype; {hint}")
    inner = match["parameters"].strip()
    pieces = [] if inner in ("", "void") else inner.split(",")
    result = re.sub(r"\bconst\b", " ", match["result"])
    ctype = " ".join(result.replace("*", " ").split())
    ctype = _LONG_FORMS.get(ctype, ctype)
    if ctype not in _TYPES:
        raise UsageError(f"prototype {text!r}: unknown result type {ctype!r}")
    pointer = "*" in result
    parameters = tuple(_parameter(piece, i + 1, text) for i, piece in enumerate(pieces))
    names = [p.name for p in parameters]
    if len(set(names)) != len(names):
        raise UsageError(f"prototype {text!r}: two parameters have the same name")
    return Prototype(match["name"], None if ctype == "void" and not pointer else ctype, pointer, parameters)


_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Div: operator.floordiv,
}  # fmt: skip


def evaluate(expression: str, values: Mapping[str, int]) -> int:
    """An extent: integers and parameter names with + - * / and parentheses, in integers. Raises UsageError."""

    def walk(node: ast.expr) -> int:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return node.value
        if isinstance(node, ast.Name):
            if node.id in values:
                return values[node.id]
            raise UsageError(f"extent {expression!r} needs a value for {node.id!r}; give {node.id}=NUMBER")
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            left, right = walk(node.left), walk(node.right)
            if right == 0 and isinstance(node.op, ast.Div | ast.FloorDiv):
                raise UsageError(f"extent {expression!r} divides by zero")
            return _OPERATORS[type(node.op)](left, right)
        raise UsageError(f"extent {expression!r}: only numbers, parameter names, + - * / and parentheses are understood")

    try:
        return walk(ast.parse(expression, mode="eval").body)
    except (SyntaxError, ValueError):
        raise UsageError(f"extent {expression!r} is no arithmetic expression") from None
    except (RecursionError, MemoryError):
        raise UsageError(f"an extent of {len(expression)} characters is too long") from None


@dataclass(frozen=True, slots=True)
class Registers:
    """Arguments in place: a0.. (unsigned 64-bit), fa0.. (bits), and the stack slots, lowest address first."""

    x: tuple[int, ...]
    f: tuple[int, ...]
    stack: tuple[int, ...]


def _float_bits(value: float, size: int) -> int:
    """Bits of a floating-point argument, NaN-boxed to 64; beyond the format's range it is infinite, as in C."""
    if size == 8:
        return int(struct.unpack("<Q", struct.pack("<d", value))[0])
    with np.errstate(over="ignore"):
        if size == 4:
            return 0xFFFFFFFF_00000000 | int(np.float32(value).view(np.uint32))
        return 0xFFFFFFFF_FFFF0000 | int(np.float16(value).view(np.uint16))


def _integer_bits(value: int, ctype: str | None, where: str) -> int:
    kind, size, _ = _TYPES[ctype] if ctype else ("i", 8, "")
    low, high = (-(1 << 63), (1 << 64) - 1) if ctype is None else (-(1 << (8 * size - 1)), (1 << (8 * size - 1)) - 1)
    if kind == "u" and ctype is not None:
        low, high = 0, (1 << (8 * size)) - 1
    if not low <= value <= high:
        raise UsageError(f"{where}: {value} does not fit {ctype or 'a 64-bit register'} ({low}..{high})")
    if size == 4:  # 32-bit integers are sign-extended in registers, unsigned ones too
        value = (value & 0xFFFFFFFF) - (1 << 32) if value & 0x80000000 else value & 0xFFFFFFFF
    return value & 0xFFFFFFFF_FFFFFFFF


def scalar_bits(value: object, parameter: Parameter | None, where: str) -> tuple[str, int]:
    """('x' or 'f', bits) of one scalar argument. Raises UsageError where the value does not suit the type."""
    if parameter is not None and not parameter.pointer and _TYPES[parameter.ctype][0] == "f":
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise UsageError(f"{where} is {parameter.ctype} in the prototype, got {type(value).__name__}")
        try:
            return "f", _float_bits(float(value), _TYPES[parameter.ctype][1])
        except OverflowError:
            raise UsageError(f"{where}: the integer is too large for a {parameter.ctype}") from None
    if isinstance(value, bool | np.bool_ | int | np.integer):
        return "x", _integer_bits(int(value), parameter.ctype if parameter is not None and not parameter.pointer else None, where)
    if parameter is not None:
        kind = "an address" if parameter.pointer else parameter.ctype
        raise UsageError(f"{where} is {kind} in the prototype, got {type(value).__name__}")
    if isinstance(value, np.float16 | np.float32):
        return "f", _float_bits(float(value), value.itemsize)
    if isinstance(value, float | np.float64):
        return "f", _float_bits(float(value), 8)
    raise UsageError(f"{where}: cannot pass a {type(value).__name__}; pass a numpy array, an int, a float or a numpy scalar")


def assign(arguments: Sequence[tuple[str, int]]) -> Registers:
    """Place (class, bits) arguments in registers and stack slots."""
    x: list[int] = []
    f: list[int] = []
    stack: list[int] = []
    for kind, bits in arguments:
        if kind == "f" and len(f) < 8:
            f.append(bits)
        elif len(x) < 8:
            x.append(bits)
        else:
            stack.append(bits)
    return Registers(tuple(x), tuple(f), tuple(stack))


def result_extended(prototype: Prototype, a0: int, fa0: int) -> bool:
    """Whether a result fills its register as the psABI asks: integers widened by their sign to 32 bits, from there sign-extended;
    floating-point numbers NaN-boxed."""
    if prototype.result_dtype is None or prototype.result is None:
        return True
    kind, size, _ = _TYPES[prototype.result]
    value = result_value(prototype, a0, fa0)
    assert value is not None
    if kind == "f":
        return size == 8 or fa0 >> (8 * size) == (1 << (64 - 8 * size)) - 1
    return a0 == _integer_bits(int(value), prototype.result, "the result")


def result_value(prototype: Prototype | None, a0: int, fa0: int) -> int | float | None:
    """What a function returned: a0 or fa0 as the prototype says, a0 as a signed number without one, None for void."""
    if prototype is None:
        return a0 - (1 << 64) if a0 >> 63 else a0
    if prototype.result is None:
        return None
    if prototype.result_pointer:
        return a0
    kind, size, dtype = _TYPES[prototype.result]
    bits = (fa0 if kind == "f" else a0) & ((1 << (8 * size)) - 1)
    value: int | float = np.frombuffer(bits.to_bytes(size, "little"), np.dtype(dtype)).item()
    return value
