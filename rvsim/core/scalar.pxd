# What each scalar instruction does: one short inline body an operation of the table.
#
# The prefix of a body's name tells `wire.py` how to thread it into the run loops:
#   op_   cannot fail, falls through
#   mem_  may trap: 0 done, 1 trap pending (trap_cause, trap_value set), 2 done, and the run must stop
#   fp_   runs on the host FPU: 0 done, 1 take the exact path (rounding mode without host mode, FS off)
#   if_   conditional branch: true when taken
# Everything else (CSRs, atomics, traps) lives in system.pyx and atomics.pyx. Chapters: I, M, B, Zicond, F, D; C expands to these.
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

from rvsim.core.op cimport Op
from rvsim.core.state cimport (CAUSE_ILLEGAL, CAUSE_LOAD, CAUSE_STORE, ENVCFG_CBZE, PERM_R, PERM_W, PERM_WATCH, State)
from rvsim.core.control cimport load_slow, store_slow

cdef extern from *:
    """
    typedef unsigned __int128 rvsim_u128;
    typedef __int128 rvsim_i128;
    static inline double rvsim_f64(uint64_t b) { double d; __builtin_memcpy(&d, &b, 8); return d; }
    static inline uint64_t rvsim_b64(double d) { uint64_t b; __builtin_memcpy(&b, &d, 8); return b; }
    static inline float rvsim_f32(uint32_t b) { float d; __builtin_memcpy(&d, &b, 4); return d; }
    static inline uint32_t rvsim_b32(float d) { uint32_t b; __builtin_memcpy(&b, &d, 4); return b; }
    /* Guest memory: at any address, of any type. */
    typedef int16_t rvsim_any_int16 __attribute__((aligned(1), may_alias));
    typedef int32_t rvsim_any_int32 __attribute__((aligned(1), may_alias));
    typedef uint16_t rvsim_any_uint16 __attribute__((aligned(1), may_alias));
    typedef uint32_t rvsim_any_uint32 __attribute__((aligned(1), may_alias));
    typedef uint64_t rvsim_any_uint64 __attribute__((aligned(1), may_alias));
    #define rvsim_likely(x) __builtin_expect(!!(x), 1)
    #define rvsim_unlikely(x) __builtin_expect(!!(x), 0)
    """
    ctypedef int16_t any_int16 "rvsim_any_int16"
    ctypedef int32_t any_int32 "rvsim_any_int32"
    ctypedef uint16_t any_uint16 "rvsim_any_uint16"
    ctypedef uint32_t any_uint32 "rvsim_any_uint32"
    ctypedef uint64_t any_uint64 "rvsim_any_uint64"
    ctypedef unsigned long long u128 "rvsim_u128"
    ctypedef long long i128 "rvsim_i128"
    double f64_of "rvsim_f64"(uint64_t) noexcept nogil
    uint64_t bits_of_f64 "rvsim_b64"(double) noexcept nogil
    float f32_of "rvsim_f32"(uint32_t) noexcept nogil
    uint32_t bits_of_f32 "rvsim_b32"(float) noexcept nogil
    bint likely "rvsim_likely"(bint) noexcept nogil
    bint unlikely "rvsim_unlikely"(bint) noexcept nogil
    float fmaf "__builtin_fmaf"(float, float, float) noexcept nogil
    double fma "__builtin_fma"(double, double, double) noexcept nogil
    float sqrtf "__builtin_sqrtf"(float) noexcept nogil
    double sqrt "__builtin_sqrt"(double) noexcept nogil
    int leading_zeros "__builtin_clzll"(unsigned long long) noexcept nogil
    int trailing_zeros "__builtin_ctzll"(unsigned long long) noexcept nogil
    int bit_count "__builtin_popcountll"(unsigned long long) noexcept nogil
    uint64_t swap_bytes "__builtin_bswap64"(uint64_t) noexcept nogil


# ---- integer registers and immediates ----------------------------------------------------------------

