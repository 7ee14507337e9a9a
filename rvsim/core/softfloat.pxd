# Exact floating point in integers only: what the host FPU cannot do, or not exactly (RMM, round to odd,
# single rounding in f16 and bf16, hosts that detect tininess before rounding). One code for all formats.
# Values are raw bits, right-aligned in a uint64_t: NaN boxing is the caller's. Flags are OR-ed into *flags.
# The caller has checked the rounding mode; 5 and 7 (reserved) behave as RTZ. Knows nothing of harts or instructions.
# Spec: RISC-V unprivileged ISA, chapters F, D, Zfh, BF16; V chapter for round to odd and the 7-bit estimates.
from libc.stdint cimport uint32_t, uint64_t

cdef enum:
    SF_F16 = 0
    SF_BF16 = 1
    SF_F32 = 2
    SF_F64 = 3

cdef enum:  # rounding modes, numbered as in frm; 6 is the ISA's vfncvt.rod
    SF_RNE = 0
    SF_RTZ = 1
    SF_RDN = 2
    SF_RUP = 3
    SF_RMM = 4
    SF_ROD = 6

cdef enum:  # flags, numbered as in fflags
    SF_NX = 1
    SF_UF = 2
    SF_OF = 4
    SF_DZ = 8
    SF_NV = 16

cdef uint64_t sf_add(int fmt, uint64_t a, uint64_t b, int rm, uint32_t* flags) noexcept nogil
cdef uint64_t sf_sub(int fmt, uint64_t a, uint64_t b, int rm, uint32_t* flags) noexcept nogil
cdef uint64_t sf_mul(int fmt, uint64_t a, uint64_t b, int rm, uint32_t* flags) noexcept nogil
cdef uint64_t sf_div(int fmt, uint64_t a, uint64_t b, int rm, uint32_t* flags) noexcept nogil
cdef uint64_t sf_sqrt(int fmt, uint64_t a, int rm, uint32_t* flags) noexcept nogil
# a * b + c with one rounding
cdef uint64_t sf_fma(int fmt, uint64_t a, uint64_t b, uint64_t c, int rm, uint32_t* flags) noexcept nogil

cdef uint64_t sf_cvt(int from_fmt, int to_fmt, uint64_t a, int rm, uint32_t* flags) noexcept nogil
# bits is 8, 16, 32 or 64; the result is sign-extended when signed, zero-extended otherwise
cdef uint64_t sf_to_int(int fmt, uint64_t a, int bits, bint is_signed, int rm, uint32_t* flags) noexcept nogil
# only the low `bits` bits of v are read
cdef uint64_t sf_from_int(int fmt, uint64_t v, int bits, bint is_signed, int rm, uint32_t* flags) noexcept nogil

# to an integral value of the same format; NX only when `inexact` asks for it
cdef uint64_t sf_round(int fmt, uint64_t a, int rm, bint inexact, uint32_t* flags) noexcept nogil

cdef bint sf_eq(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil
cdef bint sf_lt(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil
cdef bint sf_le(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil
cdef uint64_t sf_min(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil
cdef uint64_t sf_max(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil
cdef uint64_t sf_class(int fmt, uint64_t a) noexcept nogil

cdef uint64_t sf_rec7(int fmt, uint64_t a, int rm, uint32_t* flags) noexcept nogil
cdef uint64_t sf_rsqrt7(int fmt, uint64_t a, uint32_t* flags) noexcept nogil
