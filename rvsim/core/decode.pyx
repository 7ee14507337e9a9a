# Looks an instruction word up in the table and fills in its Op, once an address.
#
# The table arrives as data (core/rows.py reads rvsim.isa); this file knows field layouts and legality rules in general and
# no instruction in particular. Chapters: V 3.4.2 and 5.2 (register groups and their overlap), 5.3 (masks).
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, malloc
from libc.string cimport memset

from rvsim.core.control cimport Heap, fetch_word, op_at, take_trap
from rvsim.core.op cimport KIND_SYSTEM, KIND_VECTOR, KIND_VLOAD, KIND_VSTORE
from rvsim.core.state cimport CAUSE_FETCH, PERM_WATCH, PERM_X, STOP_CODE, TailFn

cdef enum:
    KEYS = 1 << 15      # 32-bit words: opcode[6:2], funct3, funct6 and bit 25; 16-bit words are searched linearly

cdef Row *ROWS = NULL
cdef int row_count = 0
cdef Field *FIELDS = NULL
cdef uint16_t *candidates = NULL         # row numbers, runs ended by 0xffff
cdef uint32_t *first = NULL              # by key: where its run begins
cdef uint32_t first_compressed = 0
cdef void *ones_step = NULL               # step function that also fills agnostic elements


# ---- fields --------------------------------------------------------------------------------------------

cdef int64_t field(int32_t which, uint32_t word, int64_t absent) noexcept nogil:
    cdef Field *f
    cdef int64_t value = 0
    cdef int i
    if which < -1: return -3 - which
    if which == -1: return absent
    f = &FIELDS[which]
    for i in range(f.count):
        value |= <int64_t>((word >> f.lo[i]) & ((<uint64_t>1 << (f.hi[i] - f.lo[i] + 1)) - 1)) << f.to[i]
    if f.is_signed and (value >> (f.width - 1)) & 1:
        value -= <int64_t>1 << f.width
    return value + f.bias


cdef uint32_t key_of(uint32_t word) noexcept nogil:
    return ((word >> 2) & 31) | ((word >> 12) & 7) << 5 | ((word >> 25) & 127) << 8


cdef int row_of(State *s, uint32_t word, int length) noexcept nogil:
    """Row number of an instruction word, -1 when none of the hart's extensions has it."""
    cdef uint32_t i = first_compressed if length == 2 else first[key_of(word)]
    cdef Row *row
    while candidates[i] != 0xffff:
        row = &ROWS[candidates[i]]
        if (word & row.mask == row.match and row.length == length and (row.nonzero[0] == 0 or word & row.nonzero[0])
                and (row.nonzero[1] == 0 or word & row.nonzero[1]) and (row.nonzero[2] == 0 or word & row.nonzero[2])
                and ((row.extension[0] & s.isa) == row.extension[0] or (row.extension[1] & s.isa) == row.extension[1])):
            return candidates[i]
        i += 1
    return -1


# ---- legality of vector operands -----------------------------------------------------------------------

cdef bint shape(Operand *o, int sew, int lmul, int *eew, int *emul, int *regs) noexcept nogil:
    """EEW (log2 bytes, -3 for a bit), EMUL (log2) and registers of an operand; false when reserved."""
    emul[0] = 0
    if o.group == GROUP_SEW:
        eew[0] = sew + o.value
        emul[0] = lmul + o.value
    elif o.group == GROUP_EEW:
        eew[0] = o.value
        emul[0] = o.value - sew + lmul
    elif o.group == GROUP_SCALAR:
        eew[0] = sew + o.value
    elif o.group == GROUP_REGS:
        eew[0] = 0
        regs[0] = o.value
        return True
    else:
        eew[0] = -3
    regs[0] = 1 << emul[0] if emul[0] > 0 else 1
    return (o.group == GROUP_MASK or 0 <= eew[0] <= 3) and -3 <= emul[0] <= 3


cdef bint aligned(Operand *o, int reg, int regs) noexcept nogil:
    if o.group == GROUP_SCALAR or o.group == GROUP_MASK: return True
    return reg % regs == 0 and regs * o.nf <= 8 and reg + regs * o.nf <= 32


