# CSRs and the instructions of the privileged architecture: machine mode with precise traps, and user mode.
#
# A CSR that is not here does not exist: accessing it is an illegal instruction. Chapters: Zicsr, Zicntr, F (fcsr),
# V section 3, privileged ISA chapter 3.
from libc.stdint cimport uint32_t, uint64_t

from rvsim.core.control cimport op_at, take_trap
from rvsim.core.fpu cimport fpu_collect, fpu_mode
from rvsim.core.op cimport Op
from rvsim.core.scalar cimport block_allowed
from rvsim.core.state cimport (CAUSE_BREAKPOINT, CAUSE_ECALL_M, CAUSE_ECALL_U, CAUSE_ILLEGAL, CAUSE_STORE, ENVCFG_CBCFE,
                               ENVCFG_CBIE, ENVCFG_CBZE, PERM_R, PERM_W, STOP_RETURN, VTYPE_ILLEGAL, State)

cdef enum:
    MSTATUS_WRITABLE = 0x66 << 8 | 0x1800 | 0x88 | 0x20000     # FS VS MPP MPIE MIE MPRV
    MSTATUS_FS = 0x6000
    MSTATUS_VS = 0x600


cdef uint64_t EVERY_EBREAK = ~<uint64_t>1     # State.return_pc, set by Hart.break_everywhere


cdef void vector_state(State *s) noexcept nogil:
    """Recompute what handlers test instead of vill, VS and vstart."""
    s.vidx = VTYPE_ILLEGAL if s.vs_off or s.vstart or s.ev.vtype >= 32 else s.ev.vtype


cdef uint64_t instret(State *s) noexcept nogil:
    return s.retired + <uint64_t>(s.budget - s.n - s.weight)


cdef uint64_t cycles(State *s) noexcept nogil:
    return s.now(s.now_arg) if s.now != NULL else instret(s)


cdef void set_mstatus(State *s, uint64_t value) noexcept nogil:
    cdef uint64_t mpp = (value >> 11) & 3
    value &= MSTATUS_WRITABLE
    if mpp == 1 or mpp == 2:            # only M and U exist; MPP keeps its old value
        value = (value & ~<uint64_t>0x1800) | (s.mstatus & 0x1800)
    s.mstatus = value
    s.fs_off = not value & MSTATUS_FS
    s.vs_off = not value & MSTATUS_VS
    fpu_mode(s)
    vector_state(s)


cdef uint64_t get_mstatus(State *s) noexcept nogil:
    """FS and VS read as Dirty once on: the specification lets an implementation always say so."""
    cdef uint64_t v = s.mstatus | <uint64_t>2 << 32
    if not s.fs_off: v |= MSTATUS_FS
    if not s.vs_off: v |= MSTATUS_VS
    if v & MSTATUS_FS == MSTATUS_FS or v & MSTATUS_VS == MSTATUS_VS: v |= <uint64_t>1 << 63
    return v


cdef bint counter_allowed(State *s, uint32_t bit) noexcept nogil:
    return s.priv == 3 or (s.mcounteren >> bit) & 1


