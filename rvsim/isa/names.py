"""The closed vocabularies of the table: units, extensions and flags, each word with its one-line meaning.

A row that uses a word not listed here is an error when the table is built; a word that no row uses is an error in the
tests. Nothing here knows encodings.
"""

from __future__ import annotations


def _words(text: str) -> dict[str, str]:
    pairs = (line.split(None, 1) for line in text.strip().splitlines())
    return {word: meaning.strip() for word, meaning in pairs}


# The functional unit that a timing model prices. The name says the class of work, never how a machine does it.
UNITS: dict[str, str] = _words("""
alu                        integer add, logic, shift, compare, upper immediates
mul                        integer multiply
div                        integer divide and remainder
branch                     conditional branches
jump                       jal and jalr
load                       integer loads
store                      integer stores
amo                        atomic read-modify-write, load-reserved, store-conditional
csr                        reads and writes of control and status registers
fence                      memory and instruction-stream ordering
system                     traps, trap returns, wait for interrupt
fp_add                     scalar floating-point add, subtract
fp_mul                     scalar floating-point multiply
fp_fma                     scalar fused multiply-add
fp_div                     scalar floating-point divide
fp_sqrt                    scalar floating-point square root
fp_move                    scalar sign injection (moves, negate, absolute value)
fp_minmax                  scalar floating-point minimum, maximum
fp_compare                 scalar floating-point compares, result in an integer register
fp_cvt                     conversions between scalar floating-point formats
fp_to_int                  floating-point register to integer register: convert, move, classify
int_to_fp                  integer register to floating-point register: convert, move
fload                      scalar floating-point loads
fstore                     scalar floating-point stores
v_config                   vsetvli, vsetivli, vsetvl
v_int_simple               vector integer add, subtract, minimum, maximum
v_int_logic                vector and, or, xor
v_int_shift                vector shifts
v_int_mul                  vector integer multiply, low and high halves
v_int_macc                 vector integer multiply-add
v_int_div                  vector integer divide and remainder
v_carry                    add with carry, subtract with borrow
v_carry_mask               carry-out and borrow-out into a mask
v_compare                  integer compares into a mask
v_extend                   sign and zero extension from a fraction of SEW
v_move                     vmv.v.v, vmv.v.x, vmv.v.i
v_merge                    integer merge under a mask
v_widen_add                widening add, subtract of two SEW operands
v_widen_add_w              widening add, subtract of a 2*SEW and a SEW operand
v_widen_mul                widening integer multiply
v_widen_macc               widening integer multiply-add
v_narrow_shift             narrowing right shifts
v_fixed_sat                saturating add, subtract
v_fixed_avg                averaging add, subtract
v_fixed_mul                fractional multiply with rounding and saturation
v_fixed_shift              scaling shifts
v_narrow_clip              narrowing clips
v_fp_add                   vector floating-point add, subtract
v_fp_mul                   vector floating-point multiply
v_fp_fma                   vector fused multiply-add
v_fp_minmax                vector floating-point minimum, maximum
v_fp_sgnj                  vector sign injection
v_fp_merge                 floating-point merge under a mask
v_fp_move                  vfmv.v.f
v_fp_class                 vector classify
v_fp_compare               floating-point compares into a mask
v_fp_cvt                   conversions between equal widths
v_fp_cvt_widen             conversions to twice the width
v_fp_cvt_narrow            conversions to half the width
v_fp_widen_add             widening floating-point add, subtract of two SEW operands
v_fp_widen_add_w           widening floating-point add, subtract of a 2*SEW and a SEW operand
v_fp_widen_mul             widening floating-point multiply
v_fp_widen_fma             widening fused multiply-add
v_fp_estimate              seven-bit estimates of reciprocal and reciprocal square root
v_fp_div                   vector floating-point divide
v_fp_sqrt                  vector floating-point square root
v_reduce_int               integer sum, minimum, maximum reductions
v_reduce_logic             and, or, xor reductions
v_reduce_int_widen         widening integer sums
v_reduce_fp                unordered floating-point sum
v_reduce_fp_minmax         floating-point minimum, maximum reductions
v_reduce_fp_ordered        ordered floating-point sum
v_reduce_fp_widen          unordered widening floating-point sum
v_reduce_fp_ordered_widen  ordered widening floating-point sum
v_mask_logic               logic between mask registers
v_mask_first               vmsbf, vmsif, vmsof
v_mask_to_scalar           vcpop, vfirst
v_iota                     viota
v_id                       vid
v_vec_to_scalar            element 0 to an integer or floating-point register
v_scalar_to_vec            integer or floating-point register to element 0
v_slide_up                 vslideup
v_slide_down               vslidedown
v_slide1_up                slide up by one, scalar shifted in
v_slide1_down              slide down by one, scalar shifted in
v_gather                   vrgather.vv
v_gather16                 vrgatherei16.vv
v_gather_scalar            vrgather.vx, vrgather.vi
v_compress                 vcompress
v_move_whole               vmv1r.v .. vmv8r.v
v_load                     unit-stride loads
v_load_ff                  fault-only-first loads, segments included
v_load_strided             strided loads
v_load_indexed             indexed loads
v_load_mask                vlm.v
v_load_whole               whole-register loads
v_load_seg                 unit-stride segment loads
v_load_seg_strided         strided segment loads
v_load_seg_indexed         indexed segment loads
v_store                    unit-stride stores
v_store_strided            strided stores
v_store_indexed            indexed stores
v_store_mask               vsm.v
v_store_whole              whole-register stores
v_store_seg                unit-stride segment stores
v_store_seg_strided        strided segment stores
v_store_seg_indexed        indexed segment stores
""")

