# The timing model's state as plain C structs: the clock of one hart, prices, caches, and one Record per instruction.
#
# A *stamp* is a time that carries its cause: ticks << TAG_BITS | cause. The later of two stamps names the constraint
# that binds, so causes cost nothing on the way; adding a duration (a multiple of 1 << TAG_BITS) keeps the cause. All arithmetic is integer:
# floating point would disturb the guest's flags. Design: docs/explanation/timing.md.
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op

cdef enum:
    TAG_BITS = 5
    TAG_MASK = 31
    TICKS = 240                 # ticks a cycle: halves, thirds, quarters, fifths, sixteenths are exact
    CYCLE = 7680                # TICKS << TAG_BITS, one cycle as a duration of stamps
    NCAUSES = 13
    NREADY = 96                 # x0..x31, 32 = sink of x0, f0..f31 from 64
    MAX_WINDOW = 512
    MAX_QUEUE = 64
    MAX_PIPES = 32
    MAX_LEVELS = 3
    MASK_SLOT = 4
    MAX_SOURCES = 13            # eight fields, index, two more sources, mask, old destination
    NOBODY = 32                 # register slot that is always ready
    LONE = 255                  # Timing.group of a register inside a larger group
    STREAMS = 8
    QUEUED_BEATS = 8            # of a chained operand, on its way in queues
    MIXED = 254                 # Timing.layout: registers of several element widths
    NO_LAYOUT = 255             # Record.layout: operands of several element widths, or of none
    FORWARDS = 64               # doublewords that stores have written last

# Numbering of causes.py.
cdef enum Cause:
    ISSUE = 0
    EXECUTE = 1
    FRONTEND = 2
    BRANCH = 3
    OPERAND = 4
    UNIT = 5
    QUEUE = 6
    ORDER = 7
    L1 = 8
    L2 = 9
    DRAM = 10
    BANDWIDTH = 11
    CSR = 12

# Numbering of units.Path.
cdef enum Path:
    PATH_PLAIN = 0
    PATH_LOAD = 1
    PATH_STORE = 2
    PATH_AMO = 3
    PATH_BRANCH = 4
    PATH_JUMP = 5
    PATH_CSR = 6
    PATH_FENCE = 7
    PATH_CONFIG = 8
    PATH_VECTOR = 9
    PATH_VLOAD = 10
    PATH_VSTORE = 11

cdef enum Basis:
    BASIS_VL = 0
    BASIS_VLMAX = 1
    BASIS_REGISTER = 2

cdef enum Hold:
    HOLD_NO = 0
    HOLD_SOURCE = 1
    HOLD_READERS = 2
    HOLD_ALL = 3

cdef enum Invalidate:
    INVALIDATE_NO = 0
    INVALIDATE_LINE = 1
    INVALIDATE_SET = 2

# schema.Law in stamps; index: log2(SEW / 8).
cdef struct Law:
    int64_t add[4]
    int64_t beat[4]
    int64_t beat_exact[4]
    int64_t element[4]
    int64_t knee[4]             # elements
    int64_t element_late[4]
    int64_t field[4]
    int64_t reg[4]
    int64_t square[4]
    int64_t triangle[4]
    int64_t group[4]
    int64_t slice[4]
    int64_t slice_field[4]
    int64_t slice_stage[4]
    int64_t log2_lmul[4]
    int64_t floor[4]
    int64_t fold[8]

# schema.VectorClass with names resolved.
cdef struct Price:
    Law occupancy
    Law settle
    Law dead
    Law drain
    int64_t late
    Law full_mask
    Law same_address
    int64_t latency[4]
    int64_t complete
    int64_t misaligned          # factor in 1/TICKS
    int64_t misaligned_add
    int64_t masked_add
    int64_t masked_latency
    int64_t return_latency
    int64_t three_operand[4]    # factor in 1/TICKS
    int64_t three_bubble
    int64_t chained_rest        # in 1/TICKS
    uint8_t pipe[8]
    uint8_t npipes
    uint8_t all_pipes
    uint8_t has_settle
    uint8_t has_full_mask
    uint8_t has_same_address
    uint8_t chain_in
    uint8_t tail
    uint8_t element0
    uint8_t chain_out
    uint8_t wide
    uint8_t mask_bits
    uint8_t basis
    uint8_t also                # queue number, 255 = none
    uint8_t hold
    uint8_t blocks
    uint8_t scalar_result_waits
    uint8_t reads_destination
    uint8_t in_lane
    uint8_t slides              # `slide_*` say what an amount costs, factors on beats in 1/TICKS
    uint8_t slide_up
    int64_t slide_aligned, slide_power, slide_word, slide_bit

