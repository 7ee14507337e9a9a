# The traced loop: one line an instruction in Spike's commit-log format, so that the two logs can be compared.
#
#     core   0: 3 0x0000000080000134 (0x0205e407) e32 m8 l128 v8  0x... mem 0x...
#
# Registers come first, then addresses read, then addresses written with their values. CSR side effects are left out: Spike
# prints them in the order of a hash table. docs/howto/run-a-kernel.md shows how to compare.
from libc.stdint cimport uint8_t, uint64_t

from rvsim import isa
from rvsim.core.fpu cimport fpu_enter, fpu_leave
from rvsim.core.hart cimport Hart
from rvsim.core.op cimport (KIND_AMO, KIND_LOAD, KIND_STORE, KIND_UNDECODED, KIND_VLOAD, KIND_VSET, KIND_VSTORE, VMODE_INDEXED,
                            VMODE_MASK, VMODE_WHOLE, Op)
from rvsim.core.state cimport STOP_NONE, STOP_RETURN, STOP_TRAP, State, StepFn
from rvsim.timing.model cimport Timing, TimingModel, timing_step


def _destinations():
    """By row of the table: ('x'|'f'|'v', group, fields) of what is written, or None; row 0 is the illegal instruction."""
    out = [None]
    for row in isa.INSTRUCTIONS:
        full = isa.BY_NAME[row.operation] if row.expands else row
        found = [o for o in full.operands if o.name in ("rd", "fd", "vd")]
        out.append((found[0].cls, found[0].group, found[0].nf) if found else None)
    return out


class CommitLog:
    """A commit log being written to a file. Raises OSError where the file cannot be written."""

    def __init__(self, path, Hart hart not None):
        self.file = open(path, "w", encoding="ascii")
        self.destinations = _destinations()

    def close(self):
        self.file.close()


cdef str hex_bytes(const uint8_t *p, uint64_t n):
    """Little-endian bytes as one hexadecimal number."""
    return "0x" + (<const char *>p)[:n][::-1].hex()


cdef list written_registers(State *s, Op *op, str group, int nf, uint64_t vl):
    """Vector registers that hold an element written: those below vl, in each field of a segment."""
    cdef int sew = s.ev.vtype & 3, lmul = <int>((s.ev.vtype >> 2) & 7), eew = sew, emul, span, r, f
    if group[0] == "r":
        return list(range(op.rd, op.rd + int(group[1:])))
    if vl == 0:
        return []
    if group in ("m", "s", "2s"):
        return [op.rd]
    emul = lmul if lmul < 4 else lmul - 8
    if group[0] == "e":
        eew = int(group[1:]).bit_length() - 4
        emul += eew - sew
    elif group == "2":
        eew += 1
        emul += 1
    span = 1 << emul if emul > 0 else 1
    used = <int>(((vl << eew) + s.vlenb - 1) / s.vlenb)
    return [op.rd + f * span + r for f in range(nf) for r in range(used)]


# By the low five bits of vtype, as Spike spells them.
cdef tuple SHAPES = tuple([
    f" e{sew} {group}" for group in ("m1", "m2", "m4", "m8", "mf16", "mf8", "mf4", "mf2") for sew in (8, 16, 32, 64)
])


cdef str vector_prefix(State *s):
    if s.ev.vtype >= 32:
        return " e8 m1 l0"
    return f"{SHAPES[s.ev.vtype]} l{s.ev.vl}"


cdef list addresses(State *s, Op *op, uint64_t vl, uint64_t vstart, const uint8_t *mask):
    """(address, bytes) of every active element of a memory instruction, in element order."""
    cdef uint64_t i, f, n = vl, size = op.size if op.size else 1 << (s.ev.vtype & 3), fields = 1
    cdef uint64_t a
    if op.kind < KIND_VSET:
        return [(s.ev.addr, size)]
    if op.vmode == VMODE_WHOLE: n = <uint64_t>op.rm * s.vlenb / size
    elif op.vmode == VMODE_MASK: n = (vl + 7) >> 3
    else: fields = op.rm
    out = []
    for i in range(vstart, n):          # what lies before vstart was not touched, and need not be there
        if not op.vm and not (mask[i >> 3] >> (i & 7)) & 1:
            continue
        a = s.elems[i] if op.vmode == VMODE_INDEXED else s.ev.addr + i * <uint64_t>s.ev.stride
        for f in range(fields):
            out.append((a + f * size, size))
    return out


