# Vector loads and stores (V chapter 7), and vset* (chapter 6).
#
# One fast path: an unmasked unit stride, or whole registers, over pages that permit it, is one copy. Everything else goes
# element by element, in element order, so that a fault leaves exactly the state the specification asks for: earlier
# elements done, vstart at the one that faulted.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from rvsim.core.control cimport load_slow, store_slow, take_trap
from rvsim.core.op cimport (KIND_VSTORE, VMODE_FF, VMODE_INDEXED, VMODE_MASK, VMODE_STRIDED, VMODE_WHOLE, Op)
from rvsim.core.scalar cimport likely, unlikely
from rvsim.core.state cimport PERM_R, PERM_W, PERM_WATCH, VTYPE_ILLEGAL, State
from rvsim.core.system cimport vector_state
from rvsim.core.vcommon cimport element, mask_bit, v_illegal, vreg


# ---- vsetvli, vsetivli, vsetvl -------------------------------------------------------------------------

cdef void set_vtype(State *s, Op *op, uint64_t vtype, uint64_t avl, bint keep_vl) noexcept nogil:
    """Install vtype, then vl = min(AVL, VLMAX); a reserved or unsupported vtype sets vill and vl = 0.

    keep_vl: rd = rs1 = x0, vl stays, which is reserved when VLMAX would change (here: vill, as the golden model does).
    """
    cdef uint64_t lmul = vtype & 7, sew = (vtype >> 3) & 7, vlmax
    cdef bint legal = vtype >> 8 == 0 and lmul != 4 and sew < 4
    if legal and lmul > 4:
        legal = (8 << sew) << (8 - lmul) <= 64      # SEW <= LMUL * ELEN
    if legal:
        vlmax = (s.vlenb >> sew) << lmul if lmul < 4 else (s.vlenb >> sew) >> (8 - lmul)
        legal = vlmax != 0 and not (keep_vl and (s.ev.vtype >= 32 or vlmax != s.ev.vlmax))
    if legal:
        s.vtype = vtype
        s.ev.vtype = <uint32_t>(sew | lmul << 2)
        s.ev.vlmax = <uint32_t>vlmax
        if not keep_vl:
            if s.half and vlmax < avl < 2 * vlmax: s.ev.vl = <uint32_t>((avl + 1) >> 1)
            else: s.ev.vl = <uint32_t>(avl if avl < vlmax else vlmax)
    else:
        s.vtype = <uint64_t>1 << 63
        s.ev.vtype = 32
        s.ev.vlmax = 0
        s.ev.vl = 0
    s.vstart = 0
    vector_state(s)
    s.x[op.rd] = s.ev.vl


cdef inline Op *vset(State *s, Op *op, uint64_t vtype) noexcept nogil:
    if unlikely(s.vs_off): return v_illegal(s, op)
    if op.rs1 != 0: set_vtype(s, op, vtype, s.x[op.rs1], False)
    elif op.rd != 32: set_vtype(s, op, vtype, ~<uint64_t>0, False)
    else: set_vtype(s, op, vtype, 0, True)
    return op + 2


cdef Op *do_vsetvli(State *s, Op *op) noexcept nogil: return vset(s, op, <uint64_t>op.imm)
cdef Op *do_vsetvl(State *s, Op *op) noexcept nogil: return vset(s, op, s.x[op.rs2])


cdef Op *do_vsetivli(State *s, Op *op) noexcept nogil:
    if unlikely(s.vs_off): return v_illegal(s, op)
    set_vtype(s, op, <uint64_t>op.imm, op.rs1, False)
    return op + 2


# ---- the fast path -------------------------------------------------------------------------------------

cdef inline bint may_access(State *s, Op *op) noexcept nogil:
    """Legality as for arithmetic, but that vstart may be anything."""
    cdef uint32_t vtype = VTYPE_ILLEGAL if s.vs_off else s.ev.vtype if s.ev.vtype < 32 else <uint32_t>VTYPE_ILLEGAL
    return (op.legal >> vtype) & 1 and not s.vs_off


cdef Op *do_vle(State *s, Op *op) noexcept nogil:
    cdef Op *to = NULL
    if likely((op.legal >> s.vidx) & 1 and op.vm and op.rm == 1):
        to = contiguous(s, op, s.ev.vl, False)
    return to if likely(to != NULL) else by_element(s, op)


cdef Op *do_vse(State *s, Op *op) noexcept nogil:
    cdef Op *to = NULL
    if likely((op.legal >> s.vidx) & 1 and op.vm and op.rm == 1):
        to = contiguous(s, op, s.ev.vl, True)
    return to if likely(to != NULL) else by_element(s, op)


cdef Op *do_vlr(State *s, Op *op) noexcept nogil:
    cdef Op *to = NULL
    if likely(op.legal and not s.vs_off and s.vstart == 0):
        to = contiguous(s, op, <uint64_t>op.rm * s.vlenb / op.size, False)
    return to if likely(to != NULL) else by_element(s, op)


cdef Op *do_vsr(State *s, Op *op) noexcept nogil:
    cdef Op *to = NULL
    if likely(op.legal and not s.vs_off and s.vstart == 0):
        to = contiguous(s, op, <uint64_t>op.rm * s.vlenb / op.size, True)
    return to if likely(to != NULL) else by_element(s, op)


