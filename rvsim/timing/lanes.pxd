# Eight cache sets at a time: what runs.pyx does to sets that lie side by side, in vectors of eight 64-bit lanes.
#
# The compiler's own vectors (loops of eight are unrolled before they are vectorised), lowered to what the host has; with AVX-512 conditions
# are mask registers. Arrays have PAD entries more than they need: lanes behind the lines that count stay as they were.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #if defined(__GNUC__) && !defined(__clang__)
    #pragma GCC diagnostic ignored "-Wpsabi"    /* nothing here crosses an ABI: all of it is inlined */
    #endif
    typedef uint64_t lanes __attribute__((vector_size(64)));
    typedef int64_t slanes __attribute__((vector_size(64)));
    typedef uint8_t lanes8 __attribute__((vector_size(8)));
    #define LANES_K ((lanes){0, 1, 2, 3, 4, 5, 6, 7})
    #define LANES_IN_MEMORY(a) __asm__("" : "+m"(a))     /* read from there, not taken out of the vector one by one */
    #define LANES_INLINE static inline __attribute__((always_inline))

    LANES_INLINE lanes lanes_get(const void *p) { lanes v; memcpy(&v, p, 64); return v; }
    LANES_INLINE void lanes_put(void *p, lanes v) { memcpy(p, &v, 64); }
    LANES_INLINE lanes lanes_all(uint64_t x) { return (lanes){} + x; }
    LANES_INLINE lanes lanes_of(uint64_t word) { return (lanes_all(word) >> (8 * LANES_K)) & 255; }
    #if defined(__AVX512F__)
    #include <immintrin.h>
    #define LANES_PAY 1
    LANES_INLINE uint64_t lanes_word(lanes v) { return (uint64_t)_mm_cvtsi128_si64(_mm512_cvtepi64_epi8((__m512i)v)); }
    typedef __mmask8 where_lanes;
    LANES_INLINE where_lanes lanes_equal(lanes a, lanes b) { return _mm512_cmpeq_epu64_mask((__m512i)a, (__m512i)b); }
    LANES_INLINE where_lanes lanes_below(lanes a, lanes b) { return _mm512_cmplt_epu64_mask((__m512i)a, (__m512i)b); }
    LANES_INLINE where_lanes lanes_first(int32_t count) { return (where_lanes)((1u << count) - 1); }
    LANES_INLINE lanes lanes_pick(where_lanes m, lanes a, lanes b) { return (lanes)_mm512_mask_blend_epi64(m, (__m512i)b, (__m512i)a); }
    LANES_INLINE void lanes_put_where(where_lanes m, void *p, lanes v) { _mm512_mask_storeu_epi64(p, m, (__m512i)v); }
    LANES_INLINE uint32_t lanes_bits(where_lanes m) { return m; }
    LANES_INLINE lanes lanes_times(lanes v, uint32_t x) { return (lanes)_mm512_mul_epu32((__m512i)v, (__m512i)lanes_all(x)); }
    #else
    #define LANES_PAY 0     /* one set after another is faster, also with AVX2 */
    LANES_INLINE uint64_t lanes_word(lanes v) { lanes8 b = __builtin_convertvector(v, lanes8); uint64_t w; memcpy(&w, &b, 8); return w; }
    typedef lanes where_lanes;
    LANES_INLINE where_lanes lanes_equal(lanes a, lanes b) { return (lanes)(a == b); }
    LANES_INLINE where_lanes lanes_below(lanes a, lanes b) { return (lanes)(a < b); }
    LANES_INLINE where_lanes lanes_first(int32_t count) { return lanes_below(LANES_K, lanes_all((uint64_t)count)); }
    LANES_INLINE lanes lanes_pick(where_lanes m, lanes a, lanes b) { return (a & m) | (b & ~m); }
    LANES_INLINE void lanes_put_where(where_lanes m, void *p, lanes v) { lanes_put(p, lanes_pick(m, v, lanes_get(p))); }
    LANES_INLINE uint32_t lanes_bits(where_lanes m)
    {
        uint32_t bits = 0;
        for (int k = 0; k < 8; k++)
            bits |= (uint32_t)(m[k] & 1) << k;
        return bits;
    }
    LANES_INLINE lanes lanes_times(lanes v, uint32_t x) { return v * x; }
    #endif

    /* The bits of ways as in Level.where, a byte each. */
    LANES_INLINE lanes lanes_ways(uint64_t ways) { return lanes_all(1) << (((lanes_of(ways) & 127) - 1) & 63); }
    /* Level.used when the ways with these bits have been used. */
    LANES_INLINE lanes lanes_after(lanes used, lanes bit, uint64_t full)
    {
        lanes now = used | bit;
        return lanes_pick(lanes_equal(now, lanes_all(full)), bit, now);
    }
    /* One way in each of the first sets was used. */
    LANES_INLINE void lanes_use(uint64_t *used, uint64_t full, uint64_t ways, int32_t count)
    {
        lanes_put_where(lanes_first(count), used, lanes_after(lanes_get(used), lanes_ways(ways), full));
    }
    /* The way that the next line of each of the first sets takes, as a bit; 0 in the others. */
    LANES_INLINE void lanes_take(uint64_t *used, uint64_t full, int32_t count, uint64_t *bits)
    {
        lanes old = lanes_get(used), bit = ~old & full;
        bit &= -bit;
        bit = lanes_pick(lanes_equal(bit, (lanes){}), lanes_all(1), bit);
        lanes_put_where(lanes_first(count), used, lanes_after(old, bit, full));
        lanes_put(bits, lanes_pick(lanes_first(count), bit, (lanes){}));
    }
    LANES_INLINE lanes lanes_gather(const uint64_t *row, uint32_t set_bits, uint32_t ways, lanes bits)
    {
        lanes found = {};
        for (uint32_t way = 0; way < ways; way++)
            found = lanes_pick(lanes_equal(bits, lanes_all(1ULL << way)), lanes_get(row + ((uint64_t)way << set_bits)), found);
        return found;
    }
    /* Tags of the lines that leave, whose bytes in the map become 0; returns a byte for each: whether it is dirty. */
    LANES_INLINE uint64_t lanes_leave(const uint64_t *tags, uint32_t set_bits, uint32_t ways, const uint64_t *bits, uint8_t *where,
                                      uint64_t which, uint64_t map_mask, uint64_t nowhere, uint64_t *gone)
    {
        lanes bit = lanes_get(bits), tag = ways == 4 ? lanes_gather(tags, set_bits, 4, bit) : lanes_gather(tags, set_bits, ways, bit);
        lanes line = ((((tag >> 1) - 1) << set_bits) | (which + LANES_K)) & map_mask;
        uint64_t at[8];
        lanes_put(gone, tag);
        lanes_put(at, lanes_pick(lanes_equal(tag, (lanes){}), lanes_all(nowhere), line));
        LANES_IN_MEMORY(at);
        for (int k = 0; k < 8; k++)
            where[at[k]] = 0;
        return lanes_word(tag & 1);
    }
    LANES_INLINE lanes lanes_scatter(uint64_t *tags, int64_t *stamps, uint32_t set_bits, uint32_t ways, lanes bits, lanes fresh, lanes data)
    {
        lanes where = {};
        for (uint32_t way = 0; way < ways; way++) {
            uint64_t row = (uint64_t)way << set_bits;
            where_lanes mine = lanes_equal(bits, lanes_all(1ULL << way));
            lanes_put_where(mine, tags + row, fresh);
            lanes_put_where(mine, stamps + row, data);
            where = lanes_pick(mine, lanes_all(way + 1), where);
        }
        return where;
    }
    /* Lines enter these ways: tags, stamps of data; returns what Level.where has for them. */
    LANES_INLINE uint64_t lanes_enter(uint64_t *tags, int64_t *stamps, uint32_t set_bits, uint32_t ways, const uint64_t *bits, uint64_t tag,
                                      const int64_t *arrive, int32_t touched, uint64_t dirty, uint64_t ahead)
    {
        lanes bit = lanes_get(bits), data = lanes_get(arrive), where;
        lanes fresh = lanes_pick(lanes_first(touched), lanes_all(tag | dirty), lanes_all(tag));
        where = ways == 4 ? lanes_scatter(tags, stamps, set_bits, 4, bit, fresh, data)
                          : lanes_scatter(tags, stamps, set_bits, ways, bit, fresh, data);
        where |= lanes_pick(lanes_first(touched), (lanes){}, lanes_all(ahead));
        return lanes_word(lanes_pick(lanes_equal(bit, (lanes){}), (lanes){}, where));
    }
    /* When eight lines arrive that follow one another through a port through which dirty ones go back; the first is `sooner`. */
    LANES_INLINE void lanes_arrive(int64_t *arrive, int64_t first, int64_t step, uint64_t dirty, int64_t sooner)
    {
        lanes before = LANES_K + lanes_of((dirty * 0x0101010101010101ULL) << 8);
        lanes less = lanes_pick(lanes_first(1), lanes_all((uint64_t)sooner), (lanes){});
        lanes_put(arrive, lanes_times(before, (uint32_t)step) + (uint64_t)first - less);
    }
    LANES_INLINE lanes lanes_visit(uint64_t *tags, const int64_t *stamps, uint32_t set_bits, uint32_t ways, lanes bits, uint64_t dirty)
    {
        lanes data = {};
        for (uint32_t way = 0; way < ways; way++) {
            uint64_t row = (uint64_t)way << set_bits;
            where_lanes mine = lanes_equal(bits, lanes_all(1ULL << way));
            if (dirty)
                lanes_put_where(mine, tags + row, lanes_get(tags + row) | dirty);
            data = lanes_pick(mine, lanes_get(stamps + row), data);
        }
        return data;
    }
    /* Lines that are there are touched: the stamps of their data, 0 behind them. */
    LANES_INLINE void lanes_touch(uint64_t *tags, const int64_t *stamps, uint32_t set_bits, uint32_t ways, uint64_t word, int32_t count,
                                  uint64_t dirty, int64_t *arrive)
    {
        lanes bits = lanes_pick(lanes_first(count), lanes_ways(word), (lanes){});
        lanes_put(arrive, ways == 4 ? lanes_visit(tags, stamps, set_bits, 4, bits, dirty)
                                    : lanes_visit(tags, stamps, set_bits, ways, bits, dirty));
    }
    LANES_INLINE int64_t lanes_latest(const int64_t *stamps)
    {
        int64_t a = stamps[0] > stamps[4] ? stamps[0] : stamps[4], b = stamps[1] > stamps[5] ? stamps[1] : stamps[5];
        int64_t c = stamps[2] > stamps[6] ? stamps[2] : stamps[6], d = stamps[3] > stamps[7] ? stamps[3] : stamps[7];
        a = a > b ? a : b;
        c = c > d ? c : d;
        return a > c ? a : c;
    }
    /* Which of eight numbers lie less than `most` above this one: a bit each. */
    LANES_INLINE uint32_t lanes_near(const uint64_t *numbers, uint64_t number, uint64_t most)
    {
        return lanes_bits(lanes_below(lanes_get(numbers) - number, lanes_all(most)));
    }
    """
    const bint LANES_PAY
    void lanes_use(uint64_t *used, uint64_t full, uint64_t ways, int32_t count) noexcept nogil
    void lanes_take(uint64_t *used, uint64_t full, int32_t count, uint64_t *bits) noexcept nogil
    uint64_t lanes_leave(const uint64_t *tags, uint32_t set_bits, uint32_t ways, const uint64_t *bits, uint8_t *where, uint64_t which,
                         uint64_t map_mask, uint64_t nowhere, uint64_t *gone) noexcept nogil
    uint64_t lanes_enter(uint64_t *tags, int64_t *stamps, uint32_t set_bits, uint32_t ways, const uint64_t *bits, uint64_t tag,
                         const int64_t *arrive, int32_t touched, uint64_t dirty, uint64_t ahead) noexcept nogil
    void lanes_arrive(int64_t *arrive, int64_t first, int64_t step, uint64_t dirty, int64_t sooner) noexcept nogil
    void lanes_touch(uint64_t *tags, const int64_t *stamps, uint32_t set_bits, uint32_t ways, uint64_t word, int32_t count,
                     uint64_t dirty, int64_t *arrive) noexcept nogil
    int64_t lanes_latest(const int64_t *stamps) noexcept nogil
    uint32_t lanes_near(const uint64_t *numbers, uint64_t number, uint64_t most) noexcept nogil