EXTENSIONS: dict[str, str] = _words("""
i         base integer instructions, RV64
m         integer multiply and divide
a         atomics
f         single-precision floating point
d         double-precision floating point
c         compressed instructions, RV64
zicsr     control and status registers
zifencei  fence.i
priv      trap return and wait of the privileged architecture
v         vector instructions 1.0
zba       address generation: shift and add
zbb       logic with negate, minimum, maximum, rotation, counting, bytes
zbs       single bits
zbc       carry-less multiply
zicond    conditional zero
zfhmin    half precision: loads, stores, moves, conversions between formats
zfh       half precision arithmetic
zfbfmin   bfloat16 conversions
zfa       further floating point: constants, rounding to integral, quiet compares
zcb       more compressed instructions
zicbom    cache-block clean, flush, invalidate
zicbop    cache-block prefetch hints
zicboz    cache-block zero
zihintpause    pause
zihintntl      non-temporal locality hints
zimop     may-be-operations
zcmop     compressed may-be-operations
zawrs     wait on a reservation set
zvkb      vector bit manipulation for cryptography, the lesser half of Zvbb
zvbb      vector bit manipulation
zvbc      vector carry-less multiply
zvfhmin   vector conversions between half and single precision; no rows of its own
zvfh      vector half precision: SEW 16 for the rows of V; no rows of its own
zvfbfmin  vector conversions between bfloat16 and single precision
zvfbfwma  vector widening multiply-add of bfloat16
zvdot4a8i_0p1  draft 0.1: four-way dot products of 8-bit integers
""")

FLAGS: dict[str, str] = _words("""
fp          SEW must be a supported floating-point width, and frm legal
fhmin       Zvfhmin is enough for the widths of half precision; others need Zvfh
fp2         2*SEW must be a supported floating-point width, and frm legal
reads_vd    vd is a source as well as the destination
no_overlap  vd may overlap no vector source, v0 under a mask included
e16         SEW must be 16
e32         SEW must be 32
e64         SEW must be 64
vstart0     the specification demands vstart = 0
not_zve64   at SEW 64 in the full V extension only, not in Zve64 (VLEN 64)
vill_ok     legal while vtype.vill is set
exact       the conversion never rounds: assemblers leave rm at rne, not dyn
""")
