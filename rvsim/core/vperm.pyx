# Mask and permutation instructions: they move bits and elements and compute nothing.
#
# A destination that may overlap its source is filled by memmove or through scratch memory; where the specification forbids
# the overlap (`no_overlap` in the table), loops write it directly. Tail and inactive elements stay as they are.
# Chapters: V 15 (masks), 16.3 (slides), 16.4 (gathers), 16.5 (compress).
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memmove, memset

from rvsim.core.op cimport Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport State
from rvsim.core.vcommon cimport element_t, expand_mask, fill, float_scalar, legal, merge, set_element, v_illegal, vreg

cdef extern from *:
    int popcount "__builtin_popcountll"(unsigned long long) noexcept nogil
    int lowest_bit "__builtin_ctzll"(unsigned long long) noexcept nogil

cdef enum Logic:
    AND, NAND, ANDN, XOR, OR, NOR, ORN, XNOR

cdef enum First:
    BEFORE, ONLY, INCLUDING


cdef inline int log_sew(State *s) noexcept nogil:
    return s.ev.vtype & 3


cdef inline void finish(State *s, Op *op, const void *result) noexcept nogil:
    """Copy the active elements of a result in scratch memory to vd."""
    if op.vm:
        memcpy(vreg(s, op.rd), result, <size_t>s.ev.vl << log_sew(s))
    else:
        expand_mask(s.v, s.scratch[0], s.ev.vl)
        merge(vreg(s, op.rd), result, s.scratch[0], s.ev.vl, log_sew(s))


# ---- logic on masks (15.1) -----------------------------------------------------------------------------

cdef inline uint8_t combined(int what, uint8_t a, uint8_t b) noexcept nogil:
    if what == AND: return a & b
    if what == NAND: return <uint8_t>~(a & b)
    if what == ANDN: return a & <uint8_t>~b
    if what == XOR: return a ^ b
    if what == OR: return a | b
    if what == NOR: return <uint8_t>~(a | b)
    if what == ORN: return a | <uint8_t>~b
    return <uint8_t>~(a ^ b)


cdef inline Op *logic(State *s, Op *op, int what) noexcept nogil:
    cdef uint64_t i, whole = s.ev.vl >> 3
    cdef uint8_t part = <uint8_t>((1 << (s.ev.vl & 7)) - 1)
    cdef const uint8_t *a = vreg(s, op.rs2)
    cdef const uint8_t *b = vreg(s, op.rs1)
    cdef uint8_t *d = vreg(s, op.rd)
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    for i in range(whole):
        d[i] = combined(what, a[i], b[i])
    if part:
        d[whole] = (d[whole] & <uint8_t>~part) | (combined(what, a[whole], b[whole]) & part)
    return op + 2


cdef Op *do_vmand(State *s, Op *op) noexcept nogil: return logic(s, op, AND)
cdef Op *do_vmnand(State *s, Op *op) noexcept nogil: return logic(s, op, NAND)
cdef Op *do_vmandn(State *s, Op *op) noexcept nogil: return logic(s, op, ANDN)
cdef Op *do_vmxor(State *s, Op *op) noexcept nogil: return logic(s, op, XOR)
cdef Op *do_vmor(State *s, Op *op) noexcept nogil: return logic(s, op, OR)
cdef Op *do_vmnor(State *s, Op *op) noexcept nogil: return logic(s, op, NOR)
cdef Op *do_vmorn(State *s, Op *op) noexcept nogil: return logic(s, op, ORN)
cdef Op *do_vmxnor(State *s, Op *op) noexcept nogil: return logic(s, op, XNOR)


# ---- counting and finding mask bits (15.2..15.6) --------------------------------------------------------

cdef inline uint64_t set_bits(State *s, Op *op, uint64_t word) noexcept nogil:
    """64 bits of vs2, from bit 64 * word on: those that are active and below vl."""
    cdef uint64_t bits = 0, mask = 0, left = s.ev.vl - 64 * word
    cdef size_t size = 8 if left >= 64 else (left + 7) >> 3
    memcpy(&bits, vreg(s, op.rs2) + 8 * word, size)
    if not op.vm:
        memcpy(&mask, s.v + 8 * word, size)
        bits &= mask
    return bits if left >= 64 else bits & ((<uint64_t>1 << left) - 1)


cdef int64_t first_set(State *s, Op *op) noexcept nogil:
    """Number of the first active element whose bit of vs2 is set, -1 when there is none."""
    cdef uint64_t word, bits
    for word in range((<uint64_t>s.ev.vl + 63) >> 6):
        bits = set_bits(s, op, word)
        if bits:
            return <int64_t>(64 * word) + lowest_bit(bits)
    return -1


