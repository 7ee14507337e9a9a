# The stages of one vector instruction on its way through the unit, and the charge for the time they took.
from libc.stdint cimport int32_t, int64_t

from rvsim.timing.state cimport TAG_MASK, untagged

# The stages of one instruction: stamps, and the durations between them.
cdef struct Flow:
    int64_t accepted            # by the vector unit
    int64_t sequenced           # on its way to its unit
    int64_t start
    int64_t occ                 # of its pipe
    int64_t gap                 # dead time of its pipe
    int64_t end                 # of its pipe's work, later than start + occ behind a slow producer
    int64_t first               # result usable by a chained consumer
    int64_t last                # whole result usable
    int64_t done
    int64_t acknowledged        # to the core
    int32_t pipe
    int32_t work                # cause of the occupancy
    int32_t latency             # cause of the rest
    int32_t root                # cause of a consumer's wait


cdef inline int64_t portion(int64_t *causes, int64_t gap, int64_t most, int64_t cause, int64_t sign) noexcept nogil:
    """Charges up to `most` of the gap to a cause; returns what is left of the gap."""
    cdef int64_t part = gap if gap < most else most
    if part > 0:
        causes[cause & TAG_MASK] += sign * part
        return gap - part
    return gap


cdef inline void charge_stages(int64_t *causes, Flow *f, int64_t done, int64_t latency, int64_t gap, int64_t sign) noexcept nogil:
    """The window before completion, walked backwards along the instruction's own timeline; sign -1 takes it back."""
    cdef int64_t end = untagged(f.end), start = untagged(f.start)
    gap = portion(causes, gap, done - end, latency, sign)
    gap = portion(causes, gap, end - start - f.occ, f.end, sign)
    gap = portion(causes, gap, f.occ, f.work, sign)
    gap = portion(causes, gap, start - untagged(f.sequenced), f.start, sign)
    gap = portion(causes, gap, untagged(f.sequenced) - untagged(f.accepted), f.sequenced, sign)
    portion(causes, gap, gap, f.accepted, sign)
