"""The exact floating point path against two judges: Spike, executing one instruction a case, and exact rationals.

Spike judges every operation of f16, f32 and f64, the conversions of bf16, and the two estimates, in every rounding
mode, flags included. It has neither bf16 arithmetic nor arithmetic that rounds to odd: there exact rationals judge.
Operands are edge values in all pairs, plus seeded bit patterns chosen for cancellation, carries and ties.
"""

import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from riscv.cfg import cfg_t, mem_cfg_t  # type: ignore[import-not-found]
from riscv.sim import sim_t  # type: ignore[import-not-found]

from rvsim.core import softfloat as sf
from tests.conformance.devicetree import device_tree

FORMATS = {"f16": sf.F16, "bf16": sf.BF16, "f32": sf.F32, "f64": sf.F64}
LAYOUT = {sf.F16: (5, 10), sf.BF16: (8, 7), sf.F32: (8, 23), sf.F64: (11, 52)}  # exponent bits, fraction bits
RNE, RTZ, RDN, RUP, RMM, ROD = 0, 1, 2, 3, 4, 6
MODES = (RNE, RTZ, RDN, RUP, RMM)
NX, UF, OF, DZ, NV = 1, 2, 4, 8, 16
MASK64 = (1 << 64) - 1

Result = tuple[int, int]


# ---- operands --------------------------------------------------------------------------------------------------------


def width_of(fmt: int) -> int:
    return 1 + sum(LAYOUT[fmt])


def edge_values(fmt: int) -> list[int]:
    """Both signs of: zero, ends of the subnormals and normals, neighbours of one, integer limits, infinity, NaNs."""
    exponent, fraction = LAYOUT[fmt]
    bias, one, infinity = (1 << exponent - 1) - 1, 1 << fraction, (1 << exponent) - 1 << fraction
    values = {
        0,
        1,
        2,
        one >> 1,
        one - 1,
        one,
        one + 1,
        2 * one,
        infinity - one,
        infinity - 1,
        infinity,
        infinity + 1,
        infinity | one >> 1,
        infinity | one - 1,
    }
    for power in (0, 1, 7, 8, 15, 16, 31, 32, 63, 64, -1, -fraction, 1 - bias + fraction):
        if 0 < power + bias < (1 << exponent) - 1:
            middle = power + bias << fraction
            values |= {middle - 1, middle, middle + 1, middle | one >> 1}
    return sorted(values | {v | 1 << exponent + fraction for v in values})


def random_value(fmt: int, rng: random.Random, near: int) -> int:
    """Random bits, or an exponent close to that of `near`; the fraction is random or made of a few long runs."""
    exponent, fraction = LAYOUT[fmt]
    biased = rng.getrandbits(exponent)
    if rng.random() < 0.6:
        distance = rng.choice((2, fraction + 3))
        biased = (near >> fraction) % (1 << exponent) + rng.randint(-distance, distance)
        biased = min(max(biased, 0), (1 << exponent) - 1)
    bits = rng.getrandbits(fraction)
    if rng.random() < 0.5:
        bits = (1 << rng.randint(0, fraction)) - (1 << rng.randint(0, fraction))
        bits = bits % (1 << fraction) ^ rng.choice((0, 0, 1, bits & -bits))
    return rng.getrandbits(1) << exponent + fraction | biased << fraction | bits


def special_values(fmt: int) -> list[int]:
    exponent, fraction = LAYOUT[fmt]
    infinity, one = (1 << exponent) - 1 << fraction, (1 << exponent - 1) - 1 << fraction
    values = [0, 1, one, infinity - 1, infinity, infinity + 1, infinity | 1 << fraction - 1]
    return values + [v | 1 << exponent + fraction for v in values[:5]]