cdef bint overlap_legal(Row *row, int vd, int d_eew, int d_regs, int vs, int s_eew, int s_emul, int s_regs) noexcept nogil:
    cdef int d_end = vd + d_regs * row.vd.nf, s_end = vs + s_regs
    if vd >= s_end or vs >= d_end: return True
    if row.no_overlap: return False
    if d_eew == s_eew: return True
    if d_eew < s_eew: return vd == vs
    return s_emul >= 0 and d_end == s_end and row.vd.nf == 1


cdef bint legal_under(State *s, Row *row, Op *op, int min_sew, int sew, int lmul) noexcept nogil:
    cdef int eew, emul, regs, d_eew = 0, d_emul = 0, d_regs = 0
    cdef bint writes = row.kind != KIND_VSTORE
    if sew < min_sew or sew > row.max_sew or (s.vlenb == 8 and sew > row.zve64_max_sew): return False
    if row.vd.group != GROUP_NONE:
        if not shape(&row.vd, sew, lmul, &d_eew, &d_emul, &d_regs) or not aligned(&row.vd, op.rd, d_regs): return False
        if writes and not op.vm and op.rd == 0 and not row.any_vm: return False
        if writes and row.v0_is_source and op.rd == 0 and row.vd.group != GROUP_MASK: return False
    if row.vs2.group != GROUP_NONE:
        if not shape(&row.vs2, sew, lmul, &eew, &emul, &regs) or not aligned(&row.vs2, op.rs2, regs): return False
        if (writes and row.vd.group != GROUP_NONE and row.vd.group != GROUP_SCALAR and row.vs2.group != GROUP_SCALAR
                and not overlap_legal(row, op.rd, d_eew, d_regs, op.rs2, eew, emul, regs)): return False
    if row.vs1.group != GROUP_NONE:
        if not shape(&row.vs1, sew, lmul, &eew, &emul, &regs) or not aligned(&row.vs1, op.rs1, regs): return False
        if (writes and row.vd.group != GROUP_NONE and row.vd.group != GROUP_SCALAR and row.vs1.group != GROUP_SCALAR
                and not overlap_legal(row, op.rd, d_eew, d_regs, op.rs1, eew, emul, regs)): return False
    return True


cdef uint64_t legal_mask(State *s, Row *row, Op *op) noexcept nogil:
    """One bit for every vtype index under which these registers are legal."""
    cdef uint64_t mask = 0
    cdef int sew, code, min_sew = row.min_sew - (1 if row.half & s.isa else 0)
    if not row.vector_legal:            # legal whatever vtype is, but whole registers have to be aligned all the same
        return ~<uint64_t>0 if row.vd.group != GROUP_REGS or aligned(&row.vd, op.rd, row.vd.value) else 0
    for code in range(8):
        if code != 4:
            for sew in range(4):
                if legal_under(s, row, op, min_sew, sew, code if code < 4 else code - 8):
                    mask |= <uint64_t>1 << (sew | code << 2)
    return mask


# ---- Ops -----------------------------------------------------------------------------------------------

cdef Op *fetch_fault(State *s, Op *op) noexcept nogil:
    """mtval is the part that cannot be fetched: the upper half, where the lower one is there."""
    s.trap_cause = CAUSE_FETCH
    s.trap_value = op.pc + 2 if op.pc < s.mem_size and s.perm[op.pc >> 12] & PERM_X else op.pc
    return take_trap(s, op)


