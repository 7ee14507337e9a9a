# Sixteen cache sets at a time: what runs.pyx and fetches.pyx do to sets that lie side by side, in vectors of sixteen 32-bit lanes.
#
# With AVX-512, whose conditions are mask registers; on other hosts one set after another is faster, and nothing here is used. Arrays have
# PAD entries more than they need. `m` says which lanes count, a bit each; what belongs to the others stays as it was. `bit` is a way in
# each lane, as in Level.used; 0: none.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #define LANES_INLINE static inline __attribute__((always_inline))
    #if defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512DQ__) && defined(__AVX512CD__)
    #include <immintrin.h>
    #define LANES_PAY 1
    typedef __m512i lanes;
    typedef __mmask16 lanes_mask;

    LANES_INLINE lanes lanes_all(uint32_t x) { return _mm512_set1_epi32((int)x); }
    LANES_INLINE uint32_t lanes_there(const uint8_t *where)
    {
        __m128i w = _mm_loadu_si128((const void *)where);
        return _mm_test_epi8_mask(w, w);
    }
    LANES_INLINE uint32_t lanes_ahead(const uint8_t *where) { return _mm_movepi8_mask(_mm_loadu_si128((const void *)where)); }
    /* Bytes that were written a moment ago are read, and written, by accesses of one size: hosts forward nothing from a part of a store. */
    LANES_INLINE __m128i lanes_get_bytes(const uint8_t *where, uint64_t count)
    {
        return count <= 4 ? _mm_loadu_si32(where)
             : count <= 8 ? _mm_loadl_epi64((const void *)where) : _mm_loadu_si128((const void *)where);
    }
    LANES_INLINE void lanes_put_bytes(uint8_t *where, uint32_t m, __m128i bytes)
    {
        if (m == 0xffff) _mm_storeu_si128((void *)where, bytes);
        else if (m == 0xff) _mm_storel_epi64((void *)where, bytes);
        else if (m == 0xf) _mm_storeu_si32(where, bytes);
        else _mm_mask_storeu_epi8(where, (lanes_mask)m, bytes);
    }
    LANES_INLINE lanes lanes_ways_of(__m128i bytes, uint32_t m)
    {
        lanes way = _mm512_and_si512(_mm512_cvtepu8_epi32(bytes), lanes_all(127));
        return _mm512_maskz_sllv_epi32((lanes_mask)m, lanes_all(1), _mm512_sub_epi32(way, lanes_all(1)));
    }
    LANES_INLINE lanes lanes_ways(const uint8_t *where, uint32_t m) { return lanes_ways_of(_mm_loadu_si128((const void *)where), m); }
    LANES_INLINE uint32_t lanes_first_ahead(const uint8_t *where, uint64_t count)
    {
        return (~(uint32_t)_mm_movepi8_mask(lanes_get_bytes(where, count)) & ((1u << count) - 1)) == 0;
    }
    LANES_INLINE lanes lanes_not_ahead(uint8_t *where, uint32_t m, uint64_t count)
    {
        __m128i bytes = _mm_and_si128(lanes_get_bytes(where, count), _mm_set1_epi8(127));
        lanes_put_bytes(where, m, bytes);
        return lanes_ways_of(bytes, m);
    }
    LANES_INLINE void lanes_set_ways(uint8_t *where, uint32_t m, lanes bit, uint32_t ahead)
    {
        __m128i way = _mm512_cvtepi32_epi8(_mm512_sub_epi32(lanes_all(32), _mm512_lzcnt_epi32(bit)));
        lanes_put_bytes(where, m, _mm_or_si128(way, _mm_maskz_set1_epi8((lanes_mask)ahead, (char)128)));
    }
    LANES_INLINE void lanes_use(uint32_t *used, uint32_t full, uint32_t m, lanes bit)
    {
        lanes now = _mm512_or_si512(_mm512_loadu_si512(used), bit);
        now = _mm512_mask_mov_epi32(now, _mm512_cmpeq_epi32_mask(now, lanes_all(full)), bit);
        _mm512_mask_storeu_epi32(used, (lanes_mask)m, now);
    }
    LANES_INLINE lanes lanes_next(const uint32_t *used, uint32_t full, uint32_t m)
    {
        lanes bit = _mm512_andnot_si512(_mm512_loadu_si512(used), lanes_all(full));
        bit = _mm512_and_si512(bit, _mm512_sub_epi32(_mm512_setzero_si512(), bit));
        return _mm512_maskz_mov_epi32((lanes_mask)m, _mm512_mask_mov_epi32(bit, _mm512_testn_epi32_mask(bit, bit), lanes_all(1)));
    }
    /* Loops over ways: the usual number is known to the compiler. */
    #define LANES_BY_WAY(EACH) \\
        if (ways == 4) { _Pragma("GCC unroll 4") for (uint32_t way = 0; way < 4; way++) { EACH } } \\
        else { for (uint32_t way = 0; way < ways; way++) { EACH } }
    #define LANES_MINE _mm512_cmpeq_epi32_mask(bit, lanes_all(1u << way))
    #define LANES_ROW ((uint64_t)way << set_bits)
    LANES_INLINE lanes lanes_tags(const uint32_t *tags, uint32_t set_bits, uint32_t ways, lanes bit)
    {
        lanes found = _mm512_setzero_si512();
        LANES_BY_WAY(found = _mm512_mask_loadu_epi32(found, LANES_MINE, tags + LANES_ROW);)
        return found;
    }
    LANES_INLINE void lanes_put(uint32_t *to, lanes v) { _mm512_storeu_si512(to, v); }
    LANES_INLINE uint32_t lanes_dirty(lanes tag) { return _mm512_test_epi32_mask(tag, lanes_all(1)); }
    LANES_INLINE void lanes_leave(lanes tag, uint32_t set_bits, uint64_t number, uint64_t which, uint64_t map_mask, uint8_t *where)
    {
        const lanes k = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        lanes line = _mm512_sub_epi32(_mm512_srli_epi32(tag, 1), lanes_all(1));
        uint32_t at[16];
        line = _mm512_or_si512(_mm512_sll_epi32(line, _mm_cvtsi32_si128((int)set_bits)), _mm512_add_epi32(lanes_all((uint32_t)which), k));
        line = _mm512_and_si512(line, lanes_all((uint32_t)map_mask));
        line = _mm512_mask_mov_epi32(line, _mm512_testn_epi32_mask(tag, tag), lanes_all((uint32_t)(number & map_mask)));
        _mm512_storeu_si512(at, line);
        __asm__("" : "+m"(at));                 /* read from there, not taken out of the vector one by one */
        _Pragma("GCC unroll 16") for (int i = 0; i < 16; i++)
            where[at[i]] = 0;
    }
    LANES_INLINE void lanes_set_tags(uint32_t *tags, uint32_t set_bits, uint32_t ways, lanes bit, lanes tag)
    {
        LANES_BY_WAY(_mm512_mask_storeu_epi32(tags + LANES_ROW, LANES_MINE, tag);)
    }
    LANES_INLINE lanes lanes_tag(uint32_t tag, uint32_t dirty, uint32_t touched)
    {
        return _mm512_mask_mov_epi32(lanes_all(tag), (lanes_mask)touched, lanes_all(tag | dirty));
    }
    LANES_INLINE void lanes_set_dirty(uint32_t *tags, uint32_t set_bits, uint32_t ways, lanes bit)
    {
        LANES_BY_WAY(lanes_mask mine = LANES_MINE;
                     lanes tag = _mm512_maskz_loadu_epi32(mine, tags + LANES_ROW);
                     _mm512_mask_storeu_epi32(tags + LANES_ROW, mine, _mm512_or_si512(tag, lanes_all(1)));)
    }
    LANES_INLINE void lanes_even(int64_t *stamps, int64_t first, int64_t step)
    {
        lanes k = _mm512_mul_epu32(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi64(step));
        k = _mm512_add_epi64(k, _mm512_set1_epi64(first));
        _mm512_storeu_si512(stamps, k);
        _mm512_storeu_si512(stamps + 8, _mm512_add_epi64(k, _mm512_set1_epi64(8 * step)));
    }
    LANES_INLINE void lanes_set_stamps(int64_t *stamps, uint32_t set_bits, uint32_t ways, lanes bit, const int64_t *data)
    {
        lanes low = _mm512_loadu_si512(data), high = _mm512_loadu_si512(data + 8);
        LANES_BY_WAY(lanes_mask mine = LANES_MINE;
                     _mm512_mask_storeu_epi64(stamps + LANES_ROW, (__mmask8)mine, low);
                     _mm512_mask_storeu_epi64(stamps + LANES_ROW + 8, (__mmask8)(mine >> 8), high);)
    }
    LANES_INLINE int64_t lanes_stamps(const int64_t *stamps, uint32_t set_bits, uint32_t ways, lanes bit, int64_t *first)
    {
        lanes low = _mm512_setzero_si512(), high = low;
        LANES_BY_WAY(lanes_mask mine = LANES_MINE;
                     low = _mm512_mask_loadu_epi64(low, (__mmask8)mine, stamps + LANES_ROW);
                     high = _mm512_mask_loadu_epi64(high, (__mmask8)(mine >> 8), stamps + LANES_ROW + 8);)
        if (*first == 0) {
            __mmask8 some = _mm512_test_epi64_mask(low, low);
            lanes of = some ? low : high;
            some = some ? some : _mm512_test_epi64_mask(high, high);
            *first = _mm_cvtsi128_si64(_mm512_castsi512_si128(_mm512_maskz_compress_epi64(some, of)));
        }
        return _mm512_reduce_max_epi64(_mm512_max_epi64(low, high));
    }
    LANES_INLINE uint32_t lanes_near(const uint64_t *numbers, uint64_t number, uint64_t most)
    {
        lanes far = _mm512_sub_epi64(_mm512_loadu_si512(numbers), _mm512_set1_epi64((int64_t)number));
        return _mm512_cmplt_epu64_mask(far, _mm512_set1_epi64((int64_t)most));
    }
    #else
    #define LANES_PAY 0
    typedef int lanes;
    #define lanes_there(where) ((void)(where), 0u)
    #define lanes_ahead(where) ((void)(where), 0u)
    #define lanes_ways(where, m) ((void)(where), (void)(m), 0)
    #define lanes_set_ways(where, m, bit, ahead) ((void)(where), (void)(m), (void)(bit), (void)(ahead))
    #define lanes_first_ahead(where, count) ((void)(where), (void)(count), 0)
    #define lanes_not_ahead(where, m, count) ((void)(where), (void)(m), (void)(count), 0)
    #define lanes_use(used, full, m, bit) ((void)(used), (void)(full), (void)(m), (void)(bit))
    #define lanes_next(used, full, m) ((void)(used), (void)(full), (void)(m), 0)
    #define lanes_tags(tags, set_bits, ways, bit) ((void)(tags), (void)(set_bits), (void)(ways), (void)(bit), 0)
    #define lanes_put(to, v) ((void)(to), (void)(v))
    #define lanes_dirty(tag) ((void)(tag), 0u)
    #define lanes_leave(tag, set_bits, number, which, map_mask, where) \\
        ((void)(tag), (void)(set_bits), (void)(number), (void)(which), (void)(map_mask), (void)(where))
    #define lanes_set_tags(tags, set_bits, ways, bit, tag) ((void)(tags), (void)(set_bits), (void)(ways), (void)(bit), (void)(tag))
    #define lanes_tag(tag, dirty, touched) ((void)(tag), (void)(dirty), (void)(touched), 0)
    #define lanes_set_dirty(tags, set_bits, ways, bit) ((void)(tags), (void)(set_bits), (void)(ways), (void)(bit))
    #define lanes_even(stamps, first, step) ((void)((stamps)[0] = (first) + (step)))
    #define lanes_set_stamps(stamps, set_bits, ways, bit, data) ((void)(stamps), (void)(set_bits), (void)(ways), (void)(bit), (void)(data))
    #define lanes_stamps(stamps, set_bits, ways, bit, first) \\
        ((void)(stamps), (void)(set_bits), (void)(ways), (void)(bit), (void)(first), (int64_t)0)
    LANES_INLINE uint32_t lanes_near(const uint64_t *numbers, uint64_t number, uint64_t most)
    {
        uint32_t found = 0;
        for (int k = 0; k < 8; k++)
            found |= (uint32_t)(numbers[k] - number < most) << k;
        return found;
    }
    #endif
    """
    ctypedef struct lanes:
        pass
    const bint LANES_PAY
    uint32_t lanes_there(const uint8_t *where) noexcept nogil           # whether lines are there
    uint32_t lanes_ahead(const uint8_t *where) noexcept nogil           # and are prefetched
    bint lanes_first_ahead(const uint8_t *where, uint64_t count) noexcept nogil    # the first `count` are
    lanes lanes_ways(const uint8_t *where, uint32_t m) noexcept nogil
    lanes lanes_not_ahead(uint8_t *where, uint32_t m, uint64_t count) noexcept nogil        # ways of the first `count`, used from now on
    void lanes_set_ways(uint8_t *where, uint32_t m, lanes bit, uint32_t ahead) noexcept nogil
    void lanes_use(uint32_t *used, uint32_t full, uint32_t m, lanes bit) noexcept nogil
    lanes lanes_next(const uint32_t *used, uint32_t full, uint32_t m) noexcept nogil        # the ways that the next lines get
    lanes lanes_tags(const uint32_t *tags, uint32_t set_bits, uint32_t ways, lanes bit) noexcept nogil
    void lanes_put(uint32_t *to, lanes v) noexcept nogil
    uint32_t lanes_dirty(lanes tag) noexcept nogil
    # lines with these tags are no longer there, nor is line `number`
    void lanes_leave(lanes tag, uint32_t set_bits, uint64_t number, uint64_t which, uint64_t map_mask, uint8_t *where) noexcept nogil
    void lanes_set_tags(uint32_t *tags, uint32_t set_bits, uint32_t ways, lanes bit, lanes tag) noexcept nogil
    lanes lanes_tag(uint32_t tag, uint32_t dirty, uint32_t touched) noexcept nogil          # dirty are only those touched
    void lanes_set_dirty(uint32_t *tags, uint32_t set_bits, uint32_t ways, lanes bit) noexcept nogil
    void lanes_even(int64_t *stamps, int64_t first, int64_t step) noexcept nogil            # sixteen stamps in equal steps
    void lanes_set_stamps(int64_t *stamps, uint32_t set_bits, uint32_t ways, lanes bit, const int64_t *data) noexcept nogil
    # the last of the stamps; `first`, where it is 0 so far, becomes the first that is not
    int64_t lanes_stamps(const int64_t *stamps, uint32_t set_bits, uint32_t ways, lanes bit, int64_t *first) noexcept nogil
    # which of eight numbers lie less than `most` above this one: a bit each
    uint32_t lanes_near(const uint64_t *numbers, uint64_t number, uint64_t most) noexcept nogil
