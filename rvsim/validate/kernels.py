"""The kernel rows: our own code for each variant whose inner loop is known, run warm, cycles between two sizes.

Arguments in all of them: a0 destination, a1 source, a2 how many elements, a3 VLMAX of the variant (bytes of a group of LMUL registers).
What a variant does is what its name and its figures say (docs/accuracy.md lists them); {m} is LMUL, {w} twice LMUL. A fixed
timer cost is in every measured figure, so only slopes between neighbouring sizes count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rvsim import engine
from rvsim.engine import EXECUTE, READ, WRITE

from .assembler import assemble
from .loops import Loop, NotExecutable

CODE, LANDING = 0x2100_0000, 0x2200_0000
SOURCE, TARGET, TABLE, SPAN = 0x3100_0000, 0x3200_1000, 0x3300_0000, 1 << 17
WARM = 3  # calls before the one that counts: caches, then predictors, which learn the end of each loop
# Addresses of unaligned variants: odd, as the reference left them to chance.
SOURCE_OFFSET, TARGET_OFFSET = 3, 5

_COPY_STRIP = """
    vle8.v v8, (a1)
    add a1, a1, t0
    sub a2, a2, t0
    vse8.v v8, (a0)
    add a0, a0, t0
"""
_COPY = f"""
loop:
    vsetvli t0, a2, e8, {{m}}
    {_COPY_STRIP}
    bnez a2, loop
    ret
"""
_COPY_ALIGNED = f"""
    addi t1, a3, -1
    neg t2, {{pointer}}
    and t2, t2, t1
    beqz t2, start
    bgeu a2, t2, head
    mv t2, a2
head:
    vsetvli t0, t2, e8, {{m}}
    {_COPY_STRIP}
start:
    {_COPY}
"""
_COPY_TAIL = """
    vsetvli t0, zero, e8, {m}
    add a4, a1, a2
    sub a4, a4, a3
    bltu a4, a1, tail
loop:
    vle8.v v8, (a1)
    add a1, a1, t0
    vse8.v v8, (a0)
    add a0, a0, t0
    bgeu a4, a1, loop
tail:
    add a2, a4, a3
    sub a2, a2, a1
    beqz a2, end
    vsetvli t0, a2, e8, {m}
    vle8.v v8, (a1)
    vse8.v v8, (a0)
end:
    ret
"""
_COPY_16 = """
    li t1, 16
    vsetvli t0, t1, e8, {m}
    sub a2, a2, t0
loop:
    vle8.v v8, (a1)
    add a1, a1, t0
    sub a2, a2, t0
    vse8.v v8, (a0)
    add a0, a0, t0
    bgez a2, loop
    ret
"""
_COPY_BYTES = """
    add a2, a1, a2
loop:
    lbu t0, 0(a1)
    addi a1, a1, 1
    sb t0, 0(a0)
    addi a0, a0, 1
    bne a1, a2, loop
    ret
"""
_FILL = """
    vsetvli t0, zero, e8, {m}
    vmv.v.i v8, 5
loop:
    vsetvli t0, a2, e8, {m}
    vse8.v v8, (a0)
    sub a2, a2, t0
    add a0, a0, t0
    bnez a2, loop
    ret
"""
_FILL_ALIGNED = """
    vsetvli t0, zero, e8, {m}
    vmv.v.i v8, 5
    addi t1, a3, -1
    neg t2, a0
    and t2, t2, t1
    beqz t2, loop
    bgeu a2, t2, head
    mv t2, a2
head:
    vsetvli t0, t2, e8, {m}
    vse8.v v8, (a0)
    sub a2, a2, t0
    add a0, a0, t0
loop:
    vsetvli t0, a2, e8, {m}
    vse8.v v8, (a0)
    sub a2, a2, t0
    add a0, a0, t0
    bnez a2, loop
    ret
