# Looks at a loop: whether it only sums products, which sums, and where their factors come from. Fills in the Plan of bulk.pyx.
#
#     collect()      its instructions: on to a branch back, from there to the beginning
#     follow()       what registers hold, instruction by instruction: sums, what a load has brought, the same made wider
#     steps_only()   whether its addresses go on in equal steps
#     assemble()     groups of sums that share their vectors
#
# It decides under one vtype and executes nothing. What a plan is for, and why it is exact: bulk.pyx, docs/decisions/0006-loops-in-bulk.md.
from libc.stdint cimport int16_t, int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

from rvsim.core.bulk cimport (
    ABSENT, ADD, ADDI, AS_LOADED, BEQ, BGE, BGEU, BLT, BLTU, BNE, BY_SIGN, BY_ZEROS, FLD, FLH, FLW, JAL, LB, LBU, LD, LH, LHU, LUI, LW, LWU,
    MOST_BRANCHES, MOST_OPS, MOST_STREAMS, MOST_TERMS, OTHER, PLAN_NONE, PLAN_READY, SH1ADD, SH2ADD, SH3ADD, SLLI, SUB, SUMS, VFMACC, VFMADD, VFWMACC,
    VFWMACCBF, VLE, VMACC, VMADD, VSETVLI, VSEXT, VWMACC, VWMACCSU, VWMACCU, VWMACCUS, VZEXT, Factor, Group, Line, Plan, Stream,
)
from rvsim.core.control cimport op_at
from rvsim.core.op cimport KIND_UNDECODED, Op
from rvsim.core.state cimport State

NAMES = {
    "addi": ADDI, "add": ADD, "sub": SUB, "slli": SLLI, "sh1add": SH1ADD, "sh2add": SH2ADD, "sh3add": SH3ADD, "lui": LUI,
    "beq": BEQ, "bne": BNE, "blt": BLT, "bge": BGE, "bltu": BLTU, "bgeu": BGEU, "jal": JAL, "lb": LB, "lh": LH, "lw": LW, "ld": LD, "lbu": LBU,
    "lhu": LHU, "lwu": LWU, "flh": FLH, "flw": FLW, "fld": FLD, "vle": VLE, "vsetvli": VSETVLI, "vsext": VSEXT, "vzext": VZEXT,
    "vfmacc_vf": VFMACC, "vfmadd_vf": VFMADD, "vfwmacc_vf": VFWMACC, "vfwmaccbf16_vf": VFWMACCBF, "vmacc_vx": VMACC, "vmadd_vx": VMADD,
    "vwmacc_vx": VWMACC, "vwmaccu_vx": VWMACCU, "vwmaccsu_vx": VWMACCSU, "vwmaccus_vx": VWMACCUS,
}  # fmt: skip
# Kernels of loops_bulk, by number: floating point, then integers by the width of the sums (pairs: 32), then by what is multiplied.
KERNEL_NAMES = (
    "f32", "f64", "f16", "bf16", "h16", "", "", "", "pairs_s8", "pairs_u8", "pairs_s16", "", "", "", "", "",
    "i32_s8", "i32_u8", "i32_s16", "i32_u16", "i32_s32", "", "", "", "i16_s8", "i16_u8", "i16_s16", "", "", "", "", "",
)  # fmt: skip

cdef enum:
    MOST_ROWS = 2048
    # where kernels stand among KERNEL_NAMES; of integers 2 * log2(bytes) further, and 1 more without sign
    AS_F32 = 0
    AS_F64 = 1
    AS_F16 = 2
    AS_BF16 = 3
    AS_H16 = 4              # f16 into f16
    AS_PAIRS = 8
    AS_I32 = 16
    AS_I16 = 24
    NO_KERNEL = 5
    # what a register holds while a rotation is followed; else 0: as at its beginning
    STALE = 1           # a sum that went on to another register, or the result of something else
    LATE = 2            # as at the beginning of the rotation, and read as a factor
    SUM = 64            # + number of the sum
    VALUE = 256         # + number of the value
    MOST_VALUES = 2 * MOST_STREAMS

cdef uint8_t WHAT[MOST_ROWS]
cdef uint8_t NARROWER[MOST_ROWS]     # log2 of an extension
cdef bint AVAILABLE[32]


# What a load has brought, or what it was extended to, and the registers that it fills.
cdef struct Value:
    int16_t stream
    uint8_t extended, reg, regs, log_bytes


# What `follow` finds: for every multiply-add its sum and its factors.
cdef struct Found:
    int terms
    int sums
    int values
    int home[32]            # register of a sum
    int sum[MOST_TERMS]
    Factor vector[MOST_TERMS]
    Factor scalar[MOST_TERMS]
    Value value[MOST_VALUES]
    # registers
    int v[32]
    int x[33]
    int f[32]
    # as far as it was followed
    uint32_t vtype
    bint floats, wholes     # scalar loads


