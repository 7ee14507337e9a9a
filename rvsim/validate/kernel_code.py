"""Assembly of the kernel rows: our own code for each variant whose inner loop is known.

Arguments in all of them: a0 destination, a1 source, a2 how many elements, a3 VLMAX of the variant (bytes of a group of LMUL registers).
What a variant does is what its name and its figures say (docs/accuracy.md lists them); {m} is LMUL, {w} twice LMUL.
"""

from __future__ import annotations

import re

from .loops import NotExecutable

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
        raise NotExecutable("code of a C library or a compiler, or another loop that is not known")
    parts = "\n".join(f"vrgather.vv v{24 + i}, v{8 + i}, v16" for i in range(lmul))
    for key, value in {"{m}": f"m{lmul}", "{w}": f"m{2 * lmul}", "{next}": str(8 + lmul), "{parts}": parts}.items():
        text = text.replace(key, value)
    return text, lmul
