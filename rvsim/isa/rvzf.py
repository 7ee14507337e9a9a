"""Rows of the scalar floating-point extensions: Zfhmin and Zfh (half precision), Zfbfmin (bfloat16), Zfa.

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`. What Zfhmin has, Zfh has too.
"""

ROWS = """
# Zfhmin (the moves and accesses belong to Zfbfmin too): loads, stores, moves
flh         | imm12 rs1 14..12=1 rd 6..0=0x07                | fd, imm12(rs1)        | flh         | fload      | zfhmin/zfbfmin
fsh         | storeimm12 rs2 rs1 14..12=1 6..0=0x27          | fs2, storeimm12(rs1)  | fsh         | fstore     | zfhmin/zfbfmin
fmv.x.h     | 31..25=0x72 24..20=0 rs1 14..12=0 rd 6..0=0x53 | rd, fs1               | fmv_x_h     | fp_to_int  | zfhmin/zfbfmin
fmv.h.x     | 31..25=0x7a 24..20=0 rs1 14..12=0 rd 6..0=0x53 | fd, rs1               | fmv_h_x     | int_to_fp  | zfhmin/zfbfmin

# Zfhmin: conversions between formats
fcvt.s.h    | 31..25=0x20 24..20=2 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fcvt_s_h    | fp_cvt     | zfhmin           | exact
fcvt.h.s    | 31..25=0x22 24..20=0 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fcvt_h_s    | fp_cvt     | zfhmin
fcvt.d.h    | 31..25=0x21 24..20=2 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fcvt_d_h    | fp_cvt     | zfhmin+d         | exact
fcvt.h.d    | 31..25=0x22 24..20=1 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fcvt_h_d    | fp_cvt     | zfhmin+d

# Zfbfmin: bfloat16
fcvt.s.bf16 | 31..25=0x20 24..20=6 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fcvt_s_bf16 | fp_cvt     | zfbfmin
fcvt.bf16.s | 31..25=0x22 24..20=8 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fcvt_bf16_s | fp_cvt     | zfbfmin

# Zfh: half precision arithmetic
fadd.h      | 31..25=0x02 rs2 rs1 rm rd 6..0=0x53            | fd, fs1, fs2, rm      | fadd_h      | fp_add     | zfh
fsub.h      | 31..25=0x06 rs2 rs1 rm rd 6..0=0x53            | fd, fs1, fs2, rm      | fsub_h      | fp_add     | zfh
fmul.h      | 31..25=0x0a rs2 rs1 rm rd 6..0=0x53            | fd, fs1, fs2, rm      | fmul_h      | fp_mul     | zfh
fdiv.h      | 31..25=0x0e rs2 rs1 rm rd 6..0=0x53            | fd, fs1, fs2, rm      | fdiv_h      | fp_div     | zfh
fsqrt.h     | 31..25=0x2e 24..20=0 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fsqrt_h     | fp_sqrt    | zfh
fmadd.h     | rs3 26..25=2 rs2 rs1 rm rd 6..0=0x43           | fd, fs1, fs2, fs3, rm | fmadd_h     | fp_fma     | zfh
fmsub.h     | rs3 26..25=2 rs2 rs1 rm rd 6..0=0x47           | fd, fs1, fs2, fs3, rm | fmsub_h     | fp_fma     | zfh
fnmsub.h    | rs3 26..25=2 rs2 rs1 rm rd 6..0=0x4b           | fd, fs1, fs2, fs3, rm | fnmsub_h    | fp_fma     | zfh
fnmadd.h    | rs3 26..25=2 rs2 rs1 rm rd 6..0=0x4f           | fd, fs1, fs2, fs3, rm | fnmadd_h    | fp_fma     | zfh
fsgnj.h     | 31..25=0x12 rs2 rs1 14..12=0 rd 6..0=0x53      | fd, fs1, fs2          | fsgnj_h     | fp_move    | zfh
fsgnjn.h    | 31..25=0x12 rs2 rs1 14..12=1 rd 6..0=0x53      | fd, fs1, fs2          | fsgnjn_h    | fp_move    | zfh
fsgnjx.h    | 31..25=0x12 rs2 rs1 14..12=2 rd 6..0=0x53      | fd, fs1, fs2          | fsgnjx_h    | fp_move    | zfh
fmin.h      | 31..25=0x16 rs2 rs1 14..12=0 rd 6..0=0x53      | fd, fs1, fs2          | fmin_h      | fp_minmax  | zfh
fmax.h      | 31..25=0x16 rs2 rs1 14..12=1 rd 6..0=0x53      | fd, fs1, fs2          | fmax_h      | fp_minmax  | zfh
fle.h       | 31..25=0x52 rs2 rs1 14..12=0 rd 6..0=0x53      | rd, fs1, fs2          | fle_h       | fp_compare | zfh
flt.h       | 31..25=0x52 rs2 rs1 14..12=1 rd 6..0=0x53      | rd, fs1, fs2          | flt_h       | fp_compare | zfh
feq.h       | 31..25=0x52 rs2 rs1 14..12=2 rd 6..0=0x53      | rd, fs1, fs2          | feq_h       | fp_compare | zfh
fclass.h    | 31..25=0x72 24..20=0 rs1 14..12=1 rd 6..0=0x53 | rd, fs1               | fclass_h    | fp_to_int  | zfh
fcvt.w.h    | 31..25=0x62 24..20=0 rs1 rm rd 6..0=0x53       | rd, fs1, rm           | fcvt_w_h    | fp_to_int  | zfh
fcvt.wu.h   | 31..25=0x62 24..20=1 rs1 rm rd 6..0=0x53       | rd, fs1, rm           | fcvt_wu_h   | fp_to_int  | zfh
fcvt.l.h    | 31..25=0x62 24..20=2 rs1 rm rd 6..0=0x53       | rd, fs1, rm           | fcvt_l_h    | fp_to_int  | zfh
fcvt.lu.h   | 31..25=0x62 24..20=3 rs1 rm rd 6..0=0x53       | rd, fs1, rm           | fcvt_lu_h   | fp_to_int  | zfh
fcvt.h.w    | 31..25=0x6a 24..20=0 rs1 rm rd 6..0=0x53       | fd, rs1, rm           | fcvt_h_w    | int_to_fp  | zfh
fcvt.h.wu   | 31..25=0x6a 24..20=1 rs1 rm rd 6..0=0x53       | fd, rs1, rm           | fcvt_h_wu   | int_to_fp  | zfh
fcvt.h.l    | 31..25=0x6a 24..20=2 rs1 rm rd 6..0=0x53       | fd, rs1, rm           | fcvt_h_l    | int_to_fp  | zfh
fcvt.h.lu   | 31..25=0x6a 24..20=3 rs1 rm rd 6..0=0x53       | fd, rs1, rm           | fcvt_h_lu   | int_to_fp  | zfh

# Zfa: single precision
fli.s       | 31..25=0x78 24..20=1 fli 14..12=0 rd 6..0=0x53 | fd, fli               | fli_s       | fp_move    | zfa
fminm.s     | 31..25=0x14 rs2 rs1 14..12=2 rd 6..0=0x53      | fd, fs1, fs2          | fminm_s     | fp_minmax  | zfa
fmaxm.s     | 31..25=0x14 rs2 rs1 14..12=3 rd 6..0=0x53      | fd, fs1, fs2          | fmaxm_s     | fp_minmax  | zfa
fround.s    | 31..25=0x20 24..20=4 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fround_s    | fp_cvt     | zfa
froundnx.s  | 31..25=0x20 24..20=5 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | froundnx_s  | fp_cvt     | zfa
fleq.s      | 31..25=0x50 rs2 rs1 14..12=4 rd 6..0=0x53      | rd, fs1, fs2          | fleq_s      | fp_compare | zfa
fltq.s      | 31..25=0x50 rs2 rs1 14..12=5 rd 6..0=0x53      | rd, fs1, fs2          | fltq_s      | fp_compare | zfa

# Zfa: double precision
fli.d       | 31..25=0x79 24..20=1 fli 14..12=0 rd 6..0=0x53 | fd, fli               | fli_d       | fp_move    | zfa+d
fminm.d     | 31..25=0x15 rs2 rs1 14..12=2 rd 6..0=0x53      | fd, fs1, fs2          | fminm_d     | fp_minmax  | zfa+d
fmaxm.d     | 31..25=0x15 rs2 rs1 14..12=3 rd 6..0=0x53      | fd, fs1, fs2          | fmaxm_d     | fp_minmax  | zfa+d
fround.d    | 31..25=0x21 24..20=4 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fround_d    | fp_cvt     | zfa+d
froundnx.d  | 31..25=0x21 24..20=5 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | froundnx_d  | fp_cvt     | zfa+d
fleq.d      | 31..25=0x51 rs2 rs1 14..12=4 rd 6..0=0x53      | rd, fs1, fs2          | fleq_d      | fp_compare | zfa+d
fltq.d      | 31..25=0x51 rs2 rs1 14..12=5 rd 6..0=0x53      | rd, fs1, fs2          | fltq_d      | fp_compare | zfa+d
fcvtmod.w.d | 31..25=0x61 24..20=8 rs1 14..12=1 rd 6..0=0x53 | rd, fs1, rtz          | fcvtmod_w_d | fp_to_int  | zfa+d

# Zfa: half precision
fli.h       | 31..25=0x7a 24..20=1 fli 14..12=0 rd 6..0=0x53 | fd, fli               | fli_h       | fp_move    | zfa+zfh/zfa+zvfh
fminm.h     | 31..25=0x16 rs2 rs1 14..12=2 rd 6..0=0x53      | fd, fs1, fs2          | fminm_h     | fp_minmax  | zfa+zfh
fmaxm.h     | 31..25=0x16 rs2 rs1 14..12=3 rd 6..0=0x53      | fd, fs1, fs2          | fmaxm_h     | fp_minmax  | zfa+zfh
fround.h    | 31..25=0x22 24..20=4 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | fround_h    | fp_cvt     | zfa+zfh
froundnx.h  | 31..25=0x22 24..20=5 rs1 rm rd 6..0=0x53       | fd, fs1, rm           | froundnx_h  | fp_cvt     | zfa+zfh
fleq.h      | 31..25=0x52 rs2 rs1 14..12=4 rd 6..0=0x53      | rd, fs1, fs2          | fleq_h      | fp_compare | zfa+zfh
fltq.h      | 31..25=0x52 rs2 rs1 14..12=5 rd 6..0=0x53      | rd, fs1, fs2          | fltq_h      | fp_compare | zfa+zfh
"""