# A row of the instruction table, as far as time depends on it.
cdef struct Desc:
    uint8_t path
    uint8_t price               # class number: scalar or vector
    uint8_t nf
    uint8_t nsrc, ndst          # vector operands
    uint8_t src_slot[4]         # 0 rd, 1 rs1, 2 rs2, 3 rs3 of Op; 4 = v0
    uint8_t src_group[4]        # code of rows.GROUPS
    uint8_t src_nf[4]
    uint8_t dst_slot
    uint8_t dst_group
    uint8_t dst_nf
    uint8_t reads_dst
    uint8_t reads               # scalar operands read, at most 3
    uint8_t read_slot[3]
    uint8_t read_file[3]        # added to the register number: 0 integer, 64 FP
    uint8_t writes              # 1: rd is integer, 2: rd is FP
    uint8_t masked              # v0 is an operand even when vm = 1 (vmerge, vadc)
    int32_t flop

cdef struct Timing

ctypedef void (*Step)(Timing *, Record *, Op *, Event *, Op *) noexcept nogil

# What the model knows about one instruction in memory: fixed things, cached prices, counters. Op.stat points here.
cdef struct Record:
    # scalar, hot
    int64_t count
    void *run                   # the engine's threaded handler: executes and times it; the engine's own business
    Step step                   # the code that times it; NULL: a result after a latency, nothing else
    int64_t extra               # charged beyond one issue slot each time (scalar) or in all (vector); stamps
    int32_t latency             # scalar: result; stamps with the cause of a consumer's wait
    int32_t interval            # scalar: until its port is free again
    int32_t late                # scalar: how long after issue a branch needs its operands, a store its data
    uint8_t s1, s2, s3, rd      # slots of Timing.ready
    uint8_t starts              # fetch may enter a line with it
    uint8_t port
    uint8_t path
    uint8_t is_return, is_call
    uint8_t folds               # out of order: may share an entry of the window
    uint8_t crosses             # out of order: takes an integer operand over to the vector unit
    uint8_t masked              # executes under v0
    uint8_t apart               # its answers vary: laps end before it
    uint16_t insn
    int32_t varied              # times that a lap has met an answer of it that was not known
    int32_t laps                # a branch: times it may be taken before replay.pxd looks at its loop
    void *loop                  # what laps.pyx knows about laps that begin here, or NULL
    int64_t marked              # the last recording it was seen in
    void *target                # jump: Op it went to last
    # vector, hot: cached by reprice()
    uint32_t vl, vtype          # key of the cached price
    int64_t occ                 # pipe occupancy
    int64_t lat                 # first result
    int64_t done                # until complete
    int64_t gap                 # dead time of the pipe
    int64_t bubble              # what it adds behind an unfinished producer
    int64_t masking             # how long after its end a masked instruction keeps the mask queue
    int64_t execute             # charged as `execute`
    int64_t laid                # Timing.layout_changes when its registers were last found right
    int64_t grouped             # Timing.regroups when its groups were last found right
    int64_t since               # count when the price was found
    uint8_t pipe                # the pipe, when there is one to choose
    uint8_t beside              # the second of two pipes that work together, otherwise the same
    uint8_t streams             # it streams through the register banks
    uint8_t nsrc, ndst
    uint8_t dst_log
    uint8_t lines               # memory goes line by line (unit stride)
    uint8_t src[MAX_SOURCES]    # unused ones of the first three name NOBODY
    uint8_t src_log[MAX_SOURCES]
    uint8_t dst[8]
    uint8_t also                # second queue, 255 = none
    uint8_t keyed               # Event.stride is part of the key of the cached price
    uint8_t layout              # 1 + log2(EEW / 8) when all its registers have that, or NO_LAYOUT
    uint8_t dst_layout          # 0: no layout
    uint8_t dst_whole           # the destination is written entirely
    uint8_t src_layout[MAX_SOURCES]  # 0: any
    # vector, less hot
    int64_t stride
    int64_t occ_misaligned
    int64_t after               # part of occ that follows the last operand
    int64_t span                # bytes between first and last, unmasked
    int64_t moved               # bytes its cost follows
    int64_t drain               # how long the bytes of this store take to leave
    Price *price
    int64_t elements            # up to `since`
    int64_t bytes
    int64_t cause[NCAUSES]
    # identity
    uint64_t pc
    Desc *desc
    Record *older               # chain of all records
    Record *spare               # chain of detached records of one bucket
    void *detail                # probe.pyx: what a profile knows about it besides; owned by the probe

