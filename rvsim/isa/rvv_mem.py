"""Rows of V 1.0: loads and stores (chapter 7 of the V specification), segments spelled out.

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`. The number in a heading is the
section of the specification.
"""

ROWS = """
# unit stride (7.4)
vle8.v          | 31..29=0 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..0=0x07                   | vd:e8, (rs1), vm             | vle       | v_load                 | v
vle16.v         | 31..29=0 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vd 6..0=0x07                   | vd:e16, (rs1), vm            | vle       | v_load                 | v
vle32.v         | 31..29=0 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=0x07                   | vd:e32, (rs1), vm            | vle       | v_load                 | v
vle64.v         | 31..29=0 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vd 6..0=0x07                   | vd:e64, (rs1), vm            | vle       | v_load                 | v
vse8.v          | 31..29=0 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vs3 6..0=0x27                  | vs3:e8, (rs1), vm            | vse       | v_store                | v
vse16.v         | 31..29=0 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vs3 6..0=0x27                  | vs3:e16, (rs1), vm           | vse       | v_store                | v
vse32.v         | 31..29=0 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vs3 6..0=0x27                  | vs3:e32, (rs1), vm           | vse       | v_store                | v
vse64.v         | 31..29=0 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vs3 6..0=0x27                  | vs3:e64, (rs1), vm           | vse       | v_store                | v
vlm.v           | 31..29=0 28=0 27..26=0 25=1 24..20=11 rs1 14..12=0 vd 6..0=0x07                | vd:m, (rs1)                  | vlm       | v_load_mask            | v
vsm.v           | 31..29=0 28=0 27..26=0 25=1 24..20=11 rs1 14..12=0 vs3 6..0=0x27               | vs3:m, (rs1)                 | vsm       | v_store_mask           | v

# strided (7.5)
vlse8.v         | 31..29=0 28=0 27..26=2 vm rs2 rs1 14..12=0 vd 6..0=0x07                        | vd:e8, (rs1), rs2, vm        | vlse      | v_load_strided         | v
vlse16.v        | 31..29=0 28=0 27..26=2 vm rs2 rs1 14..12=5 vd 6..0=0x07                        | vd:e16, (rs1), rs2, vm       | vlse      | v_load_strided         | v
vlse32.v        | 31..29=0 28=0 27..26=2 vm rs2 rs1 14..12=6 vd 6..0=0x07                        | vd:e32, (rs1), rs2, vm       | vlse      | v_load_strided         | v
vlse64.v        | 31..29=0 28=0 27..26=2 vm rs2 rs1 14..12=7 vd 6..0=0x07                        | vd:e64, (rs1), rs2, vm       | vlse      | v_load_strided         | v
vsse8.v         | 31..29=0 28=0 27..26=2 vm rs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:e8, (rs1), rs2, vm       | vsse      | v_store_strided        | v
vsse16.v        | 31..29=0 28=0 27..26=2 vm rs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:e16, (rs1), rs2, vm      | vsse      | v_store_strided        | v
vsse32.v        | 31..29=0 28=0 27..26=2 vm rs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:e32, (rs1), rs2, vm      | vsse      | v_store_strided        | v
vsse64.v        | 31..29=0 28=0 27..26=2 vm rs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:e64, (rs1), rs2, vm      | vsse      | v_store_strided        | v

# indexed, unordered and ordered (7.6)
vluxei8.v       | 31..29=0 28=0 27..26=1 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd, (rs1), vs2:e8, vm        | vlux      | v_load_indexed         | v
vluxei16.v      | 31..29=0 28=0 27..26=1 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd, (rs1), vs2:e16, vm       | vlux      | v_load_indexed         | v
vluxei32.v      | 31..29=0 28=0 27..26=1 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd, (rs1), vs2:e32, vm       | vlux      | v_load_indexed         | v
vluxei64.v      | 31..29=0 28=0 27..26=1 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd, (rs1), vs2:e64, vm       | vlux      | v_load_indexed         | v
vloxei8.v       | 31..29=0 28=0 27..26=3 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd, (rs1), vs2:e8, vm        | vlox      | v_load_indexed         | v
vloxei16.v      | 31..29=0 28=0 27..26=3 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd, (rs1), vs2:e16, vm       | vlox      | v_load_indexed         | v
vloxei32.v      | 31..29=0 28=0 27..26=3 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd, (rs1), vs2:e32, vm       | vlox      | v_load_indexed         | v
vloxei64.v      | 31..29=0 28=0 27..26=3 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd, (rs1), vs2:e64, vm       | vlox      | v_load_indexed         | v
vsuxei8.v       | 31..29=0 28=0 27..26=1 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3, (rs1), vs2:e8, vm       | vsux      | v_store_indexed        | v
vsuxei16.v      | 31..29=0 28=0 27..26=1 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3, (rs1), vs2:e16, vm      | vsux      | v_store_indexed        | v
vsuxei32.v      | 31..29=0 28=0 27..26=1 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3, (rs1), vs2:e32, vm      | vsux      | v_store_indexed        | v
vsuxei64.v      | 31..29=0 28=0 27..26=1 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3, (rs1), vs2:e64, vm      | vsux      | v_store_indexed        | v
vsoxei8.v       | 31..29=0 28=0 27..26=3 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3, (rs1), vs2:e8, vm       | vsox      | v_store_indexed        | v
vsoxei16.v      | 31..29=0 28=0 27..26=3 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3, (rs1), vs2:e16, vm      | vsox      | v_store_indexed        | v
vsoxei32.v      | 31..29=0 28=0 27..26=3 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3, (rs1), vs2:e32, vm      | vsox      | v_store_indexed        | v
vsoxei64.v      | 31..29=0 28=0 27..26=3 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3, (rs1), vs2:e64, vm      | vsox      | v_store_indexed        | v

# unit stride, fault only first (7.7)
vle8ff.v        | 31..29=0 28=0 27..26=0 vm 24..20=16 rs1 14..12=0 vd 6..0=0x07                  | vd:e8, (rs1), vm             | vleff     | v_load_ff              | v
vle16ff.v       | 31..29=0 28=0 27..26=0 vm 24..20=16 rs1 14..12=5 vd 6..0=0x07                  | vd:e16, (rs1), vm            | vleff     | v_load_ff              | v
vle32ff.v       | 31..29=0 28=0 27..26=0 vm 24..20=16 rs1 14..12=6 vd 6..0=0x07                  | vd:e32, (rs1), vm            | vleff     | v_load_ff              | v
vle64ff.v       | 31..29=0 28=0 27..26=0 vm 24..20=16 rs1 14..12=7 vd 6..0=0x07                  | vd:e64, (rs1), vm            | vleff     | v_load_ff              | v

# whole registers (7.9)
vl1re8.v        | 31..29=0 28=0 27..26=0 25=1 24..20=8 rs1 14..12=0 vd 6..0=0x07                 | vd:r1, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl1re16.v       | 31..29=0 28=0 27..26=0 25=1 24..20=8 rs1 14..12=5 vd 6..0=0x07                 | vd:r1, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl1re32.v       | 31..29=0 28=0 27..26=0 25=1 24..20=8 rs1 14..12=6 vd 6..0=0x07                 | vd:r1, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl1re64.v       | 31..29=0 28=0 27..26=0 25=1 24..20=8 rs1 14..12=7 vd 6..0=0x07                 | vd:r1, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl2re8.v        | 31..29=1 28=0 27..26=0 25=1 24..20=8 rs1 14..12=0 vd 6..0=0x07                 | vd:r2, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl2re16.v       | 31..29=1 28=0 27..26=0 25=1 24..20=8 rs1 14..12=5 vd 6..0=0x07                 | vd:r2, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl2re32.v       | 31..29=1 28=0 27..26=0 25=1 24..20=8 rs1 14..12=6 vd 6..0=0x07                 | vd:r2, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl2re64.v       | 31..29=1 28=0 27..26=0 25=1 24..20=8 rs1 14..12=7 vd 6..0=0x07                 | vd:r2, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl4re8.v        | 31..29=3 28=0 27..26=0 25=1 24..20=8 rs1 14..12=0 vd 6..0=0x07                 | vd:r4, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl4re16.v       | 31..29=3 28=0 27..26=0 25=1 24..20=8 rs1 14..12=5 vd 6..0=0x07                 | vd:r4, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl4re32.v       | 31..29=3 28=0 27..26=0 25=1 24..20=8 rs1 14..12=6 vd 6..0=0x07                 | vd:r4, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl4re64.v       | 31..29=3 28=0 27..26=0 25=1 24..20=8 rs1 14..12=7 vd 6..0=0x07                 | vd:r4, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl8re8.v        | 31..29=7 28=0 27..26=0 25=1 24..20=8 rs1 14..12=0 vd 6..0=0x07                 | vd:r8, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl8re16.v       | 31..29=7 28=0 27..26=0 25=1 24..20=8 rs1 14..12=5 vd 6..0=0x07                 | vd:r8, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl8re32.v       | 31..29=7 28=0 27..26=0 25=1 24..20=8 rs1 14..12=6 vd 6..0=0x07                 | vd:r8, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vl8re64.v       | 31..29=7 28=0 27..26=0 25=1 24..20=8 rs1 14..12=7 vd 6..0=0x07                 | vd:r8, (rs1)                 | vlr       | v_load_whole           | v | vill_ok
vs1r.v          | 31..29=0 28=0 27..26=0 25=1 24..20=8 rs1 14..12=0 vs3 6..0=0x27                | vs3:r1, (rs1)                | vsr       | v_store_whole          | v | vill_ok
vs2r.v          | 31..29=1 28=0 27..26=0 25=1 24..20=8 rs1 14..12=0 vs3 6..0=0x27                | vs3:r2, (rs1)                | vsr       | v_store_whole          | v | vill_ok
vs4r.v          | 31..29=3 28=0 27..26=0 25=1 24..20=8 rs1 14..12=0 vs3 6..0=0x27                | vs3:r4, (rs1)                | vsr       | v_store_whole          | v | vill_ok
vs8r.v          | 31..29=7 28=0 27..26=0 25=1 24..20=8 rs1 14..12=0 vs3 6..0=0x27                | vs3:r8, (rs1)                | vsr       | v_store_whole          | v | vill_ok

# segments, unit stride (7.8.1)
vlseg2e8.v      | 31..29=1 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..0=0x07                   | vd:e8x2, (rs1), vm           | vle       | v_load_seg             | v
vlseg2e16.v     | 31..29=1 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vd 6..0=0x07                   | vd:e16x2, (rs1), vm          | vle       | v_load_seg             | v
vlseg2e32.v     | 31..29=1 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=0x07                   | vd:e32x2, (rs1), vm          | vle       | v_load_seg             | v
vlseg2e64.v     | 31..29=1 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vd 6..0=0x07                   | vd:e64x2, (rs1), vm          | vle       | v_load_seg             | v
vlseg3e8.v      | 31..29=2 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..0=0x07                   | vd:e8x3, (rs1), vm           | vle       | v_load_seg             | v
vlseg3e16.v     | 31..29=2 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vd 6..0=0x07                   | vd:e16x3, (rs1), vm          | vle       | v_load_seg             | v
vlseg3e32.v     | 31..29=2 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=0x07                   | vd:e32x3, (rs1), vm          | vle       | v_load_seg             | v
vlseg3e64.v     | 31..29=2 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vd 6..0=0x07                   | vd:e64x3, (rs1), vm          | vle       | v_load_seg             | v
vlseg4e8.v      | 31..29=3 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..0=0x07                   | vd:e8x4, (rs1), vm           | vle       | v_load_seg             | v
vlseg4e16.v     | 31..29=3 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vd 6..0=0x07                   | vd:e16x4, (rs1), vm          | vle       | v_load_seg             | v
vlseg4e32.v     | 31..29=3 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=0x07                   | vd:e32x4, (rs1), vm          | vle       | v_load_seg             | v
vlseg4e64.v     | 31..29=3 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vd 6..0=0x07                   | vd:e64x4, (rs1), vm          | vle       | v_load_seg             | v
vlseg5e8.v      | 31..29=4 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..0=0x07                   | vd:e8x5, (rs1), vm           | vle       | v_load_seg             | v
vlseg5e16.v     | 31..29=4 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vd 6..0=0x07                   | vd:e16x5, (rs1), vm          | vle       | v_load_seg             | v
vlseg5e32.v     | 31..29=4 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=0x07                   | vd:e32x5, (rs1), vm          | vle       | v_load_seg             | v
vlseg5e64.v     | 31..29=4 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vd 6..0=0x07                   | vd:e64x5, (rs1), vm          | vle       | v_load_seg             | v
vlseg6e8.v      | 31..29=5 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..0=0x07                   | vd:e8x6, (rs1), vm           | vle       | v_load_seg             | v
vlseg6e16.v     | 31..29=5 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vd 6..0=0x07                   | vd:e16x6, (rs1), vm          | vle       | v_load_seg             | v
vlseg6e32.v     | 31..29=5 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=0x07                   | vd:e32x6, (rs1), vm          | vle       | v_load_seg             | v
vlseg6e64.v     | 31..29=5 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vd 6..0=0x07                   | vd:e64x6, (rs1), vm          | vle       | v_load_seg             | v
vlseg7e8.v      | 31..29=6 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..0=0x07                   | vd:e8x7, (rs1), vm           | vle       | v_load_seg             | v
vlseg7e16.v     | 31..29=6 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vd 6..0=0x07                   | vd:e16x7, (rs1), vm          | vle       | v_load_seg             | v
vlseg7e32.v     | 31..29=6 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=0x07                   | vd:e32x7, (rs1), vm          | vle       | v_load_seg             | v
vlseg7e64.v     | 31..29=6 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vd 6..0=0x07                   | vd:e64x7, (rs1), vm          | vle       | v_load_seg             | v
vlseg8e8.v      | 31..29=7 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vd 6..0=0x07                   | vd:e8x8, (rs1), vm           | vle       | v_load_seg             | v
vlseg8e16.v     | 31..29=7 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vd 6..0=0x07                   | vd:e16x8, (rs1), vm          | vle       | v_load_seg             | v
vlseg8e32.v     | 31..29=7 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=0x07                   | vd:e32x8, (rs1), vm          | vle       | v_load_seg             | v
vlseg8e64.v     | 31..29=7 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vd 6..0=0x07                   | vd:e64x8, (rs1), vm          | vle       | v_load_seg             | v
vsseg2e8.v      | 31..29=1 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vs3 6..0=0x27                  | vs3:e8x2, (rs1), vm          | vse       | v_store_seg            | v
vsseg2e16.v     | 31..29=1 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vs3 6..0=0x27                  | vs3:e16x2, (rs1), vm         | vse       | v_store_seg            | v
vsseg2e32.v     | 31..29=1 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vs3 6..0=0x27                  | vs3:e32x2, (rs1), vm         | vse       | v_store_seg            | v
vsseg2e64.v     | 31..29=1 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vs3 6..0=0x27                  | vs3:e64x2, (rs1), vm         | vse       | v_store_seg            | v
vsseg3e8.v      | 31..29=2 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vs3 6..0=0x27                  | vs3:e8x3, (rs1), vm          | vse       | v_store_seg            | v
vsseg3e16.v     | 31..29=2 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vs3 6..0=0x27                  | vs3:e16x3, (rs1), vm         | vse       | v_store_seg            | v
vsseg3e32.v     | 31..29=2 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vs3 6..0=0x27                  | vs3:e32x3, (rs1), vm         | vse       | v_store_seg            | v
vsseg3e64.v     | 31..29=2 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vs3 6..0=0x27                  | vs3:e64x3, (rs1), vm         | vse       | v_store_seg            | v
vsseg4e8.v      | 31..29=3 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vs3 6..0=0x27                  | vs3:e8x4, (rs1), vm          | vse       | v_store_seg            | v
vsseg4e16.v     | 31..29=3 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vs3 6..0=0x27                  | vs3:e16x4, (rs1), vm         | vse       | v_store_seg            | v
vsseg4e32.v     | 31..29=3 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vs3 6..0=0x27                  | vs3:e32x4, (rs1), vm         | vse       | v_store_seg            | v
vsseg4e64.v     | 31..29=3 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vs3 6..0=0x27                  | vs3:e64x4, (rs1), vm         | vse       | v_store_seg            | v
vsseg5e8.v      | 31..29=4 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vs3 6..0=0x27                  | vs3:e8x5, (rs1), vm          | vse       | v_store_seg            | v
vsseg5e16.v     | 31..29=4 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vs3 6..0=0x27                  | vs3:e16x5, (rs1), vm         | vse       | v_store_seg            | v
vsseg5e32.v     | 31..29=4 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vs3 6..0=0x27                  | vs3:e32x5, (rs1), vm         | vse       | v_store_seg            | v
vsseg5e64.v     | 31..29=4 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vs3 6..0=0x27                  | vs3:e64x5, (rs1), vm         | vse       | v_store_seg            | v
vsseg6e8.v      | 31..29=5 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vs3 6..0=0x27                  | vs3:e8x6, (rs1), vm          | vse       | v_store_seg            | v
vsseg6e16.v     | 31..29=5 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vs3 6..0=0x27                  | vs3:e16x6, (rs1), vm         | vse       | v_store_seg            | v
vsseg6e32.v     | 31..29=5 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vs3 6..0=0x27                  | vs3:e32x6, (rs1), vm         | vse       | v_store_seg            | v
vsseg6e64.v     | 31..29=5 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vs3 6..0=0x27                  | vs3:e64x6, (rs1), vm         | vse       | v_store_seg            | v
vsseg7e8.v      | 31..29=6 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vs3 6..0=0x27                  | vs3:e8x7, (rs1), vm          | vse       | v_store_seg            | v
vsseg7e16.v     | 31..29=6 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vs3 6..0=0x27                  | vs3:e16x7, (rs1), vm         | vse       | v_store_seg            | v
vsseg7e32.v     | 31..29=6 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vs3 6..0=0x27                  | vs3:e32x7, (rs1), vm         | vse       | v_store_seg            | v
vsseg7e64.v     | 31..29=6 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vs3 6..0=0x27                  | vs3:e64x7, (rs1), vm         | vse       | v_store_seg            | v
vsseg8e8.v      | 31..29=7 28=0 27..26=0 vm 24..20=0 rs1 14..12=0 vs3 6..0=0x27                  | vs3:e8x8, (rs1), vm          | vse       | v_store_seg            | v
vsseg8e16.v     | 31..29=7 28=0 27..26=0 vm 24..20=0 rs1 14..12=5 vs3 6..0=0x27                  | vs3:e16x8, (rs1), vm         | vse       | v_store_seg            | v
vsseg8e32.v     | 31..29=7 28=0 27..26=0 vm 24..20=0 rs1 14..12=6 vs3 6..0=0x27                  | vs3:e32x8, (rs1), vm         | vse       | v_store_seg            | v
vsseg8e64.v     | 31..29=7 28=0 27..26=0 vm 24..20=0 rs1 14..12=7 vs3 6..0=0x27                  | vs3:e64x8, (rs1), vm         | vse       | v_store_seg            | v
vlseg2e8ff.v    | 31..29=1 28=0 27..26=0 vm 24..20=16 rs1 14..12=0 vd 6..0=0x07                  | vd:e8x2, (rs1), vm           | vleff     | v_load_ff              | v
vlseg2e16ff.v   | 31..29=1 28=0 27..26=0 vm 24..20=16 rs1 14..12=5 vd 6..0=0x07                  | vd:e16x2, (rs1), vm          | vleff     | v_load_ff              | v
vlseg2e32ff.v   | 31..29=1 28=0 27..26=0 vm 24..20=16 rs1 14..12=6 vd 6..0=0x07                  | vd:e32x2, (rs1), vm          | vleff     | v_load_ff              | v
vlseg2e64ff.v   | 31..29=1 28=0 27..26=0 vm 24..20=16 rs1 14..12=7 vd 6..0=0x07                  | vd:e64x2, (rs1), vm          | vleff     | v_load_ff              | v
vlseg3e8ff.v    | 31..29=2 28=0 27..26=0 vm 24..20=16 rs1 14..12=0 vd 6..0=0x07                  | vd:e8x3, (rs1), vm           | vleff     | v_load_ff              | v
vlseg3e16ff.v   | 31..29=2 28=0 27..26=0 vm 24..20=16 rs1 14..12=5 vd 6..0=0x07                  | vd:e16x3, (rs1), vm          | vleff     | v_load_ff              | v
vlseg3e32ff.v   | 31..29=2 28=0 27..26=0 vm 24..20=16 rs1 14..12=6 vd 6..0=0x07                  | vd:e32x3, (rs1), vm          | vleff     | v_load_ff              | v
vlseg3e64ff.v   | 31..29=2 28=0 27..26=0 vm 24..20=16 rs1 14..12=7 vd 6..0=0x07                  | vd:e64x3, (rs1), vm          | vleff     | v_load_ff              | v
vlseg4e8ff.v    | 31..29=3 28=0 27..26=0 vm 24..20=16 rs1 14..12=0 vd 6..0=0x07                  | vd:e8x4, (rs1), vm           | vleff     | v_load_ff              | v
vlseg4e16ff.v   | 31..29=3 28=0 27..26=0 vm 24..20=16 rs1 14..12=5 vd 6..0=0x07                  | vd:e16x4, (rs1), vm          | vleff     | v_load_ff              | v
vlseg4e32ff.v   | 31..29=3 28=0 27..26=0 vm 24..20=16 rs1 14..12=6 vd 6..0=0x07                  | vd:e32x4, (rs1), vm          | vleff     | v_load_ff              | v
vlseg4e64ff.v   | 31..29=3 28=0 27..26=0 vm 24..20=16 rs1 14..12=7 vd 6..0=0x07                  | vd:e64x4, (rs1), vm          | vleff     | v_load_ff              | v
vlseg5e8ff.v    | 31..29=4 28=0 27..26=0 vm 24..20=16 rs1 14..12=0 vd 6..0=0x07                  | vd:e8x5, (rs1), vm           | vleff     | v_load_ff              | v
vlseg5e16ff.v   | 31..29=4 28=0 27..26=0 vm 24..20=16 rs1 14..12=5 vd 6..0=0x07                  | vd:e16x5, (rs1), vm          | vleff     | v_load_ff              | v
vlseg5e32ff.v   | 31..29=4 28=0 27..26=0 vm 24..20=16 rs1 14..12=6 vd 6..0=0x07                  | vd:e32x5, (rs1), vm          | vleff     | v_load_ff              | v
vlseg5e64ff.v   | 31..29=4 28=0 27..26=0 vm 24..20=16 rs1 14..12=7 vd 6..0=0x07                  | vd:e64x5, (rs1), vm          | vleff     | v_load_ff              | v
vlseg6e8ff.v    | 31..29=5 28=0 27..26=0 vm 24..20=16 rs1 14..12=0 vd 6..0=0x07                  | vd:e8x6, (rs1), vm           | vleff     | v_load_ff              | v
vlseg6e16ff.v   | 31..29=5 28=0 27..26=0 vm 24..20=16 rs1 14..12=5 vd 6..0=0x07                  | vd:e16x6, (rs1), vm          | vleff     | v_load_ff              | v
vlseg6e32ff.v   | 31..29=5 28=0 27..26=0 vm 24..20=16 rs1 14..12=6 vd 6..0=0x07                  | vd:e32x6, (rs1), vm          | vleff     | v_load_ff              | v
vlseg6e64ff.v   | 31..29=5 28=0 27..26=0 vm 24..20=16 rs1 14..12=7 vd 6..0=0x07                  | vd:e64x6, (rs1), vm          | vleff     | v_load_ff              | v
vlseg7e8ff.v    | 31..29=6 28=0 27..26=0 vm 24..20=16 rs1 14..12=0 vd 6..0=0x07                  | vd:e8x7, (rs1), vm           | vleff     | v_load_ff              | v
vlseg7e16ff.v   | 31..29=6 28=0 27..26=0 vm 24..20=16 rs1 14..12=5 vd 6..0=0x07                  | vd:e16x7, (rs1), vm          | vleff     | v_load_ff              | v
vlseg7e32ff.v   | 31..29=6 28=0 27..26=0 vm 24..20=16 rs1 14..12=6 vd 6..0=0x07                  | vd:e32x7, (rs1), vm          | vleff     | v_load_ff              | v
vlseg7e64ff.v   | 31..29=6 28=0 27..26=0 vm 24..20=16 rs1 14..12=7 vd 6..0=0x07                  | vd:e64x7, (rs1), vm          | vleff     | v_load_ff              | v
vlseg8e8ff.v    | 31..29=7 28=0 27..26=0 vm 24..20=16 rs1 14..12=0 vd 6..0=0x07                  | vd:e8x8, (rs1), vm           | vleff     | v_load_ff              | v
vlseg8e16ff.v   | 31..29=7 28=0 27..26=0 vm 24..20=16 rs1 14..12=5 vd 6..0=0x07                  | vd:e16x8, (rs1), vm          | vleff     | v_load_ff              | v
vlseg8e32ff.v   | 31..29=7 28=0 27..26=0 vm 24..20=16 rs1 14..12=6 vd 6..0=0x07                  | vd:e32x8, (rs1), vm          | vleff     | v_load_ff              | v
vlseg8e64ff.v   | 31..29=7 28=0 27..26=0 vm 24..20=16 rs1 14..12=7 vd 6..0=0x07                  | vd:e64x8, (rs1), vm          | vleff     | v_load_ff              | v

# segments, strided (7.8.2)
vlsseg2e8.v     | 31..29=1 28=0 27..26=2 vm rs2 rs1 14..12=0 vd 6..0=0x07                        | vd:e8x2, (rs1), rs2, vm      | vlse      | v_load_seg_strided     | v
vlsseg2e16.v    | 31..29=1 28=0 27..26=2 vm rs2 rs1 14..12=5 vd 6..0=0x07                        | vd:e16x2, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg2e32.v    | 31..29=1 28=0 27..26=2 vm rs2 rs1 14..12=6 vd 6..0=0x07                        | vd:e32x2, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg2e64.v    | 31..29=1 28=0 27..26=2 vm rs2 rs1 14..12=7 vd 6..0=0x07                        | vd:e64x2, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg3e8.v     | 31..29=2 28=0 27..26=2 vm rs2 rs1 14..12=0 vd 6..0=0x07                        | vd:e8x3, (rs1), rs2, vm      | vlse      | v_load_seg_strided     | v
vlsseg3e16.v    | 31..29=2 28=0 27..26=2 vm rs2 rs1 14..12=5 vd 6..0=0x07                        | vd:e16x3, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg3e32.v    | 31..29=2 28=0 27..26=2 vm rs2 rs1 14..12=6 vd 6..0=0x07                        | vd:e32x3, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg3e64.v    | 31..29=2 28=0 27..26=2 vm rs2 rs1 14..12=7 vd 6..0=0x07                        | vd:e64x3, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg4e8.v     | 31..29=3 28=0 27..26=2 vm rs2 rs1 14..12=0 vd 6..0=0x07                        | vd:e8x4, (rs1), rs2, vm      | vlse      | v_load_seg_strided     | v
vlsseg4e16.v    | 31..29=3 28=0 27..26=2 vm rs2 rs1 14..12=5 vd 6..0=0x07                        | vd:e16x4, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg4e32.v    | 31..29=3 28=0 27..26=2 vm rs2 rs1 14..12=6 vd 6..0=0x07                        | vd:e32x4, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg4e64.v    | 31..29=3 28=0 27..26=2 vm rs2 rs1 14..12=7 vd 6..0=0x07                        | vd:e64x4, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg5e8.v     | 31..29=4 28=0 27..26=2 vm rs2 rs1 14..12=0 vd 6..0=0x07                        | vd:e8x5, (rs1), rs2, vm      | vlse      | v_load_seg_strided     | v
vlsseg5e16.v    | 31..29=4 28=0 27..26=2 vm rs2 rs1 14..12=5 vd 6..0=0x07                        | vd:e16x5, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg5e32.v    | 31..29=4 28=0 27..26=2 vm rs2 rs1 14..12=6 vd 6..0=0x07                        | vd:e32x5, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg5e64.v    | 31..29=4 28=0 27..26=2 vm rs2 rs1 14..12=7 vd 6..0=0x07                        | vd:e64x5, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg6e8.v     | 31..29=5 28=0 27..26=2 vm rs2 rs1 14..12=0 vd 6..0=0x07                        | vd:e8x6, (rs1), rs2, vm      | vlse      | v_load_seg_strided     | v
vlsseg6e16.v    | 31..29=5 28=0 27..26=2 vm rs2 rs1 14..12=5 vd 6..0=0x07                        | vd:e16x6, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg6e32.v    | 31..29=5 28=0 27..26=2 vm rs2 rs1 14..12=6 vd 6..0=0x07                        | vd:e32x6, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg6e64.v    | 31..29=5 28=0 27..26=2 vm rs2 rs1 14..12=7 vd 6..0=0x07                        | vd:e64x6, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg7e8.v     | 31..29=6 28=0 27..26=2 vm rs2 rs1 14..12=0 vd 6..0=0x07                        | vd:e8x7, (rs1), rs2, vm      | vlse      | v_load_seg_strided     | v
vlsseg7e16.v    | 31..29=6 28=0 27..26=2 vm rs2 rs1 14..12=5 vd 6..0=0x07                        | vd:e16x7, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg7e32.v    | 31..29=6 28=0 27..26=2 vm rs2 rs1 14..12=6 vd 6..0=0x07                        | vd:e32x7, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg7e64.v    | 31..29=6 28=0 27..26=2 vm rs2 rs1 14..12=7 vd 6..0=0x07                        | vd:e64x7, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg8e8.v     | 31..29=7 28=0 27..26=2 vm rs2 rs1 14..12=0 vd 6..0=0x07                        | vd:e8x8, (rs1), rs2, vm      | vlse      | v_load_seg_strided     | v
vlsseg8e16.v    | 31..29=7 28=0 27..26=2 vm rs2 rs1 14..12=5 vd 6..0=0x07                        | vd:e16x8, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg8e32.v    | 31..29=7 28=0 27..26=2 vm rs2 rs1 14..12=6 vd 6..0=0x07                        | vd:e32x8, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vlsseg8e64.v    | 31..29=7 28=0 27..26=2 vm rs2 rs1 14..12=7 vd 6..0=0x07                        | vd:e64x8, (rs1), rs2, vm     | vlse      | v_load_seg_strided     | v
vssseg2e8.v     | 31..29=1 28=0 27..26=2 vm rs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:e8x2, (rs1), rs2, vm     | vsse      | v_store_seg_strided    | v
vssseg2e16.v    | 31..29=1 28=0 27..26=2 vm rs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:e16x2, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg2e32.v    | 31..29=1 28=0 27..26=2 vm rs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:e32x2, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg2e64.v    | 31..29=1 28=0 27..26=2 vm rs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:e64x2, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg3e8.v     | 31..29=2 28=0 27..26=2 vm rs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:e8x3, (rs1), rs2, vm     | vsse      | v_store_seg_strided    | v
vssseg3e16.v    | 31..29=2 28=0 27..26=2 vm rs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:e16x3, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg3e32.v    | 31..29=2 28=0 27..26=2 vm rs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:e32x3, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg3e64.v    | 31..29=2 28=0 27..26=2 vm rs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:e64x3, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg4e8.v     | 31..29=3 28=0 27..26=2 vm rs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:e8x4, (rs1), rs2, vm     | vsse      | v_store_seg_strided    | v
vssseg4e16.v    | 31..29=3 28=0 27..26=2 vm rs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:e16x4, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg4e32.v    | 31..29=3 28=0 27..26=2 vm rs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:e32x4, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg4e64.v    | 31..29=3 28=0 27..26=2 vm rs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:e64x4, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg5e8.v     | 31..29=4 28=0 27..26=2 vm rs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:e8x5, (rs1), rs2, vm     | vsse      | v_store_seg_strided    | v
vssseg5e16.v    | 31..29=4 28=0 27..26=2 vm rs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:e16x5, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg5e32.v    | 31..29=4 28=0 27..26=2 vm rs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:e32x5, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg5e64.v    | 31..29=4 28=0 27..26=2 vm rs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:e64x5, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg6e8.v     | 31..29=5 28=0 27..26=2 vm rs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:e8x6, (rs1), rs2, vm     | vsse      | v_store_seg_strided    | v
vssseg6e16.v    | 31..29=5 28=0 27..26=2 vm rs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:e16x6, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg6e32.v    | 31..29=5 28=0 27..26=2 vm rs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:e32x6, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg6e64.v    | 31..29=5 28=0 27..26=2 vm rs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:e64x6, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg7e8.v     | 31..29=6 28=0 27..26=2 vm rs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:e8x7, (rs1), rs2, vm     | vsse      | v_store_seg_strided    | v
vssseg7e16.v    | 31..29=6 28=0 27..26=2 vm rs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:e16x7, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg7e32.v    | 31..29=6 28=0 27..26=2 vm rs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:e32x7, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg7e64.v    | 31..29=6 28=0 27..26=2 vm rs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:e64x7, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg8e8.v     | 31..29=7 28=0 27..26=2 vm rs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:e8x8, (rs1), rs2, vm     | vsse      | v_store_seg_strided    | v
vssseg8e16.v    | 31..29=7 28=0 27..26=2 vm rs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:e16x8, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg8e32.v    | 31..29=7 28=0 27..26=2 vm rs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:e32x8, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v
vssseg8e64.v    | 31..29=7 28=0 27..26=2 vm rs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:e64x8, (rs1), rs2, vm    | vsse      | v_store_seg_strided    | v

# segments, indexed (7.8.3)
vluxseg2ei8.v   | 31..29=1 28=0 27..26=1 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x2, (rs1), vs2:e8, vm    | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg2ei16.v  | 31..29=1 28=0 27..26=1 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x2, (rs1), vs2:e16, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg2ei32.v  | 31..29=1 28=0 27..26=1 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x2, (rs1), vs2:e32, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg2ei64.v  | 31..29=1 28=0 27..26=1 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x2, (rs1), vs2:e64, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg3ei8.v   | 31..29=2 28=0 27..26=1 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x3, (rs1), vs2:e8, vm    | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg3ei16.v  | 31..29=2 28=0 27..26=1 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x3, (rs1), vs2:e16, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg3ei32.v  | 31..29=2 28=0 27..26=1 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x3, (rs1), vs2:e32, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg3ei64.v  | 31..29=2 28=0 27..26=1 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x3, (rs1), vs2:e64, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg4ei8.v   | 31..29=3 28=0 27..26=1 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x4, (rs1), vs2:e8, vm    | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg4ei16.v  | 31..29=3 28=0 27..26=1 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x4, (rs1), vs2:e16, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg4ei32.v  | 31..29=3 28=0 27..26=1 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x4, (rs1), vs2:e32, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg4ei64.v  | 31..29=3 28=0 27..26=1 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x4, (rs1), vs2:e64, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg5ei8.v   | 31..29=4 28=0 27..26=1 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x5, (rs1), vs2:e8, vm    | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg5ei16.v  | 31..29=4 28=0 27..26=1 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x5, (rs1), vs2:e16, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg5ei32.v  | 31..29=4 28=0 27..26=1 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x5, (rs1), vs2:e32, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg5ei64.v  | 31..29=4 28=0 27..26=1 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x5, (rs1), vs2:e64, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg6ei8.v   | 31..29=5 28=0 27..26=1 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x6, (rs1), vs2:e8, vm    | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg6ei16.v  | 31..29=5 28=0 27..26=1 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x6, (rs1), vs2:e16, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg6ei32.v  | 31..29=5 28=0 27..26=1 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x6, (rs1), vs2:e32, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg6ei64.v  | 31..29=5 28=0 27..26=1 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x6, (rs1), vs2:e64, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg7ei8.v   | 31..29=6 28=0 27..26=1 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x7, (rs1), vs2:e8, vm    | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg7ei16.v  | 31..29=6 28=0 27..26=1 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x7, (rs1), vs2:e16, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg7ei32.v  | 31..29=6 28=0 27..26=1 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x7, (rs1), vs2:e32, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg7ei64.v  | 31..29=6 28=0 27..26=1 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x7, (rs1), vs2:e64, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg8ei8.v   | 31..29=7 28=0 27..26=1 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x8, (rs1), vs2:e8, vm    | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg8ei16.v  | 31..29=7 28=0 27..26=1 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x8, (rs1), vs2:e16, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg8ei32.v  | 31..29=7 28=0 27..26=1 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x8, (rs1), vs2:e32, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vluxseg8ei64.v  | 31..29=7 28=0 27..26=1 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x8, (rs1), vs2:e64, vm   | vlux      | v_load_seg_indexed     | v | no_overlap
vloxseg2ei8.v   | 31..29=1 28=0 27..26=3 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x2, (rs1), vs2:e8, vm    | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg2ei16.v  | 31..29=1 28=0 27..26=3 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x2, (rs1), vs2:e16, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg2ei32.v  | 31..29=1 28=0 27..26=3 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x2, (rs1), vs2:e32, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg2ei64.v  | 31..29=1 28=0 27..26=3 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x2, (rs1), vs2:e64, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg3ei8.v   | 31..29=2 28=0 27..26=3 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x3, (rs1), vs2:e8, vm    | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg3ei16.v  | 31..29=2 28=0 27..26=3 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x3, (rs1), vs2:e16, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg3ei32.v  | 31..29=2 28=0 27..26=3 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x3, (rs1), vs2:e32, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg3ei64.v  | 31..29=2 28=0 27..26=3 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x3, (rs1), vs2:e64, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg4ei8.v   | 31..29=3 28=0 27..26=3 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x4, (rs1), vs2:e8, vm    | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg4ei16.v  | 31..29=3 28=0 27..26=3 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x4, (rs1), vs2:e16, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg4ei32.v  | 31..29=3 28=0 27..26=3 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x4, (rs1), vs2:e32, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg4ei64.v  | 31..29=3 28=0 27..26=3 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x4, (rs1), vs2:e64, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg5ei8.v   | 31..29=4 28=0 27..26=3 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x5, (rs1), vs2:e8, vm    | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg5ei16.v  | 31..29=4 28=0 27..26=3 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x5, (rs1), vs2:e16, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg5ei32.v  | 31..29=4 28=0 27..26=3 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x5, (rs1), vs2:e32, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg5ei64.v  | 31..29=4 28=0 27..26=3 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x5, (rs1), vs2:e64, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg6ei8.v   | 31..29=5 28=0 27..26=3 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x6, (rs1), vs2:e8, vm    | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg6ei16.v  | 31..29=5 28=0 27..26=3 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x6, (rs1), vs2:e16, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg6ei32.v  | 31..29=5 28=0 27..26=3 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x6, (rs1), vs2:e32, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg6ei64.v  | 31..29=5 28=0 27..26=3 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x6, (rs1), vs2:e64, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg7ei8.v   | 31..29=6 28=0 27..26=3 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x7, (rs1), vs2:e8, vm    | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg7ei16.v  | 31..29=6 28=0 27..26=3 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x7, (rs1), vs2:e16, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg7ei32.v  | 31..29=6 28=0 27..26=3 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x7, (rs1), vs2:e32, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg7ei64.v  | 31..29=6 28=0 27..26=3 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x7, (rs1), vs2:e64, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg8ei8.v   | 31..29=7 28=0 27..26=3 vm vs2 rs1 14..12=0 vd 6..0=0x07                        | vd:1x8, (rs1), vs2:e8, vm    | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg8ei16.v  | 31..29=7 28=0 27..26=3 vm vs2 rs1 14..12=5 vd 6..0=0x07                        | vd:1x8, (rs1), vs2:e16, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg8ei32.v  | 31..29=7 28=0 27..26=3 vm vs2 rs1 14..12=6 vd 6..0=0x07                        | vd:1x8, (rs1), vs2:e32, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vloxseg8ei64.v  | 31..29=7 28=0 27..26=3 vm vs2 rs1 14..12=7 vd 6..0=0x07                        | vd:1x8, (rs1), vs2:e64, vm   | vlox      | v_load_seg_indexed     | v | no_overlap
vsuxseg2ei8.v   | 31..29=1 28=0 27..26=1 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x2, (rs1), vs2:e8, vm   | vsux      | v_store_seg_indexed    | v
vsuxseg2ei16.v  | 31..29=1 28=0 27..26=1 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x2, (rs1), vs2:e16, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg2ei32.v  | 31..29=1 28=0 27..26=1 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x2, (rs1), vs2:e32, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg2ei64.v  | 31..29=1 28=0 27..26=1 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x2, (rs1), vs2:e64, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg3ei8.v   | 31..29=2 28=0 27..26=1 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x3, (rs1), vs2:e8, vm   | vsux      | v_store_seg_indexed    | v
vsuxseg3ei16.v  | 31..29=2 28=0 27..26=1 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x3, (rs1), vs2:e16, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg3ei32.v  | 31..29=2 28=0 27..26=1 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x3, (rs1), vs2:e32, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg3ei64.v  | 31..29=2 28=0 27..26=1 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x3, (rs1), vs2:e64, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg4ei8.v   | 31..29=3 28=0 27..26=1 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x4, (rs1), vs2:e8, vm   | vsux      | v_store_seg_indexed    | v
vsuxseg4ei16.v  | 31..29=3 28=0 27..26=1 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x4, (rs1), vs2:e16, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg4ei32.v  | 31..29=3 28=0 27..26=1 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x4, (rs1), vs2:e32, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg4ei64.v  | 31..29=3 28=0 27..26=1 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x4, (rs1), vs2:e64, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg5ei8.v   | 31..29=4 28=0 27..26=1 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x5, (rs1), vs2:e8, vm   | vsux      | v_store_seg_indexed    | v
vsuxseg5ei16.v  | 31..29=4 28=0 27..26=1 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x5, (rs1), vs2:e16, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg5ei32.v  | 31..29=4 28=0 27..26=1 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x5, (rs1), vs2:e32, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg5ei64.v  | 31..29=4 28=0 27..26=1 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x5, (rs1), vs2:e64, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg6ei8.v   | 31..29=5 28=0 27..26=1 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x6, (rs1), vs2:e8, vm   | vsux      | v_store_seg_indexed    | v
vsuxseg6ei16.v  | 31..29=5 28=0 27..26=1 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x6, (rs1), vs2:e16, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg6ei32.v  | 31..29=5 28=0 27..26=1 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x6, (rs1), vs2:e32, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg6ei64.v  | 31..29=5 28=0 27..26=1 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x6, (rs1), vs2:e64, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg7ei8.v   | 31..29=6 28=0 27..26=1 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x7, (rs1), vs2:e8, vm   | vsux      | v_store_seg_indexed    | v
vsuxseg7ei16.v  | 31..29=6 28=0 27..26=1 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x7, (rs1), vs2:e16, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg7ei32.v  | 31..29=6 28=0 27..26=1 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x7, (rs1), vs2:e32, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg7ei64.v  | 31..29=6 28=0 27..26=1 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x7, (rs1), vs2:e64, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg8ei8.v   | 31..29=7 28=0 27..26=1 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x8, (rs1), vs2:e8, vm   | vsux      | v_store_seg_indexed    | v
vsuxseg8ei16.v  | 31..29=7 28=0 27..26=1 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x8, (rs1), vs2:e16, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg8ei32.v  | 31..29=7 28=0 27..26=1 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x8, (rs1), vs2:e32, vm  | vsux      | v_store_seg_indexed    | v
vsuxseg8ei64.v  | 31..29=7 28=0 27..26=1 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x8, (rs1), vs2:e64, vm  | vsux      | v_store_seg_indexed    | v
vsoxseg2ei8.v   | 31..29=1 28=0 27..26=3 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x2, (rs1), vs2:e8, vm   | vsox      | v_store_seg_indexed    | v
vsoxseg2ei16.v  | 31..29=1 28=0 27..26=3 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x2, (rs1), vs2:e16, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg2ei32.v  | 31..29=1 28=0 27..26=3 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x2, (rs1), vs2:e32, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg2ei64.v  | 31..29=1 28=0 27..26=3 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x2, (rs1), vs2:e64, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg3ei8.v   | 31..29=2 28=0 27..26=3 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x3, (rs1), vs2:e8, vm   | vsox      | v_store_seg_indexed    | v
vsoxseg3ei16.v  | 31..29=2 28=0 27..26=3 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x3, (rs1), vs2:e16, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg3ei32.v  | 31..29=2 28=0 27..26=3 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x3, (rs1), vs2:e32, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg3ei64.v  | 31..29=2 28=0 27..26=3 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x3, (rs1), vs2:e64, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg4ei8.v   | 31..29=3 28=0 27..26=3 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x4, (rs1), vs2:e8, vm   | vsox      | v_store_seg_indexed    | v
vsoxseg4ei16.v  | 31..29=3 28=0 27..26=3 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x4, (rs1), vs2:e16, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg4ei32.v  | 31..29=3 28=0 27..26=3 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x4, (rs1), vs2:e32, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg4ei64.v  | 31..29=3 28=0 27..26=3 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x4, (rs1), vs2:e64, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg5ei8.v   | 31..29=4 28=0 27..26=3 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x5, (rs1), vs2:e8, vm   | vsox      | v_store_seg_indexed    | v
vsoxseg5ei16.v  | 31..29=4 28=0 27..26=3 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x5, (rs1), vs2:e16, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg5ei32.v  | 31..29=4 28=0 27..26=3 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x5, (rs1), vs2:e32, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg5ei64.v  | 31..29=4 28=0 27..26=3 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x5, (rs1), vs2:e64, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg6ei8.v   | 31..29=5 28=0 27..26=3 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x6, (rs1), vs2:e8, vm   | vsox      | v_store_seg_indexed    | v
vsoxseg6ei16.v  | 31..29=5 28=0 27..26=3 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x6, (rs1), vs2:e16, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg6ei32.v  | 31..29=5 28=0 27..26=3 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x6, (rs1), vs2:e32, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg6ei64.v  | 31..29=5 28=0 27..26=3 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x6, (rs1), vs2:e64, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg7ei8.v   | 31..29=6 28=0 27..26=3 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x7, (rs1), vs2:e8, vm   | vsox      | v_store_seg_indexed    | v
vsoxseg7ei16.v  | 31..29=6 28=0 27..26=3 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x7, (rs1), vs2:e16, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg7ei32.v  | 31..29=6 28=0 27..26=3 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x7, (rs1), vs2:e32, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg7ei64.v  | 31..29=6 28=0 27..26=3 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x7, (rs1), vs2:e64, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg8ei8.v   | 31..29=7 28=0 27..26=3 vm vs2 rs1 14..12=0 vs3 6..0=0x27                       | vs3:1x8, (rs1), vs2:e8, vm   | vsox      | v_store_seg_indexed    | v
vsoxseg8ei16.v  | 31..29=7 28=0 27..26=3 vm vs2 rs1 14..12=5 vs3 6..0=0x27                       | vs3:1x8, (rs1), vs2:e16, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg8ei32.v  | 31..29=7 28=0 27..26=3 vm vs2 rs1 14..12=6 vs3 6..0=0x27                       | vs3:1x8, (rs1), vs2:e32, vm  | vsox      | v_store_seg_indexed    | v
vsoxseg8ei64.v  | 31..29=7 28=0 27..26=3 vm vs2 rs1 14..12=7 vs3 6..0=0x27                       | vs3:1x8, (rs1), vs2:e64, vm  | vsox      | v_store_seg_indexed    | v
"""
