# Loops that only sum products, as matrix multiplication and convolution are made of: many rotations at a time.
#
#     survey()   looks at a loop once (survey.pyx): its multiply-adds, the loads that feed them, the scalar instructions that move addresses
#     foresee()  how many rotations are certain from here: the branch is taken, no load faults, addresses go on in equal steps
#     rotate()   all of them: sums by the kernels of loops_bulk, which keep them in host registers; then the last rotation
#                instruction by instruction, so that every other register it writes holds what it should
#
# Between foresee and rotate an observer may go through the loads in their order: Plan.addr and Plan.stride say where they are. A loop
# qualifies when nothing in it stores, calls or reads a CSR, so all that its rotations leave behind are sums, addresses and flags, and
# the result is bit for bit that of single steps. It must not know of time. Decision: docs/decisions/0006-loops-in-bulk.md.
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc
from libc.string cimport memcpy

from rvsim.core.op cimport Op
from rvsim.core.scalar cimport any_int16, any_int32, any_uint16, any_uint32, any_uint64, likely, unlikely
from rvsim.core.state cimport PERM_R, State, StepFn, TailFn
from rvsim.core.survey cimport survey
from rvsim.core.vcommon cimport bf16_scalar, float_scalar, vreg

cdef enum:
    FEW = 3             # rotations that are not worth the preparation
    TRIES = 64          # times that a loop may be of no use before it is left alone
    SHOWS = 4           # times that a loop is met before it is looked at: it has run once, so all of it is decoded and linked
    FARTHEST = 1 << 20  # rotations that are looked ahead

ctypedef int (*Kernel)(int m, void **d, void **x, void *y, int64_t steps, uint64_t n) noexcept nogil

cdef Kernel KERNEL[32]
cdef TailFn plain_tail = NULL       # the tail entry of instructions that have a step function only


cdef struct Work:
    Plan plan[PLANS]
    void *vectors[STEPS + MOST_TERMS + 1]
    uint64_t scalars[(STEPS + MOST_TERMS) * SUMS]


cdef void *new_work() noexcept:
    return calloc(1, sizeof(Work))


# ---- plans ---------------------------------------------------------------------------------------------

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
    p.hopeless = False
    return p


cdef bint ready(State *s, Plan *p) noexcept nogil:
    """Whether a plan is of use in the state that the hart is in."""
    return p.state == PLAN_READY and s.vidx == p.vtype and s.ev.vl != 0 and (p.whole or not s.fs_off and s.host_rm != 255)


cdef Plan *plan_at(State *s, Op *first, bint *hopeless) noexcept nogil:
    """The plan of the loop around an instruction that is met once more, if there is one that is of use now. hopeless: there will be none."""
    cdef Plan *p = plan_for(s, first)
    hopeless[0] = False
    if unlikely(p.state == PLAN_NONE):
        if p.hopeless:
            hopeless[0] = True
            return NULL
        p.turns += 1
        if p.turns < SHOWS: return NULL
        survey(s, p, first)
        if p.state == PLAN_NONE:
            hopeless[0] = p.hopeless = p.turns >= TRIES
            return NULL
        p.turns = 0
    return p if likely(ready(s, p)) else NULL


# ---- what is certain -----------------------------------------------------------------------------------

cdef void evaluate(Plan *p, uint64_t *x, uint64_t *addr, uint64_t *sides) noexcept nogil:
    """The scalar side of one rotation: moves x on; addr: of the loads; sides: the operands of its branches."""
    cdef Line *l = p.line
    cdef Line *end = l + p.lines
    while l != end:
        if l.what >= LB:
            addr[0] = x[l.rs1] + <uint64_t><int64_t>l.imm
            addr += 1
        elif l.what == ADDI: x[l.rd] = x[l.rs1] + <uint64_t><int64_t>l.imm
        elif l.what == ADD: x[l.rd] = x[l.rs1] + x[l.rs2]
        elif l.what >= BEQ:
            sides[0], sides[1] = x[l.rs1], x[l.rs2]
            sides += 2
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


