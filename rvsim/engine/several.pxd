# Beats that do the work of several. See several.pyx.
from libc.stdint cimport int32_t, uint8_t

from rvsim.core.op cimport Op
from rvsim.core.state cimport State
from rvsim.timing.laps cimport Beat, Book, Lap

cdef enum:
    MOST_LOADS = 16

# Scalar loads that follow one another: Beat.more of the first one. Laps share them.
cdef struct Loads:
    Op *first
    void *one                   # handler of the first one alone,
    void *run                   # and of all of them
    Loads *older
    int32_t count
    int32_t size                # bytes of each, where all load a floating-point register by way of one other register,
    int32_t low, last           # and where they begin there: the offsets of the lowest and, behind that, of the last in memory
    int32_t latest              # and of the last in the code
    int32_t offset[MOST_LOADS]
    uint8_t base
    uint8_t rd[MOST_LOADS]

cdef void join(State *s, Book *B, Lap *lap, Beat *first) noexcept nogil
cdef void end_before(Lap *lap, Beat *b) noexcept nogil
