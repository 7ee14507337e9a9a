# A: load-reserved, store-conditional, atomic memory operations. Chapter A; one hart, so ordering bits have no effect.
#
# A misaligned address is an access fault where ordinary misaligned accesses work, as in the golden model: an
# address-misaligned trap would ask the handler to emulate what cannot be emulated. A reservation is an address: a
# store-conditional of either width succeeds on exactly that one.
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy

from rvsim.core.control cimport after_store, take_trap
from rvsim.core.op cimport Op
from rvsim.core.state cimport (CAUSE_LOAD, CAUSE_MISALIGNED_LOAD, CAUSE_MISALIGNED_STORE, CAUSE_STORE, PERM_R, PERM_W,
                               PERM_WATCH, State)

cdef enum What:
    SWAP, ADD, XOR, AND, OR, MIN, MAX, MINU, MAXU


cdef Op *fault(State *s, Op *op, uint64_t cause, uint64_t addr) noexcept nogil:
    s.trap_cause = cause
    s.trap_value = addr
    return take_trap(s, op)


cdef Op *stored(State *s, Op *op, uint64_t addr, int size) noexcept nogil:
    """Go on after a store, which may have hit code or tohost."""
    if s.perm[addr >> 12] & PERM_WATCH and after_store(s, addr, size):
        s.next = op + op.len
        return NULL
    return op + op.len


cdef bint usable(State *s, uint64_t addr, int perm) noexcept nogil:
    return addr < s.mem_size and (s.perm[addr >> 12] & perm) == perm


cdef uint64_t extend(uint64_t v, int size) noexcept nogil:
    return <uint64_t><int64_t><int32_t>v if size == 4 else v


cdef Op *lr(State *s, Op *op, int size) noexcept nogil:
    cdef uint64_t addr = s.x[op.rs1], v = 0
    s.ev.addr = addr
    if addr & (size - 1): return fault(s, op, CAUSE_MISALIGNED_LOAD if s.strict else CAUSE_LOAD, addr)
    if not usable(s, addr, PERM_R): return fault(s, op, CAUSE_LOAD, addr)
    memcpy(&v, s.mem + addr, size)
    s.reserved_addr = addr
    s.reserved_size = size
    s.x[op.rd] = extend(v, size)
    return op + op.len


cdef Op *sc(State *s, Op *op, int size) noexcept nogil:
    cdef uint64_t addr = s.x[op.rs1]
    cdef bint held = s.reserved_size != 0 and s.reserved_addr == addr
    s.ev.addr = addr
    if addr & (size - 1): return fault(s, op, CAUSE_MISALIGNED_STORE if s.strict else CAUSE_STORE, addr)
    if not usable(s, addr, PERM_W): return fault(s, op, CAUSE_STORE, addr)
    s.reserved_size = 0
    if held:
        memcpy(s.mem + addr, &s.x[op.rs2], size)
    s.x[op.rd] = not held
    return stored(s, op, addr, size) if held else op + op.len


cdef Op *amo(State *s, Op *op, int size, What what) noexcept nogil:
    cdef uint64_t addr = s.x[op.rs1], old = 0, b, r
    s.ev.addr = addr
    if addr & (size - 1): return fault(s, op, CAUSE_MISALIGNED_STORE if s.strict else CAUSE_STORE, addr)
    if not usable(s, addr, PERM_R | PERM_W): return fault(s, op, CAUSE_STORE, addr)
    memcpy(&old, s.mem + addr, size)
    old = extend(old, size)
    b = extend(s.x[op.rs2], size)
    if what == SWAP: r = b
    elif what == ADD: r = old + b
    elif what == XOR: r = old ^ b
    elif what == AND: r = old & b
    elif what == OR: r = old | b
    elif what == MIN: r = old if <int64_t>old < <int64_t>b else b
    elif what == MAX: r = old if <int64_t>old > <int64_t>b else b
    elif what == MINU: r = old if old < b else b     # sign extension keeps the unsigned order
    else: r = old if old > b else b
    memcpy(s.mem + addr, &r, size)
    s.x[op.rd] = old
    return stored(s, op, addr, size)


cdef Op *do_lr_w(State *s, Op *op) noexcept nogil: return lr(s, op, 4)
cdef Op *do_lr_d(State *s, Op *op) noexcept nogil: return lr(s, op, 8)
cdef Op *do_sc_w(State *s, Op *op) noexcept nogil: return sc(s, op, 4)
cdef Op *do_sc_d(State *s, Op *op) noexcept nogil: return sc(s, op, 8)
cdef Op *do_amoswap_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, SWAP)
cdef Op *do_amoswap_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, SWAP)
cdef Op *do_amoadd_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, ADD)
cdef Op *do_amoadd_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, ADD)
cdef Op *do_amoxor_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, XOR)
cdef Op *do_amoxor_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, XOR)
cdef Op *do_amoand_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, AND)
cdef Op *do_amoand_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, AND)
cdef Op *do_amoor_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, OR)
cdef Op *do_amoor_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, OR)
cdef Op *do_amomin_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, MIN)
cdef Op *do_amomin_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, MIN)
cdef Op *do_amomax_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, MAX)
cdef Op *do_amomax_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, MAX)
cdef Op *do_amominu_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, MINU)
cdef Op *do_amominu_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, MINU)
cdef Op *do_amomaxu_w(State *s, Op *op) noexcept nogil: return amo(s, op, 4, MAXU)
cdef Op *do_amomaxu_d(State *s, Op *op) noexcept nogil: return amo(s, op, 8, MAXU)


def handlers():
    """Operation name -> address of its step function."""
    return {
        "lr_w": <size_t>&do_lr_w, "lr_d": <size_t>&do_lr_d, "sc_w": <size_t>&do_sc_w, "sc_d": <size_t>&do_sc_d,
        "amoswap_w": <size_t>&do_amoswap_w, "amoswap_d": <size_t>&do_amoswap_d,
        "amoadd_w": <size_t>&do_amoadd_w, "amoadd_d": <size_t>&do_amoadd_d,
        "amoxor_w": <size_t>&do_amoxor_w, "amoxor_d": <size_t>&do_amoxor_d,
        "amoand_w": <size_t>&do_amoand_w, "amoand_d": <size_t>&do_amoand_d,
        "amoor_w": <size_t>&do_amoor_w, "amoor_d": <size_t>&do_amoor_d,
        "amomin_w": <size_t>&do_amomin_w, "amomin_d": <size_t>&do_amomin_d,
        "amomax_w": <size_t>&do_amomax_w, "amomax_d": <size_t>&do_amomax_d,
        "amominu_w": <size_t>&do_amominu_w, "amominu_d": <size_t>&do_amominu_d,
        "amomaxu_w": <size_t>&do_amomaxu_w, "amomaxu_d": <size_t>&do_amomaxu_d,
    }
