# Control transfer and the slow side of memory: code pages, traps, HTIF.
#
# A guest page of code has one array of PAGE_OPS slots. Slot i is the instruction at halfword i; the last two slots
# lead to the next page. An empty slot decodes itself when it is reached, so resetting a slot is all that a store
# over code has to do, and no link to an Op ever dangles while a run is in progress.
# It must not know what instructions do. Chapters: machine-level traps (privileged ISA 3.1), Zifencei.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memcpy, memset

from rvsim.core.op cimport KIND_SYSTEM, KIND_UNDECODED
from rvsim.core.state cimport (CAUSE_ILLEGAL, CAUSE_LOAD, CAUSE_MISALIGNED_LOAD, CAUSE_MISALIGNED_STORE, CAUSE_STORE, PAGE_OPS, PERM_R,
                               PERM_W, PERM_WATCH, PERM_X, STOP_EXIT, STOP_HTIF, STOP_TRAP)

cdef extern from "<stdlib.h>" nogil:
    int posix_memalign(void **out, size_t alignment, size_t size)

cdef enum:
    MSTATUS_MIE = 8
    MSTATUS_MPIE = 128
    MSTATUS_MPP = 0x1800


# ---- code pages --------------------------------------------------------------------------------------

cdef void empty_slot(Heap *heap, Op *op, int index) noexcept nogil:
    op.kind = KIND_UNDECODED
    op.aux = NULL
    op.stat = NULL
    if index < PAGE_OPS - 2:
        op.step = <void *>heap.decode_step
        op.tail = <void *>heap.decode_tail
    else:
        op.step = <void *>heap.page_step
        op.tail = <void *>heap.page_tail


cdef Op *new_page(State *s, uint64_t page) noexcept nogil:
    cdef Heap *heap = <Heap *>s.heap
    cdef void *mem = NULL
    cdef Op *ops
    cdef int i
    if heap.pages > heap.limit or posix_memalign(&mem, 64, PAGE_OPS * sizeof(Op)):
        return NULL
    ops = <Op *>mem
    memset(mem, 0, PAGE_OPS * sizeof(Op))
    for i in range(PAGE_OPS):
        ops[i].pc = (page << 12) + <uint64_t>(2 * i)
        empty_slot(heap, &ops[i], i)
    s.code[page] = ops
    s.perm[page] |= PERM_WATCH
    heap.list[heap.pages] = page
    heap.pages += 1
    return ops


cdef Op *op_at(State *s, uint64_t pc) noexcept nogil:
    """The Op at an address; where nothing can be fetched, an Op that raises the fetch fault.

    `State.loose` is the one Op that is never linked: it stands for whatever has no slot."""
    cdef Op *ops
    cdef Op *loose = s.loose
    cdef Heap *heap = <Heap *>s.heap
    if pc < s.mem_size and s.perm[pc >> 12] & PERM_X:
        ops = s.code[pc >> 12]
        if ops == NULL:
            ops = new_page(s, pc >> 12)
            if ops == NULL:         # too many code pages: stop here, the run loop drops them and goes on
                loose.pc = pc
                loose.kind = KIND_UNDECODED
                loose.step = <void *>heap.pause_step
                loose.tail = <void *>heap.pause_tail
                return loose
        return &ops[(pc & 4095) >> 1]
    loose.pc = pc
    loose.kind = KIND_SYSTEM
    loose.len = 2
    loose.step = <void *>heap.fetch_step
    loose.tail = <void *>heap.fetch_tail
    return loose


cdef Op *link(State *s, Op *op, uint64_t target) noexcept nogil:
    """Op at the target of `op`, remembered in `op.aux` for the next time."""
    cdef Op *to = op_at(s, target)
    op.aux = NULL if to == s.loose else <void *>to
    return to


cdef inline void drop_stat(State *s, Op *op) noexcept nogil:
    """Give the observer's record of an Op back to it."""
    if op.stat != NULL and s.stat_dropped != NULL:
        s.stat_dropped(s.now_arg, op.stat)
    op.stat = NULL


cdef void reset_slots(State *s, uint64_t addr, uint64_t size) noexcept nogil:
    """Forget what was decoded from `size` bytes at `addr`; an instruction may begin two bytes earlier."""
    cdef uint64_t first = (addr - 2 if addr >= 2 else 0) >> 1, last = (addr + size - 1) >> 1, i
    cdef Op *ops
    cdef Heap *heap = <Heap *>s.heap
    i = first
    while i <= last:
        ops = s.code[i >> 11]
        if ops == NULL:
            i = (i | 2047) + 1
            continue
        s.epoch += ops[i & 2047].kind != KIND_UNDECODED
        drop_stat(s, &ops[i & 2047])
        empty_slot(heap, &ops[i & 2047], <int>(i & 2047))
        i += 1


cdef void drop_all(State *s) noexcept nogil:
    """Free every code page. Only between runs: no Op may be referred to afterwards."""
    cdef Heap *heap = <Heap *>s.heap
    cdef int i
    s.epoch += 1
    while heap.pages:
        heap.pages -= 1
        for i in range(PAGE_OPS):
            drop_stat(s, &s.code[heap.list[heap.pages]][i])
        free(s.code[heap.list[heap.pages]])
        s.code[heap.list[heap.pages]] = NULL