cdef inline Op *behind(State *s, Op *op) noexcept nogil:
    """The next instruction, which may lie on the next page; NULL: not decoded."""
    op += op.len
    if op.kind == KIND_UNDECODED:
        if (op.pc & 4095) >> 1 >= 2: return NULL
        op = op_at(s, op.pc)
        if op.kind == KIND_UNDECODED: return NULL
    return op


cdef bint collect(State *s, Plan *p) noexcept nogil:
    """The instructions of a rotation: on to a branch or jump back, from there to the beginning. Branches forward leave it."""
    cdef Op *op = p.first
    cdef Op *head
    cdef bint back = False
    cdef int what
    p.count = 0
    while True:
        if op == NULL or p.count >= MOST_OPS: return False
        p.ops[p.count] = op
        p.count += 1
        what = WHAT[op.insn]
        if what == OTHER: return False
        if BEQ <= what <= JAL and op.imm < 0:
            head = <Op *>op.aux
            if back or head == NULL or head.pc > p.first.pc: return False
            back = True
            op = head
        elif what == JAL: return False
        else: op = behind(s, op)
        if op == p.first: return back


cdef inline int log_lmul(uint32_t vtype) noexcept nogil:
    return <int>(vtype >> 2 & 7) - 8 if vtype >> 4 & 1 else <int>(vtype >> 2 & 7)


cdef inline int registers(int log) noexcept nogil:
    return 1 << log if log > 0 else 1


cdef inline int held(const int *holds, int reg, int regs) noexcept nogil:
    """What a group of registers holds; STALE: not one thing."""
    cdef int i, what = holds[reg]
    for i in range(1, regs):
        if holds[reg + i] != what and (what > LATE or holds[reg + i] > LATE or what == STALE or holds[reg + i] == STALE): return STALE
        if holds[reg + i] > what: what = holds[reg + i]     # a part of it was read
    return what


cdef inline void hold(int *holds, int reg, int regs, int what) noexcept nogil:
    cdef int i
    for i in range(regs):
        holds[reg + i] = what


cdef bint new_value(Found *found, int *holds, int stream, int extended, int reg, int regs, int log_bytes) noexcept nogil:
    if found.values == MOST_VALUES: return False
    found.value[found.values] = Value(<int16_t>stream, <uint8_t>extended, <uint8_t>reg, <uint8_t>regs, <uint8_t>log_bytes)
    hold(holds, reg, regs, VALUE + found.values)
    found.values += 1
    return True


cdef Value *value_in(Found *found, const int *holds, int reg, int regs, int log_bytes) noexcept nogil:
    """The value that fills a group of registers, as elements of a width (-1: of any), or NULL."""
    cdef int what = held(holds, reg, regs)
    cdef Value *value
    if what < VALUE: return NULL
    value = &found.value[what - VALUE]
    return value if value.reg == reg and value.regs == regs and (value.log_bytes == log_bytes or log_bytes < 0) else NULL


cdef bint factor(Found *found, Factor *f, const int *holds, int reg, int regs, int log_bytes) noexcept nogil:
    """A factor that registers hold: loaded in this rotation, or not (yet)."""
    cdef Value *value = value_in(found, holds, reg, regs, log_bytes)
    cdef int what = held(holds, reg, regs)
    f.reg = <uint8_t>reg
    f.late = 0
    f.stream = ABSENT
    f.extended = AS_LOADED
    if value != NULL:
        f.stream, f.extended = value.stream, value.extended
        return True
    return what == 0 or what == LATE


cdef inline int *scalar_file(Plan *p, Found *found) noexcept nogil:
    """The registers that scalar factors come from."""
    return &found.x[0] if p.whole else &found.f[0]


cdef bint resolve(Found *found, Factor *f, const int *holds, int regs, int log_bytes, uint32_t *late, int16_t *late_from) noexcept nogil:
    """A factor that was there when the rotation began is what the rotation before has left there, or invariant."""
    cdef int what = held(holds, f.reg, regs)
    cdef Value *value
    if f.stream != ABSENT or what == 0 or what == LATE: return True
    value = value_in(found, holds, f.reg, regs, log_bytes)
    if value == NULL: return False
    f.stream, f.extended, f.late = value.stream, value.extended, 1
    late[0] |= <uint32_t>1 << f.reg
    late_from[f.reg] = f.stream
    return True


