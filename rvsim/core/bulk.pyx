# Loops that only sum products, as matrix multiplication and convolution are made of: many rotations at a time.
#
#     survey()   looks at a loop once: its multiply-adds, the loads that feed them, the scalar instructions that move addresses
#     foresee()  how many rotations are certain from here: the branch is taken, no load faults, addresses go on in equal steps
#     rotate()   all of them: sums by the kernels of loops_bulk, which keep them in host registers; then the last rotation
#                instruction by instruction, so that every other register it writes holds what it should
#
# Between foresee and rotate an observer may go through the loads in their order: Plan.addr and Plan.stride say where they are. A loop
# qualifies when nothing in it stores, calls or reads a CSR, so all that its rotations leave behind are sums, addresses and flags, and
# the result is bit for bit that of single steps. It must not know of time. Decision: docs/decisions/0006-loops-in-bulk.md.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc
from libc.string cimport memcpy, memset

from rvsim.core.control cimport op_at
from rvsim.core.op cimport KIND_UNDECODED, Op
from rvsim.core.scalar cimport any_uint32, any_uint64, likely, unlikely
from rvsim.core.state cimport PERM_R, State, StepFn, TailFn
from rvsim.core.vcommon cimport float_scalar, vreg

# What the instructions are to a plan; installed by rows.py from the names of their operations.
cdef enum What:
    OTHER, ADDI, ADD, SUB, SLLI, SH1ADD, SH2ADD, SH3ADD, LUI, BEQ, BNE, BLT, BGE, BLTU, BGEU, FLW, FLD, VLE, VFMACC, VFMADD, VSETVLI

NAMES = {
    "addi": ADDI, "add": ADD, "sub": SUB, "slli": SLLI, "sh1add": SH1ADD, "sh2add": SH2ADD, "sh3add": SH3ADD, "lui": LUI,
    "beq": BEQ, "bne": BNE, "blt": BLT, "bge": BGE, "bltu": BLTU, "bgeu": BGEU, "flw": FLW, "fld": FLD, "vle": VLE,
    "vfmacc_vf": VFMACC, "vfmadd_vf": VFMADD, "vsetvli": VSETVLI,
}

cdef enum:
    MOST_ROWS = 2048
    FEW = 3             # rotations that are not worth the preparation
    TRIES = 64          # times that a loop may be of no use before it is left alone
    SHOWS = 4           # times that a loop is met before it is looked at: it has run once, so all of it is decoded and linked
    FARTHEST = 1 << 20  # rotations that are looked ahead
    # what a vector register holds while a rotation is followed; else 0: as at its beginning
    STALE = 1           # a sum that went on to another register
    LATE = 2            # as at the beginning of the rotation, and read as a factor
    SUM = 64            # + number of the sum
    LOADED = 256        # + number of the load

ctypedef int (*Kernel)(int m, void **d, void **x, const void *y, int64_t steps, uint64_t n) noexcept nogil

cdef uint8_t WHAT[MOST_ROWS]
cdef Kernel KERNEL[4]
cdef TailFn plain_tail = NULL       # the tail entry of instructions that have a step function only


cdef struct Work:
    Plan plan[PLANS]
    void *vectors[STEPS + MOST_TERMS]
    uint64_t scalars[(STEPS + MOST_TERMS) * SUMS]


cdef void *new_work() noexcept:
    return calloc(1, sizeof(Work))


# ---- looking at a loop ---------------------------------------------------------------------------------

cdef inline Op *behind(State *s, Op *op) noexcept nogil:
    """The next instruction, which may lie on the next page; NULL: not decoded."""
    op += op.len
    if op.kind == KIND_UNDECODED:
        if (op.pc & 4095) >> 1 >= 2: return NULL
        op = op_at(s, op.pc)
        if op.kind == KIND_UNDECODED: return NULL
    return op