# One cache level. `where` says by line number in which way of its set a line is, in reserved memory of which only what is used
# takes room; `tags` tell by set and way which line is there; `used` has the ways used since all of them were.
cdef struct Level:
    uint8_t *where              # caches.pxd: WAY, AHEAD
    uint32_t *tags              # (line number above the set bits + 1) << 1 | dirty; 0 = empty
    uint32_t *used              # by set: a bit for each way
    int64_t *arrive             # stamp of each line's data, by way and set; the first level only
    uint64_t map_mask, set_mask
    uint32_t full               # `used` when every way is
    uint32_t set_bits
    uint32_t ways, shift
    uint32_t misses, miss_at
    int64_t latency
    int64_t per_line            # stamps to move one line of the level above out of here
    int64_t free                # refill port
    int64_t back, per_line_back # the path of write-backs into this level, where they have one
    int64_t latest              # the latest of `arrive` so far
    int64_t miss[MAX_QUEUE]     # ring of outstanding misses

# Where the scalar core stands; Timing begins with the same two fields, and a run loop keeps a copy in registers.
cdef struct Clock:
    int64_t front
    int64_t frontier

# The bytes that a store has written last in a line of 64, and when their data are known.
cdef struct Wrote:
    uint64_t low, high          # addresses: the first, and behind the last
    int64_t ready

# A doubleword that a store has written, and when its data are known.
cdef struct Forward:
    uint64_t word
    int64_t ready

# The stages of the last vector instruction, for observers; written only while Timing.watch is set.
cdef struct Stages:
    int64_t accepted, sequenced, start, end     # stamps
    int64_t first, last, done                   # results, completion: times, tags of no meaning
    int64_t occ                 # of its pipe, and what that and the latency are charged to
    int32_t work, latency
    int32_t pipe

cdef struct Timing:
    # scalar, hot; front and frontier first (struct Clock)
    int64_t front               # stamp: next issue slot
    int64_t frontier            # completion frontier, no tag
    int64_t slot                # duration of an issue slot
    uint64_t fetch_line
    int32_t fetch_shift
    int32_t watch               # an observer wants Stages
    int32_t plain               # no commit order, no queues, no sequencer: the short code is enough
    uint32_t window
    uint32_t window_at
    int32_t commits             # commit order is tracked (window, or dispatch at commit)
    int64_t commit              # stamp: commit of the instruction before
    int64_t commit_before       # of the one that must be gone before a vector instruction is at a commit port
    int32_t commit_ports
    int64_t commit_step
    int64_t load_after          # stamp: scalar loads wait for it
    int64_t store_after
    int64_t store_drained       # stamp: scalar stores have left the core
    int64_t store_drain
    int64_t mispredict
    int64_t taken
    uint32_t history, history_mask, table_mask
    uint8_t *table
    int64_t ready[NREADY]
    int64_t port[64]            # scalar ports
    int64_t ring[MAX_WINDOW]
    # vector
    int64_t arrive              # stamp: the dispatcher takes the next one
    int64_t accepted            # stamp: when the last one was accepted
    int64_t interval, delay, issue_delay, vector_slot, sequencer_delay
    int64_t sequencer           # stamp: the sequencer takes the next one
    int64_t last_start
    int64_t bubble, conflict
    int64_t conflict_chained    # per duration, in 1/TICKS
    uint8_t mask_queue          # 255 = none
    int64_t accept, load_to_store, store_to_load
    int64_t memory_end          # stamp: shared port
    int64_t drained             # stamp: the bytes of stores have left; loads wait for it
    int64_t load_done, store_done   # stamps: vector loads, stores
    int64_t config_result, config_dispatch
    int64_t first[33]           # by register group: a chained consumer may start
    int64_t last[33]            # complete result
    int64_t written[33]         # its writer is done
    int64_t busy[33]            # nothing in flight uses the register
    int64_t reader_first[33]    # stamps: first and last result of its last reader, where writers follow it
    int64_t reader_last[33]
    int32_t follows
    int64_t regroups            # times a group changed its size
    uint8_t group[36]           # log2 of the group whose stamps stand at this base, LONE inside one
    uint8_t layouts[36]         # by register when `layout` is MIXED: 1 + log2(EEW / 8) it was written with, 0: not written
    int64_t layout_changes      # times one of them changed
    int32_t layout              # the layout of all written registers, 0: none is written, MIXED
    int64_t reshuffle           # occupancy of the slide unit by one register, 0: registers have no layout
    Price *reshuffler           # the class of slides
    int64_t pipe[MAX_PIPES]     # stamp: pipe is free
    int64_t pipe_busy[MAX_PIPES]
    int64_t stream_end          # the latest stream through the register banks, and its pipe
    int64_t other_end           # the latest one of another pipe
    int32_t stream_pipe
    uint8_t streams[MAX_PIPES]
    uint8_t root[32]  # cause of a stamp -> cause of waiting for the result it gave
    int64_t queue[MAX_PIPES][MAX_QUEUE]
    uint32_t queue_depth[MAX_PIPES]
    uint32_t queue_at[MAX_PIPES]
    int64_t flight[MAX_QUEUE]
    uint32_t flights, flight_at
    int64_t waiting[MAX_QUEUE]  # dispatch queue: starts
    uint32_t waits, waiting_at
    int32_t at_commit, in_order_start, chaining, old_destination, config_drains, csr_drains, drops_empty
    Step empty_step             # the code that times an instruction without elements, where that differs; otherwise NULL
    int32_t track               # registers in use are tracked: something waits for them in the sequencer
    int32_t hold_loads, shared_port, invalidate, memory_level
    int32_t scalar_load_after_stores, scalar_store_after_vector, vector_after_scalar_stores
    int32_t memory_switched     # the port has just changed direction
    int32_t memory_tag
    uint32_t align
    int32_t memory_last         # 0 nothing yet, 1 load, 2 store
    uint32_t vtype
    uint32_t datapath_bits, memory_bytes, vlen
    int32_t basis
    int64_t misaligned          # factor in 1/TICKS
    # out of order (window.pxd)
    int32_t out_of_order
    uint32_t entry              # of the window, where the instruction at hand sits
    uint32_t fold, folded       # instructions that may share an entry, and those that do
    int64_t taken_interval      # between two taken branches
    int64_t taken_at            # when fetch went on after the last one
    uint64_t store_bytes        # a store across a boundary of so many takes its port twice
    int64_t config_ready        # stamp: vl is known
    int64_t path                # clock of work of the path that vector loads and stores share
    int64_t path_load, path_store   # a beat of it
    int64_t start_interval, memory_started  # of vector accesses in program order
    int64_t misaligned_beats    # in 1/TICKS
    int64_t reorder             # how far before a waiting instruction others may use its pipe
    int64_t crossing, cross_step    # the path from integer registers to the vector unit
    Forward forward[FORWARDS]
    Wrote wrote[FORWARDS]
    # memory hierarchy; level 0 is the L1 data cache
    Level level[4]              # MAX_LEVELS, and one that is never used
    Level fetch                 # L1 instruction cache
    int32_t levels
    int64_t dram_latency, dram_per_byte, dram_free
    int64_t beyond_l1           # bytes
    int64_t dram_bytes
    int32_t prefetch
    int32_t together            # lines that the first level does not have may be fetched side by side
    uint64_t stream[STREAMS]    # first line of each stream that is not asked for yet
    uint32_t touched[STREAMS]   # lines of it that were used
    int32_t stream_at
    int32_t write_through
    int32_t claims              # a vector store that covers a line does not fetch it
    # bookkeeping
    uint64_t stack[64]          # return addresses (Ops)
    int32_t stack_size, stack_at
    int64_t instructions
    int64_t vectors
    void *first_run             # `run` of a record that is new
    int32_t replays             # loops may be replayed
    int64_t replayed            # instructions that were
    void *laps                  # laps.pxd: what was recorded, NULL: nothing yet
    int64_t detaches            # times that a record lost its Op
    void *tape                  # memory accesses are recorded, or answered from what was; NULL: neither
    Record *records             # newest first
    Record *detached[1024]      # records without an Op, by pc: code that changes back and forth needs no new ones
    Record *current             # last instruction that moved the frontier
    Desc *desc
    Price *prices
    int32_t *scalar_latency
    int32_t *scalar_interval
    int32_t *scalar_late
    uint8_t *scalar_port
    int32_t ndesc
    Stages stages
    int64_t nrecords
    int32_t failed              # no room for more records: one is shared from here on, and the run must end
    Record spare


