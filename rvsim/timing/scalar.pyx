"""The scalar core, in order: issue, ports, branch prediction, instruction fetch, and commit order where something needs it.

One function a kind of instruction, in two instances: `plain` for machines that issue and forget, `rich` for those that track
commit order. Their bodies are in scalar.pxd, where run loops find them too; here is what is rare, and the choice
between them. Mechanisms: docs/explanation/timing.md.
"""
from libc.stdint cimport int64_t, uint32_t, uint64_t

from rvsim.core.op cimport KIND_JALR, Event, Op
from rvsim.timing.caches cimport find, install, supply, touch
from rvsim.timing.replay cimport answering, taped_data
from rvsim.timing.state cimport *

cdef void enter_line(Timing *T, Record *R, uint64_t pc) noexcept nogil:
    """The program counter enters another line of the instruction cache, because of this instruction."""
    cdef Level *cache = &T.fetch
    cdef int64_t arrive
    T.fetch_line = pc >> T.fetch_shift
    if find(cache, T.fetch_line):
        return
    arrive = supply(T, 1, pc, <int64_t>1 << cache.shift, T.front)
    install(cache, T.fetch_line, 0)
    T.front = tagged(later(T.front, arrive), FRONTEND)
    charge(T, R, untagged(T.front), FRONTEND)


cdef int64_t lost_at_jump(Timing *T, Record *R, Op *op, Op *next) noexcept nogil:
    """Cycles lost at jal or jalr: return-address stack for returns, the last target for other indirect jumps; predictors learn."""
    cdef int64_t lost = T.taken
    cdef void *guess = R.target
    if op.kind == KIND_JALR:
        if R.is_return and T.stack_size:
            guess = <void *>T.stack[T.stack_at]
            T.stack_at = (T.stack_at if T.stack_at else T.stack_size) - 1
        if guess != <void *>next:
            lost = T.mispredict
        R.target = next
    if R.is_call and T.stack_size:
        T.stack_at = T.stack_at + 1 if T.stack_at + 1 < T.stack_size else 0
        T.stack[T.stack_at] = <uint64_t>(op + op.len)
    return lost


cdef void step_jump(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    cdef Clock *c = clock_of(T)
    cdef int64_t lost
    step_compute(T, c, R, op, T.commits, False)
    if T.tape == NULL:
        lost = lost_at_jump(T, R, op, next)
    else:
        lost = taped_data(T)[0] if answering(T) else lost_at_jump(T, R, op, next)
        taped_data(T)[0] = lost
    redirect(T, c, R, next.pc if next != NULL else op.pc, lost, False)


cdef void step_amo(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """A load that makes its line dirty."""
    step_load(T, clock_of(T), R, op, ev, T.commits, False, 0)
    if T.levels and not T.write_through:        # never recorded
        touch(T, ev.addr >> T.level[0].shift, T.front, 1)


cdef void step_system(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """CSR accesses, fences, traps: wait for what must be over, and keep the core for their latency."""
    cdef int64_t t, base
    cdef uint32_t csr = <uint32_t>op.imm & 0xfff
    fetch(T, clock_of(T), R, op, False)
    t = sources(T, clock_of(T), R, T.commits)
    if T.commits:
        t = later(t, T.commit)
    if R.path == PATH_FENCE:
        t = later(t, later(T.frontier | ORDER, T.store_drained))
    elif T.csr_drains and (8 <= csr <= 15 or 0xc20 <= csr <= 0xc22):
        t = later(t, T.frontier | CSR)
    base = untagged(t)
    T.ready[R.rd] = base + R.latency
    T.port[R.port] = base + R.interval
    if T.commits:
        commit(T, base + R.latency, False)
    move_front(T, clock_of(T), R, t, base + T.slot)
    T.front += R.latency & ~TAG_MASK
    charge(T, R, T.front, CSR)


cdef void compute_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_compute(T, clock_of(T), R, op, False, False)


cdef void compute_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_compute(T, clock_of(T), R, op, True, False)


cdef void load_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_load(T, clock_of(T), R, op, ev, False, False, 0)


cdef void load_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_load(T, clock_of(T), R, op, ev, True, False, 0)


cdef void store_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_store(T, clock_of(T), R, op, ev, False, False, 0)


cdef void store_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_store(T, clock_of(T), R, op, ev, True, False, 0)


cdef void branch_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_branch(T, clock_of(T), R, op, next != op + op.len, False, False)


cdef void branch_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_branch(T, clock_of(T), R, op, next != op + op.len, True, False)


cdef void attach_scalar(Timing *T, Record *R, Op *op) noexcept nogil:
    """Costs of the instruction, and the code that times it."""
    cdef Desc *d = R.desc
    cdef bint rich = T.commits or T.write_through or T.scalar_load_after_stores or T.scalar_store_after_vector
    R.latency = T.scalar_latency[d.price] | (L1 if d.path == PATH_LOAD or d.path == PATH_AMO else OPERAND)
    R.interval = T.scalar_interval[d.price] | UNIT
    R.port = T.scalar_port[d.price]
    R.late = T.scalar_late[d.price]
    R.starts = T.fetch_shift < 63 and op.pc & ((<uint64_t>1 << T.fetch_shift) - 1) < 4
    R.is_call = op.rd == 1 or op.rd == 5
    R.is_return = op.kind == KIND_JALR and (op.rs1 == 1 or op.rs1 == 5) and not R.is_call
    if d.path == PATH_LOAD:
        R.step = load_rich if rich else load_plain
    elif d.path == PATH_STORE:
        R.step = store_rich if rich else store_plain
    elif d.path == PATH_BRANCH:
        R.step = branch_rich if rich else branch_plain
    elif d.path == PATH_AMO:
        R.step = step_amo
    elif d.path == PATH_JUMP:
        R.step = step_jump
    elif d.path != PATH_PLAIN:
        R.step = step_system
    elif rich:
        R.step = compute_rich
    elif R.s3 or R.starts or T.scalar_interval[d.price]:
        R.step = compute_plain