"""
_FILL_TAIL = """
    vsetvli t0, zero, e8, {m}
    vmv.v.i v8, 5
    li t1, {unroll}
    mul t1, t1, a3
    add a4, a0, a2
    sub a5, a4, t1
    bltu a5, a0, tail
loop:
    {stores}
    bgeu a5, a0, loop
tail:
    sub a2, a4, a0
rest:
    vsetvli t0, a2, e8, {m}
    vse8.v v8, (a0)
    sub a2, a2, t0
    add a0, a0, t0
    bnez a2, rest
    ret
"""
_STORE = """
    vse8.v v8, (a0)
    add a0, a0, t0
"""
_FILL_BYTES = """
    add a2, a0, a2
    li t0, 5
loop:
    sb t0, 0(a0)
    addi a0, a0, 1
    bne a0, a2, loop
    ret
"""
_LENGTH = """
    mv a0, a1
loop:
    vsetvli t0, zero, e8, {m}
    vle8ff.v v8, (a1)
    csrrs t0, 0xc20, zero  # vl
    vmseq.vi v0, v8, 0
    vfirst.m t1, v0
    add a1, a1, t0
    bltz t1, loop
    sub a0, a1, a0
    sub a0, a0, t0
    add a0, a0, t1
    ret
"""
_LENGTH_ALIGNED = """
    mv a0, a1
    vsetvli t0, zero, e8, {m}
loop:
    vle8.v v8, (a1)
    add a1, a1, t0
    vmseq.vi v0, v8, 0
    vfirst.m t1, v0
    bltz t1, loop
    sub a0, a1, a0
    sub a0, a0, t0
    add a0, a0, t1
    ret
"""
_LENGTH_BYTES = """
    addi a0, a1, 1
loop:
    lbu t0, 0(a1)
    addi a1, a1, 1
    bnez t0, loop
    sub a0, a1, a0
    ret
"""
_WIDEN = """
loop:
    vsetvli t0, a2, e8, {m}
    vle8.v v8, (a1)
    add a1, a1, t0
    sub a2, a2, t0
    vsetvli zero, zero, e16, {w}
    vzext.vf2 v16, v8
    vse16.v v16, (a0)
    add a0, a0, t0
    add a0, a0, t0
    bnez a2, loop
    ret
"""
_WIDEN_SEGMENT = """
    vsetvli t0, zero, e8, {m}
    vmv.v.i v{next}, 0
loop:
    vsetvli t0, a2, e8, {m}
    vle8.v v8, (a1)
    add a1, a1, t0
    sub a2, a2, t0
    vsseg2e8.v v8, (a0)
    add a0, a0, t0
    add a0, a0, t0
    bnez a2, loop
    ret
"""
_WIDEN_BYTES = """
    add a2, a1, a2
loop:
    lbu t0, 0(a1)
    addi a1, a1, 1
    sh t0, 0(a0)
    addi a0, a0, 2
    bne a1, a2, loop
    ret
"""
_SWAP = """
    slli a2, a2, 2
    vsetvli t0, zero, e8, {m}
    vid.v v16
    vxor.vi v16, v16, 3
loop:
    vsetvli t0, a2, e8, {m}
    vle8.v v8, (a1)
    add a1, a1, t0
    sub a2, a2, t0
    vrgather.vv v24, v8, v16
    vse8.v v24, (a0)
    add a0, a0, t0
    bnez a2, loop
    ret
"""
_SWAP_PARTS = """
    slli a2, a2, 2
    vsetvli t0, zero, e8, m1
    vid.v v16
    vxor.vi v16, v16, 3
loop:
    vsetvli t0, a2, e8, {m}
    vle8.v v8, (a1)
    add a1, a1, t0
    sub a2, a2, t0
    vsetvli t1, zero, e8, m1
    {parts}
    vsetvli zero, t0, e8, {m}
    vse8.v v24, (a0)
    add a0, a0, t0
    bnez a2, loop
    ret
