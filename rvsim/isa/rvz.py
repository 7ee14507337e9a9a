"""Rows of the small scalar extensions: cache-block operations, hints, waits, may-be-operations, and Zcb.

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`, the last column of compressed rows in
`rvsim.isa.rvc`. A hint decodes as its own row when its extension is there, and else as the instruction whose space it is in.
"""

ROWS = """
# Zicbom, Zicboz: cache blocks of 64 bytes
cbo.inval  | 31..20=0 rs1 14..12=2 11..7=0 6..0=0x0f                                | (rs1)                   | cbo_inval | fence  | zicbom
cbo.clean  | 31..20=1 rs1 14..12=2 11..7=0 6..0=0x0f                                | (rs1)                   | cbo_clean | fence  | zicbom
cbo.flush  | 31..20=2 rs1 14..12=2 11..7=0 6..0=0x0f                                | (rs1)                   | cbo_flush | fence  | zicbom
cbo.zero   | 31..20=4 rs1 14..12=2 11..7=0 6..0=0x0f                                | (rs1)                   | cbo_zero  | store  | zicboz

# Zicbop: hints in the space of ori with rd = x0
prefetch.i | preimm12 24..20=0 rs1 14..12=6 11..7=0 6..0=0x13                       | preimm12(rs1)           | hint      | alu    | zicbop
prefetch.r | preimm12 24..20=1 rs1 14..12=6 11..7=0 6..0=0x13                       | preimm12(rs1)           | hint      | alu    | zicbop
prefetch.w | preimm12 24..20=3 rs1 14..12=6 11..7=0 6..0=0x13                       | preimm12(rs1)           | hint      | alu    | zicbop

# Zihintpause, Zihintntl: hints in the spaces of fence and add
pause      | 31..20=0x010 19..15=0 14..12=0 11..7=0 6..0=0x0f                       |                         | hint      | alu    | zihintpause
ntl.p1     | 31..25=0x00 24..20=2 19..15=0 14..12=0 11..7=0 6..0=0x33               |                         | hint      | alu    | zihintntl
ntl.pall   | 31..25=0x00 24..20=3 19..15=0 14..12=0 11..7=0 6..0=0x33               |                         | hint      | alu    | zihintntl
ntl.s1     | 31..25=0x00 24..20=4 19..15=0 14..12=0 11..7=0 6..0=0x33               |                         | hint      | alu    | zihintntl
ntl.all    | 31..25=0x00 24..20=5 19..15=0 14..12=0 11..7=0 6..0=0x33               |                         | hint      | alu    | zihintntl
c.ntl.p1   | 15..12=9 11..7=0 6..2=2 1..0=2                                         |                         | ntl.p1    | alu    | zihintntl+c |
c.ntl.pall | 15..12=9 11..7=0 6..2=3 1..0=2                                         |                         | ntl.pall  | alu    | zihintntl+c |
c.ntl.s1   | 15..12=9 11..7=0 6..2=4 1..0=2                                         |                         | ntl.s1    | alu    | zihintntl+c |
c.ntl.all  | 15..12=9 11..7=0 6..2=5 1..0=2                                         |                         | ntl.all   | alu    | zihintntl+c |

# Zawrs: wait on a reservation
wrs.nto    | 31..20=0x00d 19..15=0 14..12=0 11..7=0 6..0=0x73                       |                         | hint      | system | zawrs
wrs.sto    | 31..20=0x01d 19..15=0 14..12=0 11..7=0 6..0=0x73                       |                         | hint      | system | zawrs

# Zimop, Zcmop: may-be-operations, which write zero, or nothing
mop.r.0    | 31..30=2 29..28=0 27..26=0 25..22=7 21..20=0 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.1    | 31..30=2 29..28=0 27..26=0 25..22=7 21..20=1 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.2    | 31..30=2 29..28=0 27..26=0 25..22=7 21..20=2 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.3    | 31..30=2 29..28=0 27..26=0 25..22=7 21..20=3 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.4    | 31..30=2 29..28=0 27..26=1 25..22=7 21..20=0 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.5    | 31..30=2 29..28=0 27..26=1 25..22=7 21..20=1 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.6    | 31..30=2 29..28=0 27..26=1 25..22=7 21..20=2 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.7    | 31..30=2 29..28=0 27..26=1 25..22=7 21..20=3 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.8    | 31..30=2 29..28=0 27..26=2 25..22=7 21..20=0 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.9    | 31..30=2 29..28=0 27..26=2 25..22=7 21..20=1 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.10   | 31..30=2 29..28=0 27..26=2 25..22=7 21..20=2 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.11   | 31..30=2 29..28=0 27..26=2 25..22=7 21..20=3 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.12   | 31..30=2 29..28=0 27..26=3 25..22=7 21..20=0 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.13   | 31..30=2 29..28=0 27..26=3 25..22=7 21..20=1 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.14   | 31..30=2 29..28=0 27..26=3 25..22=7 21..20=2 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.15   | 31..30=2 29..28=0 27..26=3 25..22=7 21..20=3 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.16   | 31..30=3 29..28=0 27..26=0 25..22=7 21..20=0 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.17   | 31..30=3 29..28=0 27..26=0 25..22=7 21..20=1 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.18   | 31..30=3 29..28=0 27..26=0 25..22=7 21..20=2 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.19   | 31..30=3 29..28=0 27..26=0 25..22=7 21..20=3 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.20   | 31..30=3 29..28=0 27..26=1 25..22=7 21..20=0 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.21   | 31..30=3 29..28=0 27..26=1 25..22=7 21..20=1 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.22   | 31..30=3 29..28=0 27..26=1 25..22=7 21..20=2 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.23   | 31..30=3 29..28=0 27..26=1 25..22=7 21..20=3 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.24   | 31..30=3 29..28=0 27..26=2 25..22=7 21..20=0 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.25   | 31..30=3 29..28=0 27..26=2 25..22=7 21..20=1 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.26   | 31..30=3 29..28=0 27..26=2 25..22=7 21..20=2 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.27   | 31..30=3 29..28=0 27..26=2 25..22=7 21..20=3 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.28   | 31..30=3 29..28=0 27..26=3 25..22=7 21..20=0 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.29   | 31..30=3 29..28=0 27..26=3 25..22=7 21..20=1 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.30   | 31..30=3 29..28=0 27..26=3 25..22=7 21..20=2 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.r.31   | 31..30=3 29..28=0 27..26=3 25..22=7 21..20=3 rs1 14..12=4 rd 6..0=0x73 | rd, rs1                 | mop_r     | alu    | zimop
mop.rr.0   | 31..30=2 29..28=0 27..26=0 25=1 rs2 rs1 14..12=4 rd 6..0=0x73          | rd, rs1, rs2            | mop_rr    | alu    | zimop
mop.rr.1   | 31..30=2 29..28=0 27..26=1 25=1 rs2 rs1 14..12=4 rd 6..0=0x73          | rd, rs1, rs2            | mop_rr    | alu    | zimop
mop.rr.2   | 31..30=2 29..28=0 27..26=2 25=1 rs2 rs1 14..12=4 rd 6..0=0x73          | rd, rs1, rs2            | mop_rr    | alu    | zimop
mop.rr.3   | 31..30=2 29..28=0 27..26=3 25=1 rs2 rs1 14..12=4 rd 6..0=0x73          | rd, rs1, rs2            | mop_rr    | alu    | zimop
mop.rr.4   | 31..30=3 29..28=0 27..26=0 25=1 rs2 rs1 14..12=4 rd 6..0=0x73          | rd, rs1, rs2            | mop_rr    | alu    | zimop
mop.rr.5   | 31..30=3 29..28=0 27..26=1 25=1 rs2 rs1 14..12=4 rd 6..0=0x73          | rd, rs1, rs2            | mop_rr    | alu    | zimop
mop.rr.6   | 31..30=3 29..28=0 27..26=2 25=1 rs2 rs1 14..12=4 rd 6..0=0x73          | rd, rs1, rs2            | mop_rr    | alu    | zimop
mop.rr.7   | 31..30=3 29..28=0 27..26=3 25=1 rs2 rs1 14..12=4 rd 6..0=0x73          | rd, rs1, rs2            | mop_rr    | alu    | zimop
c.mop.1    | 15..13=3 12=0 11..7=1 6..2=0 1..0=1                                    |                         | addi      | alu    | zcmop       | rd=0 rs1=0 imm12=0
c.mop.3    | 15..13=3 12=0 11..7=3 6..2=0 1..0=1                                    |                         | addi      | alu    | zcmop       | rd=0 rs1=0 imm12=0
c.mop.5    | 15..13=3 12=0 11..7=5 6..2=0 1..0=1                                    |                         | addi      | alu    | zcmop       | rd=0 rs1=0 imm12=0
c.mop.7    | 15..13=3 12=0 11..7=7 6..2=0 1..0=1                                    |                         | addi      | alu    | zcmop       | rd=0 rs1=0 imm12=0
c.mop.9    | 15..13=3 12=0 11..7=9 6..2=0 1..0=1                                    |                         | addi      | alu    | zcmop       | rd=0 rs1=0 imm12=0
c.mop.11   | 15..13=3 12=0 11..7=11 6..2=0 1..0=1                                   |                         | addi      | alu    | zcmop       | rd=0 rs1=0 imm12=0
c.mop.13   | 15..13=3 12=0 11..7=13 6..2=0 1..0=1                                   |                         | addi      | alu    | zcmop       | rd=0 rs1=0 imm12=0
c.mop.15   | 15..13=3 12=0 11..7=15 6..2=0 1..0=1                                   |                         | addi      | alu    | zcmop       | rd=0 rs1=0 imm12=0

# Zcb
c.lbu      | 15..13=4 12..10=0 c_uimm2 c_rs1p c_rdp 1..0=0                          | c_rdp, c_uimm2(c_rs1p)  | lbu       | load   | zcb         | rd=c_rdp rs1=c_rs1p imm12=c_uimm2
c.lhu      | 15..13=4 12..10=1 c_rs1p 6=0 c_uimm1 c_rdp 1..0=0                      | c_rdp, c_uimm1(c_rs1p)  | lhu       | load   | zcb         | rd=c_rdp rs1=c_rs1p imm12=c_uimm1
c.lh       | 15..13=4 12..10=1 c_rs1p 6=1 c_uimm1 c_rdp 1..0=0                      | c_rdp, c_uimm1(c_rs1p)  | lh        | load   | zcb         | rd=c_rdp rs1=c_rs1p imm12=c_uimm1
c.sb       | 15..13=4 12..10=2 c_uimm2 c_rs1p c_rs2p 1..0=0                         | c_rs2p, c_uimm2(c_rs1p) | sb        | store  | zcb         | rs2=c_rs2p rs1=c_rs1p storeimm12=c_uimm2
c.sh       | 15..13=4 12..10=3 c_rs1p 6=0 c_uimm1 c_rs2p 1..0=0                     | c_rs2p, c_uimm1(c_rs1p) | sh        | store  | zcb         | rs2=c_rs2p rs1=c_rs1p storeimm12=c_uimm1
c.zext.b   | 15..10=0x27 c_rs1p 6..2=24 1..0=1                                      | c_rs1p                  | andi      | alu    | zcb         | rd=c_rs1p rs1=c_rs1p imm12=255
c.sext.b   | 15..10=0x27 c_rs1p 6..2=25 1..0=1                                      | c_rs1p                  | sext.b    | alu    | zcb+zbb     | rd=c_rs1p rs1=c_rs1p
c.zext.h   | 15..10=0x27 c_rs1p 6..2=26 1..0=1                                      | c_rs1p                  | zext.h    | alu    | zcb+zbb     | rd=c_rs1p rs1=c_rs1p
c.sext.h   | 15..10=0x27 c_rs1p 6..2=27 1..0=1                                      | c_rs1p                  | sext.h    | alu    | zcb+zbb     | rd=c_rs1p rs1=c_rs1p
c.zext.w   | 15..10=0x27 c_rs1p 6..2=28 1..0=1                                      | c_rs1p                  | add.uw    | alu    | zcb+zba     | rd=c_rs1p rs1=c_rs1p rs2=0
c.not      | 15..10=0x27 c_rs1p 6..2=29 1..0=1                                      | c_rs1p                  | xori      | alu    | zcb         | rd=c_rs1p rs1=c_rs1p imm12=-1
c.mul      | 15..10=0x27 c_rs1p 6..5=2 c_rs2p 1..0=1                                | c_rs1p, c_rs2p          | mul       | mul    | zcb+m       | rd=c_rs1p rs1=c_rs1p rs2=c_rs2p
"""