cdef void fill(State *s, Op *op, uint32_t word, int length) noexcept nogil:
    cdef int n = row_of(s, word, length)
    cdef Row *row
    cdef int slot = 0 if length == 2 else 1
    s.perm[op.pc >> 12] |= PERM_WATCH                   # the page may have been unmapped and mapped again since it got its slots
    if length == 4 and op.pc & 4095 == 4094:
        s.perm[(op.pc >> 12) + 1] |= PERM_WATCH         # a store to its second half has to be noticed
    op.len = <uint8_t>(length >> 1)
    op.aux = NULL
    op.stat = NULL
    if n < 0:
        row = &ROWS[0]                   # row 0 is the illegal instruction
        op.insn = 0
    else:
        row = &ROWS[n]
        op.insn = <uint16_t>n
    op.kind = row.kind
    op.size = row.size
    op.vmode = row.vmode
    op.rd = <uint8_t>field(row.rd, word, 32 if row.x_rd else 0)
    if row.x_rd and op.rd == 0:
        op.rd = 32
    op.rs1 = <uint8_t>field(row.rs1, word, 0)
    op.rs2 = <uint8_t>field(row.rs2, word, 0)
    op.rs3 = <uint8_t>field(row.rs3, word, 0)
    op.imm = <int>field(row.imm, word, 0)
    op.vm = <uint8_t>field(row.vm, word, 1)
    op.rm = row.regs if row.regs else <uint8_t>field(row.rm, word, 0)
    op.step = row.step[slot]
    op.tail = row.tail[slot]
    if row.loops != NULL:
        op.aux = row.loops
    op.legal = legal_mask(s, row, op)
    if s.ones and (op.kind == KIND_VECTOR or op.kind == KIND_VLOAD) and row.vd.group != GROUP_NONE:
        op.step = ones_step


cdef Op *decode_at(State *s, Op *op) noexcept nogil:
    """Step function of an empty slot: decode it in place. The instruction itself has not run yet."""
    cdef int length = 0
    cdef uint32_t word = fetch_word(s, op.pc, &length)
    cdef Heap *heap = <Heap *>s.heap
    if length == 0:
        op.kind = KIND_SYSTEM
        op.len = 2
        op.step = <void *>heap.fetch_step
        op.tail = <void *>heap.fetch_tail
    else:
        fill(s, op, word, length)
    return op


cdef Op *decode_tail(State *s, Op *op, int64_t n) noexcept nogil:
    op = decode_at(s, op)
    return (<TailFn>op.tail)(s, op, n)


cdef Op *page_step(State *s, Op *op) noexcept nogil:
    """The two slots behind a page stand for the beginning of the next one."""
    return op_at(s, op.pc)


cdef Op *page_tail(State *s, Op *op, int64_t n) noexcept nogil:
    op = op_at(s, op.pc)
    if n <= 0:
        s.n = n
        s.next = op
        return NULL
    return (<TailFn>op.tail)(s, op, n)


cdef Op *pause_step(State *s, Op *op) noexcept nogil:
    s.stop = STOP_CODE
    s.next = op
    return NULL


cdef Op *pause_tail(State *s, Op *op, int64_t n) noexcept nogil:
    s.n = n
    return pause_step(s, op)


cdef TailFn tail_of_step = NULL


cdef void init_heap(Heap *heap) noexcept:
    memset(heap, 0, sizeof(Heap))
    heap.limit = 1024
    heap.list = <uint64_t *>malloc((heap.limit + 2) * sizeof(uint64_t))
    heap.decode_step = decode_at
    heap.decode_tail = decode_tail
    heap.page_step = page_step
    heap.page_tail = page_tail
    heap.fetch_step = fetch_fault
    heap.fetch_tail = tail_of_step
    heap.pause_step = pause_step
    heap.pause_tail = pause_tail


# ---- installing the table ------------------------------------------------------------------------------

def installed():
    """Whether the table is in place."""
    return ROWS != NULL


