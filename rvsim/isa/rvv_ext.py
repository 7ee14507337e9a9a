"""Rows of the vector extensions beyond V: Zvbb and Zvkb, Zvbc, bfloat16, and the draft 8-bit dot product.

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`. Zvfhmin and Zvfh bring no row: they
make SEW 16 legal for the floating-point rows of V.
"""

ROWS = """
# Zvbb; all but vbrev, vclz, vctz, vcpop and vwsll are Zvkb already
vandn.vv         | 31..26=0x01 vm vs2 vs1 14..12=0 vd 6..0=0x57       | vd, vs2, vs1, vm     | vandn          | v_int_logic     | zvkb
vandn.vx         | 31..26=0x01 vm vs2 rs1 14..12=4 vd 6..0=0x57       | vd, vs2, rs1, vm     | vandn          | v_int_logic     | zvkb
vbrev8.v         | 31..26=0x12 vm vs2 19..15=8 14..12=2 vd 6..0=0x57  | vd, vs2, vm          | vbrev8         | v_int_shift     | zvkb
vrev8.v          | 31..26=0x12 vm vs2 19..15=9 14..12=2 vd 6..0=0x57  | vd, vs2, vm          | vrev8          | v_int_shift     | zvkb
vbrev.v          | 31..26=0x12 vm vs2 19..15=10 14..12=2 vd 6..0=0x57 | vd, vs2, vm          | vbrev          | v_int_shift     | zvbb
vclz.v           | 31..26=0x12 vm vs2 19..15=12 14..12=2 vd 6..0=0x57 | vd, vs2, vm          | vclz           | v_int_shift     | zvbb
vctz.v           | 31..26=0x12 vm vs2 19..15=13 14..12=2 vd 6..0=0x57 | vd, vs2, vm          | vctz           | v_int_shift     | zvbb
vcpop.v          | 31..26=0x12 vm vs2 19..15=14 14..12=2 vd 6..0=0x57 | vd, vs2, vm          | vcpop_v        | v_int_shift     | zvbb
vrol.vv          | 31..26=0x15 vm vs2 vs1 14..12=0 vd 6..0=0x57       | vd, vs2, vs1, vm     | vrol           | v_int_shift     | zvkb
vrol.vx          | 31..26=0x15 vm vs2 rs1 14..12=4 vd 6..0=0x57       | vd, vs2, rs1, vm     | vrol           | v_int_shift     | zvkb
vror.vv          | 31..26=0x14 vm vs2 vs1 14..12=0 vd 6..0=0x57       | vd, vs2, vs1, vm     | vror           | v_int_shift     | zvkb
vror.vx          | 31..26=0x14 vm vs2 rs1 14..12=4 vd 6..0=0x57       | vd, vs2, rs1, vm     | vror           | v_int_shift     | zvkb
vror.vi          | 31..27=0x0a uimm6 vm vs2 14..12=3 vd 6..0=0x57     | vd, vs2, uimm6, vm   | vror           | v_int_shift     | zvkb
vwsll.vv         | 31..26=0x35 vm vs2 vs1 14..12=0 vd 6..0=0x57       | vd:2, vs2, vs1, vm   | vwsll          | v_widen_add     | zvbb
vwsll.vx         | 31..26=0x35 vm vs2 rs1 14..12=4 vd 6..0=0x57       | vd:2, vs2, rs1, vm   | vwsll          | v_widen_add     | zvbb
vwsll.vi         | 31..26=0x35 vm vs2 uimm5 14..12=3 vd 6..0=0x57     | vd:2, vs2, uimm5, vm | vwsll          | v_widen_add     | zvbb

# Zvbc: carry-less multiply
vclmul.vv        | 31..26=0x0c vm vs2 vs1 14..12=2 vd 6..0=0x57       | vd, vs2, vs1, vm     | vclmul         | v_int_mul       | zvbc          | e64
vclmul.vx        | 31..26=0x0c vm vs2 rs1 14..12=6 vd 6..0=0x57       | vd, vs2, rs1, vm     | vclmul         | v_int_mul       | zvbc          | e64
vclmulh.vv       | 31..26=0x0d vm vs2 vs1 14..12=2 vd 6..0=0x57       | vd, vs2, vs1, vm     | vclmulh        | v_int_mul       | zvbc          | e64
vclmulh.vx       | 31..26=0x0d vm vs2 rs1 14..12=6 vd 6..0=0x57       | vd, vs2, rs1, vm     | vclmulh        | v_int_mul       | zvbc          | e64

# Zvfbfmin, Zvfbfwma: bfloat16
vfncvtbf16.f.f.w | 31..26=0x12 vm vs2 19..15=29 14..12=1 vd 6..0=0x57 | vd, vs2:2, vm        | vfncvtbf16_f_f | v_fp_cvt_narrow | zvfbfmin      | fp e16
vfwcvtbf16.f.f.v | 31..26=0x12 vm vs2 19..15=13 14..12=1 vd 6..0=0x57 | vd:2, vs2, vm        | vfwcvtbf16_f_f | v_fp_cvt_widen  | zvfbfmin      | fp e16
vfwmaccbf16.vv   | 31..26=0x3b vm vs2 vs1 14..12=1 vd 6..0=0x57       | vd:2, vs1, vs2, vm   | vfwmaccbf16    | v_fp_widen_fma  | zvfbfwma      | fp e16 reads_vd
vfwmaccbf16.vf   | 31..26=0x3b vm vs2 rs1 14..12=5 vd 6..0=0x57       | vd:2, fs1, vs2, vm   | vfwmaccbf16    | v_fp_widen_fma  | zvfbfwma      | fp e16 reads_vd

# zvdot4a8i_0p1, a draft: four int8 products a lane of 32 bits; the signs of vs2, then of vs1 or rs1: a both signed, au neither
vdot4a.vv        | 31..26=0x2c vm vs2 vs1 14..12=2 vd 6..0=0x57       | vd, vs2, vs1, vm     | vdot4a         | v_int_macc      | zvdot4a8i_0p1 | e32 reads_vd
vdot4a.vx        | 31..26=0x2c vm vs2 rs1 14..12=6 vd 6..0=0x57       | vd, vs2, rs1, vm     | vdot4a         | v_int_macc      | zvdot4a8i_0p1 | e32 reads_vd
vdot4au.vv       | 31..26=0x28 vm vs2 vs1 14..12=2 vd 6..0=0x57       | vd, vs2, vs1, vm     | vdot4au        | v_int_macc      | zvdot4a8i_0p1 | e32 reads_vd
vdot4au.vx       | 31..26=0x28 vm vs2 rs1 14..12=6 vd 6..0=0x57       | vd, vs2, rs1, vm     | vdot4au        | v_int_macc      | zvdot4a8i_0p1 | e32 reads_vd
vdot4asu.vv      | 31..26=0x2a vm vs2 vs1 14..12=2 vd 6..0=0x57       | vd, vs2, vs1, vm     | vdot4asu       | v_int_macc      | zvdot4a8i_0p1 | e32 reads_vd
vdot4asu.vx      | 31..26=0x2a vm vs2 rs1 14..12=6 vd 6..0=0x57       | vd, vs2, rs1, vm     | vdot4asu       | v_int_macc      | zvdot4a8i_0p1 | e32 reads_vd
vdot4aus.vx      | 31..26=0x2e vm vs2 rs1 14..12=6 vd 6..0=0x57       | vd, vs2, rs1, vm     | vdot4aus       | v_int_macc      | zvdot4a8i_0p1 | e32 reads_vd
"""
