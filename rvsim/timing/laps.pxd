# Iterations of loops whose timing is known: from which stamps to which, with which answers of the memory hierarchy; see replay.pxd.
#
#     State --Lap, by what the hierarchy answers--> State --Lap--> ...
#
# A State is what the model knows when an iteration begins, relative to that time; a Lap is one iteration that was recorded. While laps
# follow one another Timing stays as it was; `put` brings it up to date.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.replay cimport Note
from rvsim.timing.state cimport Record, Timing

cdef enum:
    MOST_STATES = 32
    MOST_LAPS = 48
    NONE = -1

# A stamp of Timing that the loop reads or writes.
cdef struct Place:
    int64_t *at                 # NULL in a ring
    int32_t compared            # with others like it, however old they are: it must not be

# A ring of stamps; its places follow one another, from the oldest entry on.
cdef struct Rotor:
    int64_t *entries
    uint32_t *place
    uint32_t size, start, slot

# A counter of a Record, and what an iteration adds to it.
cdef struct Add:
    int64_t *at
    int64_t amount

cdef struct State:
    int64_t front               # relative: its tag
    uint32_t vl, vtype, unit_vtype
    int32_t memory_switched, memory_last, stream_pipe
    int64_t *value              # of each place, or DEAD

cdef struct Lap:
    int32_t begins, ends        # states
    int32_t following           # a lap that began where this one ended
    int32_t adds
    int64_t length
    int64_t times, last         # since `put`: how often it came, and when it ended last
    Record *current
    Note *note
    Add *add
    unsigned char *changed      # by place
    int64_t *left               # the stamp there, relative to the end
    uint32_t *shift             # by ring

cdef struct Circuit:
    Op *head
    Op *branch
    int32_t count, single, places, rotors, states, laps     # single: places that are not in rings, which come first
    int32_t settled             # places are listed for the prices at hand
    int32_t layout
    int64_t regroups, horizon, front, base
    int32_t patience            # times it was not worth while
    int64_t turns, recorded, repeated   # since that was judged: times the engine came here, laps
    unsigned char layouts[36]
    uint64_t fetch_line
    Record *current
    Place *place
    Rotor *rotor
    Note *note                  # what is fixed about each instruction
    Add *add                    # counters before a recording
    int64_t *before
    int64_t *after
    State state[MOST_STATES]
    Lap lap[MOST_LAPS]

cdef Circuit *survey(Timing *T, Op *head, Op *branch) noexcept nogil
cdef void free_circuit(Circuit *C) noexcept nogil
cdef int32_t state_at(Timing *T, Circuit *C, Event *ev) noexcept nogil
cdef bint intact(Circuit *C) noexcept nogil
cdef int32_t lap_from(Circuit *C, int32_t state) noexcept nogil
cdef int32_t sibling(Circuit *C, Lap *lap, int32_t count, Note *seen, bint answered) noexcept nogil
cdef Lap *begin(Timing *T, Circuit *C, int32_t state) noexcept nogil
cdef bint complete(Timing *T, Circuit *C, Lap *lap, Event *ev) noexcept nogil
cdef void put(Timing *T, Circuit *C, int32_t state, int64_t base) noexcept nogil