cdef int64_t unchanged(Line *l, uint64_t a, uint64_t b, uint64_t next_a, uint64_t next_b, int64_t most) noexcept nogil:
    """In how many rotations a branch goes the way that stays in the loop."""
    cdef uint64_t da = next_a - a, db = next_b - b
    cdef bint back = l.imm < 0
    cdef int what = l.what
    cdef int64_t n = 0
    while n < most and taken(what, a, b) == back:
        a += da
        b += db
        n += 1
    return n


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
    cdef uint64_t sides[2 * MOST_BRANCHES]
    cdef uint64_t next_sides[2 * MOST_BRANCHES]
    cdef uint64_t other[MOST_STREAMS]
    cdef uint64_t bytes
    cdef int64_t n
    cdef int i, j = 0
    if most > FARTHEST: most = FARTHEST
    if p.avl and s.x[p.avl] != s.ev.vl and (s.half or s.ev.vl != s.ev.vlmax or s.x[p.avl] < s.ev.vlmax): return 0
    memcpy(x, s.x, sizeof(s.x))
    evaluate(p, x, p.addr, sides)
    memcpy(y, x, sizeof(y))
    evaluate(p, y, other, next_sides)
    for i in range(33):
        p.step[i] = y[i] - x[i]
    n = most
    for i in range(p.lines):
        if BEQ <= p.line[i].what <= BGEU:
            n = unchanged(&p.line[i], sides[j], sides[j + 1], next_sides[j], next_sides[j + 1], n)
            j += 2
    p.leaves = n < most
    if n < FEW: return 0
    for i in range(p.streams):
        p.stride[i] = <int64_t>(other[i] - p.addr[i])
        bytes = (<uint64_t>s.ev.vl if p.stream[i].what == VLE else 1) << p.stream[i].log_bytes
        if not readable_run(s, p.addr[i], p.stride[i], n, bytes, (<uint64_t>1 << p.stream[i].log_bytes) - 1): return 0
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


cdef inline uint64_t loaded(int what, const uint8_t *at) noexcept nogil:
    """What a scalar load brings, before it is boxed."""
    if what == LB: return <uint64_t><int64_t>(<const int8_t *>at)[0]
    if what == LH: return <uint64_t><int64_t>(<const any_int16 *>at)[0]
    if what == LW: return <uint64_t><int64_t>(<const any_int32 *>at)[0]
    if what == LBU: return at[0]
    if what == LHU or what == FLH: return (<const any_uint16 *>at)[0]
    if what == LWU or what == FLW: return (<const any_uint32 *>at)[0]
    return (<const any_uint64 *>at)[0]


cdef inline void strided(int what, const uint8_t *at, int64_t stride, int64_t times, int64_t apart, uint32_t *out) noexcept nogil:
    cdef int64_t r
    for r in range(times):
        out[r * apart] = <uint32_t>loaded(what, at)
        at += stride


cdef inline uint64_t in_register(State *s, Plan *p, Factor *f) noexcept nogil:
    if p.whole: return s.x[f.reg]
    return bf16_scalar(s, f.reg) if p.product == VFWMACCBF else float_scalar(s, f.reg, p.log_factor)


cdef void gather_scalars(State *s, Plan *p, Factor *f, int64_t from_, int64_t times, int64_t apart, uint32_t *out) noexcept nogil:
    """A scalar factor in each of some rotations: its low 32 bits."""
    cdef int64_t r, stride
    cdef uint8_t *at
    cdef uint32_t value
    cdef int what
    if f.stream == ABSENT:
        value = <uint32_t>in_register(s, p, f)
        for r in range(times):
            out[r * apart] = value
        return
    stride = p.stride[f.stream]
    at = s.mem + p.addr[f.stream] + (from_ - f.late) * stride
    if f.late and from_ == 0:
        out[0] = <uint32_t>in_register(s, p, f)
        out += apart
        at += stride
        times -= 1
    what = p.stream[f.stream].what
    if what == FLW or what == LWU or what == LW or what == LD: strided(FLW, at, stride, times, apart, out)
    elif what == LB: strided(LB, at, stride, times, apart, out)
    elif what == LBU: strided(LBU, at, stride, times, apart, out)
    elif what == LH: strided(LH, at, stride, times, apart, out)
    else: strided(FLH, at, stride, times, apart, out)


cdef inline void gather_doubles(State *s, Plan *p, Factor *f, int64_t from_, int64_t times, int64_t apart, uint64_t *out) noexcept nogil:
    """The same of f64."""
    cdef int64_t r
    for r in range(times):
        if f.stream == ABSENT or (f.late and from_ + r == 0):
            out[r * apart] = s.f[f.reg]
        else:
            out[r * apart] = loaded(FLD, s.mem + p.addr[f.stream] + (from_ + r - f.late) * p.stride[f.stream])