cdef bint multiply_add(Plan *p, Found *found, Op *op, int what) noexcept nogil:
    """A product that is added to a sum. All of a loop are of one kind."""
    cdef bint madd = what == VFMADD or what == VMADD, wide = what == VFWMACC or what == VFWMACCBF or what >= VWMACC
    cdef int into = op.rs2 if madd else op.rd, of = op.rd if madd else op.rs2, k = found.terms, regs, sum_regs, sum
    cdef int product = what - 1 if madd else what
    if k == 0:
        p.product = product
        p.log_factor = found.vtype & 3
        p.lmul = log_lmul(found.vtype)
        p.whole = what >= VMACC
    elif product != p.product or p.log_factor != <int>(found.vtype & 3) or p.lmul != log_lmul(found.vtype): return False
    regs, sum_regs = registers(p.lmul), registers(p.lmul + wide)
    if op.rd == op.rs2 or k == MOST_TERMS: return False
    sum = held(found.v, into, sum_regs)
    if sum == 0:
        if found.sums == 32: return False
        sum = SUM + found.sums
        found.home[found.sums] = into
        hold(found.v, into, sum_regs, sum)
        found.sums += 1
    if not SUM <= sum < VALUE: return False
    if not factor(found, &found.vector[k], found.v, of, regs, p.log_factor): return False
    if not factor(found, &found.scalar[k], scalar_file(p, found), op.rs1, 1, -1 if p.whole else p.log_factor): return False
    if found.vector[k].stream == ABSENT: hold(found.v, of, regs, LATE)
    found.sum[k] = sum - SUM
    found.terms += 1
    if madd:
        hold(found.v, op.rd, regs, sum)
        hold(found.v, into, regs, STALE)
    return True


cdef bint load(Plan *p, Found *found, Op *op, int what) noexcept nogil:
    cdef int log = 0, lmul
    if p.streams == MOST_STREAMS: return False
    while 1 << log < op.size: log += 1
    p.stream[p.streams] = Stream(<uint8_t>what, <uint8_t>log)
    p.line[p.lines] = Line(<uint8_t>what, 33, op.rs1, 0, 0 if what == VLE else op.imm)
    p.streams += 1
    if what == VLE:
        lmul = log - <int>(found.vtype & 3) + log_lmul(found.vtype)
        return op.rm == 1 and new_value(found, found.v, p.streams - 1, AS_LOADED, op.rd, registers(lmul), log)
    if what >= FLH:
        found.floats = True
        return new_value(found, found.f, p.streams - 1, AS_LOADED, op.rd, 1, log)
    found.wholes = True
    return op.rd == 32 or new_value(found, found.x, p.streams - 1, AS_LOADED, op.rd, 1, log)


cdef bint extension(Found *found, Op *op, int what, int narrower) noexcept nogil:
    """Elements of a register become 2, 4 or 8 times as wide."""
    cdef int log = <int>(found.vtype & 3), lmul = log_lmul(found.vtype)
    cdef Value *value = value_in(found, found.v, op.rs2, registers(lmul - narrower), log - narrower)
    if value == NULL or value.extended != AS_LOADED: return False
    return new_value(found, found.v, value.stream, BY_SIGN if what == VSEXT else BY_ZEROS, op.rd, registers(lmul), log)


cdef bint configure(State *s, Plan *p, Found *found, Op *op) noexcept nogil:
    """A vsetvli that leaves vl as it is: VLMAX stays, and AVL is what it was or a register that nothing changes (`foresee` looks at it)."""
    cdef uint32_t sew = op.imm >> 3 & 7, vlmul = op.imm & 7, before = found.vtype
    if op.imm >> 8 or sew > 3 or vlmul == 4 or op.rd != 32: return False
    found.vtype = sew | vlmul << 2
    if <int>sew - log_lmul(found.vtype) != <int>(before & 3) - log_lmul(before): return False
    if op.rs1 == 0: return True
    if p.avl and p.avl != op.rs1: return False
    p.avl = op.rs1
    return True


cdef bint instruction(State *s, Plan *p, Found *found, Op *op, int what) noexcept nogil:
    """One instruction more."""
    if what == JAL: return op.rd == 32
    if what < LB:
        p.branches += what >= BEQ
        p.line[p.lines] = Line(<uint8_t>what, op.rd if what <= LUI else 33, op.rs1, op.rs2, op.imm)
        p.lines += 1
        if what <= LUI and op.rd < 32: found.x[op.rd] = STALE
        return True
    if what == VSETVLI:
        p.vectors_run += 1
        return configure(s, p, found, op)
    if what >= VLE:
        if not op.vm or not op.legal >> found.vtype & 1: return False
        p.vectors_run += 1
    if what <= VLE:
        if not load(p, found, op, what): return False
        p.lines += 1
        return True
    if what >= VFMACC: return multiply_add(p, found, op, what)
    return extension(found, op, what, NARROWER[op.insn])


