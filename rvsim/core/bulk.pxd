# Loops that only sum products, run many rotations at a time. See bulk.pyx.
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op
from rvsim.core.state cimport State

cdef enum:
    PLANS = 64          # loops of a hart that are known at a time, a power of two
    MOST_OPS = 192      # instructions of a loop
    MOST_TERMS = 96     # multiply-adds of a rotation
    MOST_STREAMS = 128  # loads of a rotation
    MOST_BRANCHES = 4
    SUMS = 8            # of a group, at most
    STEPS = 256         # of a group at a time
    ABSENT = -1

# What the instructions are to a plan; rows.py tells, from the names of their operations. Loads are LB..VLE, multiply-adds VFMACC and on.
cdef enum What:
    OTHER, ADDI, ADD, SUB, SLLI, SH1ADD, SH2ADD, SH3ADD, LUI, BEQ, BNE, BLT, BGE, BLTU, BGEU, JAL
    LB, LH, LW, LD, LBU, LHU, LWU, FLH, FLW, FLD, VLE, VSETVLI, VSEXT, VZEXT
    VFMACC, VFMADD, VFWMACC, VFWMACCBF, VMACC, VMADD, VWMACC, VWMACCU, VWMACCSU, VWMACCUS

cdef enum Extended:
    AS_LOADED = 0
    BY_SIGN = 1
    BY_ZEROS = 2

cdef enum PlanState:
    PLAN_NONE = 0
    PLAN_READY = 1

# One scalar instruction of a rotation that the addresses and the branch hang on.
cdef struct Line:
    uint8_t what            # enum What
    uint8_t rd, rs1, rs2
    int32_t imm

# Where a multiply-add finds one of its factors: what a load of this rotation has brought, or the one before, or a register.
cdef struct Factor:
    int16_t stream          # load, or ABSENT: a register that the loop does not write
    uint8_t late            # 1: the load of the rotation before; in the first one the register as it was
    uint8_t reg
    uint8_t extended        # a vector: how its elements became as wide as they are, enum Extended

cdef struct Stream:
    uint8_t what            # enum What
    uint8_t log_bytes       # of an element

# Sums that have the same vectors multiplied into them, each by scalars of its own.
cdef struct Group:
    int32_t sums
    int32_t terms           # of a rotation, each sum
    int32_t first           # of `terms` entries in Plan.vectors, and of `terms * sums` in Plan.scalars (of each step, sum by sum)
    int32_t scalars
    uint8_t reg[SUMS]

cdef struct Plan:
    Op *first               # where a rotation begins
    uint64_t epoch          # State.epoch when the loop was looked at
    uint32_t vtype          # vtype index that a rotation begins and ends with
    int32_t state           # enum PlanState
    int32_t turns           # how often the loop was met without a plan, then how often one was of no use in a row
    int32_t product         # the multiply-adds: enum What
    int32_t kernel          # by the order of survey.KERNEL_NAMES
    int32_t log_factor      # bytes of an element that is multiplied,
    int32_t log_loaded      # and of one in memory, less where the loop widens them
    int32_t lmul            # log2, of a vector that is multiplied
    int32_t extended        # enum Extended, of all vectors
    bint whole              # scalars are in integer registers
    bint warm               # vectors that are carried to the next rotation are wider than in memory: a first one goes in steps
    int32_t count           # instructions
    int32_t vectors_run     # of which are vector instructions
    int32_t lines
    int32_t streams
    int32_t branches        # that go on in the loop: one back is taken, others are not
    int32_t groups
    bint leaves             # the next rotation is known to be the last one
    bint hopeless           # it has been looked at often enough under this vtype
    uint64_t carried        # integer registers that a rotation adds to
    uint32_t late_s         # scalar registers (integer ones in whole products) that carry what was loaded to the next rotation
    uint32_t late_v
    int16_t late_s_from[32] # load whose value they carry
    int16_t late_v_from[32]
    uint8_t avl             # register that every vsetvli with one names; 0: none does
    Op *ops[MOST_OPS]
    Line line[MOST_OPS]
    Stream stream[MOST_STREAMS]
    Group group[MOST_TERMS]
    Factor vectors[MOST_TERMS]
    Factor scalars[MOST_TERMS]
    # of the rotations at hand, by `foresee`
    uint64_t addr[MOST_STREAMS]
    int64_t stride[MOST_STREAMS]
    uint64_t step[33]       # what a rotation adds to each register

cdef void *new_work() noexcept
cdef Plan *plan_at(State *s, Op *first, bint *hopeless) noexcept nogil
cdef int64_t foresee(State *s, Plan *p, int64_t most) noexcept nogil
cdef void rotate(State *s, Plan *p, int64_t rotations) noexcept nogil


cdef inline void configured(Event *ev, Op *op) noexcept nogil:
    """What a vsetvli of a plan does: vl and VLMAX stay."""
    ev.vtype = (<uint32_t>op.imm >> 3 & 7) | (<uint32_t>op.imm & 7) << 2