cdef void extend(Plan *p, int32_t *y, int64_t count) noexcept nogil:
    """Integer scalars of a widening product: as wide as a sum, by their sign or by zeros."""
    cdef bint unsigned = p.product == VWMACCU or p.product == VWMACCUS
    cdef int64_t i
    if p.log_factor == 1 and unsigned:
        for i in range(count): y[i] = <uint16_t>y[i]
    elif p.log_factor == 1:
        for i in range(count): y[i] = <int16_t>y[i]
    elif unsigned:
        for i in range(count): y[i] = <uint8_t>y[i]
    else:
        for i in range(count): y[i] = <int8_t>y[i]


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
        if p.log_factor == 3:
            gather_doubles(s, p, &p.scalars[g.scalars + i], from_, times, g.terms * g.sums, w.scalars + i)
        else:
            gather_scalars(s, p, &p.scalars[g.scalars + i], from_, times, g.terms * g.sums, <uint32_t *>w.scalars + i)
    if p.product >= VWMACC:
        extend(p, <int32_t *>w.scalars, times * g.terms * g.sums)
    if KERNEL[p.kernel](g.sums, d, w.vectors, w.scalars, times * g.terms, s.ev.vl):
        s.fflags |= 16


cdef void bring(State *s, Plan *p, uint8_t *v, const uint8_t *at) noexcept nogil:
    """What a load leaves in a vector register, or the extension of that."""
    cdef int what = LB if p.extended == BY_SIGN else LBU
    cdef uint64_t i, value
    if p.extended == AS_LOADED:
        memcpy(v, at, <size_t>s.ev.vl << p.log_loaded)
        return
    if p.log_loaded == 1: what = LH if p.extended == BY_SIGN else LHU
    for i in range(s.ev.vl):
        value = loaded(what, at + (i << p.log_loaded))
        if p.log_factor == 1: (<uint16_t *>v)[i] = <uint16_t>value
        else: (<uint32_t *>v)[i] = <uint32_t>value


cdef void carry_on(State *s, Plan *p, int64_t rotations, int64_t last) noexcept nogil:
    """What rotations leave in the registers that the next one reads, the sums apart. last: number of the last of them, from where
    loads were foreseen."""
    cdef uint64_t value
    cdef int i, j
    for i in range(1, 32):
        if (p.carried >> i) & 1: s.x[i] += <uint64_t>rotations * p.step[i]
    for i in range(32):
        if (p.late_v >> i) & 1:
            j = p.late_v_from[i]
            bring(s, p, vreg(s, <uint8_t>i), s.mem + p.addr[j] + last * p.stride[j])
        if (p.late_s >> i) & 1:
            j = p.late_s_from[i]
            value = loaded(p.stream[j].what, s.mem + p.addr[j] + last * p.stride[j])
            if p.whole: s.x[i] = value
            else: s.f[i] = value if p.log_factor == 3 else value | ~<uint64_t>0 << (8 << p.log_factor)


cdef inline void step_through(State *s, Plan *p) noexcept nogil:
    """One rotation, instruction by instruction."""
    cdef int i
    for i in range(p.count):
        (<StepFn>p.ops[i].step)(s, p.ops[i])


cdef void rotate(State *s, Plan *p, int64_t rotations) noexcept nogil:
    """Execute rotations that `foresee` has promised. The hart stands at the beginning of one, before and after."""
    cdef int64_t begin = 0, done, times, most
    cdef int i
    cdef Group *g
    s.bulk += <uint64_t>(rotations * p.count)
    if p.warm and rotations > 1:
        step_through(s, p)
        begin = 1
    if rotations > begin + 1:
        for i in range(p.groups):
            g = &p.group[i]
            most = STEPS / g.terms
            if most == 0: most = 1
            done = begin
            while done < rotations - 1:
                times = rotations - 1 - done
                if times > most: times = most
                sums(s, p, g, done, times)
                done += times
        carry_on(s, p, rotations - 1 - begin, rotations - 2)
    step_through(s, p)


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


def install(names, kernels, size_t step_tail):
    """names: of kernels, by their number; kernels: name -> address; step_tail: tail entry that wraps a step function."""
    global plain_tail
    cdef int i
    for i, name in enumerate(names):
        KERNEL[i] = <Kernel><size_t>kernels.get(name, 0)
    plain_tail = <TailFn>step_tail


def tails():
    """Operation name -> address of its tail entry."""
    return {"vle": <size_t>&load_tail} if any([KERNEL[i] != NULL for i in range(32)]) else {}