cdef inline void op_lui(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t><int64_t>op.imm
cdef inline void op_auipc(State *s, Op *op) noexcept nogil: s.x[op.rd] = op.pc + <uint64_t><int64_t>op.imm
cdef inline void op_addi(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] + <uint64_t><int64_t>op.imm
cdef inline void op_slti(State *s, Op *op) noexcept nogil: s.x[op.rd] = <int64_t>s.x[op.rs1] < <int64_t>op.imm
cdef inline void op_sltiu(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] < <uint64_t><int64_t>op.imm
cdef inline void op_xori(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] ^ <uint64_t><int64_t>op.imm
cdef inline void op_ori(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] | <uint64_t><int64_t>op.imm
cdef inline void op_andi(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] & <uint64_t><int64_t>op.imm
cdef inline void op_slli(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] << (op.imm & 63)
cdef inline void op_srli(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] >> (op.imm & 63)
cdef inline void op_srai(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>(<int64_t>s.x[op.rs1] >> (op.imm & 63))
cdef inline void op_add(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] + s.x[op.rs2]
cdef inline void op_sub(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] - s.x[op.rs2]
cdef inline void op_sll(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] << (s.x[op.rs2] & 63)
cdef inline void op_slt(State *s, Op *op) noexcept nogil: s.x[op.rd] = <int64_t>s.x[op.rs1] < <int64_t>s.x[op.rs2]
cdef inline void op_sltu(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] < s.x[op.rs2]
cdef inline void op_xor(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] ^ s.x[op.rs2]
cdef inline void op_srl(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] >> (s.x[op.rs2] & 63)
cdef inline void op_sra(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>(<int64_t>s.x[op.rs1] >> (s.x[op.rs2] & 63))
cdef inline void op_or(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] | s.x[op.rs2]
cdef inline void op_and(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] & s.x[op.rs2]


cdef inline uint64_t sext32(uint64_t v) noexcept nogil:
    return <uint64_t><int64_t><int32_t><uint32_t>v

cdef inline void op_addiw(State *s, Op *op) noexcept nogil: s.x[op.rd] = sext32(s.x[op.rs1] + <uint64_t><int64_t>op.imm)
cdef inline void op_slliw(State *s, Op *op) noexcept nogil: s.x[op.rd] = sext32(s.x[op.rs1] << (op.imm & 31))
cdef inline void op_srliw(State *s, Op *op) noexcept nogil: s.x[op.rd] = sext32(<uint32_t>s.x[op.rs1] >> (op.imm & 31))
cdef inline void op_sraiw(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t><int64_t>(<int32_t>s.x[op.rs1] >> (op.imm & 31))
cdef inline void op_addw(State *s, Op *op) noexcept nogil: s.x[op.rd] = sext32(s.x[op.rs1] + s.x[op.rs2])
cdef inline void op_subw(State *s, Op *op) noexcept nogil: s.x[op.rd] = sext32(s.x[op.rs1] - s.x[op.rs2])
cdef inline void op_sllw(State *s, Op *op) noexcept nogil: s.x[op.rd] = sext32(s.x[op.rs1] << (s.x[op.rs2] & 31))
cdef inline void op_srlw(State *s, Op *op) noexcept nogil: s.x[op.rd] = sext32(<uint32_t>s.x[op.rs1] >> (s.x[op.rs2] & 31))
cdef inline void op_sraw(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t><int64_t>(<int32_t>s.x[op.rs1] >> (s.x[op.rs2] & 31))


# ---- M ---------------------------------------------------------------------------------------------
# Division never traps: x / 0 = -1, x % 0 = x; the one signed overflow gives the dividend, remainder 0.

cdef inline void op_mul(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] * s.x[op.rs2]
cdef inline void op_mulh(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>((<i128><int64_t>s.x[op.rs1] * <i128><int64_t>s.x[op.rs2]) >> 64)
cdef inline void op_mulhsu(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>((<i128><int64_t>s.x[op.rs1] * <i128>s.x[op.rs2]) >> 64)
cdef inline void op_mulhu(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>((<u128>s.x[op.rs1] * <u128>s.x[op.rs2]) >> 64)
cdef inline void op_mulw(State *s, Op *op) noexcept nogil: s.x[op.rd] = sext32(s.x[op.rs1] * s.x[op.rs2])

cdef inline void op_div(State *s, Op *op) noexcept nogil:
    cdef int64_t a = <int64_t>s.x[op.rs1], b = <int64_t>s.x[op.rs2]
    s.x[op.rd] = (<uint64_t>-1 if b == 0 else <uint64_t>0 - <uint64_t>a if b == -1 else <uint64_t>(a / b))

cdef inline void op_divu(State *s, Op *op) noexcept nogil:
    cdef uint64_t b = s.x[op.rs2]
    s.x[op.rd] = <uint64_t>-1 if b == 0 else s.x[op.rs1] / b

cdef inline void op_rem(State *s, Op *op) noexcept nogil:
    cdef int64_t a = <int64_t>s.x[op.rs1], b = <int64_t>s.x[op.rs2]
    s.x[op.rd] = <uint64_t>a if b == 0 else 0 if b == -1 else <uint64_t>(a % b)

cdef inline void op_remu(State *s, Op *op) noexcept nogil:
    cdef uint64_t b = s.x[op.rs2]
    s.x[op.rd] = s.x[op.rs1] if b == 0 else s.x[op.rs1] % b

cdef inline void op_divw(State *s, Op *op) noexcept nogil:
    cdef int32_t a = <int32_t>s.x[op.rs1], b = <int32_t>s.x[op.rs2]
    s.x[op.rd] = <uint64_t>-1 if b == 0 else sext32(<uint64_t>(<int64_t>a / <int64_t>b))

cdef inline void op_divuw(State *s, Op *op) noexcept nogil:
    cdef uint32_t b = <uint32_t>s.x[op.rs2]
    s.x[op.rd] = <uint64_t>-1 if b == 0 else sext32(<uint32_t>s.x[op.rs1] / b)

cdef inline void op_remw(State *s, Op *op) noexcept nogil:
    cdef int32_t a = <int32_t>s.x[op.rs1], b = <int32_t>s.x[op.rs2]
    s.x[op.rd] = <uint64_t><int64_t>a if b == 0 else <uint64_t>(<int64_t>a % <int64_t>b)

cdef inline void op_remuw(State *s, Op *op) noexcept nogil:
    cdef uint32_t b = <uint32_t>s.x[op.rs2]
    s.x[op.rd] = sext32(s.x[op.rs1]) if b == 0 else sext32(<uint32_t>s.x[op.rs1] % b)


# ---- hints and may-be-operations: Zihintpause, Zihintntl, Zicbop, Zawrs, Zimop ---------------------------

cdef inline void op_hint(State *s, Op *op) noexcept nogil: pass
cdef inline void op_mop_r(State *s, Op *op) noexcept nogil: s.x[op.rd] = 0
cdef inline void op_mop_rr(State *s, Op *op) noexcept nogil: s.x[op.rd] = 0


# ---- Zba, Zicond -------------------------------------------------------------------------------------

cdef inline void op_sh1add(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs2] + (s.x[op.rs1] << 1)
cdef inline void op_sh2add(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs2] + (s.x[op.rs1] << 2)
cdef inline void op_sh3add(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs2] + (s.x[op.rs1] << 3)
cdef inline void op_add_uw(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs2] + <uint32_t>s.x[op.rs1]
cdef inline void op_sh1add_uw(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs2] + (<uint64_t><uint32_t>s.x[op.rs1] << 1)
cdef inline void op_sh2add_uw(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs2] + (<uint64_t><uint32_t>s.x[op.rs1] << 2)
cdef inline void op_sh3add_uw(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs2] + (<uint64_t><uint32_t>s.x[op.rs1] << 3)
cdef inline void op_slli_uw(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t><uint32_t>s.x[op.rs1] << (op.imm & 63)
cdef inline void op_czero_eqz(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] if s.x[op.rs2] != 0 else 0
cdef inline void op_czero_nez(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] if s.x[op.rs2] == 0 else 0


# ---- Zbb ---------------------------------------------------------------------------------------------
# The builtins that count zeros are undefined for 0: a guard bit is put in, or the case is told apart.

cdef inline uint64_t rotate_right(uint64_t a, uint64_t n) noexcept nogil:
    return (a >> (n & 63)) | (a << (-n & 63))

cdef inline uint64_t rotate_right_w(uint64_t a, uint64_t n) noexcept nogil:
    return sext32((<uint64_t><uint32_t>a >> (n & 31)) | (<uint64_t><uint32_t>a << (-n & 31)))

cdef inline uint64_t whole_bytes(uint64_t a) noexcept nogil:
    """Every byte that is not zero becomes 0xff."""
    a = (((a & 0x7f7f7f7f7f7f7f7fULL) + 0x7f7f7f7f7f7f7f7fULL) | a) & 0x8080808080808080ULL
    return (a >> 7) * 255

cdef inline void op_andn(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] & ~s.x[op.rs2]
cdef inline void op_orn(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] | ~s.x[op.rs2]
cdef inline void op_xnor(State *s, Op *op) noexcept nogil: s.x[op.rd] = ~(s.x[op.rs1] ^ s.x[op.rs2])
cdef inline void op_min(State *s, Op *op) noexcept nogil:
    s.x[op.rd] = s.x[op.rs1] if <int64_t>s.x[op.rs1] < <int64_t>s.x[op.rs2] else s.x[op.rs2]

cdef inline void op_minu(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] if s.x[op.rs1] < s.x[op.rs2] else s.x[op.rs2]
cdef inline void op_max(State *s, Op *op) noexcept nogil:
    s.x[op.rd] = s.x[op.rs1] if <int64_t>s.x[op.rs1] > <int64_t>s.x[op.rs2] else s.x[op.rs2]

cdef inline void op_maxu(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] if s.x[op.rs1] > s.x[op.rs2] else s.x[op.rs2]
cdef inline void op_rol(State *s, Op *op) noexcept nogil: s.x[op.rd] = rotate_right(s.x[op.rs1], -s.x[op.rs2])
cdef inline void op_ror(State *s, Op *op) noexcept nogil: s.x[op.rd] = rotate_right(s.x[op.rs1], s.x[op.rs2])
cdef inline void op_rori(State *s, Op *op) noexcept nogil: s.x[op.rd] = rotate_right(s.x[op.rs1], <uint64_t>op.imm)
cdef inline void op_rolw(State *s, Op *op) noexcept nogil: s.x[op.rd] = rotate_right_w(s.x[op.rs1], -s.x[op.rs2])
cdef inline void op_rorw(State *s, Op *op) noexcept nogil: s.x[op.rd] = rotate_right_w(s.x[op.rs1], s.x[op.rs2])
cdef inline void op_roriw(State *s, Op *op) noexcept nogil: s.x[op.rd] = rotate_right_w(s.x[op.rs1], <uint64_t>op.imm)
cdef inline void op_clz(State *s, Op *op) noexcept nogil: s.x[op.rd] = 64 if s.x[op.rs1] == 0 else <uint64_t>leading_zeros(s.x[op.rs1])
cdef inline void op_ctz(State *s, Op *op) noexcept nogil: s.x[op.rd] = 64 if s.x[op.rs1] == 0 else <uint64_t>trailing_zeros(s.x[op.rs1])
cdef inline void op_cpop(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>bit_count(s.x[op.rs1])
cdef inline void op_clzw(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>leading_zeros(s.x[op.rs1] << 32 | 0x80000000ULL)
cdef inline void op_ctzw(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>trailing_zeros(s.x[op.rs1] | 0x100000000ULL)
cdef inline void op_cpopw(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>bit_count(<uint32_t>s.x[op.rs1])
cdef inline void op_sext_b(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t><int64_t><int8_t>s.x[op.rs1]
cdef inline void op_sext_h(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t><int64_t><int16_t>s.x[op.rs1]
cdef inline void op_zext_h(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint16_t>s.x[op.rs1]
cdef inline void op_orc_b(State *s, Op *op) noexcept nogil: s.x[op.rd] = whole_bytes(s.x[op.rs1])
cdef inline void op_rev8(State *s, Op *op) noexcept nogil: s.x[op.rd] = swap_bytes(s.x[op.rs1])


# ---- Zbs, Zbc ----------------------------------------------------------------------------------------

cdef inline u128 carryless(uint64_t a, uint64_t b) noexcept nogil:
    """The product of two polynomials over GF(2): 127 bits."""
    cdef u128 product = 0, wide = a
    cdef int i
    for i in range(64):
        if (b >> i) & 1: product = product ^ (wide << i)
    return product

cdef inline void op_bclr(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] & ~(<uint64_t>1 << (s.x[op.rs2] & 63))
cdef inline void op_bclri(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] & ~(<uint64_t>1 << (op.imm & 63))
cdef inline void op_bext(State *s, Op *op) noexcept nogil: s.x[op.rd] = (s.x[op.rs1] >> (s.x[op.rs2] & 63)) & 1
cdef inline void op_bexti(State *s, Op *op) noexcept nogil: s.x[op.rd] = (s.x[op.rs1] >> (op.imm & 63)) & 1
cdef inline void op_binv(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] ^ (<uint64_t>1 << (s.x[op.rs2] & 63))
cdef inline void op_binvi(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] ^ (<uint64_t>1 << (op.imm & 63))
cdef inline void op_bset(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] | (<uint64_t>1 << (s.x[op.rs2] & 63))
cdef inline void op_bseti(State *s, Op *op) noexcept nogil: s.x[op.rd] = s.x[op.rs1] | (<uint64_t>1 << (op.imm & 63))
cdef inline void op_clmul(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>carryless(s.x[op.rs1], s.x[op.rs2])
cdef inline void op_clmulh(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>(carryless(s.x[op.rs1], s.x[op.rs2]) >> 64)
cdef inline void op_clmulr(State *s, Op *op) noexcept nogil: s.x[op.rd] = <uint64_t>(carryless(s.x[op.rs1], s.x[op.rs2]) >> 63)


# ---- loads and stores --------------------------------------------------------------------------------

cdef inline uint8_t *readable(State *s, Op *op, uint64_t a, uint64_t size) noexcept nogil:
    """Host address of `size` readable bytes in one guest page, or NULL: take the slow path."""
    s.ev.addr = a
    if likely(a < s.mem_size and (s.perm[a >> 12] & PERM_R) != 0 and (a & 4095) + size <= 4096 and not (a & (size - 1) & s.strict)):
        return s.mem + a
    return NULL

cdef inline uint8_t *writable(State *s, Op *op, uint64_t a, uint64_t size) noexcept nogil:
    s.ev.addr = a
    if likely(a < s.mem_size and (s.perm[a >> 12] & (PERM_W | PERM_WATCH)) == PERM_W and (a & 4095) + size <= 4096
              and not (a & (size - 1) & s.strict)):
        return s.mem + a
    return NULL

cdef inline uint64_t address(State *s, Op *op) noexcept nogil:
    return s.x[op.rs1] + <uint64_t><int64_t>op.imm

cdef inline int mem_lb(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 1)
    cdef uint64_t v = 0
    if p == NULL:
        if load_slow(s, s.ev.addr, 1, &v): return 1
        s.x[op.rd] = <uint64_t><int64_t><int8_t>v
    else:
        s.x[op.rd] = <uint64_t><int64_t>(<int8_t *>p)[0]
    return 0

cdef inline int mem_lh(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 2)
    cdef uint64_t v = 0
    if p == NULL:
        if load_slow(s, s.ev.addr, 2, &v): return 1
        s.x[op.rd] = <uint64_t><int64_t><int16_t>v
    else:
        s.x[op.rd] = <uint64_t><int64_t>(<any_int16 *>p)[0]
    return 0

cdef inline int mem_lw(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 4)
    cdef uint64_t v = 0
    if p == NULL:
        if load_slow(s, s.ev.addr, 4, &v): return 1
        s.x[op.rd] = sext32(v)
    else:
        s.x[op.rd] = <uint64_t><int64_t>(<any_int32 *>p)[0]
    return 0

cdef inline int mem_ld(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 8)
    cdef uint64_t v = 0
    if p == NULL:
        if load_slow(s, s.ev.addr, 8, &v): return 1
        s.x[op.rd] = v
    else:
        s.x[op.rd] = (<any_uint64 *>p)[0]
    return 0

cdef inline int mem_lbu(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 1)
    cdef uint64_t v = 0
    if p == NULL:
        if load_slow(s, s.ev.addr, 1, &v): return 1
    else:
        v = p[0]
    s.x[op.rd] = v
    return 0

cdef inline int mem_lhu(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 2)
    cdef uint64_t v = 0
    if p == NULL:
        if load_slow(s, s.ev.addr, 2, &v): return 1
    else:
        v = (<any_uint16 *>p)[0]
    s.x[op.rd] = v
    return 0

cdef inline int mem_lwu(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 4)
    cdef uint64_t v = 0
    if p == NULL:
        if load_slow(s, s.ev.addr, 4, &v): return 1
    else:
        v = (<any_uint32 *>p)[0]
    s.x[op.rd] = v
    return 0

cdef inline int mem_sb(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = writable(s, op, address(s, op), 1)
    if p == NULL: return store_slow(s, s.ev.addr, 1, s.x[op.rs2])
    p[0] = <uint8_t>s.x[op.rs2]
    return 0

cdef inline int mem_sh(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = writable(s, op, address(s, op), 2)
    if p == NULL: return store_slow(s, s.ev.addr, 2, s.x[op.rs2])
    (<any_uint16 *>p)[0] = <uint16_t>s.x[op.rs2]
    return 0

cdef inline int mem_sw(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = writable(s, op, address(s, op), 4)
    if p == NULL: return store_slow(s, s.ev.addr, 4, s.x[op.rs2])
    (<any_uint32 *>p)[0] = <uint32_t>s.x[op.rs2]
    return 0

cdef inline int mem_sd(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = writable(s, op, address(s, op), 8)
    if p == NULL: return store_slow(s, s.ev.addr, 8, s.x[op.rs2])
    (<any_uint64 *>p)[0] = s.x[op.rs2]
    return 0


cdef inline int illegal(State *s) noexcept nogil:
    """The instruction is illegal in this state; the trap's value is the instruction itself."""
    s.trap_cause = CAUSE_ILLEGAL
    return 1

cdef inline int mem_flw(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 4)
    cdef uint64_t v = 0
    if unlikely(s.fs_off): return illegal(s)
    if p == NULL:
        if load_slow(s, s.ev.addr, 4, &v): return 1
    else:
        v = (<any_uint32 *>p)[0]
    s.f[op.rd] = v | 0xffffffff00000000ULL
    return 0

cdef inline int mem_fld(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 8)
    cdef uint64_t v = 0
    if unlikely(s.fs_off): return illegal(s)
    if p == NULL:
        if load_slow(s, s.ev.addr, 8, &v): return 1
    else:
        v = (<any_uint64 *>p)[0]
    s.f[op.rd] = v
    return 0

cdef inline int mem_flh(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = readable(s, op, address(s, op), 2)
    cdef uint64_t v = 0
    if unlikely(s.fs_off): return illegal(s)
    if p == NULL:
        if load_slow(s, s.ev.addr, 2, &v): return 1
    else:
        v = (<any_uint16 *>p)[0]
    s.f[op.rd] = v | 0xffffffffffff0000ULL
    return 0

cdef inline int mem_fsh(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = writable(s, op, address(s, op), 2)
    if unlikely(s.fs_off): return illegal(s)
    if p == NULL: return store_slow(s, s.ev.addr, 2, s.f[op.rs2])
    (<any_uint16 *>p)[0] = <uint16_t>s.f[op.rs2]
    return 0

cdef inline int mem_fsw(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = writable(s, op, address(s, op), 4)
    if unlikely(s.fs_off): return illegal(s)
    if p == NULL: return store_slow(s, s.ev.addr, 4, s.f[op.rs2])
    (<any_uint32 *>p)[0] = <uint32_t>s.f[op.rs2]
    return 0

cdef inline int mem_fsd(State *s, Op *op) noexcept nogil:
    cdef uint8_t *p = writable(s, op, address(s, op), 8)
    if unlikely(s.fs_off): return illegal(s)
    if p == NULL: return store_slow(s, s.ev.addr, 8, s.f[op.rs2])
    (<any_uint64 *>p)[0] = s.f[op.rs2]
    return 0


cdef inline bint block_allowed(State *s, uint64_t bits) noexcept nogil:
    """Zicbom, Zicboz: machine mode always, user mode as menvcfg says."""
    return likely(s.priv == 3) or s.menvcfg & bits != 0

cdef inline int mem_cbo_zero(State *s, Op *op) noexcept nogil:
    """Zero a block of 64 bytes, which lies in one page."""
    cdef uint64_t a = s.x[op.rs1] & ~<uint64_t>63
    cdef uint8_t *p = writable(s, op, a, 64)
    cdef int code = 0, i
    if unlikely(not block_allowed(s, ENVCFG_CBZE)): return illegal(s)
    if p != NULL:
        memset(p, 0, 64)
        return 0
    for i in range(8):
        code |= store_slow(s, a + 8 * i, 8, 0)
        if code & 1: return 1
    return code


# ---- branches ----------------------------------------------------------------------------------------

cdef inline bint if_beq(State *s, Op *op) noexcept nogil: return s.x[op.rs1] == s.x[op.rs2]
cdef inline bint if_bne(State *s, Op *op) noexcept nogil: return s.x[op.rs1] != s.x[op.rs2]
cdef inline bint if_blt(State *s, Op *op) noexcept nogil: return <int64_t>s.x[op.rs1] < <int64_t>s.x[op.rs2]
cdef inline bint if_bge(State *s, Op *op) noexcept nogil: return <int64_t>s.x[op.rs1] >= <int64_t>s.x[op.rs2]
cdef inline bint if_bltu(State *s, Op *op) noexcept nogil: return s.x[op.rs1] < s.x[op.rs2]
cdef inline bint if_bgeu(State *s, Op *op) noexcept nogil: return s.x[op.rs1] >= s.x[op.rs2]


# ---- F and D on the host FPU -------------------------------------------------------------------------
# Results that are NaN become the canonical NaN; the host's sticky flags are the guest's, but for one case that
# x86 lets pass silently: infinity times zero plus a quiet NaN is an invalid operation (F, section 12.6).

cdef inline bint host_mode(State *s, Op *op) noexcept nogil:
    return likely(op.rm == s.host_rm or (op.rm == 7 and s.host_rm < 4))

cdef inline uint32_t unbox(uint64_t v) noexcept nogil:
    return <uint32_t>v if (v >> 32) == 0xffffffffULL else 0x7fc00000ULL

cdef inline float arg_s(State *s, uint8_t r) noexcept nogil: return f32_of(unbox(s.f[r]))
cdef inline double arg_d(State *s, uint8_t r) noexcept nogil: return f64_of(s.f[r])

cdef inline void ret_s(State *s, Op *op, float r) noexcept nogil:
    s.f[op.rd] = 0xffffffff00000000ULL | (bits_of_f32(r) if r == r else 0x7fc00000ULL)

cdef inline void ret_d(State *s, Op *op, double r) noexcept nogil:
    s.f[op.rd] = bits_of_f64(r) if r == r else 0x7ff8000000000000ULL

cdef inline void ret_fma_s(State *s, Op *op, float a, float b, float r) noexcept nogil:
    if unlikely(r != r) and ((a == 0 and (bits_of_f32(b) << 1) == 0xff000000ULL) or (b == 0 and (bits_of_f32(a) << 1) == 0xff000000ULL)):
        s.fflags |= 16
    ret_s(s, op, r)

cdef inline void ret_fma_d(State *s, Op *op, double a, double b, double r) noexcept nogil:
    if unlikely(r != r) and ((a == 0 and (bits_of_f64(b) << 1) == 0xffe0000000000000ULL)
                             or (b == 0 and (bits_of_f64(a) << 1) == 0xffe0000000000000ULL)):
        s.fflags |= 16
    ret_d(s, op, r)

cdef inline int fp_fadd_s(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_s(s, op, arg_s(s, op.rs1) + arg_s(s, op.rs2))
    return 0

cdef inline int fp_fsub_s(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_s(s, op, arg_s(s, op.rs1) - arg_s(s, op.rs2))
    return 0

cdef inline int fp_fmul_s(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_s(s, op, arg_s(s, op.rs1) * arg_s(s, op.rs2))
    return 0

cdef inline int fp_fdiv_s(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_s(s, op, arg_s(s, op.rs1) / arg_s(s, op.rs2))
    return 0

cdef inline int fp_fsqrt_s(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_s(s, op, sqrtf(arg_s(s, op.rs1)))
    return 0

cdef inline int fused_s(State *s, Op *op, float a, float b, float c) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_fma_s(s, op, a, b, fmaf(a, b, c))
    return 0

cdef inline int fp_fmadd_s(State *s, Op *op) noexcept nogil: return fused_s(s, op, arg_s(s, op.rs1), arg_s(s, op.rs2), arg_s(s, op.rs3))
cdef inline int fp_fmsub_s(State *s, Op *op) noexcept nogil: return fused_s(s, op, arg_s(s, op.rs1), arg_s(s, op.rs2), -arg_s(s, op.rs3))
cdef inline int fp_fnmsub_s(State *s, Op *op) noexcept nogil: return fused_s(s, op, -arg_s(s, op.rs1), arg_s(s, op.rs2), arg_s(s, op.rs3))
cdef inline int fp_fnmadd_s(State *s, Op *op) noexcept nogil: return fused_s(s, op, -arg_s(s, op.rs1), arg_s(s, op.rs2), -arg_s(s, op.rs3))

cdef inline int fp_fadd_d(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_d(s, op, arg_d(s, op.rs1) + arg_d(s, op.rs2))
    return 0

cdef inline int fp_fsub_d(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_d(s, op, arg_d(s, op.rs1) - arg_d(s, op.rs2))
    return 0

cdef inline int fp_fmul_d(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_d(s, op, arg_d(s, op.rs1) * arg_d(s, op.rs2))
    return 0

cdef inline int fp_fdiv_d(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_d(s, op, arg_d(s, op.rs1) / arg_d(s, op.rs2))
    return 0

cdef inline int fp_fsqrt_d(State *s, Op *op) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_d(s, op, sqrt(arg_d(s, op.rs1)))
    return 0

cdef inline int fused_d(State *s, Op *op, double a, double b, double c) noexcept nogil:
    if not host_mode(s, op): return 1
    ret_fma_d(s, op, a, b, fma(a, b, c))
    return 0

cdef inline int fp_fmadd_d(State *s, Op *op) noexcept nogil: return fused_d(s, op, arg_d(s, op.rs1), arg_d(s, op.rs2), arg_d(s, op.rs3))
cdef inline int fp_fmsub_d(State *s, Op *op) noexcept nogil: return fused_d(s, op, arg_d(s, op.rs1), arg_d(s, op.rs2), -arg_d(s, op.rs3))
cdef inline int fp_fnmsub_d(State *s, Op *op) noexcept nogil: return fused_d(s, op, -arg_d(s, op.rs1), arg_d(s, op.rs2), arg_d(s, op.rs3))
cdef inline int fp_fnmadd_d(State *s, Op *op) noexcept nogil: return fused_d(s, op, -arg_d(s, op.rs1), arg_d(s, op.rs2), -arg_d(s, op.rs3))