cdef bint collect(State *s, Plan *p) noexcept nogil:
    """The instructions of a rotation: on to a branch back, from there to the beginning."""
    cdef Op *op = p.first
    cdef Op *head = NULL
    cdef int what
    p.count = 0
    while True:
        if op == NULL or p.count >= MOST_OPS: return False
        p.ops[p.count] = op
        p.count += 1
        what = WHAT[op.insn]
        if what == OTHER: return False
        if BEQ <= what <= BGEU:
            head = <Op *>op.aux
            if p.carried or head == NULL or op.imm >= 0 or head.pc > p.first.pc: return False
            p.carried = 1               # for the moment: there has been a branch
            op = head
        else:
            op = behind(s, op)
        if op == p.first: break
    return p.carried != 0


cdef bint steps_only(Plan *p) noexcept nogil:
    """Whether every register that a rotation reads before it writes it is one that it only adds something invariant to."""
    cdef uint64_t written = 0, early = 0, seen = 0, adds = 0, other = 0, reads
    cdef Line *l
    cdef int i
    for i in range(p.lines):
        l = &p.line[i]
        if l.rd < 32: written |= <uint64_t>1 << l.rd
    for i in range(p.lines):
        l = &p.line[i]
        reads = 0
        if l.what != LUI: reads |= <uint64_t>1 << l.rs1
        if l.what in (ADD, SUB, SH1ADD, SH2ADD, SH3ADD) or BEQ <= l.what <= BGEU: reads |= <uint64_t>1 << l.rs2
        early |= reads & written & ~seen
        if l.rd < 32:
            if ((l.what == ADDI and l.rs1 == l.rd) or (l.what in (ADD, SUB) and l.rs1 == l.rd and not (written >> l.rs2) & 1)
                    or (l.what == ADD and l.rs2 == l.rd and not (written >> l.rs1) & 1)):
                adds |= <uint64_t>1 << l.rd
            else:
                other |= <uint64_t>1 << l.rd
            seen |= <uint64_t>1 << l.rd
    p.carried = early
    return early & other == 0


cdef bint factor(Factor *f, const int *holds, int reg) noexcept nogil:
    """A factor that a register holds: loaded in this rotation, or not (yet)."""
    f.reg = <uint8_t>reg
    f.late = 0
    f.stream = ABSENT
    if holds[reg] >= LOADED:
        f.stream = <int16_t>(holds[reg] - LOADED)
    elif holds[reg] != 0 and holds[reg] != LATE:
        return False
    return True


cdef bint resolve(Factor *f, const int *holds, uint32_t *late, int16_t *late_from) noexcept nogil:
    """A factor that was there when the rotation began is what the rotation before has loaded, or invariant."""
    if f.stream != ABSENT or holds[f.reg] == 0 or holds[f.reg] == LATE:
        return True
    if holds[f.reg] < LOADED: return False
    f.stream = <int16_t>(holds[f.reg] - LOADED)
    f.late = 1
    late[0] |= <uint32_t>1 << f.reg
    late_from[f.reg] = f.stream
    return True


# What `follow` finds: for every multiply-add its sum and its factors.
cdef struct Found:
    int terms
    int sums
    int home[32]            # register of a sum
    int sum[MOST_TERMS]
    Factor vector[MOST_TERMS]
    Factor scalar[MOST_TERMS]


cdef bint multiply_add(Plan *p, Found *found, Op *op, bint madd, int *v, int *f) noexcept nogil:
    cdef int into = op.rs2 if madd else op.rd, of = op.rd if madd else op.rs2, k = found.terms
    if op.rd == op.rs2 or k == MOST_TERMS: return False
    if v[into] == 0:
        if found.sums == 32: return False
        found.home[found.sums] = into
        v[into] = SUM + found.sums
        found.sums += 1
    if not SUM <= v[into] < LOADED: return False
    if not factor(&found.vector[k], v, of) or not factor(&found.scalar[k], f, op.rs1): return False
    if v[of] == 0: v[of] = LATE
    found.sum[k] = v[into] - SUM
    found.terms += 1
    if madd:
        v[op.rd] = v[into]
        v[into] = STALE
    return True