cdef int scalar_bytes(str operation):
    """Bytes of a scalar access: sb, sh, sw, sd, fsw, fsd."""
    return {"b": 1, "h": 2, "w": 4, "d": 8}[operation[len(operation) - 1]]


cdef str line(State *s, Op *op, uint64_t pc, uint64_t word, int length, int priv, object what, bytes mask, uint64_t vstart):
    cdef uint64_t vl = s.ev.vl, data
    cdef const uint8_t *m = mask
    text = f"core   0: {priv} {pc:#018x} ({word:#0{2 + 2 * length}x})"
    if op.kind > KIND_VSET:
        text += vector_prefix(s)
    if what is not None:
        cls, group, nf = what
        if cls == "x" and op.rd != 32: text += f" x{op.rd:<2d} {s.x[op.rd]:#018x}"
        elif cls == "f": text += f" f{op.rd:<2d} {s.f[op.rd]:#018x}"
        elif cls == "v":
            for r in written_registers(s, op, group, nf, vl):
                text += f" v{r:<2d} {hex_bytes(s.v + <uint64_t>r * s.vlenb, s.vlenb)}"
    if op.kind == KIND_LOAD or op.kind == KIND_AMO:
        text += f" mem {s.ev.addr:#018x}"
    elif op.kind == KIND_VLOAD:
        text += "".join([f" mem {a:#018x}" for a, _ in addresses(s, op, vl, vstart, m)])
    elif op.kind == KIND_STORE:
        row = isa.INSTRUCTIONS[op.insn - 1]
        if row.operation == "cbo_zero":
            return text + "".join([f" mem {s.ev.addr + i:#018x} 0x00" for i in range(64)]) + "\n"
        data = s.f[op.rs2] if row.unit == "fstore" else s.x[op.rs2]     # memory may have changed: tohost is cleared when served
        text += f" mem {s.ev.addr:#018x} {hex_bytes(<uint8_t *>&data, scalar_bytes(row.operation))}"
    elif op.kind == KIND_VSTORE:
        text += "".join([f" mem {a:#018x} {hex_bytes(s.mem + <uint64_t>a, n)}" for a, n in addresses(s, op, vl, vstart, m)])
    return text + "\n"


def run_traced(Hart hart not None, TimingModel model, uint64_t limit, log):
    """Run at most `limit` instructions, one line each; true when something stopped the run."""
    cdef State *s = hart.s
    cdef Timing *T = model.t if model is not None else NULL
    cdef Op *op = s.next
    cdef Op *to
    cdef Op was
    cdef uint64_t traps, vstart
    s.stop = STOP_NONE
    s.weight = 0
    while limit > 0:
        if op.kind == KIND_UNDECODED:
            to = (<StepFn>op.step)(s, op)
            if to == NULL: return True
            op = to
            continue
        word, length = hart.word_at(op.pc)
        was = op[0]
        priv, traps, vstart, mask = s.priv, s.trap_count, s.vstart, (<const char *>s.v)[:s.vlenb]
        s.budget = s.n = 1
        s.next = op
        fpu_enter(s)
        to = (<StepFn>op.step)(s, op)
        fpu_leave(s)
        s.n = 0
        s.retired += 1
        s.budget = 0
        limit -= 1
        if to != NULL: s.next = to      # before anything that may raise: the instruction is done
        if s.stop != STOP_RETURN and s.stop != STOP_TRAP and s.trap_count == traps:
            if T != NULL:
                timing_step(T, op, &s.ev, to if to != NULL else op + was.len)
            log.file.write(line(s, &was, was.pc, word, length, priv, log.destinations[was.insn], mask, vstart))
        if to == NULL: return True
        op = to
    return False