def operand_tuples(fmt: int, count: int, edges: int, extra: int, rng: random.Random) -> Iterator[tuple[int, ...]]:
    """All pairs of edge values, or all triples of special ones, but at most `edges`; then `extra` random tuples."""
    chosen = list(itertools.product(special_values(fmt) if count == 3 else edge_values(fmt), repeat=count))
    yield from chosen if len(chosen) <= edges else rng.sample(chosen, edges)
    for _ in range(extra):
        values: tuple[int, ...] = (random_value(fmt, rng, rng.getrandbits(width_of(fmt))),)
        while len(values) < count:
            # an addend is about as large as the product of the other two
            near = values[0] if len(values) == 1 else exponent_sum(fmt, *values)
            values += (random_value(fmt, rng, near),)
        yield values
    if count == 3:
        for _ in range(extra):
            yield near_tie(fmt, rng)
            yield cancelling(fmt, rng)


def factors(fmt: int, tail: int, rng: random.Random) -> tuple[int, int]:
    """Two significands whose product ends in `tail`, not zero: the inverse of an odd one fixes what is rounded off."""
    one = 1 << LAYOUT[fmt][1]
    a = b = 0
    while not b & one:
        a = rng.getrandbits(LAYOUT[fmt][1]) | one | 1
        b = tail * pow(a, -1, 2 * one) % (2 * one)
    return a, b


def near_tie(fmt: int, rng: random.Random) -> tuple[int, int, int]:
    """a * b just beside what rounding decides on, and an addend of the size of the gap."""
    exponent, fraction = LAYOUT[fmt]
    one, bias, low = 1 << fraction, (1 << exponent - 1) - 1, rng.randrange(fraction - 1)
    a, b = factors(fmt, rng.choice((0, one >> 1, one)) + rng.choice((-1, 1)) * (1 << low), rng)
    scale = bias + bias // 3  # far from the subnormals
    c = low + 2 * (scale - fraction) - bias << fraction | rng.choice((0, 0, 1, one - 1))
    sign_a, sign_b, sign_c = (rng.getrandbits(1) << exponent + fraction for _ in range(3))
    return sign_a | scale << fraction | a % one, sign_b | scale << fraction | b % one, sign_c | c


def cancelling(fmt: int, rng: random.Random) -> tuple[int, int, int]:
    """a * b, and an addend that cancels all its leading digits: what is left starts far below both."""
    exponent, fraction = LAYOUT[fmt]
    one, bias = 1 << fraction, (1 << exponent - 1) - 1
    a, b = factors(fmt, rng.getrandbits(rng.randint(0, fraction)) | 1, rng)
    scale, length = bias + bias // 3, (a * b).bit_length()
    c = 2 * scale - bias + length - 1 - 2 * fraction << fraction | (a * b >> length - 1 - fraction) % one
    sign_a, sign_b = (rng.getrandbits(1) << exponent + fraction for _ in range(2))
    c |= sign_a ^ sign_b ^ 1 << exponent + fraction
    return sign_a | scale << fraction | a % one, sign_b | scale << fraction | b % one, c


def exponent_sum(fmt: int, a: int, b: int) -> int:
    exponent, fraction = LAYOUT[fmt]
    total = sum((v >> fraction) % (1 << exponent) for v in (a, b)) - (1 << exponent - 1) + 1
    return min(max(total, 0), (1 << exponent) - 1) << fraction


# ---- judge 1: Spike --------------------------------------------------------------------------------------------------


