"""Rows of V 1.0: configuration, arithmetic, mask and permutation instructions (chapters 6 and 10..16 of the V specification).

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`. The number in a heading is the
section of the specification.
"""

ROWS = """
# configuration (6)
vsetvli         | 31=0 zimm11 rs1 14..12=7 rd 6..0=0x57                              | rd, rs1, zimm11                  | vsetvli          | v_config                 | v | vill_ok
vsetivli        | 31..30=3 zimm10 uimm5 14..12=7 rd 6..0=0x57                        | rd, uimm5, zimm10                | vsetivli         | v_config                 | v | vill_ok
vsetvl          | 31..25=0x40 rs2 rs1 14..12=7 rd 6..0=0x57                          | rd, rs1, rs2                     | vsetvl           | v_config                 | v | vill_ok

# single-width integer add and subtract (11.1)
vadd.vv         | 31..26=0x00 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vadd             | v_int_simple             | v
vadd.vx         | 31..26=0x00 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vadd             | v_int_simple             | v
vadd.vi         | 31..26=0x00 vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd, vs2, simm5, vm               | vadd             | v_int_simple             | v
vsub.vv         | 31..26=0x02 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vsub             | v_int_simple             | v
vsub.vx         | 31..26=0x02 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vsub             | v_int_simple             | v
vrsub.vx        | 31..26=0x03 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vrsub            | v_int_simple             | v
vrsub.vi        | 31..26=0x03 vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd, vs2, simm5, vm               | vrsub            | v_int_simple             | v

# widening integer add and subtract (11.2)
vwaddu.vv       | 31..26=0x30 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vwaddu           | v_widen_add              | v
vwaddu.vx       | 31..26=0x30 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2, rs1, vm               | vwaddu           | v_widen_add              | v
vwadd.vv        | 31..26=0x31 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vwadd            | v_widen_add              | v
vwadd.vx        | 31..26=0x31 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2, rs1, vm               | vwadd            | v_widen_add              | v
vwsubu.vv       | 31..26=0x32 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vwsubu           | v_widen_add              | v
vwsubu.vx       | 31..26=0x32 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2, rs1, vm               | vwsubu           | v_widen_add              | v
vwsub.vv        | 31..26=0x33 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vwsub            | v_widen_add              | v
vwsub.vx        | 31..26=0x33 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2, rs1, vm               | vwsub            | v_widen_add              | v
vwaddu.wv       | 31..26=0x34 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2:2, vs1, vm             | vwaddu_w         | v_widen_add_w            | v
vwaddu.wx       | 31..26=0x34 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2:2, rs1, vm             | vwaddu_w         | v_widen_add_w            | v
vwadd.wv        | 31..26=0x35 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2:2, vs1, vm             | vwadd_w          | v_widen_add_w            | v
vwadd.wx        | 31..26=0x35 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2:2, rs1, vm             | vwadd_w          | v_widen_add_w            | v
vwsubu.wv       | 31..26=0x36 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2:2, vs1, vm             | vwsubu_w         | v_widen_add_w            | v
vwsubu.wx       | 31..26=0x36 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2:2, rs1, vm             | vwsubu_w         | v_widen_add_w            | v
vwsub.wv        | 31..26=0x37 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2:2, vs1, vm             | vwsub_w          | v_widen_add_w            | v
vwsub.wx        | 31..26=0x37 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2:2, rs1, vm             | vwsub_w          | v_widen_add_w            | v

# integer extension (11.3)
vzext.vf2       | 31..26=0x12 vm vs2 19..15=6 14..12=2 vd 6..0=0x57                  | vd, vs2:f2, vm                   | vzext            | v_extend                 | v
vsext.vf2       | 31..26=0x12 vm vs2 19..15=7 14..12=2 vd 6..0=0x57                  | vd, vs2:f2, vm                   | vsext            | v_extend                 | v
vzext.vf4       | 31..26=0x12 vm vs2 19..15=4 14..12=2 vd 6..0=0x57                  | vd, vs2:f4, vm                   | vzext            | v_extend                 | v
vsext.vf4       | 31..26=0x12 vm vs2 19..15=5 14..12=2 vd 6..0=0x57                  | vd, vs2:f4, vm                   | vsext            | v_extend                 | v
vzext.vf8       | 31..26=0x12 vm vs2 19..15=2 14..12=2 vd 6..0=0x57                  | vd, vs2:f8, vm                   | vzext            | v_extend                 | v
vsext.vf8       | 31..26=0x12 vm vs2 19..15=3 14..12=2 vd 6..0=0x57                  | vd, vs2:f8, vm                   | vsext            | v_extend                 | v

# add-with-carry and subtract-with-borrow (11.4)
vadc.vvm        | 31..26=0x10 25=0 vs2 vs1 14..12=0 vd 6..0=0x57                     | vd, vs2, vs1, v0                 | vadc             | v_carry                  | v
vadc.vxm        | 31..26=0x10 25=0 vs2 rs1 14..12=4 vd 6..0=0x57                     | vd, vs2, rs1, v0                 | vadc             | v_carry                  | v
vadc.vim        | 31..26=0x10 25=0 vs2 simm5 14..12=3 vd 6..0=0x57                   | vd, vs2, simm5, v0               | vadc             | v_carry                  | v
vmadc.vvm       | 31..26=0x11 25=0 vs2 vs1 14..12=0 vd 6..0=0x57                     | vd:m, vs2, vs1, v0               | vmadc            | v_carry_mask             | v
vmadc.vxm       | 31..26=0x11 25=0 vs2 rs1 14..12=4 vd 6..0=0x57                     | vd:m, vs2, rs1, v0               | vmadc            | v_carry_mask             | v
vmadc.vim       | 31..26=0x11 25=0 vs2 simm5 14..12=3 vd 6..0=0x57                   | vd:m, vs2, simm5, v0             | vmadc            | v_carry_mask             | v
vmadc.vv        | 31..26=0x11 25=1 vs2 vs1 14..12=0 vd 6..0=0x57                     | vd:m, vs2, vs1                   | vmadc            | v_carry_mask             | v
vmadc.vx        | 31..26=0x11 25=1 vs2 rs1 14..12=4 vd 6..0=0x57                     | vd:m, vs2, rs1                   | vmadc            | v_carry_mask             | v
vmadc.vi        | 31..26=0x11 25=1 vs2 simm5 14..12=3 vd 6..0=0x57                   | vd:m, vs2, simm5                 | vmadc            | v_carry_mask             | v
vsbc.vvm        | 31..26=0x12 25=0 vs2 vs1 14..12=0 vd 6..0=0x57                     | vd, vs2, vs1, v0                 | vsbc             | v_carry                  | v
vsbc.vxm        | 31..26=0x12 25=0 vs2 rs1 14..12=4 vd 6..0=0x57                     | vd, vs2, rs1, v0                 | vsbc             | v_carry                  | v
vmsbc.vvm       | 31..26=0x13 25=0 vs2 vs1 14..12=0 vd 6..0=0x57                     | vd:m, vs2, vs1, v0               | vmsbc            | v_carry_mask             | v
vmsbc.vxm       | 31..26=0x13 25=0 vs2 rs1 14..12=4 vd 6..0=0x57                     | vd:m, vs2, rs1, v0               | vmsbc            | v_carry_mask             | v
vmsbc.vv        | 31..26=0x13 25=1 vs2 vs1 14..12=0 vd 6..0=0x57                     | vd:m, vs2, vs1                   | vmsbc            | v_carry_mask             | v
vmsbc.vx        | 31..26=0x13 25=1 vs2 rs1 14..12=4 vd 6..0=0x57                     | vd:m, vs2, rs1                   | vmsbc            | v_carry_mask             | v

# bitwise logic and shifts (11.5, 11.6)
vand.vv         | 31..26=0x09 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vand             | v_int_logic              | v
vand.vx         | 31..26=0x09 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vand             | v_int_logic              | v
vand.vi         | 31..26=0x09 vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd, vs2, simm5, vm               | vand             | v_int_logic              | v
vor.vv          | 31..26=0x0a vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vor              | v_int_logic              | v
vor.vx          | 31..26=0x0a vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vor              | v_int_logic              | v
vor.vi          | 31..26=0x0a vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd, vs2, simm5, vm               | vor              | v_int_logic              | v
vxor.vv         | 31..26=0x0b vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vxor             | v_int_logic              | v
vxor.vx         | 31..26=0x0b vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vxor             | v_int_logic              | v
vxor.vi         | 31..26=0x0b vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd, vs2, simm5, vm               | vxor             | v_int_logic              | v
vsll.vv         | 31..26=0x25 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vsll             | v_int_shift              | v
vsll.vx         | 31..26=0x25 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vsll             | v_int_shift              | v
vsll.vi         | 31..26=0x25 vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2, uimm5, vm               | vsll             | v_int_shift              | v
vsrl.vv         | 31..26=0x28 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vsrl             | v_int_shift              | v
vsrl.vx         | 31..26=0x28 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vsrl             | v_int_shift              | v
vsrl.vi         | 31..26=0x28 vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2, uimm5, vm               | vsrl             | v_int_shift              | v
vsra.vv         | 31..26=0x29 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vsra             | v_int_shift              | v
vsra.vx         | 31..26=0x29 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vsra             | v_int_shift              | v
vsra.vi         | 31..26=0x29 vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2, uimm5, vm               | vsra             | v_int_shift              | v

# narrowing right shifts (11.7)
vnsrl.wv        | 31..26=0x2c vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2:2, vs1, vm               | vnsrl            | v_narrow_shift           | v
vnsrl.wx        | 31..26=0x2c vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2:2, rs1, vm               | vnsrl            | v_narrow_shift           | v
vnsrl.wi        | 31..26=0x2c vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2:2, uimm5, vm             | vnsrl            | v_narrow_shift           | v
vnsra.wv        | 31..26=0x2d vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2:2, vs1, vm               | vnsra            | v_narrow_shift           | v
vnsra.wx        | 31..26=0x2d vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2:2, rs1, vm               | vnsra            | v_narrow_shift           | v
vnsra.wi        | 31..26=0x2d vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2:2, uimm5, vm             | vnsra            | v_narrow_shift           | v

# integer compares (11.8)
vmseq.vv        | 31..26=0x18 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmseq            | v_compare                | v
vmseq.vx        | 31..26=0x18 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd:m, vs2, rs1, vm               | vmseq            | v_compare                | v
vmseq.vi        | 31..26=0x18 vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd:m, vs2, simm5, vm             | vmseq            | v_compare                | v
vmsne.vv        | 31..26=0x19 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmsne            | v_compare                | v
vmsne.vx        | 31..26=0x19 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd:m, vs2, rs1, vm               | vmsne            | v_compare                | v
vmsne.vi        | 31..26=0x19 vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd:m, vs2, simm5, vm             | vmsne            | v_compare                | v
vmsltu.vv       | 31..26=0x1a vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmsltu           | v_compare                | v
vmsltu.vx       | 31..26=0x1a vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd:m, vs2, rs1, vm               | vmsltu           | v_compare                | v
vmslt.vv        | 31..26=0x1b vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmslt            | v_compare                | v
vmslt.vx        | 31..26=0x1b vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd:m, vs2, rs1, vm               | vmslt            | v_compare                | v
vmsleu.vv       | 31..26=0x1c vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmsleu           | v_compare                | v
vmsleu.vx       | 31..26=0x1c vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd:m, vs2, rs1, vm               | vmsleu           | v_compare                | v
vmsleu.vi       | 31..26=0x1c vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd:m, vs2, simm5, vm             | vmsleu           | v_compare                | v
vmsle.vv        | 31..26=0x1d vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmsle            | v_compare                | v
vmsle.vx        | 31..26=0x1d vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd:m, vs2, rs1, vm               | vmsle            | v_compare                | v
vmsle.vi        | 31..26=0x1d vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd:m, vs2, simm5, vm             | vmsle            | v_compare                | v
vmsgtu.vx       | 31..26=0x1e vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd:m, vs2, rs1, vm               | vmsgtu           | v_compare                | v
vmsgtu.vi       | 31..26=0x1e vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd:m, vs2, simm5, vm             | vmsgtu           | v_compare                | v
vmsgt.vx        | 31..26=0x1f vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd:m, vs2, rs1, vm               | vmsgt            | v_compare                | v
vmsgt.vi        | 31..26=0x1f vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd:m, vs2, simm5, vm             | vmsgt            | v_compare                | v

# integer minimum and maximum (11.9)
vminu.vv        | 31..26=0x04 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vminu            | v_int_simple             | v
vminu.vx        | 31..26=0x04 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vminu            | v_int_simple             | v
vmin.vv         | 31..26=0x05 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vmin             | v_int_simple             | v
vmin.vx         | 31..26=0x05 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vmin             | v_int_simple             | v
vmaxu.vv        | 31..26=0x06 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vmaxu            | v_int_simple             | v
vmaxu.vx        | 31..26=0x06 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vmaxu            | v_int_simple             | v
vmax.vv         | 31..26=0x07 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vmax             | v_int_simple             | v
vmax.vx         | 31..26=0x07 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vmax             | v_int_simple             | v

# integer multiply, divide (11.10, 11.11)
vmulhu.vv       | 31..26=0x24 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vmulhu           | v_int_mul                | v | not_zve64
vmulhu.vx       | 31..26=0x24 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vmulhu           | v_int_mul                | v | not_zve64
vmul.vv         | 31..26=0x25 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vmul             | v_int_mul                | v
vmul.vx         | 31..26=0x25 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vmul             | v_int_mul                | v
vmulhsu.vv      | 31..26=0x26 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vmulhsu          | v_int_mul                | v | not_zve64
vmulhsu.vx      | 31..26=0x26 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vmulhsu          | v_int_mul                | v | not_zve64
vmulh.vv        | 31..26=0x27 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vmulh            | v_int_mul                | v | not_zve64
vmulh.vx        | 31..26=0x27 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vmulh            | v_int_mul                | v | not_zve64
vdivu.vv        | 31..26=0x20 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vdivu            | v_int_div                | v
vdivu.vx        | 31..26=0x20 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vdivu            | v_int_div                | v
vdiv.vv         | 31..26=0x21 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vdiv             | v_int_div                | v
vdiv.vx         | 31..26=0x21 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vdiv             | v_int_div                | v
vremu.vv        | 31..26=0x22 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vremu            | v_int_div                | v
vremu.vx        | 31..26=0x22 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vremu            | v_int_div                | v
vrem.vv         | 31..26=0x23 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vrem             | v_int_div                | v
vrem.vx         | 31..26=0x23 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vrem             | v_int_div                | v

# widening integer multiply (11.12)
vwmulu.vv       | 31..26=0x38 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vwmulu           | v_widen_mul              | v
vwmulu.vx       | 31..26=0x38 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2, rs1, vm               | vwmulu           | v_widen_mul              | v
vwmulsu.vv      | 31..26=0x3a vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vwmulsu          | v_widen_mul              | v
vwmulsu.vx      | 31..26=0x3a vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2, rs1, vm               | vwmulsu          | v_widen_mul              | v
vwmul.vv        | 31..26=0x3b vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vwmul            | v_widen_mul              | v
vwmul.vx        | 31..26=0x3b vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, vs2, rs1, vm               | vwmul            | v_widen_mul              | v

# integer multiply-add (11.13, 11.14)
vmadd.vv        | 31..26=0x29 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vmadd            | v_int_macc               | v | reads_vd
vmadd.vx        | 31..26=0x29 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, rs1, vs2, vm                 | vmadd            | v_int_macc               | v | reads_vd
vnmsub.vv       | 31..26=0x2b vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vnmsub           | v_int_macc               | v | reads_vd
vnmsub.vx       | 31..26=0x2b vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, rs1, vs2, vm                 | vnmsub           | v_int_macc               | v | reads_vd
vmacc.vv        | 31..26=0x2d vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vmacc            | v_int_macc               | v | reads_vd
vmacc.vx        | 31..26=0x2d vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, rs1, vs2, vm                 | vmacc            | v_int_macc               | v | reads_vd
vnmsac.vv       | 31..26=0x2f vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vnmsac           | v_int_macc               | v | reads_vd
vnmsac.vx       | 31..26=0x2f vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, rs1, vs2, vm                 | vnmsac           | v_int_macc               | v | reads_vd
vwmaccu.vv      | 31..26=0x3c vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs1, vs2, vm               | vwmaccu          | v_widen_macc             | v | reads_vd
vwmaccu.vx      | 31..26=0x3c vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, rs1, vs2, vm               | vwmaccu          | v_widen_macc             | v | reads_vd
vwmacc.vv       | 31..26=0x3d vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs1, vs2, vm               | vwmacc           | v_widen_macc             | v | reads_vd
vwmacc.vx       | 31..26=0x3d vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, rs1, vs2, vm               | vwmacc           | v_widen_macc             | v | reads_vd
vwmaccus.vx     | 31..26=0x3e vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, rs1, vs2, vm               | vwmaccus         | v_widen_macc             | v | reads_vd
vwmaccsu.vv     | 31..26=0x3f vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:2, vs1, vs2, vm               | vwmaccsu         | v_widen_macc             | v | reads_vd
vwmaccsu.vx     | 31..26=0x3f vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd:2, rs1, vs2, vm               | vwmaccsu         | v_widen_macc             | v | reads_vd

# integer merge and move (11.15, 11.16)
vmerge.vvm      | 31..26=0x17 25=0 vs2 vs1 14..12=0 vd 6..0=0x57                     | vd, vs2, vs1, v0                 | vmerge           | v_merge                  | v
vmerge.vxm      | 31..26=0x17 25=0 vs2 rs1 14..12=4 vd 6..0=0x57                     | vd, vs2, rs1, v0                 | vmerge           | v_merge                  | v
vmerge.vim      | 31..26=0x17 25=0 vs2 simm5 14..12=3 vd 6..0=0x57                   | vd, vs2, simm5, v0               | vmerge           | v_merge                  | v
vmv.v.v         | 31..26=0x17 25=1 24..20=0 vs1 14..12=0 vd 6..0=0x57                | vd, vs1                          | vmv_v            | v_move                   | v
vmv.v.x         | 31..26=0x17 25=1 24..20=0 rs1 14..12=4 vd 6..0=0x57                | vd, rs1                          | vmv_v            | v_move                   | v
vmv.v.i         | 31..26=0x17 25=1 24..20=0 simm5 14..12=3 vd 6..0=0x57              | vd, simm5                        | vmv_v            | v_move                   | v

# fixed point (12)
vsaddu.vv       | 31..26=0x20 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vsaddu           | v_fixed_sat              | v
vsaddu.vx       | 31..26=0x20 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vsaddu           | v_fixed_sat              | v
vsaddu.vi       | 31..26=0x20 vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd, vs2, simm5, vm               | vsaddu           | v_fixed_sat              | v
vsadd.vv        | 31..26=0x21 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vsadd            | v_fixed_sat              | v
vsadd.vx        | 31..26=0x21 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vsadd            | v_fixed_sat              | v
vsadd.vi        | 31..26=0x21 vm vs2 simm5 14..12=3 vd 6..0=0x57                     | vd, vs2, simm5, vm               | vsadd            | v_fixed_sat              | v
vssubu.vv       | 31..26=0x22 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vssubu           | v_fixed_sat              | v
vssubu.vx       | 31..26=0x22 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vssubu           | v_fixed_sat              | v
vssub.vv        | 31..26=0x23 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vssub            | v_fixed_sat              | v
vssub.vx        | 31..26=0x23 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vssub            | v_fixed_sat              | v
vaaddu.vv       | 31..26=0x08 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vaaddu           | v_fixed_avg              | v
vaaddu.vx       | 31..26=0x08 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vaaddu           | v_fixed_avg              | v
vaadd.vv        | 31..26=0x09 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vaadd            | v_fixed_avg              | v
vaadd.vx        | 31..26=0x09 vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vaadd            | v_fixed_avg              | v
vasubu.vv       | 31..26=0x0a vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vasubu           | v_fixed_avg              | v
vasubu.vx       | 31..26=0x0a vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vasubu           | v_fixed_avg              | v
vasub.vv        | 31..26=0x0b vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vasub            | v_fixed_avg              | v
vasub.vx        | 31..26=0x0b vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vasub            | v_fixed_avg              | v
vsmul.vv        | 31..26=0x27 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vsmul            | v_fixed_mul              | v | not_zve64
vsmul.vx        | 31..26=0x27 vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vsmul            | v_fixed_mul              | v | not_zve64
vssrl.vv        | 31..26=0x2a vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vssrl            | v_fixed_shift            | v
vssrl.vx        | 31..26=0x2a vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vssrl            | v_fixed_shift            | v
vssrl.vi        | 31..26=0x2a vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2, uimm5, vm               | vssrl            | v_fixed_shift            | v
vssra.vv        | 31..26=0x2b vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vssra            | v_fixed_shift            | v
vssra.vx        | 31..26=0x2b vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vssra            | v_fixed_shift            | v
vssra.vi        | 31..26=0x2b vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2, uimm5, vm               | vssra            | v_fixed_shift            | v
vnclipu.wv      | 31..26=0x2e vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2:2, vs1, vm               | vnclipu          | v_narrow_clip            | v
vnclipu.wx      | 31..26=0x2e vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2:2, rs1, vm               | vnclipu          | v_narrow_clip            | v
vnclipu.wi      | 31..26=0x2e vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2:2, uimm5, vm             | vnclipu          | v_narrow_clip            | v
vnclip.wv       | 31..26=0x2f vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2:2, vs1, vm               | vnclip           | v_narrow_clip            | v
vnclip.wx       | 31..26=0x2f vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2:2, rs1, vm               | vnclip           | v_narrow_clip            | v
vnclip.wi       | 31..26=0x2f vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2:2, uimm5, vm             | vnclip           | v_narrow_clip            | v

# floating-point add and subtract (13.2, 13.3)
vfadd.vv        | 31..26=0x00 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfadd            | v_fp_add                 | v | fp
vfadd.vf        | 31..26=0x00 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfadd            | v_fp_add                 | v | fp
vfsub.vv        | 31..26=0x02 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfsub            | v_fp_add                 | v | fp
vfsub.vf        | 31..26=0x02 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfsub            | v_fp_add                 | v | fp
vfrsub.vf       | 31..26=0x27 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfrsub           | v_fp_add                 | v | fp
vfwadd.vv       | 31..26=0x30 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vfwadd           | v_fp_widen_add           | v | fp fp2
vfwadd.vf       | 31..26=0x30 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, vs2, fs1, vm               | vfwadd           | v_fp_widen_add           | v | fp fp2
vfwsub.vv       | 31..26=0x32 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vfwsub           | v_fp_widen_add           | v | fp fp2
vfwsub.vf       | 31..26=0x32 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, vs2, fs1, vm               | vfwsub           | v_fp_widen_add           | v | fp fp2
vfwadd.wv       | 31..26=0x34 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs2:2, vs1, vm             | vfwadd_w         | v_fp_widen_add_w         | v | fp fp2
vfwadd.wf       | 31..26=0x34 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, vs2:2, fs1, vm             | vfwadd_w         | v_fp_widen_add_w         | v | fp fp2
vfwsub.wv       | 31..26=0x36 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs2:2, vs1, vm             | vfwsub_w         | v_fp_widen_add_w         | v | fp fp2
vfwsub.wf       | 31..26=0x36 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, vs2:2, fs1, vm             | vfwsub_w         | v_fp_widen_add_w         | v | fp fp2

# floating-point multiply and divide (13.4, 13.5)
vfmul.vv        | 31..26=0x24 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfmul            | v_fp_mul                 | v | fp
vfmul.vf        | 31..26=0x24 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfmul            | v_fp_mul                 | v | fp
vfdiv.vv        | 31..26=0x20 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfdiv            | v_fp_div                 | v | fp
vfdiv.vf        | 31..26=0x20 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfdiv            | v_fp_div                 | v | fp
vfrdiv.vf       | 31..26=0x21 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfrdiv           | v_fp_div                 | v | fp
vfwmul.vv       | 31..26=0x38 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs2, vs1, vm               | vfwmul           | v_fp_widen_mul           | v | fp fp2
vfwmul.vf       | 31..26=0x38 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, vs2, fs1, vm               | vfwmul           | v_fp_widen_mul           | v | fp fp2

# floating-point fused multiply-add (13.6, 13.7)
vfmadd.vv       | 31..26=0x28 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vfmadd           | v_fp_fma                 | v | fp reads_vd
vfmadd.vf       | 31..26=0x28 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, fs1, vs2, vm                 | vfmadd           | v_fp_fma                 | v | fp reads_vd
vfnmadd.vv      | 31..26=0x29 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vfnmadd          | v_fp_fma                 | v | fp reads_vd
vfnmadd.vf      | 31..26=0x29 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, fs1, vs2, vm                 | vfnmadd          | v_fp_fma                 | v | fp reads_vd
vfmsub.vv       | 31..26=0x2a vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vfmsub           | v_fp_fma                 | v | fp reads_vd
vfmsub.vf       | 31..26=0x2a vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, fs1, vs2, vm                 | vfmsub           | v_fp_fma                 | v | fp reads_vd
vfnmsub.vv      | 31..26=0x2b vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vfnmsub          | v_fp_fma                 | v | fp reads_vd
vfnmsub.vf      | 31..26=0x2b vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, fs1, vs2, vm                 | vfnmsub          | v_fp_fma                 | v | fp reads_vd
vfmacc.vv       | 31..26=0x2c vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vfmacc           | v_fp_fma                 | v | fp reads_vd
vfmacc.vf       | 31..26=0x2c vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, fs1, vs2, vm                 | vfmacc           | v_fp_fma                 | v | fp reads_vd
vfnmacc.vv      | 31..26=0x2d vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vfnmacc          | v_fp_fma                 | v | fp reads_vd
vfnmacc.vf      | 31..26=0x2d vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, fs1, vs2, vm                 | vfnmacc          | v_fp_fma                 | v | fp reads_vd
vfmsac.vv       | 31..26=0x2e vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vfmsac           | v_fp_fma                 | v | fp reads_vd
vfmsac.vf       | 31..26=0x2e vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, fs1, vs2, vm                 | vfmsac           | v_fp_fma                 | v | fp reads_vd
vfnmsac.vv      | 31..26=0x2f vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs1, vs2, vm                 | vfnmsac          | v_fp_fma                 | v | fp reads_vd
vfnmsac.vf      | 31..26=0x2f vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, fs1, vs2, vm                 | vfnmsac          | v_fp_fma                 | v | fp reads_vd
vfwmacc.vv      | 31..26=0x3c vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs1, vs2, vm               | vfwmacc          | v_fp_widen_fma           | v | fp fp2 reads_vd
vfwmacc.vf      | 31..26=0x3c vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, fs1, vs2, vm               | vfwmacc          | v_fp_widen_fma           | v | fp fp2 reads_vd
vfwnmacc.vv     | 31..26=0x3d vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs1, vs2, vm               | vfwnmacc         | v_fp_widen_fma           | v | fp fp2 reads_vd
vfwnmacc.vf     | 31..26=0x3d vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, fs1, vs2, vm               | vfwnmacc         | v_fp_widen_fma           | v | fp fp2 reads_vd
vfwmsac.vv      | 31..26=0x3e vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs1, vs2, vm               | vfwmsac          | v_fp_widen_fma           | v | fp fp2 reads_vd
vfwmsac.vf      | 31..26=0x3e vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, fs1, vs2, vm               | vfwmsac          | v_fp_widen_fma           | v | fp fp2 reads_vd
vfwnmsac.vv     | 31..26=0x3f vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2, vs1, vs2, vm               | vfwnmsac         | v_fp_widen_fma           | v | fp fp2 reads_vd
vfwnmsac.vf     | 31..26=0x3f vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:2, fs1, vs2, vm               | vfwnmsac         | v_fp_widen_fma           | v | fp fp2 reads_vd

# floating-point square root and estimates (13.8..13.10)
vfsqrt.v        | 31..26=0x13 vm vs2 19..15=0 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfsqrt           | v_fp_sqrt                | v | fp
vfrsqrt7.v      | 31..26=0x13 vm vs2 19..15=4 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfrsqrt7         | v_fp_estimate            | v | fp
vfrec7.v        | 31..26=0x13 vm vs2 19..15=5 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfrec7           | v_fp_estimate            | v | fp

# floating-point minimum, maximum, sign injection (13.11, 13.12)
vfmin.vv        | 31..26=0x04 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfmin            | v_fp_minmax              | v | fp
vfmin.vf        | 31..26=0x04 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfmin            | v_fp_minmax              | v | fp
vfmax.vv        | 31..26=0x06 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfmax            | v_fp_minmax              | v | fp
vfmax.vf        | 31..26=0x06 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfmax            | v_fp_minmax              | v | fp
vfsgnj.vv       | 31..26=0x08 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfsgnj           | v_fp_sgnj                | v | fp
vfsgnj.vf       | 31..26=0x08 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfsgnj           | v_fp_sgnj                | v | fp
vfsgnjn.vv      | 31..26=0x09 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfsgnjn          | v_fp_sgnj                | v | fp
vfsgnjn.vf      | 31..26=0x09 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfsgnjn          | v_fp_sgnj                | v | fp
vfsgnjx.vv      | 31..26=0x0a vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vfsgnjx          | v_fp_sgnj                | v | fp
vfsgnjx.vf      | 31..26=0x0a vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfsgnjx          | v_fp_sgnj                | v | fp

# floating-point compare and classify (13.13, 13.14)
vmfeq.vv        | 31..26=0x18 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmfeq            | v_fp_compare             | v | fp
vmfeq.vf        | 31..26=0x18 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:m, vs2, fs1, vm               | vmfeq            | v_fp_compare             | v | fp
vmfne.vv        | 31..26=0x1c vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmfne            | v_fp_compare             | v | fp
vmfne.vf        | 31..26=0x1c vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:m, vs2, fs1, vm               | vmfne            | v_fp_compare             | v | fp
vmflt.vv        | 31..26=0x1b vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmflt            | v_fp_compare             | v | fp
vmflt.vf        | 31..26=0x1b vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:m, vs2, fs1, vm               | vmflt            | v_fp_compare             | v | fp
vmfle.vv        | 31..26=0x19 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:m, vs2, vs1, vm               | vmfle            | v_fp_compare             | v | fp
vmfle.vf        | 31..26=0x19 vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:m, vs2, fs1, vm               | vmfle            | v_fp_compare             | v | fp
vmfgt.vf        | 31..26=0x1d vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:m, vs2, fs1, vm               | vmfgt            | v_fp_compare             | v | fp
vmfge.vf        | 31..26=0x1f vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd:m, vs2, fs1, vm               | vmfge            | v_fp_compare             | v | fp
vfclass.v       | 31..26=0x13 vm vs2 19..15=16 14..12=1 vd 6..0=0x57                 | vd, vs2, vm                      | vfclass          | v_fp_class               | v | fp

# floating-point merge and move (13.15, 13.16)
vfmerge.vfm     | 31..26=0x17 25=0 vs2 rs1 14..12=5 vd 6..0=0x57                     | vd, vs2, fs1, v0                 | vfmerge          | v_fp_merge               | v | fp
vfmv.v.f        | 31..26=0x17 25=1 24..20=0 rs1 14..12=5 vd 6..0=0x57                | vd, fs1                          | vfmv_v           | v_fp_move                | v | fp

# conversions (13.17..13.19)
vfcvt.xu.f.v    | 31..26=0x12 vm vs2 19..15=0 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfcvt_xu_f       | v_fp_cvt                 | v | fp
vfcvt.x.f.v     | 31..26=0x12 vm vs2 19..15=1 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfcvt_x_f        | v_fp_cvt                 | v | fp
vfcvt.rtz.xu.f.v | 31..26=0x12 vm vs2 19..15=6 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfcvt_rtz_xu_f   | v_fp_cvt                 | v | fp
vfcvt.rtz.x.f.v | 31..26=0x12 vm vs2 19..15=7 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfcvt_rtz_x_f    | v_fp_cvt                 | v | fp
vfcvt.f.xu.v    | 31..26=0x12 vm vs2 19..15=2 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfcvt_f_xu       | v_fp_cvt                 | v | fp
vfcvt.f.x.v     | 31..26=0x12 vm vs2 19..15=3 14..12=1 vd 6..0=0x57                  | vd, vs2, vm                      | vfcvt_f_x        | v_fp_cvt                 | v | fp
vfwcvt.xu.f.v   | 31..26=0x12 vm vs2 19..15=8 14..12=1 vd 6..0=0x57                  | vd:2, vs2, vm                    | vfwcvt_xu_f      | v_fp_cvt_widen           | v | fp
vfwcvt.x.f.v    | 31..26=0x12 vm vs2 19..15=9 14..12=1 vd 6..0=0x57                  | vd:2, vs2, vm                    | vfwcvt_x_f       | v_fp_cvt_widen           | v | fp
vfwcvt.rtz.xu.f.v | 31..26=0x12 vm vs2 19..15=14 14..12=1 vd 6..0=0x57                 | vd:2, vs2, vm                    | vfwcvt_rtz_xu_f  | v_fp_cvt_widen           | v | fp
vfwcvt.rtz.x.f.v | 31..26=0x12 vm vs2 19..15=15 14..12=1 vd 6..0=0x57                 | vd:2, vs2, vm                    | vfwcvt_rtz_x_f   | v_fp_cvt_widen           | v | fp
vfwcvt.f.xu.v   | 31..26=0x12 vm vs2 19..15=10 14..12=1 vd 6..0=0x57                 | vd:2, vs2, vm                    | vfwcvt_f_xu      | v_fp_cvt_widen           | v | fp2
vfwcvt.f.x.v    | 31..26=0x12 vm vs2 19..15=11 14..12=1 vd 6..0=0x57                 | vd:2, vs2, vm                    | vfwcvt_f_x       | v_fp_cvt_widen           | v | fp2
vfwcvt.f.f.v    | 31..26=0x12 vm vs2 19..15=12 14..12=1 vd 6..0=0x57                 | vd:2, vs2, vm                    | vfwcvt_f_f       | v_fp_cvt_widen           | v | fp fp2 fhmin
vfncvt.xu.f.w   | 31..26=0x12 vm vs2 19..15=16 14..12=1 vd 6..0=0x57                 | vd, vs2:2, vm                    | vfncvt_xu_f      | v_fp_cvt_narrow          | v | fp2
vfncvt.x.f.w    | 31..26=0x12 vm vs2 19..15=17 14..12=1 vd 6..0=0x57                 | vd, vs2:2, vm                    | vfncvt_x_f       | v_fp_cvt_narrow          | v | fp2
vfncvt.rtz.xu.f.w | 31..26=0x12 vm vs2 19..15=22 14..12=1 vd 6..0=0x57                 | vd, vs2:2, vm                    | vfncvt_rtz_xu_f  | v_fp_cvt_narrow          | v | fp2
vfncvt.rtz.x.f.w | 31..26=0x12 vm vs2 19..15=23 14..12=1 vd 6..0=0x57                 | vd, vs2:2, vm                    | vfncvt_rtz_x_f   | v_fp_cvt_narrow          | v | fp2
vfncvt.f.xu.w   | 31..26=0x12 vm vs2 19..15=18 14..12=1 vd 6..0=0x57                 | vd, vs2:2, vm                    | vfncvt_f_xu      | v_fp_cvt_narrow          | v | fp
vfncvt.f.x.w    | 31..26=0x12 vm vs2 19..15=19 14..12=1 vd 6..0=0x57                 | vd, vs2:2, vm                    | vfncvt_f_x       | v_fp_cvt_narrow          | v | fp
vfncvt.f.f.w    | 31..26=0x12 vm vs2 19..15=20 14..12=1 vd 6..0=0x57                 | vd, vs2:2, vm                    | vfncvt_f_f       | v_fp_cvt_narrow          | v | fp fp2 fhmin
vfncvt.rod.f.f.w | 31..26=0x12 vm vs2 19..15=21 14..12=1 vd 6..0=0x57                 | vd, vs2:2, vm                    | vfncvt_rod_f_f   | v_fp_cvt_narrow          | v | fp fp2

# reductions (14)
vredsum.vs      | 31..26=0x00 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vredsum          | v_reduce_int             | v | vstart0
vredand.vs      | 31..26=0x01 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vredand          | v_reduce_logic           | v | vstart0
vredor.vs       | 31..26=0x02 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vredor           | v_reduce_logic           | v | vstart0
vredxor.vs      | 31..26=0x03 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vredxor          | v_reduce_logic           | v | vstart0
vredminu.vs     | 31..26=0x04 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vredminu         | v_reduce_int             | v | vstart0
vredmin.vs      | 31..26=0x05 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vredmin          | v_reduce_int             | v | vstart0
vredmaxu.vs     | 31..26=0x06 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vredmaxu         | v_reduce_int             | v | vstart0
vredmax.vs      | 31..26=0x07 vm vs2 vs1 14..12=2 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vredmax          | v_reduce_int             | v | vstart0
vwredsumu.vs    | 31..26=0x30 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd:2s, vs2, vs1:2s, vm           | vwredsumu        | v_reduce_int_widen       | v | vstart0
vwredsum.vs     | 31..26=0x31 vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd:2s, vs2, vs1:2s, vm           | vwredsum         | v_reduce_int_widen       | v | vstart0
vfredusum.vs    | 31..26=0x01 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vfredusum        | v_reduce_fp              | v | fp vstart0
vfredosum.vs    | 31..26=0x03 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vfredosum        | v_reduce_fp_ordered      | v | fp vstart0
vfredmin.vs     | 31..26=0x05 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vfredmin         | v_reduce_fp_minmax       | v | fp vstart0
vfredmax.vs     | 31..26=0x07 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:s, vs2, vs1:s, vm             | vfredmax         | v_reduce_fp_minmax       | v | fp vstart0
vfwredusum.vs   | 31..26=0x31 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2s, vs2, vs1:2s, vm           | vfwredusum       | v_reduce_fp_widen        | v | fp fp2 vstart0
vfwredosum.vs   | 31..26=0x33 vm vs2 vs1 14..12=1 vd 6..0=0x57                       | vd:2s, vs2, vs1:2s, vm           | vfwredosum       | v_reduce_fp_ordered_widen | v | fp fp2 vstart0

# mask instructions (15)
vmand.mm        | 31..26=0x19 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd:m, vs2:m, vs1:m               | vmand            | v_mask_logic             | v
vmnand.mm       | 31..26=0x1d 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd:m, vs2:m, vs1:m               | vmnand           | v_mask_logic             | v
vmandn.mm       | 31..26=0x18 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd:m, vs2:m, vs1:m               | vmandn           | v_mask_logic             | v
vmxor.mm        | 31..26=0x1b 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd:m, vs2:m, vs1:m               | vmxor            | v_mask_logic             | v
vmor.mm         | 31..26=0x1a 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd:m, vs2:m, vs1:m               | vmor             | v_mask_logic             | v
vmnor.mm        | 31..26=0x1e 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd:m, vs2:m, vs1:m               | vmnor            | v_mask_logic             | v
vmorn.mm        | 31..26=0x1c 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd:m, vs2:m, vs1:m               | vmorn            | v_mask_logic             | v
vmxnor.mm       | 31..26=0x1f 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd:m, vs2:m, vs1:m               | vmxnor           | v_mask_logic             | v
vcpop.m         | 31..26=0x10 vm vs2 19..15=16 14..12=2 rd 6..0=0x57                 | rd, vs2:m, vm                    | vcpop            | v_mask_to_scalar         | v | vstart0
vfirst.m        | 31..26=0x10 vm vs2 19..15=17 14..12=2 rd 6..0=0x57                 | rd, vs2:m, vm                    | vfirst           | v_mask_to_scalar         | v | vstart0
vmsbf.m         | 31..26=0x14 vm vs2 19..15=1 14..12=2 vd 6..0=0x57                  | vd:m, vs2:m, vm                  | vmsbf            | v_mask_first             | v | no_overlap vstart0
vmsof.m         | 31..26=0x14 vm vs2 19..15=2 14..12=2 vd 6..0=0x57                  | vd:m, vs2:m, vm                  | vmsof            | v_mask_first             | v | no_overlap vstart0
vmsif.m         | 31..26=0x14 vm vs2 19..15=3 14..12=2 vd 6..0=0x57                  | vd:m, vs2:m, vm                  | vmsif            | v_mask_first             | v | no_overlap vstart0
viota.m         | 31..26=0x14 vm vs2 19..15=16 14..12=2 vd 6..0=0x57                 | vd, vs2:m, vm                    | viota            | v_iota                   | v | no_overlap vstart0
vid.v           | 31..26=0x14 vm 24..20=0 19..15=17 14..12=2 vd 6..0=0x57            | vd, vm                           | vid              | v_id                     | v

# scalar moves (16.1, 16.2)
vmv.x.s         | 31..26=0x10 25=1 vs2 19..15=0 14..12=2 rd 6..0=0x57                | rd, vs2:s                        | vmv_x_s          | v_vec_to_scalar          | v
vmv.s.x         | 31..26=0x10 25=1 24..20=0 rs1 14..12=6 vd 6..0=0x57                | vd:s, rs1                        | vmv_s_x          | v_scalar_to_vec          | v
vfmv.f.s        | 31..26=0x10 25=1 vs2 19..15=0 14..12=1 rd 6..0=0x57                | fd, vs2:s                        | vfmv_f_s         | v_vec_to_scalar          | v | fp
vfmv.s.f        | 31..26=0x10 25=1 24..20=0 rs1 14..12=5 vd 6..0=0x57                | vd:s, fs1                        | vfmv_s_f         | v_scalar_to_vec          | v | fp

# slides (16.3)
vslideup.vx     | 31..26=0x0e vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vslideup         | v_slide_up               | v | no_overlap reads_vd
vslideup.vi     | 31..26=0x0e vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2, uimm5, vm               | vslideup         | v_slide_up               | v | no_overlap reads_vd
vslidedown.vx   | 31..26=0x0f vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vslidedown       | v_slide_down             | v
vslidedown.vi   | 31..26=0x0f vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2, uimm5, vm               | vslidedown       | v_slide_down             | v
vslide1up.vx    | 31..26=0x0e vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vslide1up        | v_slide1_up              | v | no_overlap
vslide1down.vx  | 31..26=0x0f vm vs2 rs1 14..12=6 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vslide1down      | v_slide1_down            | v
vfslide1up.vf   | 31..26=0x0e vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfslide1up       | v_slide1_up              | v | fp no_overlap
vfslide1down.vf | 31..26=0x0f vm vs2 rs1 14..12=5 vd 6..0=0x57                       | vd, vs2, fs1, vm                 | vfslide1down     | v_slide1_down            | v | fp

# gather and compress (16.4, 16.5)
vrgather.vv     | 31..26=0x0c vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1, vm                 | vrgather         | v_gather                 | v | no_overlap
vrgather.vx     | 31..26=0x0c vm vs2 rs1 14..12=4 vd 6..0=0x57                       | vd, vs2, rs1, vm                 | vrgather         | v_gather_scalar          | v | no_overlap
vrgather.vi     | 31..26=0x0c vm vs2 uimm5 14..12=3 vd 6..0=0x57                     | vd, vs2, uimm5, vm               | vrgather         | v_gather_scalar          | v | no_overlap
vrgatherei16.vv | 31..26=0x0e vm vs2 vs1 14..12=0 vd 6..0=0x57                       | vd, vs2, vs1:e16, vm             | vrgatherei16     | v_gather16               | v | no_overlap
vcompress.vm    | 31..26=0x17 25=1 vs2 vs1 14..12=2 vd 6..0=0x57                     | vd, vs2, vs1:m                   | vcompress        | v_compress               | v | no_overlap vstart0

# whole register move (16.6)
vmv1r.v         | 31..26=0x27 25=1 vs2 19..15=0 14..12=3 vd 6..0=0x57                | vd:r1, vs2:r1                    | vmvr             | v_move_whole             | v
vmv2r.v         | 31..26=0x27 25=1 vs2 19..15=1 14..12=3 vd 6..0=0x57                | vd:r2, vs2:r2                    | vmvr             | v_move_whole             | v
vmv4r.v         | 31..26=0x27 25=1 vs2 19..15=3 14..12=3 vd 6..0=0x57                | vd:r4, vs2:r4                    | vmvr             | v_move_whole             | v
vmv8r.v         | 31..26=0x27 25=1 vs2 19..15=7 14..12=3 vd 6..0=0x57                | vd:r8, vs2:r8                    | vmvr             | v_move_whole             | v
"""
