"""Half precision by way of f32 against the integer code, where two roundings could differ from one.

Results are compared element by element, flags batch by batch. Seeds are fixed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import rvsim
from rvsim.core import softfloat as sf

BATCH = 32
KERNEL = """
        .option arch, +zvfh
        .globl  f
f:      csrw    frm, a5
        csrw    fflags, zero
        vsetvli t0, a4, e16, m1, ta, ma
        vle16.v v8, (a1)
        vle16.v v9, (a2)
        vle16.v v10, (a3)
        {code}
        vse16.v v10, (a0)
        csrr    a0, fflags
        csrw    frm, zero
        ret
"""
HALVES = "const unsigned short {}[n], "
PROTO = f"long f(unsigned short out[n], {HALVES.format('a')}{HALVES.format('b')}{HALVES.format('c')}long n, long frm)"
SIGN = 0x8000
Reference = Callable[[int, int, int, int], tuple[int, int]]

OPERATIONS: dict[str, Reference] = {
    "vfadd.vv v10, v8, v9": lambda a, b, c, rm: sf.add(sf.F16, a, b, rm),
    "vfsub.vv v10, v8, v9": lambda a, b, c, rm: sf.sub(sf.F16, a, b, rm),
    "vfmul.vv v10, v8, v9": lambda a, b, c, rm: sf.mul(sf.F16, a, b, rm),
    "vfdiv.vv v10, v8, v9": lambda a, b, c, rm: sf.div(sf.F16, a, b, rm),
    "vfsqrt.v v10, v8": lambda a, b, c, rm: sf.sqrt(sf.F16, a, rm),
    "vfmacc.vv v10, v8, v9": lambda a, b, c, rm: sf.fma(sf.F16, a, b, c, rm),
    "vfnmacc.vv v10, v8, v9": lambda a, b, c, rm: sf.fma(sf.F16, a ^ SIGN, b, c ^ SIGN, rm),
    "vfmsac.vv v10, v8, v9": lambda a, b, c, rm: sf.fma(sf.F16, a, b, c ^ SIGN, rm),
    "vfnmsub.vv v10, v8, v9": lambda a, b, c, rm: sf.fma(sf.F16, c ^ SIGN, a, b, rm),
}


# Significands whose product lies in the middle of two of 11 bits.
MIDDLES = [(x, y) for x in range(1024, 2048, 3) for y in range(1024, 2048) if x * y < 1 << 21 and x * y % 1024 == 512]


def numbers(rng: random.Random) -> Iterator[tuple[int, int, int]]:
    """Triples; every other one has an addend that puts the sum beside a tie of f16, or next to nothing."""
    while True:
        a, b, c = (rng.randrange(1 << 16) for _ in range(3))
        style = rng.randrange(6)
        if style == 0:  # the product is exactly in the middle of two numbers, and the addend far below it
            x, y = rng.choice(MIDDLES)
            a, b, c = 0x3800 + x, 0x3800 + y, rng.randrange(8) | rng.choice((0, SIGN))
        elif style == 1:  # the addend is large, the product decides the rounding
            a, b, c = rng.randrange(0x1400), rng.randrange(0x1400), rng.randrange(0x3C00, 0x7BFF) | rng.choice((0, SIGN))
        elif style == 2:  # all of them are small
            a, b, c = rng.randrange(0x2000), rng.randrange(0x2000) | rng.choice((0, SIGN)), rng.randrange(0x0800)
        elif style == 3:  # nearly the whole sum cancels
            product, _ = sf.mul(sf.F16, a, b)
            c = product ^ SIGN ^ rng.choice((0, 1, 2))
        elif style == 4:  # around the largest number
            a, b, c = 0x7800 | rng.randrange(1024), 0x3C00 | rng.randrange(1024), 0x7000 | rng.randrange(0xC00)
        yield a, b, c


@pytest.mark.parametrize("rm", range(5), ids=["rne", "rtz", "rdn", "rup", "rmm"])
@pytest.mark.parametrize("code", OPERATIONS, ids=lambda code: code.split(".")[0])
def test_arithmetic_is_rounded_once(code: str, rm: int) -> None:
    machine = rvsim.Machine("generic", vlen=1024, functional=True)
    program = machine.load(KERNEL.format(code=code))
    triples = numbers(random.Random(f"{code} {rm}"))
    for batch in range(120):
        given = [next(triples) for _ in range(BATCH)]
        if batch % 2:  # without infinities and NaNs, as most data are
            given = [tuple(v & 0xBFFF if v & 0x7C00 == 0x7C00 else v for v in t) for t in given]  # type: ignore[misc]
        a, b, c = (np.array(column, dtype=np.uint16) for column in zip(*given, strict=True))
        out = np.zeros(BATCH, dtype=np.uint16)
        flags = program.call("f", out, a, b, c, BATCH, rm, proto=PROTO).value
        expected = [OPERATIONS[code](*triple, rm) for triple in given]
        wrong = [(triple, int(o), e) for triple, o, (e, _) in zip(given, out, expected, strict=True) if int(o) != e]
        assert not wrong, wrong[:3]
        assert flags == np.bitwise_or.reduce([f for _, f in expected])


CONVERT = """
        .option arch, +zvfh
        .globl  widen           # long widen(unsigned *out, const unsigned short *a, long n)
