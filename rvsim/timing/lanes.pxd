# Eight cache sets at a time: what runs.pyx does to sets that lie side by side, in vectors of eight 64-bit lanes.
#
# The compiler's own vectors, as loops of eight are unrolled before they are vectorised; it lowers them to what the host has. Arrays have
# PAD entries more than they need: lanes behind the lines that count are read and written back as they were.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    typedef uint64_t lanes __attribute__((vector_size(64)));
    typedef int64_t slanes __attribute__((vector_size(64)));
    typedef uint8_t lanes8 __attribute__((vector_size(8)));
    #define LANES_K ((lanes){0, 1, 2, 3, 4, 5, 6, 7})
    #define LANES_INLINE static inline __attribute__((always_inline))

    LANES_INLINE lanes lanes_get(const void *p) { lanes v; memcpy(&v, p, 64); return v; }
    LANES_INLINE void lanes_put(void *p, lanes v) { memcpy(p, &v, 64); }
    LANES_INLINE lanes lanes_all(uint64_t x) { return (lanes){} + x; }
    LANES_INLINE lanes lanes_pick(lanes mask, lanes a, lanes b) { return (a & mask) | (b & ~mask); }
    LANES_INLINE lanes lanes_first(int32_t count) { return (lanes)((slanes)LANES_K < (slanes)lanes_all((uint64_t)count)); }
    LANES_INLINE lanes lanes_of(uint64_t word) { return (lanes_all(word) >> (8 * LANES_K)) & 255; }
    LANES_INLINE uint64_t lanes_word(lanes v) { lanes8 b = __builtin_convertvector(v, lanes8); uint64_t w; memcpy(&w, &b, 8); return w; }

    /* The ways with these bits were used. */
    LANES_INLINE lanes lanes_used(lanes used, lanes bit, uint64_t full)
    {
        lanes now = used | bit;
        return lanes_pick((lanes)(now == lanes_all(full)), bit, now);
    }
    /* One way in each of the first sets was used; ways: a byte each, as in Level.where. */
    LANES_INLINE void lanes_use(uint64_t *used, uint64_t full, uint64_t ways, int32_t count)
    {
        lanes old = lanes_get(used), bit = lanes_all(1) << (((lanes_of(ways) & 127) - 1) & 63);
        lanes_put(used, lanes_pick(lanes_first(count), lanes_used(old, bit, full), old));
    }
    /* The way that the next line of each of the first sets takes, as a bit; 0 in the others. */
    LANES_INLINE void lanes_take(uint64_t *used, uint64_t full, int32_t count, uint64_t *bits)
    {
        lanes old = lanes_get(used), bit = ~old & full, live = lanes_first(count);
        bit &= -bit;
        bit |= (lanes)(bit == 0) & 1;
        lanes_put(used, lanes_pick(live, lanes_used(old, bit, full), old));
        lanes_put(bits, bit & live);
    }
    /* What the rows of an array by way and set have in these ways. */
    LANES_INLINE lanes lanes_gather(const uint64_t *row, uint32_t set_bits, uint32_t ways, lanes bits)
    {
        lanes found = {};
        for (uint32_t way = 0; way < ways; way++)
            found |= lanes_get(row + ((uint64_t)way << set_bits)) & (lanes)(bits == lanes_all(1ULL << way));
        return found;
    }
    /* Tags of the lines that leave, whose bytes in the map become 0; returns a byte for each: whether it is dirty. */
    LANES_INLINE uint64_t lanes_leave(const uint64_t *tags, uint32_t set_bits, uint32_t ways, const uint64_t *bits, uint8_t *where,
                                      uint64_t which, uint64_t map_mask, uint64_t nowhere, uint64_t *gone)
    {
        lanes tag = lanes_gather(tags, set_bits, ways, lanes_get(bits));
        lanes line = ((((tag >> 1) - 1) << set_bits) | (which + LANES_K)) & map_mask;
        uint64_t at[8];
        lanes_put(gone, tag);
        lanes_put(at, lanes_pick((lanes)(tag == 0), lanes_all(nowhere), line));
        for (int k = 0; k < 8; k++)
            where[at[k]] = 0;
        return lanes_word(tag & 1);
    }
    /* Lines enter these ways: tags, stamps of data; returns what Level.where has for them. */
    LANES_INLINE uint64_t lanes_enter(uint64_t *tags, int64_t *stamps, uint32_t set_bits, uint32_t ways, const uint64_t *bits, uint64_t tag,
                                      const int64_t *arrive, int32_t touched, uint64_t dirty, uint64_t ahead)
    {
        lanes bit = lanes_get(bits), used = lanes_first(touched), fresh = tag | (used & dirty), data = lanes_get(arrive), where = {};
        for (uint32_t way = 0; way < ways; way++) {
            uint64_t row = (uint64_t)way << set_bits;
            lanes mine = (lanes)(bit == lanes_all(1ULL << way));
            lanes_put(tags + row, lanes_pick(mine, fresh, lanes_get(tags + row)));
            lanes_put(stamps + row, lanes_pick(mine, data, lanes_get(stamps + row)));
            where |= mine & (way + 1);
        }
        return lanes_word(where | (~used & (lanes)(bit != 0) & ahead));
    }
    /* When eight lines arrive that follow one another through a port through which dirty ones go back; the first is `sooner`. */
    LANES_INLINE void lanes_arrive(int64_t *arrive, int64_t first, int64_t step, uint64_t dirty, int64_t sooner)
    {
        lanes before = LANES_K + lanes_of((dirty * 0x0101010101010101ULL) << 8);
        lanes_put(arrive, (uint64_t)first + before * (uint64_t)step - ((lanes){1} * (uint64_t)sooner));
    }
    /* Lines that are there are touched: the stamps of their data, 0 behind them. */
    LANES_INLINE void lanes_touch(uint64_t *tags, const int64_t *stamps, uint32_t set_bits, uint32_t ways, uint64_t word, int32_t count,
                                  uint64_t dirty, int64_t *arrive)
    {
        lanes bit = (lanes_all(1) << (((lanes_of(word) & 127) - 1) & 63)) & lanes_first(count), data = {};
        for (uint32_t way = 0; way < ways; way++) {
            uint64_t row = (uint64_t)way << set_bits;
            lanes mine = (lanes)(bit == lanes_all(1ULL << way));
            if (dirty)
                lanes_put(tags + row, lanes_get(tags + row) | (mine & 1));
            data |= lanes_get(stamps + row) & mine;
        }
        lanes_put(arrive, data);
    }
    LANES_INLINE int64_t lanes_latest(const int64_t *stamps)
    {
        int64_t a = stamps[0] > stamps[4] ? stamps[0] : stamps[4], b = stamps[1] > stamps[5] ? stamps[1] : stamps[5];
        int64_t c = stamps[2] > stamps[6] ? stamps[2] : stamps[6], d = stamps[3] > stamps[7] ? stamps[3] : stamps[7];
        a = a > b ? a : b;
        c = c > d ? c : d;
        return a > c ? a : c;
    }
    """
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
