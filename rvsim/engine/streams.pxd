# Unit-stride vector accesses where laps are replayed. See streams.pyx.
from libc.stdint cimport int64_t, uint64_t

from rvsim.core.op cimport Op
from rvsim.timing.replay cimport Note

cdef enum:
    OTHERWISE = 2       # Beat.more of any other vector access


cdef inline int64_t what_repeats(Note *note) noexcept nogil:
    """Beat.more: what has to be the same again but for the stamp of the last data. OTHERWISE: it has a mask, did not begin with
    element 0, or did nothing."""
    cdef Op *op = note.op
    cdef uint64_t vl = note.ev.vl
    if (not op.vm or op.rm != 1 or vl == 0 or note.ev.active != vl or note.ev.bytes != vl * op.size or note.ev.stride != op.size
            or not note.R.lines):
        return OTHERWISE
    return note.head | note.skew
