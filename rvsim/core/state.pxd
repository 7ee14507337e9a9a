# The architectural state of one hart and the memory it sees, as one C struct that handlers share.
#
# Hot fields come first. The struct knows nothing of time: clocks are read through `now`.
# Chapters: unprivileged ISA (x, f, V registers and CSRs), privileged ISA (machine-mode CSRs).
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op

# Why a run came back to its caller (State.stop).
cdef enum Stop:
    STOP_NONE = 0       # budget spent
    STOP_EXIT = 1       # HTIF exit; State.stop_value is the exit code
    STOP_RETURN = 2     # returned to State.return_pc (Machine.call)
    STOP_TRAP = 3       # trap without a usable handler; trap_cause, trap_pc, trap_value say which
    STOP_HTIF = 4       # HTIF system call; State.stop_value is the address of the argument block
    STOP_CODE = 5       # too many code pages: the run loop drops them and goes on

# Page permissions, a byte a 4 KiB guest page.
cdef enum Perm:
    PERM_R = 1
    PERM_W = 2
    PERM_X = 4
    PERM_WATCH = 8      # stores take the slow path: the page holds decoded code or tohost

cdef enum:
    PAGE_SHIFT = 12
    PAGE_SIZE = 4096
    PAGE_OPS = 2050     # one slot a halfword, and two that lead to the next page
    VTYPE_ILLEGAL = 63  # vtype index when vill is set, VS is off, or vstart != 0: no `legal` bit
    CAUSE_MISALIGNED_FETCH = 0
    CAUSE_FETCH = 1
    CAUSE_ILLEGAL = 2
    CAUSE_BREAKPOINT = 3
    CAUSE_MISALIGNED_LOAD = 4
    CAUSE_LOAD = 5
    CAUSE_MISALIGNED_STORE = 6
    CAUSE_STORE = 7
    CAUSE_ECALL_U = 8
    CAUSE_ECALL_M = 11
    ENVCFG_CBIE = 0x30  # menvcfg: what user mode may do with cache blocks: invalidate,
    ENVCFG_CBCFE = 0x40 # clean and flush,
    ENVCFG_CBZE = 0x80  # zero

