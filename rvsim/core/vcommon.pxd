# What every vector handler needs: register addresses, masks as bytes, merging under a mask, the illegal exit.
#
# A mask is expanded to one byte an element before a loop reads it, so that loops stay vectorisable.
from libc.stdint cimport int8_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from rvsim.core.control cimport take_trap
from rvsim.core.op cimport Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport CAUSE_ILLEGAL, State


cdef inline uint8_t *vreg(State *s, uint8_t r) noexcept nogil:
    return s.v + <uint64_t>r * s.vlenb


cdef inline bint legal(State *s, Op *op) noexcept nogil:
    return (op.legal >> s.vidx) & 1


cdef inline Op *v_illegal(State *s, Op *op) noexcept nogil:
    s.trap_cause = CAUSE_ILLEGAL
    return take_trap(s, op)


cdef inline uint64_t float_scalar(State *s, uint8_t r, int log_bytes) noexcept nogil:
    """f[r] as an element: the canonical NaN unless it is NaN-boxed."""
    cdef uint64_t v = s.f[r]
    if log_bytes == 3: return v
    if log_bytes == 2: return v & 0xffffffffULL if v >> 32 == 0xffffffffULL else 0x7fc00000ULL
    return v & 0xffff if v >> 16 == 0xffffffffffffULL else 0x7e00


cdef inline uint64_t bf16_scalar(State *s, uint8_t r) noexcept nogil:
    return s.f[r] & 0xffff if s.f[r] >> 16 == 0xffffffffffffULL else 0x7fc0


cdef inline bint mask_bit(const uint8_t *m, uint64_t i) noexcept nogil:
    return (m[i >> 3] >> (i & 7)) & 1


cdef inline void set_mask_bit(uint8_t *m, uint64_t i, bint v) noexcept nogil:
    m[i >> 3] = <uint8_t>((m[i >> 3] & ~(1 << (i & 7))) | (v << (i & 7)))


cdef inline void expand_mask(const uint8_t *m, uint8_t *out, uint64_t n) noexcept nogil:
    """Bits of a mask register to bytes 0 or 1; may write up to 7 bytes beyond n."""
    cdef uint64_t i, bits
    for i in range((n + 7) >> 3):
        bits = m[i]                     # copies of the byte, each shifted so that its own bit comes last
        (<uint64_t *>(out + 8 * i))[0] = (((bits & 127) * 0x0002040810204081ULL) & 0x0101010101010101ULL) | (bits & 128) << 49


cdef inline void pack_mask(const uint8_t *bytes, uint8_t *m, const uint8_t *active, uint64_t n) noexcept nogil:
    """Bytes 0 or 1 to the first n bits of a mask register; bits beyond n, and inactive ones, stay as they are."""
    cdef uint64_t i, keep, bits
    cdef int k
    for i in range(n >> 3):
        bits = ((<const uint64_t *>(bytes + 8 * i))[0] * 0x0102040810204080ULL) >> 56
        if active != NULL:
            keep = ((<const uint64_t *>(active + 8 * i))[0] * 0x0102040810204080ULL) >> 56
            bits = (bits & keep) | (m[i] & ~keep)
        m[i] = <uint8_t>bits
    for k in range(<int>(n & 7)):
        i = (n & ~<uint64_t>7) + k
        if active == NULL or active[i]:
            set_mask_bit(m, i, bytes[i])


ctypedef fused element_t:
    uint8_t
    uint16_t
    uint32_t
    uint64_t


cdef inline void merge_as(element_t *d, const element_t *x, const uint8_t *active, uint64_t n) noexcept nogil:
    cdef uint64_t i
    for i in range(n):
        d[i] = x[i] if active[i] else d[i]


cdef inline void merge(void *d, const void *x, const uint8_t *active, uint64_t n, int log_bytes) noexcept nogil:
    """d[i] = x[i] where active."""
    if log_bytes == 0: merge_as[uint8_t](<uint8_t *>d, <const uint8_t *>x, active, n)
    elif log_bytes == 1: merge_as[uint16_t](<uint16_t *>d, <const uint16_t *>x, active, n)
    elif log_bytes == 2: merge_as[uint32_t](<uint32_t *>d, <const uint32_t *>x, active, n)
    else: merge_as[uint64_t](<uint64_t *>d, <const uint64_t *>x, active, n)


cdef inline void fill_as(element_t *d, element_t value, uint64_t n) noexcept nogil:
    cdef uint64_t i
    for i in range(n):
        d[i] = value


cdef inline void fill(void *d, uint64_t value, uint64_t n, int log_bytes) noexcept nogil:
    if log_bytes == 0: fill_as[uint8_t](<uint8_t *>d, <uint8_t>value, n)
    elif log_bytes == 1: fill_as[uint16_t](<uint16_t *>d, <uint16_t>value, n)
    elif log_bytes == 2: fill_as[uint32_t](<uint32_t *>d, <uint32_t>value, n)
    else: fill_as[uint64_t](<uint64_t *>d, value, n)


cdef inline uint64_t element(const void *p, uint64_t i, int log_bytes) noexcept nogil:
    """Element i, zero-extended."""
    if log_bytes == 0: return (<const uint8_t *>p)[i]
    if log_bytes == 1: return (<const uint16_t *>p)[i]
    if log_bytes == 2: return (<const uint32_t *>p)[i]
    return (<const uint64_t *>p)[i]


cdef inline void set_element(void *p, uint64_t i, uint64_t v, int log_bytes) noexcept nogil:
    if log_bytes == 0: (<uint8_t *>p)[i] = <uint8_t>v
    elif log_bytes == 1: (<uint16_t *>p)[i] = <uint16_t>v
    elif log_bytes == 2: (<uint32_t *>p)[i] = <uint32_t>v
    else: (<uint64_t *>p)[i] = v