cdef Op *do_vcpop(State *s, Op *op) noexcept nogil:
    cdef uint64_t word, count = 0
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    for word in range((<uint64_t>s.ev.vl + 63) >> 6):
        count += popcount(set_bits(s, op, word))
    s.x[op.rd] = count
    return op + 2


cdef Op *do_vfirst(State *s, Op *op) noexcept nogil:
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    s.x[op.rd] = <uint64_t>first_set(s, op)
    return op + 2


cdef inline uint8_t ones_below(uint64_t end, uint64_t byte) noexcept nogil:
    """Byte number `byte` of the mask whose bits below `end` are set."""
    if end >= 8 * byte + 8: return 0xff
    return <uint8_t>((1 << (end - 8 * byte)) - 1) if end > 8 * byte else 0


cdef inline Op *around_first(State *s, Op *op, int what) noexcept nogil:
    """vmsbf, vmsof, vmsif: active bits before, at, or up to the first set one; all of them when none is set."""
    cdef uint64_t byte, low = 0, high, n = s.ev.vl
    cdef uint8_t keep
    cdef uint8_t *d = vreg(s, op.rd)
    cdef int64_t at
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    at = first_set(s, op)
    if at < 0:
        high = 0 if what == ONLY else n
    else:
        low = <uint64_t>at if what == ONLY else 0
        high = <uint64_t>at + (0 if what == BEFORE else 1)
    for byte in range((n + 7) >> 3):
        keep = ones_below(n, byte)
        if not op.vm:
            keep &= s.v[byte]
        d[byte] = (d[byte] & <uint8_t>~keep) | (ones_below(high, byte) & <uint8_t>~ones_below(low, byte) & keep)
    return op + 2


cdef Op *do_vmsbf(State *s, Op *op) noexcept nogil: return around_first(s, op, BEFORE)
cdef Op *do_vmsof(State *s, Op *op) noexcept nogil: return around_first(s, op, ONLY)
cdef Op *do_vmsif(State *s, Op *op) noexcept nogil: return around_first(s, op, INCLUDING)


# ---- viota, vid (15.8, 15.9) ---------------------------------------------------------------------------

cdef inline void count_before(element_t *out, const uint8_t *bits, uint64_t n) noexcept nogil:
    cdef uint64_t i, count = 0
    for i in range(n):
        out[i] = <element_t>count
        count += bits[i]


cdef inline void indices(element_t *out, uint64_t n) noexcept nogil:
    cdef uint64_t i
    for i in range(n):
        out[i] = <element_t>i


cdef Op *do_viota(State *s, Op *op) noexcept nogil:
    cdef uint64_t i, n = s.ev.vl
    cdef uint8_t *bits = s.scratch[2]
    cdef void *out = s.scratch[1]
    cdef int sew = log_sew(s)
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    expand_mask(vreg(s, op.rs2), bits, n)
    if not op.vm:
        expand_mask(s.v, s.scratch[0], n)
        for i in range(n):
            bits[i] &= s.scratch[0][i]
    if sew == 0: count_before[uint8_t](<uint8_t *>out, bits, n)
    elif sew == 1: count_before[uint16_t](<uint16_t *>out, bits, n)
    elif sew == 2: count_before[uint32_t](<uint32_t *>out, bits, n)
    else: count_before[uint64_t](<uint64_t *>out, bits, n)
    finish(s, op, out)
    return op + 2


cdef Op *do_vid(State *s, Op *op) noexcept nogil:
    cdef uint64_t n = s.ev.vl
    cdef void *out = s.scratch[1]
    cdef int sew = log_sew(s)
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    if sew == 0: indices[uint8_t](<uint8_t *>out, n)
    elif sew == 1: indices[uint16_t](<uint16_t *>out, n)
    elif sew == 2: indices[uint32_t](<uint32_t *>out, n)
    else: indices[uint64_t](<uint64_t *>out, n)
    finish(s, op, out)
    return op + 2


# ---- slides (16.3) -------------------------------------------------------------------------------------

cdef inline Op *slide_up(State *s, Op *op, uint64_t offset) noexcept nogil:
    """vd[i + offset] = vs2[i]; elements below the offset stay."""
    cdef int sew = log_sew(s)
    cdef uint64_t n = s.ev.vl
    cdef size_t skip = <size_t>offset << sew
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    s.ev.stride = <int64_t>(offset if offset < s.ev.vlmax else s.ev.vlmax)
    if offset >= n: return op + 2
    if op.vm:
        memcpy(vreg(s, op.rd) + skip, vreg(s, op.rs2), <size_t>(n - offset) << sew)
    else:
        expand_mask(s.v, s.scratch[0], n)
        merge(vreg(s, op.rd) + skip, vreg(s, op.rs2), s.scratch[0] + offset, n - offset, sew)
    return op + 2


