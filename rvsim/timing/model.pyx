"""The timing model: a time-stamped scoreboard of one hart, with a cause for every cycle.

`timing_step` (model.pxd) is the entry from the run loop; scalar.pyx and vector.pyx hold what it calls. This file has the first
encounter with an instruction and `TimingModel`, the Python object that owns the state. It knows Op and Event of
the core and nothing else of it. How the model works: docs/explanation/timing.md.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from rvsim.core.op cimport KIND_UNDECODED, Op
from rvsim.timing.laps cimport free_book
from rvsim.timing.fetches cimport lanes_pay
from rvsim.timing.levels cimport empty_level, fill_level, free_level, settle_level
from rvsim.timing.pricing cimport occupy
from rvsim.timing.reorder cimport attach_reordered
from rvsim.timing.scalar cimport attach_scalar
from rvsim.timing.state cimport *
from rvsim.timing.vector cimport attach_vector
from rvsim.timing.vreorder cimport attach_vector_reordered

from ..errors import SimulationError
from . import prices, report


cdef enum:
    MOST_RECORDS = 1 << 21      # places and instructions told apart; real programs have some ten thousand

# What an instruction that waits for a result is waiting for: memory keeps its name, everything else is `operand`.
ROOTS = [code if L1 <= code <= BANDWIDTH else OPERAND for code in range(TAG_MASK + 1)]


# ---- first encounter -------------------------------------------------------------------------------------------------

cdef void attach_scalars(Timing *T, Record *R, Op *op) noexcept nogil:
    """Slots of Timing.ready that the instruction reads and writes; slot 0 (x0) is always ready, 32 is never read."""
    cdef uint8_t *slots = [op.rd, op.rs1, op.rs2, op.rs3]
    cdef uint8_t *out = [0, 0, 0]
    cdef Desc *d = R.desc
    cdef int32_t i
    for i in range(d.reads):
        out[i] = <uint8_t>((slots[d.read_slot[i]] & 31) + d.read_file[i])
    R.s1, R.s2, R.s3 = out[0], out[1], out[2]
    R.rd = 32
    if d.writes == 1:
        R.rd = op.rd if op.rd else 32
    elif d.writes == 2:
        R.rd = <uint8_t>((op.rd & 31) + 64)


cdef void timing_detach(Timing *T, Record *R) noexcept nogil:
    """The Op of this record is gone: its code changed. Its counts stay; the next such instruction there goes on with it."""
    cdef Record **bucket = &T.detached[(R.pc >> 1) & 1023]
    R.spare = bucket[0]
    bucket[0] = R
    T.detaches += 1


cdef Record *reattach(Timing *T, Op *op) noexcept nogil:
    """A detached record of the same instruction at the same place, or NULL."""
    cdef Record **at = &T.detached[(op.pc >> 1) & 1023]
    cdef Record *R
    while at[0] != NULL:
        R = at[0]
        if R.pc == op.pc and R.insn == op.insn:
            at[0] = R.spare
            return R
        at = &R.spare
    return NULL


cdef Record *timing_attach(Timing *T, Op *op) noexcept nogil:
    """A record for an instruction that is seen for the first time at this place (or again, after its code changed)."""
    cdef Record *R = reattach(T, op)
    cdef Desc *d = &T.desc[op.insn if op.insn < T.ndesc else 0]
    cdef bint known = R != NULL
    if not known and T.nrecords < MOST_RECORDS:
        R = <Record *>calloc(1, sizeof(Record))
    if R == NULL:
        T.failed = 1
        R = &T.spare
        memset(R, 0, sizeof(Record))
    elif not known:
        R.older = T.records
        T.records = R
        T.nrecords += 1
    R.pc = op.pc
    R.insn = op.insn
    R.desc = d
    R.path = d.path
    R.vtype = 0xffffffff
    R.masked = not op.vm
    R.run = T.first_run
    attach_scalars(T, R, op)
    if T.out_of_order:
        if d.path >= PATH_CONFIG:
            attach_vector_reordered(T, R)
        else:
            attach_reordered(T, R, op)
    elif d.path >= PATH_CONFIG:
        attach_vector(T, R)
    else:
        attach_scalar(T, R, op)
    if R != &T.spare:
        if op.kind == KIND_UNDECODED:   # a store that has overwritten itself: the slot is another instruction's from now on
            timing_detach(T, R)
        else:
            op.stat = R
    return R


cdef int64_t timing_now(Timing *T) noexcept nogil:
    """The cycle the scalar core is in: what rdcycle reads."""
    return (T.front >> TAG_BITS) // TICKS


# ---- the Python object -----------------------------------------------------------------------------------------------

cdef void fill_law(Law *law, dict values):
    cdef int i
    for i in range(4):
        law.add[i] = values["add"][i]
        law.beat[i] = values["beat"][i]
        law.beat_exact[i] = values["beat_exact"][i]
        law.element[i] = values["element"][i]
        law.knee[i] = values["knee"][i] // TICKS
        law.element_late[i] = values["element_late"][i]
        law.field[i] = values["field"][i]
        law.reg[i] = values["reg"][i]
        law.square[i] = values["square"][i]
        law.triangle[i] = values["triangle"][i]
        law.group[i] = values["group"][i]
        law.slice[i] = values["slice"][i]
        law.slice_field[i] = values["slice_field"][i]
        law.slice_stage[i] = values["slice_stage"][i]
        law.log2_lmul[i] = values["log2_lmul"][i]
        law.floor[i] = values["floor"][i]
    for i in range(8):
        law.fold[i] = values["fold"][i]


cdef void fill_price(Price *p, dict values):
    cdef int i
    fill_law(&p.occupancy, values["occupancy"])
    fill_law(&p.settle, values["settle"])
    fill_law(&p.dead, values["dead"])
    fill_law(&p.drain, values["drain"])
    p.late = values["operands_late"]
    fill_law(&p.full_mask, values["full_mask"])
    fill_law(&p.same_address, values["same_address"])
    for i in range(4):
        p.latency[i] = values["latency"][i]
        p.three_operand[i] = values["three_operand"][i]
    p.complete = values["complete"]
    p.misaligned = values["misaligned"]
    p.misaligned_add = values["misaligned_add"]
    p.masked_add = values["masked_add"]
    p.masked_latency = values["masked_latency"]
    p.return_latency = values["return_latency"]
    p.npipes = len(values["pipe"])
    for i in range(p.npipes):
        p.pipe[i] = values["pipe"][i]
    p.all_pipes = values["all_pipes"]
    p.has_settle = values["has_settle"]
    p.has_same_address = values["has_same_address"]
    p.has_full_mask = values["has_full_mask"]
    p.chain_in = values["chain_in"]
    p.tail = values["tail"]
    p.element0 = values["element0"]
    p.chain_out = values["chain_out"]
    p.wide = values["wide"]
    p.mask_bits = values["mask_bits"]
    p.basis = values["basis"]
    p.also = values["also"]
    p.hold = values["hold"]
    p.blocks = values["blocks"]
    p.scalar_result_waits = values["scalar_result_waits"]
    p.reads_destination = values["reads_destination"]
    p.in_lane = values["in_lane"]
    p.three_bubble = values["three_bubble"]
    p.chained_rest = values["chained_rest"]
    slide = values["slide"]
    p.slide_aligned, p.slide_power, p.slide_word, p.slide_bit = slide["aligned"], slide["power"], slide["word"], slide["bit"]
    p.slides = p.slide_aligned > 0
    p.slide_up = slide["up"]


cdef void fill_desc(Desc *d, dict row):
    cdef int i = 0
    d.path = row["path"]
    d.price = row["price"]
    d.nf = row["nf"]
    d.flop = row["flop"]
    for slot, code, nf in row["sources"]:
        d.src_slot[i], d.src_group[i], d.src_nf[i] = slot, code, nf
        i += 1
    d.nsrc = i
    d.ndst = row["destination"] is not None
    if d.ndst:
        d.dst_slot, d.dst_group, d.dst_nf = row["destination"]
    d.reads_dst = row["reads_destination"]
    d.masked = row["masked"]
    d.reads = len(row["reads"])
    for i in range(d.reads):
        d.read_slot[i], d.read_file[i] = row["reads"][i]
    d.writes = row["writes"]


cdef void *allocate(size_t count, size_t size) except NULL:
    cdef void *block = calloc(count if count else 1, size)
    if block == NULL:
        raise MemoryError("the timing model's tables")
    return block


cdef int set_level(Level *level, cache, int above, bint stamped) except -1:
    """A level as the machine file has it; `above` is the line size of the level it serves."""
    fill_level(level, cache.size, cache.ways, cache.line, stamped)
    level.latency = prices.stamps(cache.latency)
    level.per_line = prices.stamps(above / cache.bytes_per_cycle) if cache.bytes_per_cycle else 0
    level.per_line_back = prices.stamps(above / cache.write_bytes_per_cycle) if cache.write_bytes_per_cycle else 0
    level.misses = cache.misses
    return 0


cdef inline int64_t elements_of(Record *R) noexcept nogil:
    """Elements that a vector instruction has worked on."""
    return R.elements + (R.count - R.since) * <int64_t>R.vl


cdef int64_t charges_of(Timing *T, Record *R, int64_t *causes) noexcept nogil:
    """Ticks charged to an instruction, in all and by cause."""
    cdef int64_t ticks = (R.extra + (R.count * T.slot if R.path < PATH_CONFIG else 0)) >> TAG_BITS
    cdef int k
    causes[<int>ISSUE] = ticks
    for k in range(NCAUSES):
        if k != ISSUE:
            causes[k] = (R.cause[k] >> TAG_BITS) + (R.execute >> TAG_BITS if k == EXECUTE else 0)
            causes[<int>ISSUE] -= causes[k]
    return ticks


cdef class TimingModel:
    """The clock of one hart on one machine.

    `insns` describes the instruction table (`rvsim.timing.describe_all`), indexed by `Op.insn`. Run loops call
    `timing_step(model.t, ...)`; everything below reads the result. An Op that holds a record of a model (`Op.stat`) must
    not outlive it: clear `stat` before another model sees the Op.
    """

    def __cinit__(self, config, list insns):
        cdef Timing *T = <Timing *>allocate(1, sizeof(Timing))
        self.t = T
        self.config = config
        self.insns = insns
        self._flat, rows = prices.tables(config, insns)
        self._tables(rows)
        self._scalar_fields(config.scalar)
        self._vector_fields(config.vector)
        self._hierarchy(config)
        T.replays = True
        self._clear_state()

    def __dealloc__(self):
        cdef Timing *T = self.t
        cdef Record *R
        cdef int k
        if T == NULL:
            return
        free_book(T)
        while T.records != NULL:
            R = T.records
            T.records = R.older
            free(R)
        for k in range(MAX_LEVELS):
            free_level(&T.level[k])
        free_level(&T.fetch)
        free(T.table)
        free(T.desc)
        free(T.prices)
        free(T.scalar_latency)
        free(T.scalar_interval)
        free(T.scalar_late)
        free(T.scalar_port)
        free(T)

    def _tables(self, list rows):
        cdef Timing *T = self.t
        cdef int i
        flat = self._flat
        T.ndesc = len(rows)
        T.desc = <Desc *>allocate(len(rows), sizeof(Desc))
        for i in range(T.ndesc):
            fill_desc(&T.desc[i], rows[i])
        T.prices = <Price *>allocate(len(flat.vector), sizeof(Price))
        for i in range(len(flat.vector)):
            fill_price(&T.prices[i], flat.vector[i])
        T.scalar_latency = <int32_t *>allocate(len(flat.scalar), sizeof(int32_t))
        T.scalar_interval = <int32_t *>allocate(len(flat.scalar), sizeof(int32_t))
        T.scalar_late = <int32_t *>allocate(len(flat.scalar), sizeof(int32_t))
        T.scalar_port = <uint8_t *>allocate(len(flat.scalar), 1)
        for i in range(len(flat.scalar)):
            T.scalar_latency[i] = flat.scalar[i]["latency"]
            T.scalar_late[i] = flat.scalar[i]["late"]
            T.scalar_interval[i] = flat.scalar[i]["interval"]
            T.scalar_port[i] = flat.scalar[i]["port"]
        for i in range(len(flat.pipes)):
            T.queue_depth[i] = flat.depths[i]
            T.streams[i] = flat.streams[i]

    def _scalar_fields(self, scalar):
        cdef Timing *T = self.t
        T.slot = prices.stamps(1.0 / scalar.issue_width)
        T.window = scalar.window
        T.commit_step = prices.stamps(1.0 / scalar.commit_width)
        T.mispredict = prices.stamps(scalar.mispredict)
        T.taken = prices.stamps(scalar.taken_branch)
        T.history_mask = (1 << scalar.history_bits) - 1
        T.table_mask = (1 << scalar.table_bits) - 1
        T.table = <uint8_t *>allocate(1 << scalar.table_bits, 1)
        T.stack_size = scalar.return_stack
        T.out_of_order = scalar.out_of_order
        T.fold = scalar.window_fold
        T.taken_interval = prices.stamps(scalar.taken_interval)
        T.store_bytes = scalar.store_bytes

    def _vector_fields(self, vector):
        cdef Timing *T = self.t
        memory = vector.memory
        T.at_commit = vector.dispatch == "commit"
        T.commits = T.at_commit or T.window > 0
        T.interval = prices.stamps(vector.dispatch_interval)
        T.delay = prices.stamps(vector.dispatch_delay)
        T.issue_delay = prices.stamps(vector.issue_delay)
        T.vector_slot = prices.stamps(vector.issue_slots / self.config.scalar.issue_width)
        T.commit_ports = self.config.scalar.commit_width
        T.sequencer_delay = prices.stamps(vector.sequencer_delay)
        T.bubble = prices.stamps(vector.chain_bubble)
        T.follows = vector.reuse_follows
        T.conflict = prices.stamps(vector.bank_conflict)
        T.conflict_chained = round(vector.bank_conflict_chained * TICKS)
        T.mask_queue = self._flat.pipes.index(vector.mask_queue) if vector.mask_queue else prices.NO_QUEUE
        T.accept = prices.stamps(memory.accept)
        T.load_to_store = prices.stamps(memory.load_to_store)
        T.store_to_load = prices.stamps(memory.store_to_load)
        T.path_load = prices.stamps(memory.path_load)
        T.path_store = prices.stamps(memory.path_store)
        T.start_interval = prices.stamps(memory.start_interval)
        T.misaligned_beats = round(memory.misaligned_store_beats * TICKS)
        T.reorder = prices.stamps(vector.reorder)
        T.cross_step = prices.stamps(vector.scalar_operand)
        T.config_dispatch = prices.stamps(vector.config_dispatch)
        T.config_result = prices.stamps(vector.config_result)
        T.reshuffle = prices.stamps(vector.reshuffle * self.config.vlen / self.config.datapath_bits)
        T.reshuffler = &T.prices[self._flat.class_of_unit["v_slide_down", 1]]
        T.flights = vector.in_flight
        T.waits = vector.queue
        T.in_order_start = vector.in_order_start
        T.chaining = vector.chaining
        T.old_destination = vector.old_destination
        T.config_drains = vector.config_drains
        T.csr_drains = vector.csr_drains
        T.drops_empty = vector.drops_empty
        T.hold_loads = memory.hold_loads
        T.shared_port = memory.shared_port
        T.track = T.hold_loads or T.follows or T.reshuffle > 0 or any(price.hold != "no" for price in vector.classes.values())
        T.memory_level = memory.level == "memory"
        T.memory_tag = L2 if T.memory_level else L1
        T.invalidate = ("no", "line", "set").index(memory.store_invalidates) if self.config.l1d.size else 0
        T.scalar_load_after_stores = memory.scalar_load_after_stores
        T.scalar_store_after_vector = memory.scalar_store_after_vector
        T.vector_after_scalar_stores = memory.vector_after_scalar_stores
        T.store_drain = prices.stamps(memory.scalar_store_drain)
        T.vlen = self.config.vlen
        T.datapath_bits = self.config.datapath_bits
        T.memory_bytes = self.config.memory_bytes
        T.plain = not (T.commits or T.flights or T.accept or T.sequencer_delay or T.bubble or T.conflict or any(self._flat.depths))
        for code, root in enumerate(ROOTS):
            T.root[code] = root
        skewed = any(price["misaligned"] > TICKS or price["misaligned_add"] for price in self._flat.vector)
        T.align = 1 << (self.config.memory_bytes.bit_length() - 1) if skewed else 1

    def _hierarchy(self, config):
        cdef Timing *T = self.t
        caches = [config.l1d] if config.l1d.size else []
        if caches:
            caches += [cache for cache in (config.l2, config.l3) if cache.size]
        above = caches[0].line if caches else 64
        for cache in caches:
            set_level(&T.level[T.levels], cache, above, T.levels == 0)
            T.levels += 1
            above = cache.line
        T.dram_latency = prices.stamps(config.dram.latency)
        T.dram_per_byte = prices.stamps(1.0 / config.dram_bytes_per_cycle)
        T.fetch_shift = 63
        if config.l1i.size:
            set_level(&T.fetch, config.l1i, config.l1i.line, False)
            T.fetch_shift = T.fetch.shift
        T.prefetch = config.l1d.prefetch
        T.together = lanes_pay(T)
        T.write_through = config.l1d.write_through
        T.claims = config.l1d.whole_line_stores

    cdef void _clear_state(self):
        """Clock, stamps and predictors as at power-on; caches keep their lines, whose data are then there."""
        cdef Timing *T = self.t
        cdef int k
        T.front = T.frontier = T.commit = T.commit_before = T.load_after = T.store_after = T.store_drained = 0
        T.fetch_line = ~<uint64_t>0 if T.fetch_shift < 63 else 0
        T.window_at = T.flight_at = T.waiting_at = T.stack_at = T.stream_at = 0
        T.history = 0
        T.entry = T.folded = T.taken_at = T.config_ready = T.crossing = T.path = T.memory_started = 0
        memset(T.forward, 0, sizeof(T.forward))
        memset(T.wrote, 0, sizeof(T.wrote))
        memset(T.table, 1, T.table_mask + 1)
        memset(T.ready, 0, sizeof(T.ready))
        memset(T.port, 0, sizeof(T.port))
        memset(T.ring, 0, sizeof(T.ring))
        T.arrive = T.sequencer = T.last_start = T.memory_end = T.drained = T.load_done = T.store_done = 0
        memset(T.first, 0, sizeof(T.first))
        memset(T.last, 0, sizeof(T.last))
        memset(T.written, 0, sizeof(T.written))
        memset(T.busy, 0, sizeof(T.busy))
        memset(T.reader_first, 0, sizeof(T.reader_first))
        memset(T.reader_last, 0, sizeof(T.reader_last))
        memset(T.group, 0, sizeof(T.group))
        memset(T.layouts, 0, sizeof(T.layouts))
        T.layout = 0
        T.layout_changes += 1      # what records found no longer holds
        memset(T.pipe, 0, sizeof(T.pipe))
        memset(T.pipe_busy, 0, sizeof(T.pipe_busy))
        memset(T.queue, 0, sizeof(T.queue))
        memset(T.queue_at, 0, sizeof(T.queue_at))
        memset(T.flight, 0, sizeof(T.flight))
        memset(T.waiting, 0, sizeof(T.waiting))
        memset(T.stream, 0, sizeof(T.stream))
        memset(T.touched, 0, sizeof(T.touched))
        memset(T.stack, 0, sizeof(T.stack))
        T.stream_end = T.other_end = T.memory_last = T.vtype = T.dram_free = T.beyond_l1 = T.dram_bytes = 0
        T.stream_pipe = -1
        T.regroups = 1
        T.replayed = 0
        T.current = NULL
        if T.levels:
            memset(T.level[0].arrive, 0, (T.level[0].set_mask + 1) * T.level[0].ways * sizeof(int64_t))
        for k in range(T.levels):
            settle_level(&T.level[k])
        if T.fetch.where != NULL:
            settle_level(&T.fetch)

    cdef void _clear_caches(self):
        cdef Timing *T = self.t
        cdef int k
        for k in range(T.levels):
            empty_level(&T.level[k])
        if T.fetch.where != NULL:
            empty_level(&T.fetch)

    def reset(self, *, bint warm=False):
        """Clock, statistics and predictors start again; caches are emptied unless `warm`."""
        cdef Record *R = self.t.records
        self._clear_state()
        if not warm:
            self._clear_caches()
        while R != NULL:
            R.count = R.extra = R.elements = R.execute = R.bytes = R.since = 0
            memset(R.cause, 0, sizeof(R.cause))
            R.target = NULL
            R = R.older

    def check(self):
        """Raise SimulationError when there was no room to account for every instruction of the program by itself."""
        if self.t.failed:
            self.t.failed = 0
            raise SimulationError(
                f"more different instructions than can be accounted for one by one ({self.t.nrecords} were met); run it with --functional")

    def drain(self):
        """Waits for everything in flight, charges the wait to the last instruction, and returns the cycle count."""
        cdef Timing *T = self.t
        cdef int64_t end = later(T.front, T.dram_free)
        cdef int k
        for k in range(NREADY):
            if k != 32:
                end = later(end, T.ready[k])
        for k in range(T.levels):
            end = later(end, T.level[k].free)
        if T.current == NULL:
            T.current = T.records
        while T.current != NULL and T.current.count == 0:       # of another run
            T.current = T.current.older
        if T.current != NULL:
            charge(T, T.current, untagged(end), end)
        T.front = later(T.front, T.frontier)
        return self.cycles

    @property
    def cycles(self):
        """Cycles so far, whole; after `drain` the length of the run."""
        return ((self.t.frontier >> TAG_BITS) + TICKS - 1) // TICKS

    @property
    def replays(self):
        """Whether loops whose timing repeats may be replayed (timing/replay.pxd); figures are the same either way."""
        return self.t.replays != 0

    @replays.setter
    def replays(self, bint value):
        self.t.replays = value

    @property
    def replayed(self):
        """Instructions in whole iterations that were replayed."""
        return self.t.replayed

    def now(self):
        """The cycle the scalar core is in."""
        return timing_now(self.t)

    def play(self, program, int repeat=1):
        """Times a sequence of (mnemonic, registers, event) without a core: see `rvsim.timing.player.play`."""
        from .player import play

        play(self, program, repeat)

    def records(self):
        """One tuple for each record: (pc, insn, count, ticks charged, ticks by cause, elements, bytes)."""
        cdef Record *R = self.t.records
        cdef int64_t[NCAUSES] causes
        cdef int64_t ticks
        cdef int k
        found = []
        while R != NULL:
            if R.count:
                ticks = charges_of(self.t, R, causes)
                found.append((R.pc, R.insn, R.count, ticks, [causes[k] for k in range(NCAUSES)], elements_of(R), R.bytes))
            R = R.older
        return found

    def by_pc(self):
        """`report.Row` for each (pc, instruction), in order of pc; their ticks sum to those of the run."""
        return report.by_pc(self.records())

    @property
    def stalls(self):
        """Cause -> whole cycles; sums to `cycles`."""
        cdef Record *R = self.t.records
        cdef int64_t[NCAUSES] causes
        cdef int64_t[NCAUSES] total
        cdef int k
        memset(total, 0, sizeof(total))
        while R != NULL:
            if R.count:
                charges_of(self.t, R, causes)
                for k in range(NCAUSES):
                    total[k] += causes[k]
            R = R.older
        return report.stalls([total[k] for k in range(NCAUSES)], self.cycles)

    @property
    def unit_busy(self):
        """Pipe of the vector unit -> cycles of work it did (classes with a choice of pipes count in equal parts on each)."""
        cdef Record *R = self.t.records
        cdef int64_t[MAX_PIPES] busy
        for i in range(MAX_PIPES):
            busy[i] = self.t.pipe_busy[i]
        while R != NULL:
            if R.path >= PATH_VECTOR:
                occupy(busy, R, R.count - R.since)
            R = R.older
        return {name: (value >> TAG_BITS) / TICKS for name, value in zip(self._flat.pipes, busy)}

    @property
    def totals(self):
        """`report.Totals`: instructions, bytes and operations of the run."""
        cdef Record *R = self.t.records
        cdef int64_t instructions = 0, vectors = 0, loaded = 0, stored = 0, flop = 0
        while R != NULL:
            instructions += R.count
            if R.path >= PATH_CONFIG:
                vectors += R.count
            flop += R.desc.flop * (elements_of(R) if R.path >= PATH_CONFIG else R.count)
            if R.path == PATH_VLOAD:
                loaded += R.bytes
            elif R.path == PATH_VSTORE:
                stored += R.bytes
            R = R.older
        return report.Totals(instructions, vectors, loaded, stored, self.t.beyond_l1, self.t.dram_bytes, flop)
