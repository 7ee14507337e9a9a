"""Rows of scalar floating point: F and D.

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`. Floating-point registers are the
operands fd, fs1, fs2, fs3 in the fields rd, rs1, rs2, rs3.
"""

ROWS = """
# F: single precision: loads, stores, arithmetic
flw       | imm12 rs1 14..12=2 rd 6..0=0x07                           | fd, imm12(rs1)         | flw       | fload      | f
fsw       | storeimm12 rs2 rs1 14..12=2 6..0=0x27                     | fs2, storeimm12(rs1)   | fsw       | fstore     | f
fadd.s    | 31..25=0x00 rs2 rs1 rm rd 6..0=0x53                       | fd, fs1, fs2, rm       | fadd_s    | fp_add     | f
fsub.s    | 31..25=0x04 rs2 rs1 rm rd 6..0=0x53                       | fd, fs1, fs2, rm       | fsub_s    | fp_add     | f
fmul.s    | 31..25=0x08 rs2 rs1 rm rd 6..0=0x53                       | fd, fs1, fs2, rm       | fmul_s    | fp_mul     | f
fdiv.s    | 31..25=0x0c rs2 rs1 rm rd 6..0=0x53                       | fd, fs1, fs2, rm       | fdiv_s    | fp_div     | f
fsqrt.s   | 31..25=0x2c 24..20=0 rs1 rm rd 6..0=0x53                  | fd, fs1, rm            | fsqrt_s   | fp_sqrt    | f
fmadd.s   | rs3 26..25=0 rs2 rs1 rm rd 6..0=0x43                      | fd, fs1, fs2, fs3, rm  | fmadd_s   | fp_fma     | f
fmsub.s   | rs3 26..25=0 rs2 rs1 rm rd 6..0=0x47                      | fd, fs1, fs2, fs3, rm  | fmsub_s   | fp_fma     | f
fnmsub.s  | rs3 26..25=0 rs2 rs1 rm rd 6..0=0x4b                      | fd, fs1, fs2, fs3, rm  | fnmsub_s  | fp_fma     | f
fnmadd.s  | rs3 26..25=0 rs2 rs1 rm rd 6..0=0x4f                      | fd, fs1, fs2, fs3, rm  | fnmadd_s  | fp_fma     | f
fsgnj.s   | 31..25=0x10 rs2 rs1 14..12=0 rd 6..0=0x53                 | fd, fs1, fs2           | fsgnj_s   | fp_move    | f
fsgnjn.s  | 31..25=0x10 rs2 rs1 14..12=1 rd 6..0=0x53                 | fd, fs1, fs2           | fsgnjn_s  | fp_move    | f
fsgnjx.s  | 31..25=0x10 rs2 rs1 14..12=2 rd 6..0=0x53                 | fd, fs1, fs2           | fsgnjx_s  | fp_move    | f
fmin.s    | 31..25=0x14 rs2 rs1 14..12=0 rd 6..0=0x53                 | fd, fs1, fs2           | fmin_s    | fp_minmax  | f
fmax.s    | 31..25=0x14 rs2 rs1 14..12=1 rd 6..0=0x53                 | fd, fs1, fs2           | fmax_s    | fp_minmax  | f
fle.s     | 31..25=0x50 rs2 rs1 14..12=0 rd 6..0=0x53                 | rd, fs1, fs2           | fle_s     | fp_compare | f
flt.s     | 31..25=0x50 rs2 rs1 14..12=1 rd 6..0=0x53                 | rd, fs1, fs2           | flt_s     | fp_compare | f
feq.s     | 31..25=0x50 rs2 rs1 14..12=2 rd 6..0=0x53                 | rd, fs1, fs2           | feq_s     | fp_compare | f

# F: single precision: conversions, moves, classify
fcvt.w.s  | 31..25=0x60 24..20=0 rs1 rm rd 6..0=0x53                  | rd, fs1, rm            | fcvt_w_s  | fp_to_int  | f
fcvt.wu.s | 31..25=0x60 24..20=1 rs1 rm rd 6..0=0x53                  | rd, fs1, rm            | fcvt_wu_s | fp_to_int  | f
fcvt.l.s  | 31..25=0x60 24..20=2 rs1 rm rd 6..0=0x53                  | rd, fs1, rm            | fcvt_l_s  | fp_to_int  | f
fcvt.lu.s | 31..25=0x60 24..20=3 rs1 rm rd 6..0=0x53                  | rd, fs1, rm            | fcvt_lu_s | fp_to_int  | f
fcvt.s.w  | 31..25=0x68 24..20=0 rs1 rm rd 6..0=0x53                  | fd, rs1, rm            | fcvt_s_w  | int_to_fp  | f
fcvt.s.wu | 31..25=0x68 24..20=1 rs1 rm rd 6..0=0x53                  | fd, rs1, rm            | fcvt_s_wu | int_to_fp  | f
fcvt.s.l  | 31..25=0x68 24..20=2 rs1 rm rd 6..0=0x53                  | fd, rs1, rm            | fcvt_s_l  | int_to_fp  | f
fcvt.s.lu | 31..25=0x68 24..20=3 rs1 rm rd 6..0=0x53                  | fd, rs1, rm            | fcvt_s_lu | int_to_fp  | f
fmv.x.w   | 31..25=0x70 24..20=0 rs1 14..12=0 rd 6..0=0x53            | rd, fs1                | fmv_x_w   | fp_to_int  | f
fmv.w.x   | 31..25=0x78 24..20=0 rs1 14..12=0 rd 6..0=0x53            | fd, rs1                | fmv_w_x   | int_to_fp  | f
fclass.s  | 31..25=0x70 24..20=0 rs1 14..12=1 rd 6..0=0x53            | rd, fs1                | fclass_s  | fp_to_int  | f

# D: double precision: loads, stores, arithmetic
fld       | imm12 rs1 14..12=3 rd 6..0=0x07                           | fd, imm12(rs1)         | fld       | fload      | d
fsd       | storeimm12 rs2 rs1 14..12=3 6..0=0x27                     | fs2, storeimm12(rs1)   | fsd       | fstore     | d
fadd.d    | 31..25=0x01 rs2 rs1 rm rd 6..0=0x53                       | fd, fs1, fs2, rm       | fadd_d    | fp_add     | d
fsub.d    | 31..25=0x05 rs2 rs1 rm rd 6..0=0x53                       | fd, fs1, fs2, rm       | fsub_d    | fp_add     | d
fmul.d    | 31..25=0x09 rs2 rs1 rm rd 6..0=0x53                       | fd, fs1, fs2, rm       | fmul_d    | fp_mul     | d
fdiv.d    | 31..25=0x0d rs2 rs1 rm rd 6..0=0x53                       | fd, fs1, fs2, rm       | fdiv_d    | fp_div     | d
fsqrt.d   | 31..25=0x2d 24..20=0 rs1 rm rd 6..0=0x53                  | fd, fs1, rm            | fsqrt_d   | fp_sqrt    | d
fmadd.d   | rs3 26..25=1 rs2 rs1 rm rd 6..0=0x43                      | fd, fs1, fs2, fs3, rm  | fmadd_d   | fp_fma     | d
fmsub.d   | rs3 26..25=1 rs2 rs1 rm rd 6..0=0x47                      | fd, fs1, fs2, fs3, rm  | fmsub_d   | fp_fma     | d
fnmsub.d  | rs3 26..25=1 rs2 rs1 rm rd 6..0=0x4b                      | fd, fs1, fs2, fs3, rm  | fnmsub_d  | fp_fma     | d
fnmadd.d  | rs3 26..25=1 rs2 rs1 rm rd 6..0=0x4f                      | fd, fs1, fs2, fs3, rm  | fnmadd_d  | fp_fma     | d
fsgnj.d   | 31..25=0x11 rs2 rs1 14..12=0 rd 6..0=0x53                 | fd, fs1, fs2           | fsgnj_d   | fp_move    | d
fsgnjn.d  | 31..25=0x11 rs2 rs1 14..12=1 rd 6..0=0x53                 | fd, fs1, fs2           | fsgnjn_d  | fp_move    | d
fsgnjx.d  | 31..25=0x11 rs2 rs1 14..12=2 rd 6..0=0x53                 | fd, fs1, fs2           | fsgnjx_d  | fp_move    | d
fmin.d    | 31..25=0x15 rs2 rs1 14..12=0 rd 6..0=0x53                 | fd, fs1, fs2           | fmin_d    | fp_minmax  | d
fmax.d    | 31..25=0x15 rs2 rs1 14..12=1 rd 6..0=0x53                 | fd, fs1, fs2           | fmax_d    | fp_minmax  | d
fle.d     | 31..25=0x51 rs2 rs1 14..12=0 rd 6..0=0x53                 | rd, fs1, fs2           | fle_d     | fp_compare | d
flt.d     | 31..25=0x51 rs2 rs1 14..12=1 rd 6..0=0x53                 | rd, fs1, fs2           | flt_d     | fp_compare | d
feq.d     | 31..25=0x51 rs2 rs1 14..12=2 rd 6..0=0x53                 | rd, fs1, fs2           | feq_d     | fp_compare | d

# D: double precision: conversions, moves, classify
fcvt.w.d  | 31..25=0x61 24..20=0 rs1 rm rd 6..0=0x53                  | rd, fs1, rm            | fcvt_w_d  | fp_to_int  | d
fcvt.wu.d | 31..25=0x61 24..20=1 rs1 rm rd 6..0=0x53                  | rd, fs1, rm            | fcvt_wu_d | fp_to_int  | d
fcvt.l.d  | 31..25=0x61 24..20=2 rs1 rm rd 6..0=0x53                  | rd, fs1, rm            | fcvt_l_d  | fp_to_int  | d
fcvt.lu.d | 31..25=0x61 24..20=3 rs1 rm rd 6..0=0x53                  | rd, fs1, rm            | fcvt_lu_d | fp_to_int  | d
fcvt.d.w  | 31..25=0x69 24..20=0 rs1 rm rd 6..0=0x53                  | fd, rs1, rm            | fcvt_d_w  | int_to_fp  | d | exact
fcvt.d.wu | 31..25=0x69 24..20=1 rs1 rm rd 6..0=0x53                  | fd, rs1, rm            | fcvt_d_wu | int_to_fp  | d | exact
fcvt.d.l  | 31..25=0x69 24..20=2 rs1 rm rd 6..0=0x53                  | fd, rs1, rm            | fcvt_d_l  | int_to_fp  | d
fcvt.d.lu | 31..25=0x69 24..20=3 rs1 rm rd 6..0=0x53                  | fd, rs1, rm            | fcvt_d_lu | int_to_fp  | d
fcvt.s.d  | 31..25=0x20 24..20=1 rs1 rm rd 6..0=0x53                  | fd, fs1, rm            | fcvt_s_d  | fp_cvt     | d
fcvt.d.s  | 31..25=0x21 24..20=0 rs1 rm rd 6..0=0x53                  | fd, fs1, rm            | fcvt_d_s  | fp_cvt     | d | exact
fmv.x.d   | 31..25=0x71 24..20=0 rs1 14..12=0 rd 6..0=0x53            | rd, fs1                | fmv_x_d   | fp_to_int  | d
fmv.d.x   | 31..25=0x79 24..20=0 rs1 14..12=0 rd 6..0=0x53            | fd, rs1                | fmv_d_x   | int_to_fp  | d
fclass.d  | 31..25=0x71 24..20=0 rs1 14..12=1 rd 6..0=0x53            | rd, fs1                | fclass_d  | fp_to_int  | d
"""