widen:  csrw    fflags, zero
        vsetvli t0, a2, e16, m1, ta, ma
        vle16.v v8, (a1)
        vfwcvt.f.f.v v10, v8
        vse32.v v10, (a0)
        csrr    a0, fflags
        ret
        .globl  narrow          # long narrow(unsigned short *out, const unsigned *a, long n, long frm)
narrow: csrw    frm, a3
        csrw    fflags, zero
        vsetvli t0, a2, e16, m1, ta, ma
        vle32.v v10, (a1)
        vfncvt.f.f.w v8, v10
        vse16.v v8, (a0)
        csrr    a0, fflags
        csrw    frm, zero
        ret
"""


def test_every_half_widens() -> None:
    machine = rvsim.Machine("generic", vlen=4096, functional=True)
    program = machine.load(CONVERT)
    for begin in range(0, 1 << 16, 256):
        a, out = np.arange(begin, begin + 256, dtype=np.uint16), np.zeros(256, dtype=np.uint32)
        flags = program.call("widen", out, a, 256, proto="long widen(unsigned out[n], const unsigned short a[n], long n)").value
        expected = [sf.cvt(sf.F16, sf.F32, int(v)) for v in a]
        assert out.tolist() == [e for e, _ in expected]
        assert flags == np.bitwise_or.reduce([f for _, f in expected])


@pytest.mark.parametrize("rm", range(5), ids=["rne", "rtz", "rdn", "rup", "rmm"])
def test_singles_narrow(rm: int) -> None:
    machine = rvsim.Machine("generic", vlen=4096, functional=True)
    program = machine.load(CONVERT)
    rng = random.Random(rm)
    for _ in range(60):
        # a half, the middle to the next one, or a little beside either; anything; anything small
        beside = (0, 1, -1, 0x1000, 0xFFF, 0x1001, 0x1FFF)
        near = [sf.cvt(sf.F16, sf.F32, rng.randrange(0x7C00))[0] + rng.choice(beside) for _ in range(128)]
        values = near + [rng.randrange(1 << 32) for _ in range(64)] + [rng.randrange(0x32000000, 0x39000000) for _ in range(64)]
        a = np.array([max(v, 0) | rng.choice((0, 1 << 31)) for v in values], dtype=np.uint32)
        out = np.zeros(256, dtype=np.uint16)
        proto = "long narrow(unsigned short out[n], const unsigned a[n], long n, long frm)"
        flags = program.call("narrow", out, a, 256, rm, proto=proto).value
        expected = [sf.cvt(sf.F32, sf.F16, int(v), rm) for v in a]
        assert out.tolist() == [e for e, _ in expected]
        assert flags == np.bitwise_or.reduce([f for _, f in expected])