cdef bint csr_read(State *s, uint32_t n, uint64_t *v) noexcept nogil:
    """Read a CSR; false when it does not exist or may not be read now."""
    if s.priv < 3 and (n >> 8) & 3:
        return False
    if 0x001 <= n <= 0x003:
        if s.fs_off: return False
        fpu_collect(s)
        v[0] = s.fflags if n == 1 else s.frm if n == 2 else s.fflags | s.frm << 5
    elif n == 0x008 or n == 0x009 or n == 0x00a or n == 0x00f or 0xc20 <= n <= 0xc22:
        if s.vs_off: return False
        v[0] = (s.vstart if n == 0x008 else s.vxsat if n == 0x009 else s.vxrm if n == 0x00a
                else s.vxsat | s.vxrm << 1 if n == 0x00f else s.ev.vl if n == 0xc20 else s.vtype if n == 0xc21 else s.vlenb)
    elif n == 0xc00 or n == 0xc01:
        if not counter_allowed(s, n & 3): return False
        v[0] = cycles(s)
    elif n == 0xc02:
        if not counter_allowed(s, 2): return False
        v[0] = instret(s)
    elif 0xc03 <= n <= 0xc1f:
        if not counter_allowed(s, n & 31): return False
        v[0] = 0
    elif n == 0x300: v[0] = get_mstatus(s)
    elif n == 0x301: v[0] = <uint64_t>2 << 62 | s.misa       # MXL: 64 bits
    elif n == 0x302: v[0] = s.medeleg
    elif n == 0x303: v[0] = s.mideleg
    elif n == 0x304: v[0] = s.mie
    elif n == 0x305: v[0] = s.mtvec
    elif n == 0x306: v[0] = s.mcounteren
    elif n == 0x30a: v[0] = s.menvcfg
    elif n == 0x320: v[0] = s.mcountinhibit
    elif 0x323 <= n <= 0x33f: v[0] = 0
    elif n == 0x340: v[0] = s.mscratch
    elif n == 0x341: v[0] = s.mepc
    elif n == 0x342: v[0] = s.mcause
    elif n == 0x343: v[0] = s.mtval
    elif n == 0x344: v[0] = s.mip
    elif 0x3a0 <= n <= 0x3af and not n & 1: v[0] = s.pmpcfg[(n >> 1) & 3] if n < 0x3a8 else 0
    elif 0x3b0 <= n <= 0x3ef: v[0] = s.pmpaddr[n - 0x3b0] if n < 0x3c0 else 0
    elif n == 0x180: v[0] = s.satp
    elif n == 0x744: v[0] = s.mnstatus
    elif n == 0xb00: v[0] = cycles(s) + s.mcycle_offset
    elif n == 0xb02: v[0] = instret(s) + s.minstret_offset
    elif 0xb03 <= n <= 0xb1f: v[0] = 0
    elif 0xf11 <= n <= 0xf15: v[0] = 0
    else:
        return False
    return True


cdef bint csr_write(State *s, uint32_t n, uint64_t v) noexcept nogil:
    """Write a CSR that csr_read could read; false when it is read-only."""
    if n >> 10 == 3:
        return False
    if n == 0x001:
        fpu_collect(s)
        s.fflags = v & 31
    elif n == 0x002:
        s.frm = v & 7
        fpu_mode(s)
    elif n == 0x003:
        fpu_collect(s)
        s.fflags = v & 31
        s.frm = (v >> 5) & 7
        fpu_mode(s)
    elif n == 0x008:
        s.vstart = v & (s.vlenb * 8 - 1)
        vector_state(s)
    elif n == 0x009: s.vxsat = v & 1
    elif n == 0x00a: s.vxrm = v & 3
    elif n == 0x00f:
        s.vxsat = v & 1
        s.vxrm = (v >> 1) & 3
    elif n == 0x300: set_mstatus(s, v)
    elif n == 0x302: s.medeleg = v
    elif n == 0x303: s.mideleg = v
    elif n == 0x304: s.mie = v & 0x888
    elif n == 0x305: s.mtvec = v & ~<uint64_t>3          # direct mode only
    elif n == 0x306: s.mcounteren = v & 0xffffffffULL
    elif n == 0x30a: s.menvcfg = v & (ENVCFG_CBIE | ENVCFG_CBCFE | ENVCFG_CBZE)
    elif n == 0x320: s.mcountinhibit = v & 0xfffffffdULL
    elif n == 0x340: s.mscratch = v
    elif n == 0x341: s.mepc = v & ~<uint64_t>1
    elif n == 0x342: s.mcause = v
    elif n == 0x343: s.mtval = v
    elif n == 0x344: pass                                 # all its bits are the platform's, and none interrupts
    elif 0x3a0 <= n <= 0x3a6: s.pmpcfg[(n >> 1) & 3] = v
    elif 0x3b0 <= n < 0x3c0: s.pmpaddr[n - 0x3b0] = v
    elif n == 0x180: s.satp = 0                           # no translation: satp stays Bare
    elif n == 0x744: s.mnstatus = v
    elif n == 0xb00: s.mcycle_offset = v - cycles(s) - (s.now == NULL)   # without a clock an instruction is a cycle
    elif n == 0xb02: s.minstret_offset = v - instret(s) - 1   # the write itself retires after it
    return True


cdef Op *trap(State *s, Op *op, uint64_t cause, uint64_t value) noexcept nogil:
    s.trap_cause = cause
    s.trap_value = value
    return take_trap(s, op)


cdef Op *csr_op(State *s, Op *op, int what, uint64_t operand, bint reads, bint writes) noexcept nogil:
    """what: 0 write, 1 set, 2 clear. The CSR's number is `op.imm`."""
    cdef uint64_t old = 0
    cdef uint32_t n = <uint32_t>op.imm
    if not csr_read(s, n, &old):
        return trap(s, op, CAUSE_ILLEGAL, 0)
    if writes and not csr_write(s, n, operand if what == 0 else old | operand if what == 1 else old & ~operand):
        return trap(s, op, CAUSE_ILLEGAL, 0)
    if reads:
        s.x[op.rd] = old
    return op + op.len