cdef bint follow(State *s, Plan *p, Found *found) noexcept nogil:
    """What the registers hold, instruction by instruction; also fills in lines and streams."""
    cdef int v[32]
    cdef int f[32]
    cdef int k, i, what
    cdef Op *op
    memset(v, 0, sizeof(v))
    memset(f, 0, sizeof(f))
    found.terms = found.sums = 0
    for k in range(p.count):
        op = p.ops[k]
        what = WHAT[op.insn]
        p.stream_of[k] = ABSENT
        if what >= FLW:
            if what == VSETVLI:
                if op.rd != 32 or op.rs1 != 0 or <uint64_t>op.imm != s.vtype: return False
                p.vectors_run += 1
                continue
            if not op.vm: return False
            if what >= VLE:
                p.legal &= op.legal
                p.vectors_run += 1
            if what == VFMACC or what == VFMADD:
                if not multiply_add(p, found, op, what == VFMADD, v, f): return False
                continue
            if p.streams == MOST_STREAMS: return False
            if what == VLE:
                if op.rm != 1 or op.size != 1 << p.log_bytes: return False
                v[op.rd] = LOADED + p.streams
            else:
                if (3 if what == FLD else 2) != p.log_bytes: return False
                f[op.rd] = LOADED + p.streams
            p.stream_of[k] = <int16_t>p.streams
            p.stream[p.streams] = op
            p.line[p.lines] = Line(<uint8_t>what, 33, op.rs1, 0, 0 if what == VLE else op.imm)
            p.streams += 1
        else:
            p.line[p.lines] = Line(<uint8_t>what, op.rd if what <= LUI else 33, op.rs1, op.rs2, op.imm)
        p.lines += 1
    for i in range(found.sums):
        if v[found.home[i]] != SUM + i: return False
    for k in range(found.terms):
        if not resolve(&found.vector[k], v, &p.late_v, p.late_v_from): return False
        if not resolve(&found.scalar[k], f, &p.late_f, p.late_f_from): return False
    return found.terms != 0


cdef bint alike(Found *found, int a, int b) noexcept nogil:
    """Whether two sums have the same vectors multiplied into them, in the same order."""
    cdef int i = 0, k = 0
    while True:
        while i < found.terms and found.sum[i] != a: i += 1
        while k < found.terms and found.sum[k] != b: k += 1
        if i == found.terms or k == found.terms: return i == k
        if (found.vector[i].stream != found.vector[k].stream or found.vector[i].late != found.vector[k].late
                or found.vector[i].stream == ABSENT and found.vector[i].reg != found.vector[k].reg): return False
        i += 1
        k += 1


cdef void assemble(Plan *p, Found *found) noexcept nogil:
    """Groups of sums, and their factors in the order of the kernel."""
    cdef uint32_t done = 0
    cdef int a, b, k, i, vectors = 0, scalars = 0
    cdef int members[SUMS]
    cdef Group *g
    for a in range(found.sums):
        if (done >> a) & 1: continue
        g = &p.group[p.groups]
        p.groups += 1
        g.sums = g.terms = 0
        g.first, g.scalars = vectors, scalars
        for b in range(a, found.sums):
            if g.sums < SUMS and not (done >> b) & 1 and alike(found, a, b):
                members[g.sums] = b
                g.reg[g.sums] = <uint8_t>found.home[b]
                g.sums += 1
                done |= <uint32_t>1 << b
        for k in range(found.terms):
            if found.sum[k] == a:
                p.vectors[vectors] = found.vector[k]
                vectors += 1
                g.terms += 1
        for i in range(g.sums):
            b = 0
            for k in range(found.terms):
                if found.sum[k] == members[i]:
                    p.scalars[scalars + b * g.sums + i] = found.scalar[k]
                    b += 1
        scalars += g.terms * g.sums


cdef void survey(State *s, Plan *p, Op *first) noexcept nogil:
    """Look at the loop around `first`. Plan.state tells whether it can be run in bulk under this vtype."""
    cdef Found found
    cdef int32_t turns = p.turns
    memset(p, 0, <size_t>(<char *>&p.ops[0] - <char *>p))
    p.first = first
    p.epoch = s.epoch
    p.turns = turns
    p.vtype = s.ev.vtype
    p.log_bytes = s.ev.vtype & 3
    p.legal = ~<uint64_t>0
    if s.ones or s.ev.vtype >= 32 or KERNEL[p.log_bytes] == NULL: return
    if not collect(s, p) or not follow(s, p, &found) or not steps_only(p): return
    assemble(p, &found)
    p.state = PLAN_READY