class Spike:
    """Runs short programs: operands in a0, a1, a2; result in a0 and flags in a1."""

    BASE, SIZE, ISA = 0x80000000, 1 << 20, "rv64gcv_zvl128b_zfh_zvfh_zfbfmin_zvfbfmin"

    def __init__(self, scratch: Path) -> None:
        tree = scratch / "spike.dtb"
        tree.write_bytes(device_tree(self.ISA, [(self.BASE, self.SIZE)]))
        config = cfg_t(isa=self.ISA, priv="m", start_pc=self.BASE, mem_layout=[mem_cfg_t(self.BASE, self.SIZE)])
        self._sim = sim_t(cfg=config, halted=False, plugin_device_factories=[], args=["none"], dtb_file=str(tree))
        self._hart = self._sim.get_core(0)
        self._next = self.BASE
        self._hart.put_csr(0x300, 0x6600)  # mstatus: FS and VS on
        self._at: dict[tuple[int, ...], int] = {}

    def _place(self, program: tuple[int, ...]) -> int:
        # Each program gets memory of its own, so that no decoded instruction is ever stale. The binding reaches
        # memory through load-reserved and store-conditional alone.
        address = self._next
        words = program + (0,) * (len(program) % 2)
        for i in range(0, len(words), 2):
            self._hart.mmu.load_reserved_64(self._next)
            assert self._hart.mmu.store_conditional_64(self._next, words[i] | words[i + 1] << 32)
            self._next += 8
        return address

    def run(self, program: tuple[int, ...], operands: tuple[int, ...]) -> Result:
        if program not in self._at:
            self._at[program] = self._place(program)
        start, state = self._at[program], self._hart.state
        for register, value in enumerate(operands, 10):
            state.XPR.write(register, value)
        state.pc = start
        self._hart.step(len(program))
        assert state.pc & MASK64 == start + 4 * len(program), f"trapped in {[hex(w) for w in program]}"
        return state.XPR[10] & MASK64, state.XPR[11] & MASK64


@pytest.fixture(scope="module")
def spike(tmp_path_factory: pytest.TempPathFactory) -> Spike:
    return Spike(tmp_path_factory.mktemp("spike"))


# ---- programs for Spike ----------------------------------------------------------------------------------------------

FFLAGS_TO_A1 = 0x001 << 20 | 1 << 12 | 11 << 7 | 0x73  # csrrw a1, fflags, x0
FIELD = {sf.F32: 0, sf.F64: 1, sf.F16: 2, sf.BF16: 2}  # the fmt field; bf16 moves like f16


def op_fp(funct7: int, rs2: int, rm: int) -> int:
    return funct7 << 25 | rs2 << 20 | 10 << 15 | rm << 12 | 10 << 7 | 0x53


def scalar(word: int, sources: tuple[int | None, ...], result: int | None) -> tuple[int, ...]:
    """fa0.. from a0.. (None: an integer operand, left in a0), the instruction, and the result back to a0."""
    loads = [(0x78 | FIELD[fmt]) << 25 | 10 + i << 15 | 10 + i << 7 | 0x53 for i, fmt in enumerate(sources) if fmt is not None]
    back = [] if result is None else [(0x70 | FIELD[result]) << 25 | 10 << 15 | 10 << 7 | 0x53]
    return (*loads, word, *back, FFLAGS_TO_A1)


def vector(funct6: int, vs1: int, sew: int, source: int, result: int, rm: int) -> tuple[int, ...]:
    """One element through a unary OPFVV instruction: element widths of the operation, its source and its result."""

    def vset(bits: int) -> int:
        return 3 << 30 | (bits.bit_length() - 4) << 23 | 1 << 15 | 7 << 12 | 0x57

    set_frm = 0x002 << 20 | rm << 15 | 5 << 12 | 0x73
    to_v8 = 0x10 << 26 | 1 << 25 | 10 << 15 | 6 << 12 | 8 << 7 | 0x57
    unary = funct6 << 26 | 1 << 25 | 8 << 20 | vs1 << 15 | 1 << 12 | 16 << 7 | 0x57
    from_v16 = 0x10 << 26 | 1 << 25 | 16 << 20 | 2 << 12 | 10 << 7 | 0x57
    return (set_frm, vset(source), to_v8, vset(sew), unary, vset(result), from_v16, FFLAGS_TO_A1)


@dataclass(frozen=True)
class Operation:
    """`program(rm)` for Spike and `ours(rm, *operands)`; `source` is a format, or the bits of an integer operand."""

    name: str
    source: int | str
    count: int
    program: Callable[[int], tuple[int, ...]]
    ours: Callable[..., Result]
    bits: int
    modes: tuple[int, ...] = MODES
    signed: bool = False

    def operands(self, extra: int, rng: random.Random) -> Iterator[tuple[int, ...]]:
        if isinstance(self.source, int):
            return operand_tuples(self.source, self.count, 5000, extra, rng)
        return integer_operands(int(self.source[1:]), extra, rng)


