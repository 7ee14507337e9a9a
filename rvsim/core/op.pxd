# The waist of the simulator: `Op` (what an instruction is, fixed once decoded) and `Event` (what its last
# execution did). The core writes them; timing, trace, check and profile read these two and nothing else.
#
#     bytes --decode--> Op --handler--> Event --> timing / trace / check / profile
#
# A code page of the guest owns one array of Ops with a slot for every halfword, so an Op never moves and a
# link to it never dangles: the next instruction is `op + op.len`, a stale one is reset in place.
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from *:
    """
    typedef struct rvsim_op Op;
    typedef struct rvsim_event Event;
    """

# What an instruction does to control flow and memory, as far as observers need to know.
cdef enum Kind:
    KIND_PLAIN = 0      # registers only
    KIND_LOAD = 1       # scalar load (integer or FP): Event.addr, Event.size
    KIND_STORE = 2      # scalar store
    KIND_AMO = 3        # lr, sc, amo: Event.addr, Event.size
    KIND_BRANCH = 4     # conditional branch
    KIND_JAL = 5        # direct jump
    KIND_JALR = 6       # indirect jump
    KIND_SYSTEM = 7     # csr, fence, ecall, mret ...
    KIND_VSET = 8       # vsetvli, vsetivli, vsetvl
    KIND_VECTOR = 9     # vector, no memory
    KIND_VLOAD = 10     # vector load: Event.addr, stride, bytes, active, elems
    KIND_VSTORE = 11    # vector store
    KIND_UNDECODED = 12 # slot not decoded yet; never seen by an observer

# How a vector memory instruction forms its addresses (Op.vmode).
cdef enum VMode:
    VMODE_NONE = 0
    VMODE_UNIT = 1      # vle, vse, segments of them
    VMODE_STRIDED = 2
    VMODE_INDEXED = 3   # ordered and unordered
    VMODE_FF = 4        # fault-only-first
    VMODE_WHOLE = 5     # whole registers
    VMODE_MASK = 6      # vlm, vsm

cdef extern from *:
    """
    #include <stdint.h>
    struct rvsim_op {                 /* one cache line */
        void *tail;                   /* core's TailFn: runs this instruction and on until the budget is spent */
        void *step;                   /* core's StepFn: runs this instruction, returns the next Op */
        void *aux;                    /* vector: row of handlers by vform; branch: Op of the target, 0 = not linked */
        void *stat;                   /* the timing model's record of this Op, 0 = none yet */
        uint64_t pc;
        uint64_t legal;               /* vector: bit i set = legal under vtype index i */
        int32_t imm;                  /* immediate, CSR number, or branch offset */
        uint8_t rd, rs1, rs2, rs3;    /* register numbers; scalar rd = x0 is 32, a slot nobody reads */
        uint16_t insn;                /* row of the instruction table */
        uint8_t kind;                 /* enum Kind */
        uint8_t len;                  /* in halfwords: 1 or 2 */
        uint8_t vm;                   /* 1 = unmasked */
        uint8_t rm;                   /* rounding mode field; vector memory: fields of a segment, or registers of a whole move */
        uint8_t vmode;                /* enum VMode */
        uint8_t size;                 /* bytes of a memory element, scalar or vector; 0 = SEW (indexed data) */
    };
    struct rvsim_event {
        uint64_t addr;                /* effective address; vector: rs1 */
        int64_t stride;               /* bytes between elements (segments: between segments); indexed: 0; slides: the amount, at most VLMAX */
        uint64_t bytes;               /* bytes requested by a vector access, active elements only */
        uint64_t *elems;              /* indexed access: address of each element in element order, vl of them */
        uint32_t vl;                  /* vl after the instruction (only vset* and fault-only-first change it) */
        uint32_t active;              /* vector memory: number of active elements (segments count once) */
        uint32_t vtype;               /* vtype index: log2(SEW/8) | (vlmul << 2); 32 and up: not a legal vtype */
        uint32_t vlmax;               /* VLMAX of that vtype */
    };
    """
    ctypedef struct Op:
        void *tail
        void *step
        void *aux
        void *stat
        uint64_t pc
        uint64_t legal
        int32_t imm
        uint8_t rd
        uint8_t rs1
        uint8_t rs2
        uint8_t rs3
        uint16_t insn
        uint8_t kind
        uint8_t len
        uint8_t vm
        uint8_t rm
        uint8_t vmode
        uint8_t size
    ctypedef struct Event:
        uint64_t addr
        int64_t stride
        uint64_t bytes
        uint64_t *elems
        uint32_t vl
        uint32_t active
        uint32_t vtype
        uint32_t vlmax