cdef Plan *plan_for(State *s, Op *first) noexcept nogil:
    """The plan of the loop around an instruction: ready, or none for now, or NULL: it is new."""
    cdef Plan *p = &(<Work *>s.work).plan[(<uint64_t>first >> 6) & (PLANS - 1)]
    if likely(p.first == first and p.epoch == s.epoch and p.vtype == s.ev.vtype): return p
    if p.first != first:
        p.first = first
        p.turns = 0
        p.state = PLAN_NONE
    p.epoch = s.epoch
    p.vtype = s.ev.vtype
    p.state = PLAN_NONE
    return p


cdef bint ready(State *s, Plan *p) noexcept nogil:
    """Whether a plan is of use in the state that the hart is in."""
    return (p.state == PLAN_READY and s.vidx == p.vtype and (p.legal >> s.vidx) & 1 and s.ev.vl != 0 and not s.fs_off
            and s.host_rm != 255)


cdef Plan *plan_at(State *s, Op *first, bint *hopeless) noexcept nogil:
    """The plan of the loop around an instruction that is met once more, if there is one that is of use now. hopeless: there will be none."""
    cdef Plan *p = plan_for(s, first)
    hopeless[0] = False
    if unlikely(p.state == PLAN_NONE):
        p.turns += 1
        if p.turns < SHOWS: return NULL
        survey(s, p, first)
        if p.state == PLAN_NONE:
            hopeless[0] = p.turns >= TRIES
            return NULL
        p.turns = 0
    return p if likely(ready(s, p)) else NULL


# ---- what is certain -----------------------------------------------------------------------------------

cdef void evaluate(Plan *p, uint64_t *x, uint64_t *addr, uint64_t *sides) noexcept nogil:
    """The scalar side of one rotation: moves x on; addr: of the loads; sides: the operands of the branch."""
    cdef Line *l = p.line
    cdef Line *end = l + p.lines
    while l != end:
        if l.what >= FLW:
            addr[0] = x[l.rs1] + <uint64_t><int64_t>l.imm
            addr += 1
        elif l.what == ADDI: x[l.rd] = x[l.rs1] + <uint64_t><int64_t>l.imm
        elif l.what == ADD: x[l.rd] = x[l.rs1] + x[l.rs2]
        elif l.what >= BEQ:
            sides[0], sides[1] = x[l.rs1], x[l.rs2]
        elif l.what == SUB: x[l.rd] = x[l.rs1] - x[l.rs2]
        elif l.what == SLLI: x[l.rd] = x[l.rs1] << l.imm
        elif l.what == LUI: x[l.rd] = <uint64_t><int64_t>l.imm
        else: x[l.rd] = (x[l.rs1] << (l.what - SH1ADD + 1)) + x[l.rs2]
        l += 1


cdef inline bint taken(int what, uint64_t a, uint64_t b) noexcept nogil:
    if what == BEQ: return a == b
    if what == BNE: return a != b
    if what == BLT: return <int64_t>a < <int64_t>b
    if what == BGE: return <int64_t>a >= <int64_t>b
    if what == BLTU: return a < b
    return a >= b


cdef bint readable_run(State *s, uint64_t addr, int64_t stride, int64_t times, uint64_t bytes,
                       uint64_t low_bits) noexcept nogil:
    """Whether everything between the first and the last of a run of loads may be read."""
    cdef uint64_t low = addr, high = addr, page
    if stride < 0: low += <uint64_t>(stride * (times - 1))
    else: high += <uint64_t>(stride * (times - 1))
    if (low >= s.mem_size or high >= s.mem_size or bytes > s.mem_size - high or stride > FARTHEST or stride < -FARTHEST
            or (addr | <uint64_t>stride) & low_bits & s.strict): return False
    for page in range(low >> 12, ((high + bytes - 1) >> 12) + 1):
        if not s.perm[page] & PERM_R: return False
    return True


