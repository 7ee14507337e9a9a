# Groups of vector registers and their stamps.
#
# A group that is always used at one size keeps its stamps in one place, at its base; `regroup` splits or joins when the
# size changes, so that group size costs nothing per use. Knows nothing of prices or of the scalar core.
from libc.stdint cimport int32_t, int64_t, uint8_t

from rvsim.timing.state cimport LONE, Timing, later


cdef inline void regroup(Timing *T, int32_t base, int32_t log) noexcept nogil:
    """Makes registers base .. base + 2^log - 1 one group; it inherits the latest stamps of its registers."""
    cdef int32_t r, owner, k, end = base + (1 << log)
    cdef int64_t first = 0, last = 0, written = 0, busy = 0, reader_first = 0, reader_last = 0
    T.regroups += 1
    for r in range(base, end if end <= 32 else 32):
        owner = r
        while T.group[owner] == LONE:
            owner -= 1
        first = later(first, T.first[owner])
        last = later(last, T.last[owner])
        written = later(written, T.written[owner])
        busy = later(busy, T.busy[owner])
        reader_first = later(reader_first, T.reader_first[owner])
        reader_last = later(reader_last, T.reader_last[owner])
        if T.group[owner]:
            for k in range(owner + (1 << T.group[owner]) - 1, owner - 1, -1):
                T.first[k] = T.first[owner]
                T.last[k] = T.last[owner]
                T.written[k] = T.written[owner]
                T.busy[k] = T.busy[owner]
                T.reader_first[k] = T.reader_first[owner]
                T.reader_last[k] = T.reader_last[owner]
                T.group[k] = 0
    for r in range(base, end if end <= 32 else 32):
        T.group[r] = LONE
    T.group[base] = <uint8_t>log
    T.first[base] = first
    T.last[base] = last
    T.written[base] = written
    T.busy[base] = busy
    T.reader_first[base] = reader_first
    T.reader_last[base] = reader_last


cdef inline int32_t emul_log(int32_t code, int32_t lmul, int32_t sew) noexcept nogil:
    """log2 of the registers of an operand: `code` is an index of rows.GROUPS, lmul and sew are log2(LMUL), log2(SEW/8)."""
    cdef int32_t log = 0
    if code == 0:
        log = lmul
    elif code == 1:
        log = lmul + 1
    elif code <= 4:
        log = lmul - (code - 1)
    elif code <= 7:
        log = 0
    elif code <= 11:
        log = lmul + (code - 8) - sew
    else:
        log = code - 12
    return 0 if log < 0 else (3 if log > 3 else log)


cdef inline int32_t eew_layout(int32_t code, int32_t sew) noexcept nogil:
    """1 + log2(EEW / 8) of an operand, 0 where it has none (masks, whole registers); codes and sew as above."""
    if code == 0 or code == 6:
        return sew + 1
    if code == 1 or code == 7:
        return sew + 2
    if code <= 4:
        return sew - code + 2
    if 8 <= code <= 11:
        return code - 7
    return 0
