# Laps: stretches of code that were recorded, by the state they begin in; see replay.pxd.
#
#     State --Beat, Beat, Beat ... end--> Lap --> State --Beat ...
#              \--other answer, other way: Beat ... end--> Lap --> State
#
# A lap goes from where a jump back has led to the next jump back. Laps that begin in one state share the notes of their beginnings: each
# but the first (`parent`) has its own from where it parts on. While laps follow one another Timing stays as it was: `put` brings the
# stamps up to date, `flush` the counters. A Book has everything of one model, in one arena that is emptied when it is full.
from libc.stdint cimport int32_t, int64_t, uint64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.flow cimport Flow
from rvsim.timing.replay cimport Note
from rvsim.timing.state cimport NCAUSES, MAX_PIPES, Record, Timing
from rvsim.timing.states cimport WORDS, State, View

cdef enum:
    LONGEST_LAP = 192           # instructions; no fewer than of a loop that runs in bulk, which is one lap
    MOST_NOTES = 3 * LONGEST_LAP    # an instruction may enter a line before and behind it
    MOST_LAPS = 8192
    OTHERS = 6
    COUNTERS = OTHERS + NCAUSES # of a Record: others, and causes
    BUCKETS = 4096
    VARIED = 16                 # Record.varied when that is looked at, and its multiples, a power of two: laps end before it from then on,
    SELDOM = 400                # unless it has been executed so many times as often

# What is asked about a note, side by side for all notes of a lap of which something is: for laps that are asked ahead of their
# instructions (engine/ahead.pyx). NO_NOTE: the end of the lap.
cdef struct Question:
    int64_t answer              # Note.data
    int64_t when, settled, head
    Beat *beat
    int32_t kind, skew

# A note as it is replayed; the beats of a lap's own notes lie side by side, and one behind them ends it.
cdef struct Beat:
    void *run                   # the engine's handler
    Op *op                      # NULL: the end of the lap
    int64_t data                # what the handler compares: Note.when of a load, Note.data of all else; the end: Lap
    Note *note
    void *other                 # Beat of another way to go on from where this one stands, or NULL; of which nothing is asked: Note.to
    Question *ask               # its own, or that of the next beat of which something is asked
    void *more                  # what else the handler needs: of several (engine/several.pyx), and of a vector load (engine/streams.pxd)

# A counter of a Record, and what a lap adds to it.
cdef struct Add:
    int64_t *at
    int64_t amount

# What is known about laps that begin at one instruction, over all states; costs are host instructions, about.
cdef struct Site:
    Record *R                   # of the instruction
    int64_t spent, gained       # what laps from here have cost, and saved; what they had from Book.pool
    int64_t granted
    int64_t typical             # what the last recorded one saves each time
    int32_t skip                # times that are let pass before it is judged again
    int32_t single              # laps here that were not the first of many in bulk, since one was
    Site *older

# What a lap charges beyond what was recorded, where it begins with this frontier (accounts.pyx).
cdef struct Settled:
    int64_t ahead, ahead_end
    int64_t times               # since `flush`
    Record *mover
    Settled *older
    Add *add
    int32_t adds

cdef struct Lap:
    State *begins
    State *ends
    Lap *parent
    int32_t start, count        # notes: those before `start` are the parent's
    int32_t instructions
    int32_t adds, lefts
    int64_t epoch               # Book.epoch when it was replayed last
    int64_t length, times, last # `times` since `flush`; when it ended last
    int64_t credited            # of the times, whose worth is counted
    int64_t ahead, ahead_end    # how far the frontier was ahead of its beginning, and of its end (0 where states have it)
    int64_t worth
    Record *current             # the last instruction that moved the frontier, or NULL
    Settled *settled
    int32_t settles             # how many of these
    Beat *beat
    Question *ask
    Note *note
    Add *add
    uint64_t changed[WORDS]     # places that got a new stamp
    int64_t *left               # the stamps there, relative to the end

# A vector store in the lap at hand that was answered otherwise than noted, where that only decides when it is done.
cdef struct Odd:
    Note *note
    int64_t data                # as Note.data

