# A hart as Python sees it: registers, CSRs, memory, the console. Running it is the engine's business.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

import numpy as np

from rvsim.core import rows
from rvsim.core.bulk cimport new_work
from rvsim.core.control cimport Heap, drop_all, fetch_word, op_at, reset_slots
from rvsim.core.decode cimport init_heap, row_of
from rvsim.core.memory cimport Memory, window
from rvsim.core.op cimport Op
from rvsim.core.state cimport (PERM_WATCH, STOP_CODE, STOP_EXIT, STOP_HTIF, STOP_NONE, STOP_RETURN, STOP_TRAP,
                               State)
from rvsim.core.system cimport csr_read, csr_write, set_mstatus, vector_state
from rvsim.errors import UsageError

STOPS = {
    STOP_NONE: "budget", STOP_EXIT: "exit", STOP_RETURN: "return", STOP_TRAP: "trap", STOP_HTIF: "htif", STOP_CODE: "code",
}
CSRS = {
    "fflags": 0x001, "frm": 0x002, "fcsr": 0x003, "vstart": 0x008, "vxsat": 0x009, "vxrm": 0x00a, "vcsr": 0x00f,
    "cycle": 0xc00, "time": 0xc01, "instret": 0xc02, "vl": 0xc20, "vtype": 0xc21, "vlenb": 0xc22, "mstatus": 0x300,
    "misa": 0x301, "medeleg": 0x302, "mideleg": 0x303, "mie": 0x304, "mtvec": 0x305, "mcounteren": 0x306,
    "mscratch": 0x340, "mepc": 0x341, "mcause": 0x342, "mtval": 0x343, "mip": 0x344, "satp": 0x180, "mcycle": 0xb00,
    "minstret": 0xb02, "mhartid": 0xf14,
}
cdef enum:
    CONSOLE = 1 << 16

cdef extern from "<sys/mman.h>" nogil:
    void *mmap(void *addr, size_t length, int prot, int flags, int fd, long offset)
    int munmap(void *addr, size_t length)
    int PROT_READ, PROT_WRITE, MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE

cdef extern from "<stdlib.h>" nogil:
    int posix_memalign(void **out, size_t alignment, size_t size)