def integer_operands(bits: int, extra: int, rng: random.Random) -> Iterator[tuple[int, ...]]:
    for power in range(bits):
        for value in (1 << power, (1 << power) - 1, (1 << power) + 1, -1 << power, (-1 << power) + 1, 3 << power):
            yield (value & MASK64,)
    for _ in range(extra):
        yield (rng.getrandbits(64) >> rng.randrange(bits),)  # garbage above `bits` must be ignored


def dyadic(name: str, fmt: int, op: Callable[[int, int, int, int], Result], funct5: int) -> Operation:
    word = funct5 << 2 | FIELD[fmt]
    return Operation(
        name, fmt, 2, lambda rm: scalar(op_fp(word, 11, rm), (fmt, fmt), fmt), lambda rm, a, b: op(fmt, a, b, rm), width_of(fmt)
    )


def comparison(name: str, fmt: int, op: Callable[[int, int, int], Result], funct5: int, funct3: int) -> Operation:
    """Comparisons, minimum and maximum; the first give an integer."""
    word, result = op_fp(funct5 << 2 | FIELD[fmt], 11, funct3), fmt if funct5 == 5 else None
    return Operation(
        name,
        fmt,
        2,
        lambda _: scalar(word, (fmt, fmt), result),
        lambda _, a, b: op(fmt, a, b),
        1 if result is None else width_of(fmt),
        (RNE,),
    )


def arithmetic_operations(name: str, fmt: int) -> Iterator[Operation]:
    width, field = width_of(fmt), FIELD[fmt]
    yield dyadic(f"add.{name}", fmt, sf.add, 0)
    yield dyadic(f"sub.{name}", fmt, sf.sub, 1)
    yield dyadic(f"mul.{name}", fmt, sf.mul, 2)
    yield dyadic(f"div.{name}", fmt, sf.div, 3)
    yield Operation(
        f"sqrt.{name}", fmt, 1, lambda rm: scalar(op_fp(0x2C | field, 0, rm), (fmt,), fmt), lambda rm, a: sf.sqrt(fmt, a, rm), width
    )
    fmadd = 12 << 27 | field << 25 | 11 << 20 | 10 << 15 | 10 << 7 | 0x43
    yield Operation(
        f"fma.{name}", fmt, 3, lambda rm: scalar(fmadd | rm << 12, (fmt,) * 3, fmt), lambda rm, a, b, c: sf.fma(fmt, a, b, c, rm), width
    )
    yield comparison(f"min.{name}", fmt, sf.min, 5, 0)
    yield comparison(f"max.{name}", fmt, sf.max, 5, 1)
    yield comparison(f"le.{name}", fmt, sf.le, 0x14, 0)
    yield comparison(f"lt.{name}", fmt, sf.lt, 0x14, 1)
    yield comparison(f"eq.{name}", fmt, sf.eq, 0x14, 2)
    yield Operation(
        f"class.{name}", fmt, 1, lambda _: scalar(op_fp(0x70 | field, 0, 1), (fmt,), None), lambda _, a: sf.classify(fmt, a), 10, (RNE,)
    )
    yield Operation(f"rec7.{name}", fmt, 1, lambda rm: vector(0x13, 5, width, width, width, rm), lambda rm, a: sf.rec7(fmt, a, rm), width)
    yield Operation(
        f"rsqrt7.{name}", fmt, 1, lambda rm: vector(0x13, 4, width, width, width, rm), lambda _, a: sf.rsqrt7(fmt, a), width, (RNE,)
    )


