# From instruction words to Ops. See decode.pyx.
from libc.stdint cimport int8_t, int16_t, int32_t, uint8_t, uint16_t, uint32_t, uint64_t

from rvsim.core.control cimport Heap
from rvsim.core.op cimport Op
from rvsim.core.state cimport State

cdef enum:
    MAX_SLICES = 8
    MAX_ROWS = 2048

# A field of the instruction word: slices of bits, as in isa/fields.py.
cdef struct Field:
    int count
    int width
    bint is_signed
    int bias
    uint8_t hi[MAX_SLICES]
    uint8_t lo[MAX_SLICES]
    uint8_t to[MAX_SLICES]

# EEW and EMUL of a vector operand relative to vtype, as in the table's `:G`.
cdef enum Group:
    GROUP_NONE = 0
    GROUP_SEW = 1       # value below: log2 of the factor (0, 1 or -1, -2, -3)
    GROUP_MASK = 2
    GROUP_SCALAR = 3    # value: log2 of the factor
    GROUP_EEW = 4       # value: log2(EEW / 8)
    GROUP_REGS = 5      # value: registers

cdef struct Operand:
    uint8_t group
    int8_t value
    uint8_t nf

# One row of the instruction table, with the handlers of its operation.
cdef struct Row:
    uint32_t mask
    uint32_t match
    uint32_t nonzero[3]
    uint8_t length          # bytes
    uint8_t kind
    uint8_t size
    uint8_t vmode
    uint8_t regs            # Op.rm of vector memory: fields, or registers of a whole move
    bint x_rd               # rd is an integer register: x0 becomes the dummy
    bint vector_legal       # subject to vtype
    bint no_overlap         # vd may not overlap a source at all
    bint v0_is_source       # an explicit v0 operand
    bint fp                 # vector floating point
    uint8_t min_sew
    uint8_t max_sew
    uint8_t zve64_max_sew   # the same at VLEN 64, where V is Zve64d
    bint any_vm             # scalar-like destination: vd = v0 is legal under a mask
    uint16_t code           # which operation, for the exact FP path
    uint64_t extension[2]   # bits that State.isa must have, either these or those
    uint64_t half           # with any of these bits in State.isa, min_sew is one less: half precision
    int32_t rd, rs1, rs2, rs3, imm, rm, vm   # field index, or -3 - constant (from -1 up); -1: none
    Operand vd
    Operand vs1
    Operand vs2
    void *step[2]           # by length in halfwords - 1
    void *tail[2]
    void *loops             # vector: Loop by log2(SEW / 8)

cdef Row *ROWS
cdef void init_heap(Heap *heap) noexcept
cdef int row_of(State *s, uint32_t word, int length) noexcept nogil
cdef Op *decode_at(State *s, Op *op) noexcept nogil
