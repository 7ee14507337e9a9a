# Loops that only sum products, run many rotations at a time. See bulk.pyx.
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport Op
from rvsim.core.state cimport State

cdef enum:
    PLANS = 64          # loops of a hart that are known at a time, a power of two
    MOST_OPS = 192      # instructions of a loop
    MOST_TERMS = 96     # multiply-adds of a rotation
    MOST_STREAMS = 128  # loads of a rotation
    SUMS = 8            # of a group, at most
    STEPS = 256         # of a group at a time
    ABSENT = -1

cdef enum PlanState:
    PLAN_NONE = 0
    PLAN_READY = 1

# One scalar instruction of a rotation that the addresses and the branch hang on.
cdef struct Line:
    uint8_t what            # enum What of bulk.pyx
    uint8_t rd, rs1, rs2
    int32_t imm

# Where a multiply-add finds one of its factors: what a load of this rotation has brought, or the one before, or a register.
cdef struct Factor:
    int16_t stream          # load, or ABSENT: a register that the loop does not write
    uint8_t late            # 1: the load of the rotation before; in the first one the register as it was
    uint8_t reg

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
    uint64_t legal          # vtypes under which all of it is legal
    uint32_t vtype          # vtype index that it is for
    int32_t state           # enum PlanState
    int32_t turns           # how often the loop was met without a plan, then how often one was of no use in a row
    int32_t log_bytes       # of an element
    int32_t count           # instructions
    int32_t vectors_run     # of which are vector instructions
    int32_t lines
    int32_t streams
    int32_t groups
    bint leaves             # the next rotation is known to be the last one
    uint64_t carried        # integer registers that a rotation adds to
    uint32_t late_f         # floating-point registers that carry what was loaded to the next rotation
    uint32_t late_v
    int16_t late_f_from[32] # load whose value they carry
    int16_t late_v_from[32]
    Op *ops[MOST_OPS]
    Line line[MOST_OPS]
    Op *stream[MOST_STREAMS]
    int16_t stream_of[MOST_OPS]     # load number of an instruction, or ABSENT
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