cdef int64_t foresee(State *s, Plan *p, int64_t most) noexcept nogil:
    """Rotations (at most `most`) that are certain from here, with their loads in Plan.addr and Plan.stride; 0: none is."""
    cdef uint64_t x[34]
    cdef uint64_t y[34]
    cdef uint64_t sides[2]
    cdef uint64_t next_sides[2]
    cdef uint64_t other[MOST_STREAMS]
    cdef uint64_t a, b, da, db, bytes
    cdef int64_t n = 0
    cdef int i, what = 0
    if most > FARTHEST: most = FARTHEST
    memcpy(x, s.x, sizeof(s.x))
    evaluate(p, x, p.addr, sides)
    memcpy(y, x, sizeof(y))
    evaluate(p, y, other, next_sides)
    for i in range(33):
        p.step[i] = y[i] - x[i]
    for i in range(p.lines):
        if BEQ <= p.line[i].what <= BGEU: what = p.line[i].what
    a, b = sides[0], sides[1]
    da, db = next_sides[0] - a, next_sides[1] - b
    while n < most and taken(what, a, b):
        a += da
        b += db
        n += 1
    p.leaves = n < most
    if n < FEW: return 0
    for i in range(p.streams):
        p.stride[i] = <int64_t>(other[i] - p.addr[i])
        bytes = <uint64_t>s.ev.vl << p.log_bytes if WHAT[p.stream[i].insn] == VLE else <uint64_t>1 << p.log_bytes
        if not readable_run(s, p.addr[i], p.stride[i], n, bytes, (<uint64_t>1 << p.log_bytes) - 1): return 0
    return n


# ---- running it ----------------------------------------------------------------------------------------

cdef inline void gather(State *s, Plan *p, Factor *f, int64_t from_, int64_t times, int64_t apart, void **out) noexcept nogil:
    """Where a vector factor lies in each of some rotations."""
    cdef int64_t r, stride
    cdef uint8_t *at
    if f.stream == ABSENT:
        for r in range(times):
            out[r * apart] = vreg(s, f.reg)
        return
    stride = p.stride[f.stream]
    at = s.mem + p.addr[f.stream] + (from_ - f.late) * stride
    for r in range(times):
        out[r * apart] = at
        at += stride
    if f.late and from_ == 0:
        out[0] = vreg(s, f.reg)


cdef inline void gather_scalars(State *s, Plan *p, Factor *f, int64_t from_, int64_t times, int64_t apart, uint32_t *out) noexcept nogil:
    """A scalar factor of f32 in each of some rotations."""
    cdef int64_t r, stride
    cdef uint8_t *at
    cdef uint32_t value
    if f.stream == ABSENT:
        value = <uint32_t>float_scalar(s, f.reg, 2)
        for r in range(times):
            out[r * apart] = value
        return
    stride = p.stride[f.stream]
    at = s.mem + p.addr[f.stream] + from_ * stride
    r = 0
    if f.late:
        at -= stride
        if from_ == 0:
            out[0] = <uint32_t>float_scalar(s, f.reg, 2)
            at += stride
            r = 1
    while r < times:
        out[r * apart] = (<any_uint32 *>at)[0]
        at += stride
        r += 1


cdef inline void gather_doubles(State *s, Plan *p, Factor *f, int64_t from_, int64_t times, int64_t apart, uint64_t *out) noexcept nogil:
    """The same of f64."""
    cdef int64_t r
    cdef uint8_t *at = s.mem
    for r in range(times):
        if f.stream == ABSENT or (f.late and from_ + r == 0):
            out[r * apart] = s.f[f.reg]
        else:
            out[r * apart] = (<any_uint64 *>(at + p.addr[f.stream] + (from_ + r - f.late) * p.stride[f.stream]))[0]