"""
_SWAP_BYTES = """
    slli a2, a2, 2
    add a2, a1, a2
loop:
    lbu t0, 0(a1)
    lbu t1, 1(a1)
    lbu t2, 2(a1)
    lbu t3, 3(a1)
    addi a1, a1, 4
    sb t0, 3(a0)
    sb t1, 2(a0)
    sb t2, 1(a0)
    sb t3, 0(a0)
    addi a0, a0, 4
    bne a1, a2, loop
    ret
"""
# 100 steps of z = z^2 + c for a strip of points; the mask of one step says who is counted in the next.
_MANDELBROT = """
    li t3, 100
strip:
    vsetvli t0, a2, e32, {m}
    vle32.v v8, (a1)
    vmv.v.i v12, 0
    vmv.v.i v16, 0
    vmv.v.i v20, 0
    vmv.v.i v28, 0
    vmset.m v0
    mv t1, t3
step:
    vfmul.vv v24, v12, v12
    vfmul.vv v4, v16, v16
    vfadd.vv v12, v12, v12
    vadd.vi v20, v20, 1, v0.t
    addi t1, t1, -1
    vfsub.vv v2, v24, v4
    vfadd.vv v24, v24, v4
    vfmadd.vv v16, v12, v28
    vfadd.vv v12, v2, v8
    vmfle.vf v0, v24, fa0
    bnez t1, step
    vse32.v v20, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    bnez a2, strip
    ret