cdef inline Op *slide_down(State *s, Op *op, uint64_t offset) noexcept nogil:
    """vd[i] = vs2[i + offset], 0 beyond VLMAX (not vl)."""
    cdef int sew = log_sew(s)
    cdef uint64_t n = s.ev.vl, there = 0
    cdef uint8_t *out = vreg(s, op.rd) if op.vm else s.scratch[1]
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    s.ev.stride = <int64_t>(offset if offset < s.ev.vlmax else s.ev.vlmax)
    if offset < s.ev.vlmax:
        there = s.ev.vlmax - offset
        if there > n:
            there = n
        memmove(out, vreg(s, op.rs2) + (<size_t>offset << sew), <size_t>there << sew)
    memset(out + (<size_t>there << sew), 0, <size_t>(n - there) << sew)
    if not op.vm:
        finish(s, op, out)
    return op + 2


cdef inline Op *slide_in(State *s, Op *op, uint64_t value, bint up) noexcept nogil:
    """Slide by one; `value` fills the gap."""
    cdef int sew = log_sew(s)
    cdef uint64_t n = s.ev.vl
    cdef uint8_t *out = vreg(s, op.rd) if op.vm else s.scratch[1]
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    s.ev.stride = 1
    if n == 0: return op + 2
    if up:
        memmove(out + (<size_t>1 << sew), vreg(s, op.rs2), <size_t>(n - 1) << sew)
        set_element(out, 0, value, sew)
    else:
        memmove(out, vreg(s, op.rs2) + (<size_t>1 << sew), <size_t>(n - 1) << sew)
        set_element(out, n - 1, value, sew)
    if not op.vm:
        finish(s, op, out)
    return op + 2


cdef inline Op *slide_in_float(State *s, Op *op, bint up) noexcept nogil:
    if unlikely(s.fs_off or s.frm > 4): return v_illegal(s, op)
    return slide_in(s, op, float_scalar(s, op.rs1, log_sew(s)), up)


cdef Op *do_vslideup_vx(State *s, Op *op) noexcept nogil: return slide_up(s, op, s.x[op.rs1])
cdef Op *do_vslideup_vi(State *s, Op *op) noexcept nogil: return slide_up(s, op, <uint64_t>op.imm)
cdef Op *do_vslidedown_vx(State *s, Op *op) noexcept nogil: return slide_down(s, op, s.x[op.rs1])
cdef Op *do_vslidedown_vi(State *s, Op *op) noexcept nogil: return slide_down(s, op, <uint64_t>op.imm)
cdef Op *do_vslide1up(State *s, Op *op) noexcept nogil: return slide_in(s, op, s.x[op.rs1], True)
cdef Op *do_vslide1down(State *s, Op *op) noexcept nogil: return slide_in(s, op, s.x[op.rs1], False)
cdef Op *do_vfslide1up(State *s, Op *op) noexcept nogil: return slide_in_float(s, op, True)
cdef Op *do_vfslide1down(State *s, Op *op) noexcept nogil: return slide_in_float(s, op, False)


# ---- gathers (16.4) ------------------------------------------------------------------------------------

ctypedef fused index_t:
    uint8_t
    uint16_t
    uint32_t
    uint64_t


cdef inline void gather_as(element_t *out, const element_t *a, const index_t *b, uint64_t n, uint64_t vlmax) noexcept nogil:
    cdef uint64_t i
    for i in range(n):
        out[i] = a[b[i]] if b[i] < vlmax else 0


cdef Op *do_vrgather_vv(State *s, Op *op) noexcept nogil:
    cdef int sew = log_sew(s)
    cdef uint64_t n = s.ev.vl, vlmax = s.ev.vlmax
    cdef void *a = vreg(s, op.rs2)
    cdef void *b = vreg(s, op.rs1)
    cdef void *out = vreg(s, op.rd) if op.vm else s.scratch[1]
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    if sew == 0: gather_as[uint8_t, uint8_t](<uint8_t *>out, <uint8_t *>a, <uint8_t *>b, n, vlmax)
    elif sew == 1: gather_as[uint16_t, uint16_t](<uint16_t *>out, <uint16_t *>a, <uint16_t *>b, n, vlmax)
    elif sew == 2: gather_as[uint32_t, uint32_t](<uint32_t *>out, <uint32_t *>a, <uint32_t *>b, n, vlmax)
    else: gather_as[uint64_t, uint64_t](<uint64_t *>out, <uint64_t *>a, <uint64_t *>b, n, vlmax)
    if not op.vm:
        finish(s, op, out)
    return op + 2