cdef inline int64_t later(int64_t a, int64_t b) noexcept nogil:
    return a if a > b else b


cdef inline int64_t tagged(int64_t stamp, int64_t cause) noexcept nogil:
    """The same time, for this cause."""
    return (stamp & ~<int64_t>TAG_MASK) | cause


cdef inline int64_t untagged(int64_t stamp) noexcept nogil:
    return stamp & ~<int64_t>TAG_MASK


cdef inline void charge(Timing *T, Record *R, int64_t end, int64_t cause) noexcept nogil:
    """The frontier moves to `end`; what that adds has this cause."""
    cdef int64_t gap = end - T.frontier
    if gap > 0:
        R.extra += gap
        R.cause[cause & TAG_MASK] += gap
        T.frontier = end
        T.current = R


cdef inline void watched(Timing *T, int64_t a, int64_t s, int64_t x, int64_t e, int64_t first, int64_t last, int64_t done,
                         int32_t pipe) noexcept nogil:
    """Leaves the stages of a vector instruction for an observer."""
    cdef Stages *seen = &T.stages
    seen.accepted, seen.sequenced, seen.start, seen.end = a, s, x, e
    seen.first, seen.last, seen.done, seen.pipe = first, last, done, pipe


cdef inline void watched_work(Timing *T, int64_t occ, int32_t work, int32_t latency) noexcept nogil:
    """The same of one that has a unit."""
    T.stages.occ, T.stages.work, T.stages.latency = occ, work, latency