cdef uint32_t fetch_word(State *s, uint64_t pc, int *length) noexcept nogil:
    """The instruction at an address, and its bytes (0: the fetch faults)."""
    cdef uint16_t low, high
    length[0] = 0
    if pc >= s.mem_size or not s.perm[pc >> 12] & PERM_X:
        return 0
    memcpy(&low, s.mem + pc, 2)
    if low & 3 != 3:
        length[0] = 2
        return low
    if pc + 4 > s.mem_size or not s.perm[(pc + 2) >> 12] & PERM_X:
        return 0
    memcpy(&high, s.mem + pc + 2, 2)
    length[0] = 4
    return <uint32_t>low | (<uint32_t>high << 16)


# ---- traps -------------------------------------------------------------------------------------------

cdef Op *take_trap(State *s, Op *op) noexcept nogil:
    """Enter the machine-mode handler, or stop the run (NULL) where there is none that could run."""
    cdef uint64_t handler = s.mtvec & ~<uint64_t>3
    cdef int length = 0
    if s.trap_cause == CAUSE_ILLEGAL:
        s.trap_value = fetch_word(s, op.pc, &length)
    s.trap_pc = op.pc
    s.trap_count += 1
    s.retired -= 1
    if handler == 0 or handler >= s.mem_size or not s.perm[handler >> 12] & PERM_X:
        s.stop = STOP_TRAP
        s.next = op
        return NULL
    s.mepc = op.pc
    s.mcause = s.trap_cause
    s.mtval = s.trap_value
    s.mstatus = ((s.mstatus & ~<uint64_t>(MSTATUS_MPIE | MSTATUS_MIE | MSTATUS_MPP))
                 | ((s.mstatus & MSTATUS_MIE) << 4) | (<uint64_t>s.priv << 11))
    s.priv = 3
    return op_at(s, handler)


# ---- memory beside the fast path ---------------------------------------------------------------------

cdef bint allowed(State *s, uint64_t addr, uint64_t size, uint8_t perm, uint64_t *fault) noexcept nogil:
    cdef uint64_t a = addr
    cdef uint64_t end = addr + size
    while a < end or end < addr:
        if a >= s.mem_size or (s.perm[a >> 12] & perm) != perm:
            fault[0] = a
            return False
        a = (a | 4095) + 1
    return True


cdef int load_slow(State *s, uint64_t addr, int size, uint64_t *value) noexcept nogil:
    """Load across a page boundary, or fault (1)."""
    if addr & (size - 1) & s.strict:
        s.trap_value = addr
        s.trap_cause = CAUSE_MISALIGNED_LOAD
        return 1
    if not allowed(s, addr, size, PERM_R, &s.trap_value):
        s.trap_cause = CAUSE_LOAD
        return 1
    value[0] = 0
    memcpy(value, s.mem + addr, size)
    return 0


cdef int store_slow(State *s, uint64_t addr, int size, uint64_t value) noexcept nogil:
    """Store across a page boundary or to a watched page. 0: done, 1: trap pending, 2: done and the run stops.

    Of a store that faults on its second page the bytes on the first are written, as the golden model does.
    """
    cdef uint64_t part
    if addr & (size - 1) & s.strict:
        s.trap_value = addr
        s.trap_cause = CAUSE_MISALIGNED_STORE
        return 1
    if not allowed(s, addr, size, PERM_W, &s.trap_value):
        s.trap_cause = CAUSE_STORE
        part = s.trap_value - addr
        if part:
            memcpy(s.mem + addr, &value, part)
            reset_slots(s, addr, part)
        return 1
    memcpy(s.mem + addr, &value, size)
    return after_store(s, addr, size)


cdef int after_store(State *s, uint64_t addr, uint64_t size) noexcept nogil:
    """What a store to watched pages sets off: code is decoded anew, and `tohost` is served."""
    reset_slots(s, addr, size)          # also where only the tail of an instruction lies, begun on the page before
    if s.tohost < addr + size and addr < s.tohost + 8:
        # A 32-bit store of the lower half may be the first of two: wait for the upper one.
        if size == 4 and addr == s.tohost and not s.htif_half:
            s.htif_half = 1
            return 0
        return 2 if htif(s) else 0
    return 0


cdef bint htif(State *s) noexcept nogil:
    """Serve `tohost`; true when the run must stop (exit, or a system call that the host has to make)."""
    cdef uint64_t v = 0
    s.htif_half = 0
    memcpy(&v, s.mem + s.tohost, 8)
    if v == 0:
        return False
    if v >> 56 == 0 and v & 1:
        s.stop = STOP_EXIT
        s.stop_value = v >> 1
        return True
    if v >> 56 == 1 and (v >> 48) & 255 == 1:
        memset(s.mem + s.tohost, 0, 8)
        if s.out_len < s.out_cap:
            s.out[s.out_len] = <uint8_t>v
            s.out_len += 1
        if s.out_len < s.out_cap:
            return False
        s.stop_value = 0            # the buffer is full: let the host empty it
        s.stop = STOP_HTIF
        return True
    if v >> 56 == 0:
        s.stop = STOP_HTIF
        s.stop_value = v
        return True
    memset(s.mem + s.tohost, 0, 8)
    return False