cdef Op *do_vrgatherei16(State *s, Op *op) noexcept nogil:
    cdef int sew = log_sew(s)
    cdef uint64_t n = s.ev.vl, vlmax = s.ev.vlmax
    cdef void *a = vreg(s, op.rs2)
    cdef uint16_t *b = <uint16_t *>vreg(s, op.rs1)
    cdef void *out = vreg(s, op.rd) if op.vm else s.scratch[1]
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    if sew == 0: gather_as[uint8_t, uint16_t](<uint8_t *>out, <uint8_t *>a, b, n, vlmax)
    elif sew == 1: gather_as[uint16_t, uint16_t](<uint16_t *>out, <uint16_t *>a, b, n, vlmax)
    elif sew == 2: gather_as[uint32_t, uint16_t](<uint32_t *>out, <uint32_t *>a, b, n, vlmax)
    else: gather_as[uint64_t, uint16_t](<uint64_t *>out, <uint64_t *>a, b, n, vlmax)
    if not op.vm:
        finish(s, op, out)
    return op + 2


cdef inline Op *gather_one(State *s, Op *op, uint64_t index) noexcept nogil:
    """Every active element becomes vs2[index]."""
    cdef int sew = log_sew(s)
    cdef uint64_t value = 0
    cdef void *out = vreg(s, op.rd) if op.vm else s.scratch[1]
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    if index < s.ev.vlmax:
        memcpy(&value, vreg(s, op.rs2) + (<size_t>index << sew), <size_t>1 << sew)
    fill(out, value, s.ev.vl, sew)
    if not op.vm:
        finish(s, op, out)
    return op + 2


cdef Op *do_vrgather_vx(State *s, Op *op) noexcept nogil: return gather_one(s, op, s.x[op.rs1])
cdef Op *do_vrgather_vi(State *s, Op *op) noexcept nogil: return gather_one(s, op, <uint64_t>op.imm)


# ---- compress (16.5) -----------------------------------------------------------------------------------

cdef inline uint64_t compress_as(element_t *out, const element_t *a, const uint8_t *chosen, uint64_t n) noexcept nogil:
    """The chosen elements without gaps; returns their number. Writes one element beyond them."""
    cdef uint64_t i, count = 0
    for i in range(n):
        out[count] = a[i]               # kept only if the count moves on: no branch on random data
        count += chosen[i]
    return count


cdef Op *do_vcompress(State *s, Op *op) noexcept nogil:
    cdef int sew = log_sew(s)
    cdef uint64_t n = s.ev.vl, count
    cdef void *a = vreg(s, op.rs2)
    cdef void *out = s.scratch[1]
    cdef uint8_t *chosen = s.scratch[0]
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    expand_mask(vreg(s, op.rs1), chosen, n)
    if sew == 0: count = compress_as[uint8_t](<uint8_t *>out, <uint8_t *>a, chosen, n)
    elif sew == 1: count = compress_as[uint16_t](<uint16_t *>out, <uint16_t *>a, chosen, n)
    elif sew == 2: count = compress_as[uint32_t](<uint32_t *>out, <uint32_t *>a, chosen, n)
    else: count = compress_as[uint64_t](<uint64_t *>out, <uint64_t *>a, chosen, n)
    memcpy(vreg(s, op.rd), out, <size_t>count << sew)
    return op + 2


def handlers():
    """Operation name, with its form where it has several, -> address of its step function."""
    return {
        "vmand": <size_t>&do_vmand, "vmnand": <size_t>&do_vmnand, "vmandn": <size_t>&do_vmandn, "vmxor": <size_t>&do_vmxor,
        "vmor": <size_t>&do_vmor, "vmnor": <size_t>&do_vmnor, "vmorn": <size_t>&do_vmorn, "vmxnor": <size_t>&do_vmxnor,
        "vcpop": <size_t>&do_vcpop, "vfirst": <size_t>&do_vfirst,
        "vmsbf": <size_t>&do_vmsbf, "vmsof": <size_t>&do_vmsof, "vmsif": <size_t>&do_vmsif,
        "viota": <size_t>&do_viota, "vid": <size_t>&do_vid,
        "vslideup_vx": <size_t>&do_vslideup_vx, "vslideup_vi": <size_t>&do_vslideup_vi,
        "vslidedown_vx": <size_t>&do_vslidedown_vx, "vslidedown_vi": <size_t>&do_vslidedown_vi,
        "vslide1up": <size_t>&do_vslide1up, "vslide1down": <size_t>&do_vslide1down,
        "vfslide1up": <size_t>&do_vfslide1up, "vfslide1down": <size_t>&do_vfslide1down,
        "vrgather_vv": <size_t>&do_vrgather_vv, "vrgather_vx": <size_t>&do_vrgather_vx,
        "vrgather_vi": <size_t>&do_vrgather_vi, "vrgatherei16": <size_t>&do_vrgatherei16,
        "vcompress": <size_t>&do_vcompress,
    }