cdef class Hart:
    """One hart: x, f and v registers, CSRs and memory.

    vlen: bits of a vector register, a power of two from 64 to 65536. extensions: names of `rvsim.isa.EXTENSIONS`.
    What the specification leaves open: ones: agnostic elements become all ones, otherwise they stay undisturbed; strict:
    misaligned accesses trap; half: vl = ceil(AVL / 2) for VLMAX < AVL < 2 VLMAX, otherwise VLMAX, and fault-only-first loads halve vl.
    """

    def __cinit__(self, int vlen, extensions, Memory memory not None, *, bint ones=False, bint strict=False, bint half=False):
        cdef State *s
        cdef void *block = NULL
        cdef int i
        if vlen < 64 or vlen > 65536 or vlen & (vlen - 1):
            raise UsageError(f"VLEN {vlen}: must be a power of two from 64 to 65536")
        rows.install()
        self.memory = memory
        if posix_memalign(&block, 64, sizeof(State)):
            raise MemoryError()
        memset(block, 0, sizeof(State))
        self.s = s = <State *>block
        s.mem = memory.base
        s.perm = memory.perm
        s.mem_size = memory.size
        s.vlenb = vlen // 8
        if posix_memalign(&block, 4096, 32 * s.vlenb):
            raise MemoryError()
        memset(block, 0, 32 * s.vlenb)
        s.v = <uint8_t *>block
        for i in range(6):
            if posix_memalign(&block, 64, 16 * s.vlenb + 128):
                raise MemoryError()
            memset(block, 0, 16 * s.vlenb + 128)
            s.scratch[i] = <uint8_t *>block
        s.elems = <uint64_t *>calloc(8 * s.vlenb, sizeof(uint64_t))
        s.ev.elems = s.elems
        s.heap = malloc(sizeof(Heap))
        s.loose = <Op *>calloc(1, sizeof(Op))
        s.out = <uint8_t *>malloc(CONSOLE)
        s.work = new_work()
        s.out_cap = CONSOLE
        self.code_map = mmap(NULL, (s.mem_size >> 12) * sizeof(void *), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        if self.code_map == <void *>-1 or s.elems == NULL or s.heap == NULL or s.loose == NULL or s.out == NULL or s.work == NULL:
            self.code_map = NULL
            raise MemoryError()
        s.code = <Op **>self.code_map
        init_heap(<Heap *>s.heap)
        s.ones = ones
        s.strict = 7 if strict else 0
        s.half = half
        s.isa = rows.extension_bits(frozenset(extensions))
        letters = {e for e in extensions if len(e) == 1} - ({"v"} if vlen < 128 else set())     # Zve64d is no V
        s.misa = sum(1 << (ord(e) - ord("a")) for e in letters) | 1 << 20
        s.misa |= 2 if {"zba", "zbb", "zbs"} <= set(extensions) else 0
        self.reset()

    def __dealloc__(self):
        cdef int i
        if self.s == NULL:
            return
        if self.code_map != NULL:
            self.s.stat_dropped = NULL      # the model may be gone
            drop_all(self.s)
            munmap(self.code_map, (self.s.mem_size >> 12) * sizeof(void *))
        if self.s.heap != NULL:
            free((<Heap *>self.s.heap).list)
        for i in range(6):
            free(self.s.scratch[i])
        free(self.s.heap)
        free(self.s.loose)
        free(self.s.elems)
        free(self.s.out)
        free(self.s.work)
        free(self.s.v)
        free(self.s)

    def reset(self):
        """Registers and CSRs to their reset values; memory stays."""
        cdef State *s = self.s
        memset(s.x, 0, sizeof(s.x))
        memset(s.v, 0, 32 * s.vlenb)
        cdef int i
        for i in range(32):
            s.f[i] = 0
        s.priv = 3
        s.fflags = s.frm = s.vxrm = s.vxsat = 0
        s.vstart = 0
        s.ev.vl = 0
        s.ev.vlmax = 0
        s.ev.vtype = 32
        s.vtype = <uint64_t>1 << 63
        s.mtvec = s.mepc = s.mcause = s.mtval = s.mscratch = s.mie = s.mip = s.medeleg = s.mideleg = 0
        s.mcounteren = s.satp = s.mnstatus = s.mcycle_offset = s.minstret_offset = s.mcountinhibit = s.menvcfg = 0
        memset(s.pmpcfg, 0, sizeof(s.pmpcfg))
        memset(s.pmpaddr, 0, sizeof(s.pmpaddr))
        s.reserved_size = 0
        s.tohost = s.fromhost = s.return_pc = ~<uint64_t>0
        s.htif_half = 0
        s.retired = s.trap_count = 0
        s.n = s.budget = s.weight = 0
        s.stop = STOP_NONE
        s.out_len = 0
        set_mstatus(s, 0)
        self.write_pc(0)

    # ---- program counter, registers, CSRs -----------------------------------------------------------------

    cdef int write_pc(self, uint64_t pc) except -1:
        self.s.next = op_at(self.s, pc & ~<uint64_t>1)
        return 0

    @property
    def pc(self):
        return self.s.next.pc

    @pc.setter
    def pc(self, uint64_t value):
        self.write_pc(value)

    def get_x(self, unsigned int i):
        return self.s.x[i & 31]

    def set_x(self, unsigned int i, value):
        if i & 31:
            self.s.x[i & 31] = <uint64_t>(value & 0xffffffffffffffff)

    def get_f(self, unsigned int i):
        return self.s.f[i & 31]

    def set_f(self, unsigned int i, uint64_t bits):
        self.s.f[i & 31] = bits

    def v_bytes(self):
        """All 32 vector registers as uint8 [32, VLEN/8]: a view that keeps the hart alive."""
        return np.frombuffer(window(self, self.s.v, 32 * self.s.vlenb), np.uint8).reshape(32, self.s.vlenb)

    def csr(self, name) -> int:
        """Value of a CSR, by name or number. Raises UsageError when it does not exist."""
        cdef uint64_t v = 0
        number = _csr_number(name)
        if not csr_read(self.s, number, &v):
            raise UsageError(f"CSR {name} does not exist or is off")
        return v

    def set_csr(self, name, value):
        """Write a CSR; UsageError when it does not exist or is read-only."""
        cdef uint64_t v = 0
        number = _csr_number(name)
        if not csr_read(self.s, number, &v) or not csr_write(self.s, number, <uint64_t>(value & 0xffffffffffffffff)):
            raise UsageError(f"CSR {name} does not exist or is read-only")

    @property
    def priv(self):
        return self.s.priv

    # ---- state around a run -----------------------------------------------------------------------------------

    def enable(self):
        """Turn the floating-point and vector units on (mstatus.FS and VS = Initial)."""
        set_mstatus(self.s, self.s.mstatus | 0x2200)

    def enter_user(self):
        """User mode as Linux sets it up: counters may be read; blocks may be cleaned, flushed and zeroed."""
        self.s.priv = 0
        self.s.mcounteren = 7
        self.s.menvcfg = 0xd0               # CBIE = flush, CBCFE, CBZE

    def set_vtype(self, uint64_t vtype, uint64_t vl):
        """Install vtype and vl from outside, as a debugger would; an illegal vtype becomes vill, a vl beyond VLMAX becomes VLMAX."""
        cdef uint64_t sew = (vtype >> 3) & 7, lmul = vtype & 7, vlmax = 0
        if vtype >> 8 == 0 and lmul != 4 and sew < 4 and (lmul < 4 or (8 << sew) << (8 - lmul) <= 64):
            vlmax = (self.s.vlenb >> sew) << lmul if lmul < 4 else (self.s.vlenb >> sew) >> (8 - lmul)
        self.s.vtype = vtype if vlmax else <uint64_t>1 << 63
        self.s.ev.vtype = <uint32_t>(sew | lmul << 2) if vlmax else 32
        self.s.ev.vlmax = <uint32_t>vlmax
        self.s.ev.vl = <uint32_t>(vl if vl < vlmax else vlmax)
        vector_state(self.s)

    def set_return(self, uint64_t pc):
        """An ebreak at this address ends a run with stop `return`."""
        self.s.return_pc = pc

    def break_everywhere(self):
        """Every ebreak ends a run with stop `return`, as a debugger's breakpoints do. `set_return` undoes it."""
        self.s.return_pc = ~<uint64_t>1

    def set_htif(self, tohost, fromhost):
        """Watch `tohost`; None: there is none."""
        self.s.tohost = ~<uint64_t>0 if tohost is None else tohost
        self.s.fromhost = ~<uint64_t>0 if fromhost is None else fromhost
        if tohost is not None:
            if not self.memory.allows(tohost, 8, 2):
                raise UsageError(f"tohost at {tohost:#x} is not in writable memory")
            self.s.perm[tohost >> 12] |= PERM_WATCH

    def code_changed(self, uint64_t addr, uint64_t size):
        """Tell that bytes of code were written from outside."""
        if size and addr < self.s.mem_size:
            reset_slots(self.s, addr, min(size, self.s.mem_size - addr))

    def drop_code(self, uint64_t addr, uint64_t size):
        """Forget all decoded code if some was decoded in a range: to be called before its pages go or change permissions."""
        cdef Heap *heap = <Heap *>self.s.heap
        cdef uint64_t pc = self.s.next.pc, first = addr >> 12, last = (addr + size - 1) >> 12
        cdef int64_t i
        for i in range(heap.pages):
            if size and first <= heap.list[i] + 1 and heap.list[i] <= last:     # an instruction may end on the next page
                drop_all(self.s)
                self.write_pc(pc)
                return

    def take_console(self) -> bytes:
        """What the program printed since the last call."""
        out = (<const char *>self.s.out)[:self.s.out_len]
        self.s.out_len = 0
        return out

    def answer_htif(self):
        """Tell the program that its system call was served."""
        self.memory.write(self.s.tohost, bytes(8))
        if self.s.fromhost != ~<uint64_t>0:
            self.memory.write(self.s.fromhost, (1).to_bytes(8, "little"))

    @property
    def stop(self):
        """Why the last run came back."""
        return STOPS[self.s.stop]

    @property
    def stop_value(self):
        return self.s.stop_value

    @property
    def trap(self):
        """(cause, pc, value) of the last trap."""
        return self.s.trap_cause, self.s.trap_pc, self.s.trap_value

    @property
    def trap_count(self):
        return self.s.trap_count

    @property
    def instructions(self):
        """Instructions retired since reset."""
        return self.s.retired

    @property
    def in_bulk(self):
        """Instructions that were run as loops in bulk (core/bulk.pyx) since the hart was made."""
        return self.s.bulk

    def word_at(self, uint64_t pc):
        """(instruction word, bytes) at an address; 0 bytes where nothing can be fetched."""
        cdef int length = 0
        word = fetch_word(self.s, pc, &length)
        return word, length

    def decoded(self, uint64_t pc):
        """Row number of the table for the instruction at pc, 0 when it is illegal."""
        cdef int length = 0
        cdef uint32_t word = fetch_word(self.s, pc, &length)
        cdef int row = row_of(self.s, word, length) if length else -1
        return row if row > 0 else 0


def _csr_number(name):
    if isinstance(name, int) and 0 <= name < 4096:
        return name
    if not isinstance(name, str) or name not in CSRS:
        raise UsageError(f"unknown CSR {name!r}; a number from 0 to 4095, or one of: {', '.join(CSRS)}")
    return CSRS[name]