cdef void sums(State *s, Plan *p, Group *g, int64_t from_, int64_t times) noexcept nogil:
    """Rotations from_ .. from_ + times - 1 of one group."""
    cdef Work *w = <Work *>s.work
    cdef void *d[SUMS]
    cdef int i, t
    for i in range(g.sums):
        d[i] = vreg(s, g.reg[i])
    for t in range(g.terms):
        gather(s, p, &p.vectors[g.first + t], from_, times, g.terms, w.vectors + t)
    for i in range(g.terms * g.sums):
        if p.log_bytes == 2:
            gather_scalars(s, p, &p.scalars[g.scalars + i], from_, times, g.terms * g.sums, <uint32_t *>w.scalars + i)
        else:
            gather_doubles(s, p, &p.scalars[g.scalars + i], from_, times, g.terms * g.sums, w.scalars + i)
    if KERNEL[p.log_bytes](g.sums, d, w.vectors, w.scalars, times * g.terms, s.ev.vl):
        s.fflags |= 16


cdef void carry_on(State *s, Plan *p, int64_t rotations) noexcept nogil:
    """What rotations leave in the registers that the next one reads, the sums apart."""
    cdef uint64_t at
    cdef int i
    for i in range(1, 32):
        if (p.carried >> i) & 1: s.x[i] += <uint64_t>rotations * p.step[i]
    for i in range(32):
        if (p.late_v >> i) & 1:
            at = p.addr[p.late_v_from[i]] + <uint64_t>((rotations - 1) * p.stride[p.late_v_from[i]])
            memcpy(vreg(s, <uint8_t>i), s.mem + at, <size_t>s.ev.vl << p.log_bytes)
        if (p.late_f >> i) & 1:
            at = p.addr[p.late_f_from[i]] + <uint64_t>((rotations - 1) * p.stride[p.late_f_from[i]])
            s.f[i] = (0xffffffff00000000ULL | (<any_uint32 *>(s.mem + at))[0]) if p.log_bytes == 2 else (<any_uint64 *>(s.mem + at))[0]


cdef void rotate(State *s, Plan *p, int64_t rotations) noexcept nogil:
    """Execute rotations that `foresee` has promised. The hart stands at the beginning of one, before and after."""
    cdef int64_t done = 0, times, most
    cdef int i
    cdef Group *g
    if rotations > 1:
        for i in range(p.groups):
            g = &p.group[i]
            most = STEPS / g.terms
            if most == 0: most = 1
            done = 0
            while done < rotations - 1:
                times = rotations - 1 - done
                if times > most: times = most
                sums(s, p, g, done, times)
                done += times
        carry_on(s, p, rotations - 1)
    s.bulk += <uint64_t>(rotations * p.count)
    for i in range(p.count):
        (<StepFn>p.ops[i].step)(s, p.ops[i])


# ---- functional runs: a vector load that stands in such a loop ------------------------------------------

cdef Op *load_tail(State *s, Op *op, int64_t n) noexcept nogil:
    """Tail entry of a unit-stride load. Where its loop turns out not to be one for plans, the load gets the plain entry for good."""
    cdef bint hopeless
    cdef Plan *p = plan_at(s, op, &hopeless)
    cdef int64_t rotations, cost
    if p == NULL:
        if hopeless: op.tail = <void *>plain_tail
        return plain_tail(s, op, n)
    if p.leaves:
        p.leaves = False
        return plain_tail(s, op, n)
    cost = p.count + p.vectors_run * <int64_t>(s.ev.vl >> 6)
    rotations = foresee(s, p, n / cost)
    if rotations == 0:
        p.turns += n > 4096
        if p.turns >= TRIES: op.tail = <void *>plain_tail
        return plain_tail(s, op, n)
    rotate(s, p, rotations)
    p.turns = 0
    s.weight += rotations * (cost - p.count)
    n -= rotations * cost
    if unlikely(n <= 0):
        s.n = n
        s.next = op
        return NULL
    return (<TailFn>op.tail)(s, op, n)


def install(what, kernels, size_t step_tail):
    """what: by row of the table, a value of NAMES or 0; kernels: log2 SEW/8 -> address; step_tail: tail entry that wraps a step function."""
    global plain_tail
    cdef int i
    for i, value in enumerate(what):
        WHAT[i] = value
    for i, address in kernels.items():
        KERNEL[i] = <Kernel><size_t>address
    plain_tail = <TailFn>step_tail


def tails():
    """Operation name -> address of its tail entry."""
    return {"vle": <size_t>&load_tail} if any([KERNEL[i] != NULL for i in range(4)]) else {}
