"""Walks memory accesses straight through the hierarchy of a model, without instructions: for tests and micro-benchmarks.

Runs of lines have a fast path (runs.pyx) that must do what their lines do one by one; `line_by_line` takes the slow way.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.timing.caches cimport AHEAD, WAY, line_of, slot_of, touch, write_around
from rvsim.timing.levels cimport invalidate
from rvsim.timing.model cimport TimingModel
from rvsim.timing.runs cimport claim_run, touch_run
from rvsim.timing.state cimport STREAMS, Level, Timing, later

from ..errors import UsageError

KINDS = ("load", "store", "claim", "around", "drop")

cdef enum:
    LOAD = 0
    STORE = 1
    CLAIM = 2
    AROUND = 3


cdef int64_t by_run(Timing *T, int kind, uint64_t address, uint64_t nbytes, int64_t when, int64_t settled, int64_t *first) noexcept nogil:
    """One access, as a vector load or store asks for it."""
    cdef int32_t shift = T.level[0].shift
    if kind == LOAD or kind == STORE:
        return touch_run(T, address >> shift, (address + nbytes - 1) >> shift, when, kind == STORE, settled, first)
    if kind == CLAIM:
        return claim_run(T, address, nbytes, when)
    if kind == AROUND:
        write_around(T, address >> shift, nbytes)
    else:
        invalidate(T, address >> shift, (address + nbytes - 1) >> shift, False)
    return 0


cdef int64_t by_line(Timing *T, int kind, uint64_t address, uint64_t nbytes, int64_t when, int64_t settled, int64_t *first) noexcept nogil:
    """The same, each line for itself."""
    cdef uint64_t line = <uint64_t>1 << T.level[0].shift, end = address + nbytes, piece
    cdef int64_t last = 0
    if kind > CLAIM:
        return by_run(T, kind, address, nbytes, when, settled, first)
    while address < end:
        piece = line - (address & (line - 1))
        if piece > end - address:
            piece = end - address
        if kind == CLAIM:
            last = later(last, claim_run(T, address, piece, when))
        else:
            last = later(last, touch(T, address >> T.level[0].shift, when, kind == STORE))
            if first[0] == 0:
                first[0] = last
        address += piece
    return last


def walk(TimingModel model, accesses, int repeat=1, int64_t period=0, bint line_by_line=False):
    """Makes the accesses, `repeat` times, each time `period` (stamps) later; returns the answers of the last round.

    accesses: (kind of KINDS, address, bytes, stamp at which it is made, stamp at which nobody waits for data any more). A stamp is
    cycles * 7680, plus the number of a cause. An answer: (stamp of the last data, of the first); 0 to a load or store: there by then.
    """
    cdef Timing *T = model.t
    cdef int64_t[:, ::1] table
    cdef int64_t last, first, late = 0
    cdef int k, _
    import numpy
    if not T.levels:
        raise UsageError("accesses can be walked only on a machine with caches; set l1d.size")
    table = numpy.array([(KINDS.index(kind), *rest) for kind, *rest in accesses], dtype=numpy.int64).reshape(-1, 5)
    answers = numpy.zeros((len(table), 2), dtype=numpy.int64)
    cdef int64_t[:, ::1] out = answers
    with nogil:
        for _ in range(repeat):
            for k in range(<int>table.shape[0]):
                first = 0
                if line_by_line:
                    last = by_line(T, <int>table[k, 0], table[k, 1], table[k, 2], table[k, 3] + late, table[k, 4] + late, &first)
                else:
                    last = by_run(T, <int>table[k, 0], table[k, 1], table[k, 2], table[k, 3] + late, table[k, 4] + late, &first)
                out[k, 0], out[k, 1] = last, first
            late += period
    return answers


cdef list lines_of(Level *level, bint stamped):
    """(line, set, way, dirty, prefetched and not used, stamp of its data) of every line that is there."""
    cdef uint64_t which, slot, line
    cdef uint32_t way
    cdef uint8_t where
    found = []
    for which in range(level.set_mask + 1):
        for way in range(level.ways):
            slot = slot_of(level, which, way)
            if level.tags[slot]:
                line = line_of(level, level.tags[slot], which)
                where = level.where[line & level.map_mask]
                assert where & WAY == way + 1, "the map of a cache does not agree with its tags"
                found.append((line, which, way, level.tags[slot] & 1, where & AHEAD, level.arrive[slot] if stamped else 0))
    return found


def contents(TimingModel model):
    """All that a model knows about its hierarchy, to be compared."""
    cdef Timing *T = model.t
    cdef Level *level
    cdef int k, i
    found = []
    for k in range(T.levels):
        level = &T.level[k]
        found.append({
            "lines": lines_of(level, k == 0), "used": [level.used[i] for i in range(<int32_t>level.set_mask + 1)],
            "free": level.free, "back": level.back, "latest": level.latest if k == 0 else 0,
            "miss": [level.miss[(level.miss_at + i) % level.misses] for i in range(<int32_t>level.misses)],
        })  # fmt: skip
    found.append({
        "streams": [(T.stream[i], T.touched[i]) for i in range(STREAMS)], "next stream": T.stream_at,
        "memory": (T.dram_free, T.dram_bytes, T.beyond_l1),
    })  # fmt: skip
    return found