def integer_operations(name: str, fmt: int, bits: int, signed: bool) -> Iterator[Operation]:
    """Both directions; scalar instructions for 32 and 64 bits, the V chapter's for half the width of the format."""
    letter, width = f"{'i' if signed else 'u'}{bits}", width_of(fmt)
    code = (0 if signed else 1) + (2 if bits == 64 else 0)

    def to_integer_program(rm: int) -> tuple[int, ...]:
        if bits >= 32:
            return scalar(op_fp(0x60 | FIELD[fmt], code, rm), (fmt,), None)
        return vector(0x12, 16 + signed, bits, width, bits, rm)

    def from_integer_program(rm: int) -> tuple[int, ...]:
        if bits >= 32:
            return scalar(op_fp(0x68 | FIELD[fmt], code, rm), (None,), fmt)
        return vector(0x12, 10 + signed, bits, bits, width, rm)

    yield Operation(f"{letter}.{name}", fmt, 1, to_integer_program, lambda rm, a: sf.to_int(fmt, a, bits, signed, rm), bits, signed=signed)
    yield Operation(f"{name}.{letter}", letter, 1, from_integer_program, lambda rm, a: sf.from_int(fmt, a, bits, signed, rm), width)


def conversion(source: int, target: int, word: int) -> Operation:
    names = {fmt: name for name, fmt in FORMATS.items()}
    return Operation(
        f"{names[target]}.{names[source]}",
        source,
        1,
        lambda rm: scalar(word | rm << 12, (source,), target),
        lambda rm, a: sf.cvt(source, target, a, rm),
        width_of(target),
    )


def odd_narrowing(name: str, source: int, target: int) -> Operation:
    width = width_of(target)
    return Operation(
        name,
        source,
        1,
        lambda _: vector(0x12, 21, width, 2 * width, width, RNE),
        lambda rm, a: sf.cvt(source, target, a, rm),
        width,
        (ROD,),
    )