cdef extern from *:
    """
    typedef struct rvsim_state State;
    struct rvsim_state {
        Event ev;
        uint64_t x[33];               /* x[32] receives what is written to x0 */
        uint8_t *perm;                /* permissions by guest page */
        uint8_t *mem;                 /* host address of guest address 0 */
        uint64_t mem_size;
        uint8_t *v;                   /* v0..v31, contiguous, vlenb bytes each */
        uint64_t f[32];               /* NaN-boxed */
        uint32_t vidx;                /* bit of Op.legal to test: ev.vtype, or VTYPE_ILLEGAL */
        uint32_t vlenb;
        uint32_t host_rm;             /* rounding mode the host FPU is in; 255: frm has no host mode */
        uint32_t fs_off;              /* 1: mstatus.FS = off, FP instructions are illegal */
        uint32_t fflags, frm, vxrm, vxsat;
        uint64_t vstart;
        uint64_t vtype;               /* as the CSR reads */
        int64_t n;                    /* budget left when a run loop came back or a slow handler runs */
        int64_t budget;               /* budget at the start of the slice */
        int64_t weight;               /* budget spent on the size of vector instructions, not on their number */
        uint64_t retired;             /* instructions of finished slices; traps already taken off */
        Op *next;                     /* where a stopped run goes on */
        Op **code;                    /* by guest page: its Ops, or NULL */
        void *heap;                   /* arena of Ops (core/decode.pyx) */
        Op *loose;                    /* scratch Op: the fetch fault */
        uint8_t *scratch[6];          /* vector temporaries, 8 * 8 * vlenb bytes each */
        uint64_t *elems;              /* element addresses of an indexed access */
        uint32_t stop;                /* enum Stop */
        uint64_t stop_value;
        uint64_t return_pc;           /* an ebreak here ends the run (Machine.call); ~0: none */
        uint64_t trap_cause, trap_pc, trap_value;
        uint64_t trap_count;
        uint64_t (*now)(void *);      /* simulated cycle count, NULL in functional runs */
        void *now_arg;
        void (*stat_dropped)(void *, void *);   /* (now_arg, Op.stat) of an Op whose code changed; NULL in functional runs */
        uint64_t isa;                 /* bit i: extension i of decode.pyx is on */
        uint64_t misa;
        uint64_t strict;              /* choice: 7 = misaligned accesses trap, 0 = they work */
        uint32_t ones;                /* choice: 1 = agnostic elements become all ones, 0 = they stay undisturbed */
        uint32_t half;                /* choice: 1 = vl = ceil(AVL / 2) for VLMAX < AVL < 2 VLMAX */
        /* privileged architecture */
        uint32_t priv;                /* 3 machine, 0 user */
        uint64_t mstatus, mtvec, mepc, mcause, mtval, mscratch, mie, mip, medeleg, mideleg, mcounteren;
        uint64_t satp, pmpcfg[4], pmpaddr[16], mnstatus;
        uint64_t mcycle_offset, minstret_offset;
        uint64_t mcountinhibit, menvcfg;
        uint64_t vs_off;
        /* lr/sc */
        uint64_t reserved_addr;
        uint32_t reserved_size;
        /* HTIF */
        uint64_t tohost, fromhost;    /* guest addresses, ~0: none */
        uint32_t htif_half;           /* 1: the lower half of tohost was stored, the upper half may follow */
        uint8_t *out;                 /* console bytes */
        uint64_t out_len, out_cap;
        /* host FPU */
        uint32_t fpu_saved, fpu_active;
        /* loops in bulk (core/bulk.pyx) */
        uint64_t epoch;               /* changes whenever decoded code does */
        void *work;                   /* what is known of loops */
        uint64_t bulk;                /* instructions that were run so */
    };
    """
    ctypedef struct State:
        Event ev
        uint64_t x[33]
        uint8_t *perm
        uint8_t *mem
        uint64_t mem_size
        uint8_t *v
        uint64_t f[32]
        uint32_t vidx
        uint32_t vlenb
        uint32_t host_rm
        uint32_t fs_off
        uint32_t fflags
        uint32_t frm
        uint32_t vxrm
        uint32_t vxsat
        uint64_t vstart
        uint64_t vtype
        int64_t n
        int64_t budget
        int64_t weight
        uint64_t retired
        Op *next
        Op **code
        void *heap
        Op *loose
        uint8_t *scratch[6]
        uint64_t *elems
        uint32_t stop
        uint64_t stop_value
        uint64_t return_pc
        uint64_t trap_cause
        uint64_t trap_pc
        uint64_t trap_value
        uint64_t trap_count
        uint64_t (*now)(void *) noexcept nogil
        void *now_arg
        void (*stat_dropped)(void *, void *) noexcept nogil
        uint64_t isa
        uint64_t misa
        uint64_t strict
        uint32_t ones
        uint32_t half
        uint32_t priv
        uint64_t mstatus
        uint64_t mtvec
        uint64_t mepc
        uint64_t mcause
        uint64_t mtval
        uint64_t mscratch
        uint64_t mie
        uint64_t mip
        uint64_t medeleg
        uint64_t mideleg
        uint64_t mcounteren
        uint64_t satp
        uint64_t pmpcfg[4]
        uint64_t pmpaddr[16]
        uint64_t mnstatus
        uint64_t mcycle_offset
        uint64_t minstret_offset
        uint64_t mcountinhibit
        uint64_t menvcfg
        uint64_t vs_off
        uint64_t reserved_addr
        uint32_t reserved_size
        uint64_t tohost
        uint64_t fromhost
        uint32_t htif_half
        uint8_t *out
        uint64_t out_len
        uint64_t out_cap
        uint32_t fpu_saved
        uint32_t fpu_active
        uint64_t epoch
        void *work
        uint64_t bulk

ctypedef Op *(*StepFn)(State *, Op *) noexcept nogil
ctypedef Op *(*TailFn)(State *, Op *, int64_t) noexcept nogil
# An element loop: out[i] = f(d[i], a[i], b[i]) for n elements; b is one value in the .vx and .vf rows.
ctypedef void (*Loop)(State *, void *out, const void *d, const void *a, const void *b, uint64_t n) noexcept nogil