cdef bint follow(State *s, Plan *p, Found *found) noexcept nogil:
    """What the registers hold, instruction by instruction; also fills in lines and streams."""
    cdef int k, i, regs, sum_regs
    cdef Factor *f
    memset(found, 0, sizeof(Found))
    found.vtype = s.ev.vtype
    for k in range(p.count):
        if not instruction(s, p, found, p.ops[k], WHAT[p.ops[k].insn]): return False
    if p.branches == 0 or p.branches > MOST_BRANCHES: return False
    if found.terms == 0 or found.vtype != s.ev.vtype or (found.floats if p.whole else found.wholes): return False
    regs, sum_regs = registers(p.lmul), registers(p.lmul + (p.product == VFWMACC or p.product == VFWMACCBF or p.product >= VWMACC))
    for i in range(found.sums):
        if held(found.v, found.home[i], sum_regs) != SUM + i: return False
    for k in range(found.terms):
        f = &found.vector[k]
        if not resolve(found, f, found.v, regs, p.log_factor, &p.late_v, p.late_v_from): return False
        if not resolve(found, &found.scalar[k], scalar_file(p, found), 1, -1 if p.whole else p.log_factor, &p.late_s,
                       p.late_s_from): return False
        i = p.log_factor if f.stream == ABSENT else p.stream[f.stream].log_bytes
        if k == 0: p.extended, p.log_loaded = f.extended, i
        if f.extended != p.extended or i != p.log_loaded: return False
    p.warm = p.extended != AS_LOADED and p.late_v != 0
    return True


cdef int kernel_for(Plan *p) noexcept nogil:
    """The kernel for its products; NO_KERNEL: there is none."""
    cdef int what = p.product, sums, source = 2 * p.log_loaded
    cdef bint unsigned_vectors = what == VWMACCU or what == VWMACCSU, unsigned_scalars = what == VWMACCU or what == VWMACCUS
    if what == VFMACC: return AS_F32 if p.log_factor == 2 else AS_F64 if p.log_factor == 3 else AS_H16
    if what == VFWMACC: return AS_F16 if p.log_factor == 1 else NO_KERNEL
    if what == VFWMACCBF: return AS_BF16
    sums = p.log_factor + (what != VMACC)
    if p.extended == BY_SIGN and unsigned_vectors: return NO_KERNEL
    if p.extended == BY_ZEROS or p.extended == AS_LOADED and unsigned_vectors: source += 1
    if sums == 1: return AS_I16 + source
    if sums != 2: return NO_KERNEL
    return (AS_PAIRS if p.log_factor == 1 and not unsigned_scalars and source != 3 else AS_I32) + source


cdef bint steps_only(Plan *p, Found *found) noexcept nogil:
    """Whether every register that a rotation reads before it writes it is one that it only adds something invariant to."""
    cdef uint64_t written = 0, loaded = 0, early = 0, seen = 0, adds = 0, other = 0, reads
    cdef Line *l
    cdef int i
    for i in range(p.lines):
        l = &p.line[i]
        if l.rd < 32: written |= <uint64_t>1 << l.rd
    for i in range(found.values):
        if LB <= p.stream[found.value[i].stream].what <= LWU: loaded |= <uint64_t>1 << found.value[i].reg
    for i in range(p.lines):
        l = &p.line[i]
        reads = 0
        if l.what != LUI: reads |= <uint64_t>1 << l.rs1
        if l.what in (ADD, SUB, SH1ADD, SH2ADD, SH3ADD) or BEQ <= l.what <= BGEU: reads |= <uint64_t>1 << l.rs2
        if reads & loaded: return False
        early |= reads & written & ~seen
        if l.rd < 32:
            if ((l.what == ADDI and l.rs1 == l.rd) or (l.what in (ADD, SUB) and l.rs1 == l.rd and not (written >> l.rs2) & 1)
                    or (l.what == ADD and l.rs2 == l.rd and not (written >> l.rs1) & 1)):
                adds |= <uint64_t>1 << l.rd
            else:
                other |= <uint64_t>1 << l.rd
            seen |= <uint64_t>1 << l.rd
    p.carried = early
    return early & other == 0 and not ((written | loaded) >> p.avl & 1 and p.avl) and not loaded & written


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
    p.state = PLAN_NONE
    if s.ones or s.ev.vtype >= 32: return
    if not collect(s, p) or not follow(s, p, &found) or not steps_only(p, &found): return
    p.kernel = kernel_for(p)
    if not AVAILABLE[p.kernel]: return
    assemble(p, &found)
    p.state = PLAN_READY


def install(what, narrower, kernels):
    """what: by row of the table, a value of NAMES or 0; narrower: log2 of by how much its source is, of an extension; kernels: the names
    of those that the host has."""
    cdef int i
    for i, (value, by) in enumerate(zip(what, narrower)):
        WHAT[i], NARROWER[i] = value, by
    for i, name in enumerate(KERNEL_NAMES):
        AVAILABLE[i] = name in kernels
