"""Rows of bit manipulation: Zba, Zbb, Zbs (together B), Zbc, and the conditional zeroes of Zicond.

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`.
"""

ROWS = """
# Zba: address generation
sh1add    | 31..25=0x10 rs2 rs1 14..12=2 rd 6..0=0x33    | rd, rs1, rs2    | sh1add    | alu | zba
sh2add    | 31..25=0x10 rs2 rs1 14..12=4 rd 6..0=0x33    | rd, rs1, rs2    | sh2add    | alu | zba
sh3add    | 31..25=0x10 rs2 rs1 14..12=6 rd 6..0=0x33    | rd, rs1, rs2    | sh3add    | alu | zba
add.uw    | 31..25=0x04 rs2 rs1 14..12=0 rd 6..0=0x3b    | rd, rs1, rs2    | add_uw    | alu | zba
sh1add.uw | 31..25=0x10 rs2 rs1 14..12=2 rd 6..0=0x3b    | rd, rs1, rs2    | sh1add_uw | alu | zba
sh2add.uw | 31..25=0x10 rs2 rs1 14..12=4 rd 6..0=0x3b    | rd, rs1, rs2    | sh2add_uw | alu | zba
sh3add.uw | 31..25=0x10 rs2 rs1 14..12=6 rd 6..0=0x3b    | rd, rs1, rs2    | sh3add_uw | alu | zba
slli.uw   | 31..26=0x02 shamt6 rs1 14..12=1 rd 6..0=0x1b | rd, rs1, shamt6 | slli_uw   | alu | zba

# Zbb: logic with negate, minimum and maximum, rotation
andn      | 31..25=0x20 rs2 rs1 14..12=7 rd 6..0=0x33    | rd, rs1, rs2    | andn      | alu | zbb
orn       | 31..25=0x20 rs2 rs1 14..12=6 rd 6..0=0x33    | rd, rs1, rs2    | orn       | alu | zbb
xnor      | 31..25=0x20 rs2 rs1 14..12=4 rd 6..0=0x33    | rd, rs1, rs2    | xnor      | alu | zbb
min       | 31..25=0x05 rs2 rs1 14..12=4 rd 6..0=0x33    | rd, rs1, rs2    | min       | alu | zbb
minu      | 31..25=0x05 rs2 rs1 14..12=5 rd 6..0=0x33    | rd, rs1, rs2    | minu      | alu | zbb
max       | 31..25=0x05 rs2 rs1 14..12=6 rd 6..0=0x33    | rd, rs1, rs2    | max       | alu | zbb
maxu      | 31..25=0x05 rs2 rs1 14..12=7 rd 6..0=0x33    | rd, rs1, rs2    | maxu      | alu | zbb
rol       | 31..25=0x30 rs2 rs1 14..12=1 rd 6..0=0x33    | rd, rs1, rs2    | rol       | alu | zbb
ror       | 31..25=0x30 rs2 rs1 14..12=5 rd 6..0=0x33    | rd, rs1, rs2    | ror       | alu | zbb
rori      | 31..26=0x18 shamt6 rs1 14..12=5 rd 6..0=0x13 | rd, rs1, shamt6 | rori      | alu | zbb
rolw      | 31..25=0x30 rs2 rs1 14..12=1 rd 6..0=0x3b    | rd, rs1, rs2    | rolw      | alu | zbb
rorw      | 31..25=0x30 rs2 rs1 14..12=5 rd 6..0=0x3b    | rd, rs1, rs2    | rorw      | alu | zbb
roriw     | 31..25=0x30 shamt5 rs1 14..12=5 rd 6..0=0x1b | rd, rs1, shamt5 | roriw     | alu | zbb

# Zbb: counting, extension, bytes
clz       | 31..20=0x600 rs1 14..12=1 rd 6..0=0x13       | rd, rs1         | clz       | alu | zbb
ctz       | 31..20=0x601 rs1 14..12=1 rd 6..0=0x13       | rd, rs1         | ctz       | alu | zbb
cpop      | 31..20=0x602 rs1 14..12=1 rd 6..0=0x13       | rd, rs1         | cpop      | alu | zbb
clzw      | 31..20=0x600 rs1 14..12=1 rd 6..0=0x1b       | rd, rs1         | clzw      | alu | zbb
ctzw      | 31..20=0x601 rs1 14..12=1 rd 6..0=0x1b       | rd, rs1         | ctzw      | alu | zbb
cpopw     | 31..20=0x602 rs1 14..12=1 rd 6..0=0x1b       | rd, rs1         | cpopw     | alu | zbb
sext.b    | 31..20=0x604 rs1 14..12=1 rd 6..0=0x13       | rd, rs1         | sext_b    | alu | zbb
sext.h    | 31..20=0x605 rs1 14..12=1 rd 6..0=0x13       | rd, rs1         | sext_h    | alu | zbb
zext.h    | 31..20=0x080 rs1 14..12=4 rd 6..0=0x3b       | rd, rs1         | zext_h    | alu | zbb
orc.b     | 31..20=0x287 rs1 14..12=5 rd 6..0=0x13       | rd, rs1         | orc_b     | alu | zbb
rev8      | 31..20=0x6b8 rs1 14..12=5 rd 6..0=0x13       | rd, rs1         | rev8      | alu | zbb

# Zbs: single bits
bclr      | 31..25=0x24 rs2 rs1 14..12=1 rd 6..0=0x33    | rd, rs1, rs2    | bclr      | alu | zbs
bclri     | 31..26=0x12 shamt6 rs1 14..12=1 rd 6..0=0x13 | rd, rs1, shamt6 | bclri     | alu | zbs
bext      | 31..25=0x24 rs2 rs1 14..12=5 rd 6..0=0x33    | rd, rs1, rs2    | bext      | alu | zbs
bexti     | 31..26=0x12 shamt6 rs1 14..12=5 rd 6..0=0x13 | rd, rs1, shamt6 | bexti     | alu | zbs
binv      | 31..25=0x34 rs2 rs1 14..12=1 rd 6..0=0x33    | rd, rs1, rs2    | binv      | alu | zbs
binvi     | 31..26=0x1a shamt6 rs1 14..12=1 rd 6..0=0x13 | rd, rs1, shamt6 | binvi     | alu | zbs
bset      | 31..25=0x14 rs2 rs1 14..12=1 rd 6..0=0x33    | rd, rs1, rs2    | bset      | alu | zbs
bseti     | 31..26=0x0a shamt6 rs1 14..12=1 rd 6..0=0x13 | rd, rs1, shamt6 | bseti     | alu | zbs

# Zbc: carry-less multiply
clmul     | 31..25=0x05 rs2 rs1 14..12=1 rd 6..0=0x33    | rd, rs1, rs2    | clmul     | mul | zbc
clmulr    | 31..25=0x05 rs2 rs1 14..12=2 rd 6..0=0x33    | rd, rs1, rs2    | clmulr    | mul | zbc
clmulh    | 31..25=0x05 rs2 rs1 14..12=3 rd 6..0=0x33    | rd, rs1, rs2    | clmulh    | mul | zbc

# Zicond: conditional zero
czero.eqz | 31..25=0x07 rs2 rs1 14..12=5 rd 6..0=0x33    | rd, rs1, rs2    | czero_eqz | alu | zicond
czero.nez | 31..25=0x07 rs2 rs1 14..12=7 rd 6..0=0x33    | rd, rs1, rs2    | czero_nez | alu | zicond
"""
