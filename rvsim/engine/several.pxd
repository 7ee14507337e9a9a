# Beats that do the work of several. See several.pyx.
from rvsim.core.state cimport State
from rvsim.timing.laps cimport Beat, Book, Lap

cdef void join(State *s, Book *B, Lap *lap, Beat *first) noexcept nogil
cdef void end_before(Lap *lap, Beat *b) noexcept nogil
