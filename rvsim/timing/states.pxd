# What the timing of an instruction can depend on, compared and put back: states, by where they are and what the clock's stamps say.
#
# A state is every stamp of Timing that an instruction may read, relative to the front; one so old that it can no longer be the later of
# anything counts as DEAD. Two moments in one state have the same future, as long as the answers are the same (replay.pxd).
# A new stamp in the model belongs in `list_places`, with how far behind the front it still matters; a new setting in `settings`.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.state cimport MAX_PIPES, Record, Timing

cdef enum:
    SETTINGS = 16               # words of a state that are not stamps
    WORDS = 8                   # of a set of places: those that are not in rings are fewer than 512

cdef extern from *:
    """
    #define RVSIM_DEAD (-0x4000000000000000LL)
    #define RVSIM_EVER (1LL << 60)
    """
    const int64_t DEAD "RVSIM_DEAD"     # and a little more, by rank, for pipes to choose from
    const int64_t EVER "RVSIM_EVER"     # Place.reach: never DEAD

# A stamp of Timing.
cdef struct Place:
    int64_t *at
    int64_t reach               # how far behind the front it still counts
    int32_t ranked              # a pipe to choose: the order of dead ones counts, too
    int32_t open                # its reach is that of the instructions recorded so far, and may grow

# A ring of stamps, or its values in a state, from the oldest entry on.
cdef struct Rotor:
    int64_t *entries
    uint32_t *place
    uint32_t size, slot

# Which stamps instructions use, as far as is known.
cdef struct View:
    uint8_t port[64]
    uint8_t pipe[MAX_PIPES]     # 1: used, 3: one to choose
    int32_t vectors             # vector instructions are among them
    int32_t loose               # no stamp is compared with the completion frontier, which is no part of a state then (accounts.pxd)
    int64_t longest             # how far back their sources may matter
    int32_t single, size, rotors    # places that are not in rings; values of a state; rings
    Place *place
    Rotor *rotor
    uint64_t *weight            # of each value in the hash
    int64_t *now                # the values at hand

cdef struct State:
    Op *op                      # the instruction that comes next
    void *root                  # laps.pxd: the first Beat of what follows, NULL: nothing is known
    void *site                  # laps.pxd: Site
    State *next                 # with the same hash
    uint64_t hash
    int64_t *value

cdef bint new_view(View *V) noexcept nogil
cdef void free_view(View *V) noexcept nogil
cdef bint learn(Timing *T, View *V, Record *R) noexcept nogil
cdef void list_places(Timing *T, View *V) noexcept nogil
cdef void look(View *V, int64_t *value) noexcept nogil
cdef uint64_t take(Timing *T, View *V, Event *ev) noexcept nogil
cdef void put_settings(Timing *T, View *V, State *state, int64_t base) noexcept nogil
cdef void put_rings(View *V, State *state, int64_t base) noexcept nogil