cdef Op *do_csrrw(State *s, Op *op) noexcept nogil: return csr_op(s, op, 0, s.x[op.rs1], op.rd != 32, True)
cdef Op *do_csrrs(State *s, Op *op) noexcept nogil: return csr_op(s, op, 1, s.x[op.rs1], True, op.rs1 != 0)
cdef Op *do_csrrc(State *s, Op *op) noexcept nogil: return csr_op(s, op, 2, s.x[op.rs1], True, op.rs1 != 0)
cdef Op *do_csrrwi(State *s, Op *op) noexcept nogil: return csr_op(s, op, 0, op.rs1, op.rd != 32, True)
cdef Op *do_csrrsi(State *s, Op *op) noexcept nogil: return csr_op(s, op, 1, op.rs1, True, op.rs1 != 0)
cdef Op *do_csrrci(State *s, Op *op) noexcept nogil: return csr_op(s, op, 2, op.rs1, True, op.rs1 != 0)


cdef Op *do_ecall(State *s, Op *op) noexcept nogil:
    return trap(s, op, CAUSE_ECALL_M if s.priv == 3 else CAUSE_ECALL_U, 0)


cdef Op *do_ebreak(State *s, Op *op) noexcept nogil:
    if op.pc == s.return_pc or s.return_pc == EVERY_EBREAK:
        s.stop = STOP_RETURN
        s.next = op
        s.retired -= 1                  # the landing pad is no instruction of the program
        return NULL
    return trap(s, op, CAUSE_BREAKPOINT, op.pc)


cdef Op *do_mret(State *s, Op *op) noexcept nogil:
    cdef uint64_t mpp = (s.mstatus >> 11) & 3
    if s.priv != 3:
        return trap(s, op, CAUSE_ILLEGAL, 0)
    s.mstatus = (s.mstatus & ~<uint64_t>0x1888) | 0x80 | ((s.mstatus >> 4) & 8)
    if mpp != 3:
        s.mstatus &= ~<uint64_t>0x20000
    s.priv = <uint32_t>mpp
    return op_at(s, s.mepc)


cdef Op *do_wfi(State *s, Op *op) noexcept nogil: return op + op.len          # a legal no-op: no interrupts here
cdef Op *do_fence(State *s, Op *op) noexcept nogil: return op + op.len        # one hart, in order
cdef Op *do_fence_i(State *s, Op *op) noexcept nogil: return op + op.len      # stores reset decoded code at once


cdef inline Op *block(State *s, Op *op, uint64_t bits) noexcept nogil:
    """cbo.clean, flush, inval: memory is all there is, and it is coherent; the block must be accessible."""
    cdef uint64_t a = s.x[op.rs1]
    if not block_allowed(s, bits):
        return trap(s, op, CAUSE_ILLEGAL, 0)
    if a >= s.mem_size or not s.perm[a >> 12] & (PERM_R | PERM_W):
        return trap(s, op, CAUSE_STORE, a)
    return op + op.len


cdef Op *do_cbo_clean(State *s, Op *op) noexcept nogil: return block(s, op, ENVCFG_CBCFE)
cdef Op *do_cbo_inval(State *s, Op *op) noexcept nogil: return block(s, op, ENVCFG_CBIE)


cdef Op *do_illegal(State *s, Op *op) noexcept nogil:
    return trap(s, op, CAUSE_ILLEGAL, 0)


def handlers():
    """Operation name -> address of its step function."""
    return {
        "csrrw": <size_t>&do_csrrw, "csrrs": <size_t>&do_csrrs, "csrrc": <size_t>&do_csrrc,
        "csrrwi": <size_t>&do_csrrwi, "csrrsi": <size_t>&do_csrrsi, "csrrci": <size_t>&do_csrrci,
        "ecall": <size_t>&do_ecall, "ebreak": <size_t>&do_ebreak, "mret": <size_t>&do_mret, "wfi": <size_t>&do_wfi,
        "sret": <size_t>&do_illegal,       # there is no supervisor mode
        "cbo_clean": <size_t>&do_cbo_clean, "cbo_flush": <size_t>&do_cbo_clean, "cbo_inval": <size_t>&do_cbo_inval,
        "fence": <size_t>&do_fence, "fence_i": <size_t>&do_fence_i, "illegal": <size_t>&do_illegal,
    }