def install(fields, rows, loops, size_t step_tail, size_t step_ones):
    """Take over the table, once a process.

    fields: list of (slices, width, signed, bias); rows: list of dicts as rows.py builds them, row 0 being the illegal
    instruction; loops: dict operation -> {log2(SEW/8), + 4 in the scalar forms: address}; step_tail: address of the tail entry that
    wraps a step function; step_ones: of the step function that fills agnostic elements.
    """
    global ROWS, FIELDS, candidates, first, first_compressed, row_count, tail_of_step, ones_step
    cdef int i, j
    cdef Row *row
    cdef void **table
    assert len(rows) < MAX_ROWS
    tail_of_step = <TailFn>step_tail
    ones_step = <void *>step_ones
    FIELDS = <Field *>calloc(len(fields) + 1, sizeof(Field))
    for i, (slices, width, is_signed, bias) in enumerate(fields):
        FIELDS[i].count = len(slices)
        FIELDS[i].width = width
        FIELDS[i].is_signed = is_signed
        FIELDS[i].bias = bias
        for j, (hi, lo, to) in enumerate(slices):
            FIELDS[i].hi[j], FIELDS[i].lo[j], FIELDS[i].to[j] = hi, lo, to
    tables = {}
    for key, entries in loops.items():
        table = <void **>calloc(8, sizeof(void *))
        for i, address in entries.items():
            table[i] = <void *><size_t>address
        tables[key] = <size_t>table
    row = <Row *>calloc(len(rows), sizeof(Row))
    for i, r in enumerate(rows):
        fill_row(&row[i], r, tables)
    row_count = len(rows)
    index(rows)
    ROWS = row


cdef fill_operand(Operand *o, spec):
    o.group, o.value, o.nf = spec


cdef fill_row(Row *row, dict r, dict tables):
    cdef int i
    row.mask, row.match = r["mask"], r["match"]
    for i, bits in enumerate(r["nonzero"]):
        row.nonzero[i] = bits
    row.length, row.kind, row.size, row.vmode, row.regs = r["length"], r["kind"], r["size"], r["vmode"], r["regs"]
    row.x_rd, row.vector_legal, row.no_overlap = r["x_rd"], r["vector_legal"], r["no_overlap"]
    row.v0_is_source, row.fp, row.any_vm = r["v0_is_source"], r["fp"], r["any_vm"]
    row.min_sew, row.max_sew, row.zve64_max_sew = r["min_sew"], r["max_sew"], r["zve64_max_sew"]
    row.code, row.half = r["code"], r["half"]
    row.extension[0], row.extension[1] = r["extension"]
    row.rd, row.rs1, row.rs2, row.rs3 = r["rd"], r["rs1"], r["rs2"], r["rs3"]
    row.imm, row.rm, row.vm = r["imm"], r["rm"], r["vm"]
    fill_operand(&row.vd, r["vd"])
    fill_operand(&row.vs1, r["vs1"])
    fill_operand(&row.vs2, r["vs2"])
    for i in range(2):
        row.step[i] = <void *><size_t>r["step"][i]
        row.tail[i] = <void *><size_t>(r["tail"][i]) if r["tail"][i] else <void *>tail_of_step
    if r["loops"] is not None:
        name, offset = r["loops"]
        row.loops = <void *>(<void **><size_t>tables[name] + <size_t>offset)


cdef index(rows):
    """Which rows to try for each key of a 32-bit word; the 16-bit ones form one run."""
    global candidates, first, first_compressed
    cdef int k
    runs = {}
    for n, r in enumerate(rows):
        if n == 0 or r["length"] == 2:
            continue
        mask, match = key_of(r["mask"]), key_of(r["match"])
        free = ~mask & (KEYS - 1)
        sub = free
        while True:                      # every subset of the bits that the row leaves open
            runs.setdefault(match | sub, []).append(n)
            if sub == 0:
                break
            sub = (sub - 1) & free
    flat = [0xffff]
    starts = {}
    first = <uint32_t *>calloc(KEYS, sizeof(uint32_t))
    for k, run in runs.items():
        run = tuple(sorted(run, key=lambda n: -rows[n]["mask"].bit_count()))     # of two matches the more specific wins
        if run not in starts:
            starts[run] = len(flat)
            flat.extend(run)
            flat.append(0xffff)
        first[k] = starts[run]
    first_compressed = len(flat)
    compressed = [n for n, r in enumerate(rows) if n and r["length"] == 2]
    flat.extend(sorted(compressed, key=lambda n: -rows[n]["mask"].bit_count()))
    flat.append(0xffff)
    candidates = <uint16_t *>malloc(len(flat) * sizeof(uint16_t))
    for k, n in enumerate(flat):
        candidates[k] = n
