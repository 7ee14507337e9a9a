/*
 * Markers for `rvsim profile`: what runs between them is a region of its own in the report.
 *
 *     C          #include "rvsim.h"          rvsim_region_begin("tile");  ...  rvsim_region_end();
 *     assembly   #include "rvsim.h"          rvsim_region_begin tile           rvsim_region_end
 *
 * A marker is one HINT of the space that the ISA manual leaves to custom use (slti with rd = x0), a no-operation on every
 * RISC-V processor. The name stands in the symbol of the marker, so it costs nothing when the program runs. A name with spaces or
 * the like stands in quotes in assembly too; it cannot have quotes or backslashes, and clang must assemble it: GNU as keeps no
 * local symbol with a space, and the region goes by its address. Regions may be inside each other; an end closes the innermost one.
 */
#ifndef RVSIM_H
#define RVSIM_H

#ifdef __ASSEMBLER__

        .macro  rvsim_region_begin name:req
"rvsim_region.\name\().\@":
        slti    zero, zero, 0x5b        // '['
        .endm

        .macro  rvsim_region_end
        slti    zero, zero, 0x5d        // ']'
        .endm

#else

#define RVSIM_TEXT_(x) #x
#define RVSIM_TEXT(x) RVSIM_TEXT_(x)

#define rvsim_region_begin(name) \
    __asm__ volatile("\"rvsim_region." name "." RVSIM_TEXT(__LINE__) "_%=\": slti zero, zero, 0x5b" ::: "memory")

#define rvsim_region_end() __asm__ volatile("slti zero, zero, 0x5d" ::: "memory")

#endif
#endif