cdef struct Book:
    View view
    char *arena
    size_t used
    int64_t detaches            # Timing.detaches for which it holds
    int32_t stale               # `view` is to be listed anew
    int32_t laps, touched, chained  # how many; with `times`; replayed since `put`
    int64_t epoch, serial
    int64_t pool                # what sites may cost together beyond what each may
    Site *sites
    State *bucket[BUCKETS]
    void *products              # multiply-adds that are done together (engine/several.pyx),
    void *loads                 # and loads
    Lap *of_touched[MOST_LAPS]
    Lap *of_chain[MOST_LAPS]
    # of the recording at hand
    int32_t notes, instructions, marked
    int32_t layout
    int32_t observed            # notes whose charges are known
    int64_t front, frontier, worth
    int64_t late                # when the last answer of those that vary has come, 0: none has
    int64_t before[64 * WORDS]
    int64_t busy[MAX_PIPES]
    Record *current
    Record *of_marked[LONGEST_LAP]
    int64_t counter[LONGEST_LAP][COUNTERS]
    Add gain[LONGEST_LAP * COUNTERS + MAX_PIPES + 1]
    uint64_t changed[WORDS]
    int64_t left[64 * WORDS]
    Note note[MOST_NOTES]
    Event event[MOST_NOTES]
    Flow flow[MOST_NOTES]
    # of the chain at hand
    int64_t ahead               # how far the frontier was ahead when the lap at hand began
    Record *mover               # the last instruction that moved it, NULL: none since `put`
    int32_t odds
    Odd odd[LONGEST_LAP]
    # where a chain of laps has ended (engine/replay.pyx)
    int32_t stop, answer, answered
    int64_t data
    State *state
    Beat *at
    Op *to
    int64_t base
    uint64_t traps
    Note seen
    Event of_seen

cdef void vary(Book *B, Record *R) noexcept nogil
cdef void *room(Book *B, size_t size) noexcept nogil
cdef void remember(Book *B, Record *R, int32_t k) noexcept nogil
cdef int32_t gains_of(Book *B, int32_t records) noexcept nogil
cdef Book *book_of(Timing *T) noexcept nogil
cdef void free_book(Timing *T) noexcept nogil
cdef bint current(Timing *T, Book *B) noexcept nogil
cdef Site *site_of(Book *B, Op *op) noexcept nogil
cdef bint worth_while(Book *B, Site *site) noexcept nogil
cdef void prefer(Beat *first, Beat *other) noexcept nogil
cdef State *state_at(Timing *T, Book *B, Op *op, Event *ev) noexcept nogil
cdef Note *note_at(Lap *lap, int32_t k) noexcept nogil
cdef void enlist(Book *B, Lap *lap) noexcept nogil
cdef bint begin(Timing *T, Book *B) noexcept nogil
cdef bint meet(Timing *T, Book *B, Record *R) noexcept nogil
cdef Lap *complete(Timing *T, Book *B, State *state, Beat *beside, Op *op, Event *ev, bint instead) noexcept nogil
cdef void lie_beside(Beat *first, Lap *lap) noexcept nogil
cdef void give_up(Timing *T, Book *B) noexcept nogil
cdef void put(Timing *T, Book *B, State *state, int64_t base) noexcept nogil
cdef void flush(Book *B) noexcept nogil


cdef inline void notice(Book *B, Note *note, int64_t data) noexcept nogil:
    """A store was answered otherwise."""
    B.odd[B.odds].note, B.odd[B.odds].data = note, data
    B.odds += 1


cdef inline int32_t index_of(Note *note) noexcept nogil:
    """Which one of its lap it is."""
    cdef Lap *lap = <Lap *>note.lap
    return lap.start + <int32_t>(note - lap.note)


cdef inline bint as_charged(Book *B, Lap *lap) noexcept nogil:
    """Whether the lap that has just been replayed charges what was recorded; if so, that has moved the frontier."""
    if B.ahead != lap.ahead or B.odds:
        return False
    B.ahead = lap.ahead_end
    if lap.current != NULL:
        B.mover = lap.current
    return True