# ---- element by element --------------------------------------------------------------------------------

cdef inline int load_element(State *s, uint64_t addr, int size, uint8_t *to) noexcept nogil:
    cdef uint64_t v = 0
    if likely(addr < s.mem_size and s.perm[addr >> 12] & PERM_R and (addr & 4095) + size <= 4096 and not addr & (size - 1) & s.strict):
        memcpy(&v, s.mem + addr, size)
    elif load_slow(s, addr, size, &v):
        return 1
    memcpy(to, &v, size)
    return 0


cdef inline int store_element(State *s, uint64_t addr, int size, const uint8_t *data) noexcept nogil:
    cdef uint64_t v = 0
    memcpy(&v, data, size)
    if likely(addr < s.mem_size and (s.perm[addr >> 12] & (PERM_W | PERM_WATCH)) == PERM_W and (addr & 4095) + size <= 4096
              and not addr & (size - 1) & s.strict):
        memcpy(s.mem + addr, &v, size)
        return 0
    return store_slow(s, addr, size, v)


cdef void element_addresses(State *s, Op *op, int index_log, uint64_t n) noexcept nogil:
    """Addresses of an indexed access, taken before any register is written: vd may overlap the index."""
    cdef uint64_t i, base = s.x[op.rs1]
    cdef const uint8_t *index = vreg(s, op.rs2)
    for i in range(n):
        s.elems[i] = base + element(index, i, index_log)
    s.ev.elems = s.elems


cdef Op *walk(State *s, Op *op, uint64_t n, int size, uint64_t fields, uint64_t step, bint store) noexcept nogil:
    """Move elements vstart..n-1, `fields` each; field f lives `step` registers behind field f-1."""
    cdef uint64_t i, f, addr
    cdef int code = 0, stop = 0
    cdef bint indexed = op.vmode == VMODE_INDEXED
    s.ev.active = 0
    for i in range(s.vstart, n):
        if not op.vm and not mask_bit(s.v, i):
            continue
        addr = s.elems[i] if indexed else s.ev.addr + i * <uint64_t>s.ev.stride
        for f in range(fields):
            if store: code = store_element(s, addr + f * size, size, vreg(s, op.rd) + f * step * s.vlenb + i * size)
            else: code = load_element(s, addr + f * size, size, vreg(s, op.rd) + f * step * s.vlenb + i * size)
            if code == 1:
                if op.vmode == VMODE_FF and i > 0:
                    s.ev.vl = <uint32_t>i
                    break
                s.vstart = i
                vector_state(s)
                return take_trap(s, op)
            stop |= code
        if code == 1:
            break
        s.ev.active += 1
    s.ev.bytes = s.ev.active * fields * size
    s.vstart = 0
    vector_state(s)
    if stop:
        s.next = op + 2
        return NULL
    return op + 2


cdef Op *by_element(State *s, Op *op) noexcept nogil:
    cdef int sew = s.ev.vtype & 3, size = op.size if op.size else 1 << sew
    cdef int lmul = <int>((s.ev.vtype >> 2) & 7), emul
    cdef uint64_t n = s.ev.vl
    cdef bint store = op.kind == KIND_VSTORE
    if unlikely(not may_access(s, op)): return v_illegal(s, op)
    s.ev.addr = s.x[op.rs1]
    s.ev.stride = size
    if op.vmode == VMODE_WHOLE:
        return walk(s, op, <uint64_t>op.rm * s.vlenb / size, size, 1, 0, store)
    if op.vmode == VMODE_MASK:
        return walk(s, op, (n + 7) >> 3, 1, 1, 0, store)
    emul = lmul if lmul < 4 else lmul - 8
    if op.vmode == VMODE_INDEXED:
        element_addresses(s, op, op.imm, n)
        s.ev.stride = 0
    else:
        emul += log2_bytes(size) - sew
        s.ev.stride = <int64_t>s.x[op.rs2] if op.vmode == VMODE_STRIDED else size * op.rm
    return walk(s, op, n, size, op.rm, 1 << emul if emul > 0 else 1, store)


cdef Op *do_vleff(State *s, Op *op) noexcept nogil:
    """V 7.7: it may process fewer elements than vl for any reason, as long as the first is done; the smaller choice of vl does."""
    cdef uint64_t traps = s.trap_count, start = s.vstart
    cdef Op *to = by_element(s, op)
    if unlikely(s.half) and s.trap_count == traps and start == 0 and s.ev.vl > 1:
        s.ev.vl = (s.ev.vl + 1) >> 1
        vector_state(s)
    return to


cdef inline int log2_bytes(int size) noexcept nogil:
    return 0 if size == 1 else 1 if size == 2 else 2 if size == 4 else 3


def handlers():
    """Operation name -> address of its step function."""
    out = {
        "vsetvli": <size_t>&do_vsetvli, "vsetvl": <size_t>&do_vsetvl, "vsetivli": <size_t>&do_vsetivli,
        "vle": <size_t>&do_vle, "vse": <size_t>&do_vse, "vlr": <size_t>&do_vlr, "vsr": <size_t>&do_vsr,
        "vleff": <size_t>&do_vleff,
    }
    for name in ("vlm", "vsm", "vlse", "vsse", "vlux", "vlox", "vsux", "vsox"):
        out[name] = <size_t>&by_element
    return out