"""

# (kernel without ' aligned', variant without LMUL) -> code
VARIANTS: dict[tuple[str, str], str] = {
    ("memcpy", "scalar"): _COPY_BYTES,
    ("memcpy", "rvv"): _COPY,
    ("memcpy", "rvv_vlmax"): _COPY,
    ("memcpy", "rvv_align_dest"): _COPY_ALIGNED.replace("{pointer}", "a0"),
    ("memcpy", "rvv_align_dest_hybrid"): _COPY_ALIGNED.replace("{pointer}", "a0"),
    ("memcpy", "rvv_align_src"): _COPY_ALIGNED.replace("{pointer}", "a1"),
    ("memcpy", "rvv_tail"): _COPY_TAIL,
    ("memcpy", "rvv_128"): _COPY_16,
    ("memset", "scalar"): _FILL_BYTES,
    ("memset", "rvv"): _FILL,
    ("memset", "rvv_vlmax"): _FILL,
    ("memset", "rvv_align"): _FILL_ALIGNED,
    ("memset", "rvv_tail"): _FILL_TAIL.replace("{unroll}", "1").replace("{stores}", _STORE),
    ("memset", "rvv_tail_4x"): _FILL_TAIL.replace("{unroll}", "4").replace("{stores}", 4 * _STORE),
    ("strlen", "scalar"): _LENGTH_BYTES,
    ("strlen", "rvv"): _LENGTH,
    ("strlen", "rvv_page_aligned"): _LENGTH_ALIGNED,
    ("ascii to utf16", "scalar"): _WIDEN_BYTES,
    ("ascii to utf16", "rvv_ext"): _WIDEN,
    ("ascii to utf16", "rvv_vsseg"): _WIDEN_SEGMENT,
    ("byteswap32", "scalar"): _SWAP_BYTES,
    ("byteswap32", "rvv_vrgather"): _SWAP,
    ("byteswap32", "rvv_m1_vrgathers"): _SWAP_PARTS,
    ("mandelbrot 100", "rvv_f32"): _MANDELBROT,
}  # fmt: skip


def code(kernel: str, variant: str) -> tuple[str, int]:
    """Assembly text of a variant and its LMUL. Raises NotExecutable for a variant whose loop is not known."""
    stem, lmul = variant, 1
    if match := re.fullmatch(r"(.+)_m([1248])", variant):
        stem, lmul = match[1], int(match[2])
    if kernel == "ascii to utf16":
        raise NotExecutable("measured at addresses that are not stated, on which the figure depends")
    text = VARIANTS.get((kernel.removesuffix(" aligned"), stem))
    if text is None:
        raise NotExecutable("code of a C library or a compiler, whose loop is not known")
    parts = "\n".join(f"vrgather.vv v{24 + i}, v{8 + i}, v16" for i in range(lmul))
    for key, value in {"{m}": f"m{lmul}", "{w}": f"m{2 * lmul}", "{next}": str(8 + lmul), "{parts}": parts}.items():
        text = text.replace(key, value)
    return text, lmul


class Bench:
    """A machine with the arrays of the kernels; times of (kernel, variant, size) are kept, as neighbours share them."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.times: dict[tuple[str, str, int], int] = {}
        memory, hart = loop.memory, loop.hart
        for address, size in ((CODE, 0x1000), (LANDING, 0x1000)):
            memory.map(address, size, READ | WRITE | EXECUTE)
        for address in (SOURCE, TARGET):
            memory.map(address, SPAN, READ | WRITE)
        memory.write(LANDING, b"\x73\x00\x10\x00")
        hart.set_return(LANDING)
        self._code = ""

    def slope(self, name: str, params: Mapping[str, Any]) -> float:
        """Simulated cycles an element between the two sizes of a row. Raises NotExecutable."""
        low, high = params["n"], params["n_next"]
        work = self.cycles(name, params["variant"], high) - self.cycles(name, params["variant"], low)
        return float(work / (high - low))

    def cycles(self, kernel: str, variant: str, size: int) -> int:
        """Cycles of a warm call. Raises NotExecutable."""
        key = (kernel, variant, size)
        if key not in self.times:
            self.times[key] = self._measure(*key)
        return self.times[key]

    def _measure(self, kernel: str, variant: str, size: int) -> int:
        source, _ = self.arrays(kernel, size)
        if kernel.startswith("mandelbrot"):
            source[:] = np.full(len(source) // 4, -0.5, "<f4").view(np.uint8)  # stays inside the set
        else:
            source[:] = 0x41
            if kernel == "strlen":
                source[size] = 0
        for _ in range(WARM):
            self.call(kernel, variant, size)
        return self.call(kernel, variant, size)

    def arrays(self, kernel: str, size: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Source and target of a call as bytes, and some room behind what the kernel uses."""
        length = size * (4 if kernel.startswith(("mandelbrot", "byteswap")) else 2) + 64
        source = self.loop.memory.array(SOURCE + _shift(kernel, SOURCE_OFFSET), length, np.uint8)
        return source, self.loop.memory.array(TARGET + _shift(kernel, TARGET_OFFSET), length, np.uint8)

    def call(self, kernel: str, variant: str, size: int) -> int:
        """Run a variant once on what the arrays hold; cycles from call to the last result. Raises NotExecutable."""
        text, lmul = code(kernel, variant)
        if text != self._code:
            block = assemble(text)
            self.loop.memory.write(CODE, block)
            self.loop.hart.code_changed(CODE, len(block))
            self._code = text
        hart, model = self.loop.hart, self.loop.model
        begin = model.drain()
        hart.set_x(1, LANDING)
        hart.set_x(10, TARGET + _shift(kernel, TARGET_OFFSET))
        hart.set_x(11, SOURCE + _shift(kernel, SOURCE_OFFSET))
        hart.set_x(12, size)
        hart.set_x(13, lmul * self.loop.machine.config.vlen // 8)
        hart.set_f(10, 0xFFFF_FFFF_4080_0000)  # 4.0
        hart.pc = CODE
        if engine.run(hart, model, 50_000_000) != "return":
            raise NotExecutable(f"{self.loop.name} lacks an instruction of {kernel}")
        return int(model.drain() - begin)


def _shift(kernel: str, offset: int) -> int:
    return offset if kernel in ("memcpy", "memset") else 0