def all_operations() -> list[Operation]:
    found = [
        conversion(source, target, op_fp(0x20 | FIELD[target], FIELD[source], 0))
        for source, target in itertools.permutations((sf.F16, sf.F32, sf.F64), 2)
    ]
    found += [conversion(sf.F32, sf.BF16, op_fp(0x22, 8, 0)), conversion(sf.BF16, sf.F32, op_fp(0x20, 6, 0))]
    found += [odd_narrowing("rod.f32.f64", sf.F64, sf.F32), odd_narrowing("rod.f16.f32", sf.F32, sf.F16)]
    for name in ("f16", "f32", "f64"):
        fmt = FORMATS[name]
        found += arithmetic_operations(name, fmt)
        for bits, signed in itertools.product(sorted({32, 64, width_of(fmt) // 2}), (True, False)):
            found += integer_operations(name, fmt, bits, signed)
    return found


def compare_with_spike(spike: Spike, operation: Operation, extra: int, seed: int) -> int:
    """Returns the number of cases; fails with the operands in hexadecimal at the first difference."""
    rng = random.Random(f"{operation.name} {seed}")
    programs = {rm: operation.program(rm) for rm in operation.modes}
    mask, cases = (1 << operation.bits) - 1, 0
    for operands in operation.operands(extra, rng):
        for rm, program in programs.items():
            expected, flags = spike.run(program, operands)
            expected &= mask
            if operation.signed and expected >> operation.bits - 1:
                expected |= MASK64 ^ mask
            got = operation.ours(rm, *operands)
            assert got == (expected, flags), (
                f"{operation.name} rm {rm} of {[hex(a) for a in operands]}: {got[0]:#x} flags {got[1]:#x}, "
                f"Spike says {expected:#x} flags {flags:#x}"
            )
            cases += 1
    return cases


@pytest.mark.parametrize("operation", all_operations(), ids=lambda operation: operation.name)
def test_agrees_with_spike(spike: Spike, operation: Operation) -> None:
    assert compare_with_spike(spike, operation, extra=250, seed=1) > 250


@pytest.mark.parametrize("fmt", [sf.F16, sf.F32, sf.F64])
def test_every_entry_of_the_estimate_tables(spike: Spike, fmt: int) -> None:
    exponent, fraction = LAYOUT[fmt]
    width, one = width_of(fmt), ((1 << exponent - 1) - 1) << fraction
    for index in range(128):
        low = one + (index << fraction - 7)  # rec7: seven fraction bits
        assert sf.rec7(fmt, low, RNE) == spike.run(vector(0x13, 5, width, width, width, RNE), (low,))
        low = one + (index << fraction - 6)  # rsqrt7: six fraction bits and the exponent's lowest
        assert sf.rsqrt7(fmt, low) == spike.run(vector(0x13, 4, width, width, width, RNE), (low,))


# ---- judge 2: exact rationals ----------------------------------------------------------------------------------------


def value_of(fmt: int, bits: int) -> Fraction | str:
    """The rational a finite encoding stands for; otherwise "inf", "-inf", "nan" or "snan"."""
    exponent, fraction = LAYOUT[fmt]
    sign = -1 if bits >> exponent + fraction else 1
    biased, tail = bits >> fraction & (1 << exponent) - 1, bits & (1 << fraction) - 1
    if biased == (1 << exponent) - 1:
        if tail:
            return "nan" if tail >> fraction - 1 else "snan"
        return "inf" if sign > 0 else "-inf"
    significand = tail + (1 << fraction if biased else 0)
    return sign * significand * Fraction(2) ** (max(biased, 1) - (1 << exponent - 1) + 1 - fraction)


def to_integer(value: Fraction, rm: int) -> int:
    down = math.floor(value)
    if down == value:
        return down
    if rm == ROD:
        return down if down % 2 else down + 1
    if rm in (RNE, RMM):
        if value - down != Fraction(1, 2):
            return round(value)
        return round(value) if rm == RNE else down + (value > 0)
    if rm == RTZ:
        return math.trunc(value)
    return down if rm == RDN else down + 1


def to_quantum(value: Fraction, exponent: int, rm: int) -> Fraction:
    return to_integer(value / Fraction(2) ** exponent, rm) * Fraction(2) ** exponent


def encode(fmt: int, value: Fraction, rm: int) -> Result:
    """Rounds a non-zero rational."""
    exponent, fraction = LAYOUT[fmt]
    bias = (1 << exponent - 1) - 1
    sign = (value < 0) << exponent + fraction
    top = value.numerator.bit_length() - value.denominator.bit_length()
    top -= abs(value) < Fraction(2) ** top
    smallest, largest = Fraction(2) ** (1 - bias), (2 - Fraction(2) ** -fraction) * Fraction(2) ** bias
    rounded = to_quantum(value, max(top, 1 - bias) - fraction, rm)
    if abs(rounded) > largest:
        away = rm in (RNE, RMM) or rm == (RDN if value < 0 else RUP)
        return sign | ((1 << exponent) - 1 << fraction) - (not away), OF | NX
    flags = 0 if rounded == value else NX
    if flags and abs(to_quantum(value, top - fraction, rm)) < smallest:
        flags |= UF
    if abs(rounded) < smallest:
        return sign | int(abs(rounded) / smallest * (1 << fraction)), flags
    top = abs(rounded).numerator.bit_length() - rounded.denominator.bit_length()
    tail = int(abs(rounded) / Fraction(2) ** top * (1 << fraction)) - (1 << fraction)
    return sign | (top + bias << fraction) | tail, flags


def exact_root(value: Fraction) -> Fraction:
    """The root, or, when irrational, a number between the same two neighbours of any format here."""
    scaled = value * 4**1400
    root = math.isqrt(int(scaled))
    return Fraction(2 * root + (root * root != scaled), 2**1401)


# The operations whose zero results take a sign by a rule of their own are checked apart, below.
RATIONAL: dict[str, tuple[int, Callable[..., Fraction], Callable[..., Result]]] = {
    "add": (2, lambda a, b: a + b, lambda fmt, rm, a, b: sf.add(fmt, a, b, rm)),
    "sub": (2, lambda a, b: a - b, lambda fmt, rm, a, b: sf.sub(fmt, a, b, rm)),
    "mul": (2, lambda a, b: a * b, lambda fmt, rm, a, b: sf.mul(fmt, a, b, rm)),
    "div": (2, lambda a, b: a / b if b else Fraction(0), lambda fmt, rm, a, b: sf.div(fmt, a, b, rm)),
    "sqrt": (1, lambda a: exact_root(a) if a > 0 else Fraction(0), lambda fmt, rm, a: sf.sqrt(fmt, a, rm)),
    "fma": (3, lambda a, b, c: a * b + c, lambda fmt, rm, a, b, c: sf.fma(fmt, a, b, c, rm)),
}


def compare_with_rationals(fmt: int, name: str, modes: tuple[int, ...], extra: int, seed: int) -> int:
    count, exactly, ours = RATIONAL[name]
    rng, cases = random.Random(f"{fmt} {name} {seed}"), 0
    for operands in operand_tuples(fmt, count, 2 * extra, extra, rng):
        values = [value_of(fmt, a) for a in operands]
        finite = [v for v in values if isinstance(v, Fraction)]
        if len(finite) < count or not (expected := exactly(*finite)):
            continue
        for rm in modes:
            got = ours(fmt, rm, *operands)
            assert got == encode(fmt, expected, rm), f"{name} rm {rm} of {[hex(a) for a in operands]}: {got}"
            cases += 1
    return cases


@pytest.mark.parametrize("name", RATIONAL)
def test_bf16_agrees_with_exact_rationals(name: str) -> None:
    assert compare_with_rationals(sf.BF16, name, (*MODES, ROD), extra=200, seed=1) > 200


@pytest.mark.parametrize("name", RATIONAL)
@pytest.mark.parametrize("fmt", [sf.F16, sf.F32, sf.F64])
def test_round_to_odd_agrees_with_exact_rationals(fmt: int, name: str) -> None:
    assert compare_with_rationals(fmt, name, (ROD,), extra=200, seed=2) > 50


def test_conversions_to_bf16_agree_with_exact_rationals() -> None:
    rng = random.Random(3)
    for fmt in (sf.F16, sf.F32, sf.F64):
        for (a,) in operand_tuples(fmt, 1, 300, 300, rng):
            value = value_of(fmt, a)
            for rm in (*MODES, ROD):
                if isinstance(value, Fraction) and value:
                    assert sf.cvt(fmt, sf.BF16, a, rm) == encode(sf.BF16, value, rm), (fmt, hex(a), rm)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("bits", [8, 16, 32, 64])
@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_integers_agree_with_exact_rationals(fmt: int, bits: int, signed: bool) -> None:
    low, high = (-1 << bits - 1, (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    rng = random.Random(f"{fmt} {bits} {signed}")
    for (a,), rm in itertools.product(operand_tuples(fmt, 1, 300, 60, rng), (*MODES, ROD)):
        value = value_of(fmt, a)
        if isinstance(value, Fraction):
            whole = to_integer(value, rm)
            result, flags = min(max(whole, low), high), (NX if whole != value else 0)
            flags = flags if result == whole else NV
        else:
            result, flags = (low if value == "-inf" else high), NV
        assert sf.to_int(fmt, a, bits, signed, rm) == (result & MASK64, flags), (hex(a), rm)
    for (v,), rm in itertools.product(integer_operands(bits, 40, rng), (*MODES, ROD)):
        whole = v % (1 << bits)
        whole -= (whole > high) << bits
        expected = encode(fmt, Fraction(whole), rm) if whole else (0, 0)
        assert sf.from_int(fmt, v, bits, signed, rm) == expected, (hex(v), rm)


# ---- bf16: the rules that rationals cannot express -------------------------------------------------------------------

ONE, INF, QNAN, SNAN, MINUS = 0x3F80, 0x7F80, 0x7FC0, 0x7F81, 0x8000


@pytest.mark.parametrize(
    "call, expected",
    [
        (lambda: sf.add(sf.BF16, INF, INF | MINUS), (QNAN, NV)),
        (lambda: sf.add(sf.BF16, INF, ONE), (INF, 0)),
        (lambda: sf.add(sf.BF16, 0xFFFF, ONE), (QNAN, 0)),
        (lambda: sf.add(sf.BF16, ONE, SNAN), (QNAN, NV)),
        (lambda: sf.sub(sf.BF16, ONE, ONE, RNE), (0, 0)),
        (lambda: sf.sub(sf.BF16, ONE, ONE, RDN), (MINUS, 0)),
        (lambda: sf.sub(sf.BF16, ONE, ONE, ROD), (0, 0)),
        (lambda: sf.add(sf.BF16, MINUS, MINUS), (MINUS, 0)),
        (lambda: sf.add(sf.BF16, 0, MINUS), (0, 0)),
        (lambda: sf.mul(sf.BF16, INF, 0), (QNAN, NV)),
        (lambda: sf.mul(sf.BF16, ONE, MINUS), (MINUS, 0)),
        (lambda: sf.div(sf.BF16, ONE, MINUS), (INF | MINUS, DZ)),
        (lambda: sf.div(sf.BF16, 0, 0), (QNAN, NV)),
        (lambda: sf.div(sf.BF16, ONE, INF | MINUS), (MINUS, 0)),
        (lambda: sf.sqrt(sf.BF16, ONE | MINUS), (QNAN, NV)),
        (lambda: sf.sqrt(sf.BF16, MINUS), (MINUS, 0)),
        (lambda: sf.fma(sf.BF16, INF, 0, QNAN), (QNAN, NV)),
        (lambda: sf.fma(sf.BF16, INF, ONE, INF | MINUS), (QNAN, NV)),
        (lambda: sf.fma(sf.BF16, ONE, ONE, ONE | MINUS, RDN), (MINUS, 0)),
        (lambda: sf.min(sf.BF16, 0, MINUS), (MINUS, 0)),
        (lambda: sf.max(sf.BF16, MINUS, 0), (0, 0)),
        (lambda: sf.min(sf.BF16, SNAN, ONE), (ONE, NV)),
        (lambda: sf.max(sf.BF16, 0xFFFF, QNAN), (QNAN, 0)),
        (lambda: sf.eq(sf.BF16, QNAN, ONE), (0, 0)),
        (lambda: sf.lt(sf.BF16, QNAN, ONE), (0, NV)),
        (lambda: sf.le(sf.BF16, MINUS, 0), (1, 0)),
        (lambda: sf.classify(sf.BF16, SNAN), (1 << 8, 0)),
        (lambda: sf.classify(sf.BF16, 0x8001), (1 << 2, 0)),
        (lambda: sf.cvt(sf.F64, sf.BF16, 0xFFF0000000000001), (QNAN, NV)),
        (lambda: sf.mul(sf.BF16, 0x7F7F, 0x7F7F, ROD), (0x7F7F, OF | NX)),
        (lambda: sf.mul(sf.BF16, 1, 1, ROD), (1, UF | NX)),
        (lambda: sf.rec7(sf.BF16, 0x7E80), (0x007F, 0)),  # 255/256 x 2**-126: subnormal, the last bit is dropped
        (lambda: sf.rec7(sf.BF16, 0x3F80), (0x3F7F, 0)),
        (lambda: sf.rec7(sf.BF16, 1, RUP), (INF, OF | NX)),
        (lambda: sf.rec7(sf.BF16, 1, RTZ), (0x7F7F, OF | NX)),
        (lambda: sf.rsqrt7(sf.BF16, 0x3F80), (0x3F7F, 0)),
        (lambda: sf.rsqrt7(sf.BF16, MINUS), (INF | MINUS, DZ)),
    ],
)
def test_bf16_special_cases(call: Callable[[], Result], expected: Result) -> None:
    assert call() == expected
