# The host FPU while guest code runs: rounding mode and sticky flags are the guest's, and the host's own are put back.
#
# Flags stay in the host's control register during a slice and are collected only when somebody asks.
from rvsim.core.state cimport State

cdef extern from *:
    """
    #include <fenv.h>
    #if defined(__SSE2__)
    #include <xmmintrin.h>
    /* MXCSR: all exceptions masked, no flush-to-zero, no denormals-are-zero */
    static const unsigned rvsim_rm_host[4] = {0x0000, 0x6000, 0x2000, 0x4000};  /* RNE RTZ RDN RUP */
    static inline unsigned rvsim_fpu_get(void) { return _mm_getcsr(); }
    static inline void rvsim_fpu_put(unsigned v) { _mm_setcsr(v); }
    static inline unsigned rvsim_fpu_word(unsigned rm) { return 0x1f80u | rvsim_rm_host[rm & 3]; }
    static inline unsigned rvsim_fpu_flags(unsigned c) {
        return (c & 1) << 4 | (c & 4) << 1 | (c & 8) >> 1 | (c & 16) >> 3 | (c & 32) >> 5;
    }
    #define RVSIM_FPU_STICKY 0x3fu
    #elif defined(__aarch64__)
    /* FPCR in the lower half, FPSR flags in the upper byte of what `get` returns */
    static const unsigned rvsim_rm_host[4] = {0u, 3u << 22, 2u << 22, 1u << 22};
    static inline unsigned rvsim_fpu_get(void) {
        unsigned long c, s; __asm__ volatile("mrs %0, fpcr\\n mrs %1, fpsr" : "=r"(c), "=r"(s));
        return (unsigned)(c & 0x07c00000u) | (unsigned)(s & 0x1fu);
    }
    static inline void rvsim_fpu_put(unsigned v) {
        unsigned long c = v & 0x07c00000u, s = v & 0x1fu;
        __asm__ volatile("msr fpcr, %0\\n msr fpsr, %1" :: "r"(c), "r"(s));
    }
    static inline unsigned rvsim_fpu_word(unsigned rm) { return rvsim_rm_host[rm & 3]; }
    static inline unsigned rvsim_fpu_flags(unsigned c) {
        return (c & 1) << 4 | (c & 2) << 2 | (c & 4) | (c & 8) >> 2 | (c & 16) >> 4;
    }
    #define RVSIM_FPU_STICKY 0x1fu
    #else
    #error "rvsim runs on x86-64 and AArch64 hosts"
    #endif
    """
    unsigned get "rvsim_fpu_get"() noexcept nogil
    void put "rvsim_fpu_put"(unsigned) noexcept nogil
    unsigned word "rvsim_fpu_word"(unsigned rm) noexcept nogil
    unsigned flags "rvsim_fpu_flags"(unsigned) noexcept nogil
    unsigned STICKY "RVSIM_FPU_STICKY"


cdef inline void fpu_enter(State *s) noexcept nogil:
    """Give the FPU to the guest. Every slice begins so, in the thread that runs it."""
    s.fpu_saved = get()
    s.fpu_active = 1
    put(word(s.frm if s.frm < 4 else 0))

cdef inline void fpu_collect(State *s) noexcept nogil:
    """Move the host's sticky flags into `fflags`."""
    if s.fpu_active:
        s.fflags |= flags(get())
        put(get() & ~STICKY)

cdef inline void fpu_leave(State *s) noexcept nogil:
    fpu_collect(s)
    s.fpu_active = 0
    put(s.fpu_saved)

cdef inline void fpu_mode(State *s) noexcept nogil:
    """Follow a change of frm or of mstatus.FS."""
    s.host_rm = 255 if s.fs_off or s.frm > 3 else s.frm
    if s.fpu_active:
        s.fflags |= flags(get())
        put(word(s.frm if s.frm < 4 else 0))
