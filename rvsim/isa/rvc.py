"""Rows of C for RV64: each names the instruction it expands to and says how, as data.

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`. The last column of a compressed row
lists the operands of the expansion, each from a field of the 16-bit word or a number (registers implied by the
mnemonic). A field with the suffix `!0` must not be zero: the zero is reserved, or belongs to another row. HINT
encodings (rd = x0, zero shift amounts, ...) decode as their row and change nothing, as the specification asks.
"""

ROWS = """
# quadrant 0
c.addi4spn | 15..13=0 c_uimm10!0 c_rdp 1..0=0                  | c_rdp, sp, c_uimm10     | addi   | alu    | c | rd=c_rdp rs1=2 imm12=c_uimm10
c.fld      | 15..13=1 c_uimm8 c_rs1p c_rdp 1..0=0              | c_fdp, c_uimm8(c_rs1p)  | fld    | fload  | c | fd=c_rdp rs1=c_rs1p imm12=c_uimm8
c.lw       | 15..13=2 c_uimm7 c_rs1p c_rdp 1..0=0              | c_rdp, c_uimm7(c_rs1p)  | lw     | load   | c | rd=c_rdp rs1=c_rs1p imm12=c_uimm7
c.ld       | 15..13=3 c_uimm8 c_rs1p c_rdp 1..0=0              | c_rdp, c_uimm8(c_rs1p)  | ld     | load   | c | rd=c_rdp rs1=c_rs1p imm12=c_uimm8
c.fsd      | 15..13=5 c_uimm8 c_rs1p c_rs2p 1..0=0             | c_fs2p, c_uimm8(c_rs1p) | fsd    | fstore | c | fs2=c_rs2p rs1=c_rs1p storeimm12=c_uimm8
c.sw       | 15..13=6 c_uimm7 c_rs1p c_rs2p 1..0=0             | c_rs2p, c_uimm7(c_rs1p) | sw     | store  | c | rs2=c_rs2p rs1=c_rs1p storeimm12=c_uimm7
c.sd       | 15..13=7 c_uimm8 c_rs1p c_rs2p 1..0=0             | c_rs2p, c_uimm8(c_rs1p) | sd     | store  | c | rs2=c_rs2p rs1=c_rs1p storeimm12=c_uimm8

# quadrant 1
c.nop      | 15..13=0 c_imm6 11..7=0 1..0=1                    |                         | addi   | alu    | c | rd=0 rs1=0 imm12=0
c.addi     | 15..13=0 c_imm6 c_rd!0 1..0=1                     | c_rd, c_imm6            | addi   | alu    | c | rd=c_rd rs1=c_rd imm12=c_imm6
c.addiw    | 15..13=1 c_imm6 c_rd!0 1..0=1                     | c_rd, c_imm6            | addiw  | alu    | c | rd=c_rd rs1=c_rd imm12=c_imm6
c.li       | 15..13=2 c_imm6 c_rd 1..0=1                       | c_rd, c_imm6            | addi   | alu    | c | rd=c_rd rs1=0 imm12=c_imm6
c.addi16sp | 15..13=3 c_imm10sp!0 11..7=2 1..0=1               | sp, c_imm10sp           | addi   | alu    | c | rd=2 rs1=2 imm12=c_imm10sp
c.lui      | 15..13=3 c_imm18!0 c_rd 1..0=1                    | c_rd, c_imm18           | lui    | alu    | c | rd=c_rd imm20=c_imm18
c.srli     | 15..13=4 c_shamt6 11..10=0 c_rs1p 1..0=1          | c_rs1p, c_shamt6        | srli   | alu    | c | rd=c_rs1p rs1=c_rs1p shamt6=c_shamt6
c.srai     | 15..13=4 c_shamt6 11..10=1 c_rs1p 1..0=1          | c_rs1p, c_shamt6        | srai   | alu    | c | rd=c_rs1p rs1=c_rs1p shamt6=c_shamt6
c.andi     | 15..13=4 c_imm6 11..10=2 c_rs1p 1..0=1            | c_rs1p, c_imm6          | andi   | alu    | c | rd=c_rs1p rs1=c_rs1p imm12=c_imm6
c.sub      | 15..10=0x23 c_rs1p 6..5=0 c_rs2p 1..0=1           | c_rs1p, c_rs2p          | sub    | alu    | c | rd=c_rs1p rs1=c_rs1p rs2=c_rs2p
c.xor      | 15..10=0x23 c_rs1p 6..5=1 c_rs2p 1..0=1           | c_rs1p, c_rs2p          | xor    | alu    | c | rd=c_rs1p rs1=c_rs1p rs2=c_rs2p
c.or       | 15..10=0x23 c_rs1p 6..5=2 c_rs2p 1..0=1           | c_rs1p, c_rs2p          | or     | alu    | c | rd=c_rs1p rs1=c_rs1p rs2=c_rs2p
c.and      | 15..10=0x23 c_rs1p 6..5=3 c_rs2p 1..0=1           | c_rs1p, c_rs2p          | and    | alu    | c | rd=c_rs1p rs1=c_rs1p rs2=c_rs2p
c.subw     | 15..10=0x27 c_rs1p 6..5=0 c_rs2p 1..0=1           | c_rs1p, c_rs2p          | subw   | alu    | c | rd=c_rs1p rs1=c_rs1p rs2=c_rs2p
c.addw     | 15..10=0x27 c_rs1p 6..5=1 c_rs2p 1..0=1           | c_rs1p, c_rs2p          | addw   | alu    | c | rd=c_rs1p rs1=c_rs1p rs2=c_rs2p
c.j        | 15..13=5 c_imm12 1..0=1                           | c_imm12                 | jal    | jump   | c | rd=0 jimm20=c_imm12
c.beqz     | 15..13=6 c_bimm9 c_rs1p 1..0=1                    | c_rs1p, c_bimm9         | beq    | branch | c | rs1=c_rs1p rs2=0 bimm12=c_bimm9
c.bnez     | 15..13=7 c_bimm9 c_rs1p 1..0=1                    | c_rs1p, c_bimm9         | bne    | branch | c | rs1=c_rs1p rs2=0 bimm12=c_bimm9

# quadrant 2
c.slli     | 15..13=0 c_shamt6 c_rd 1..0=2                     | c_rd, c_shamt6          | slli   | alu    | c | rd=c_rd rs1=c_rd shamt6=c_shamt6
c.fldsp    | 15..13=1 c_uimm9sp c_rd 1..0=2                    | c_fd, c_uimm9sp(sp)     | fld    | fload  | c | fd=c_rd rs1=2 imm12=c_uimm9sp
c.lwsp     | 15..13=2 c_uimm8sp c_rd!0 1..0=2                  | c_rd, c_uimm8sp(sp)     | lw     | load   | c | rd=c_rd rs1=2 imm12=c_uimm8sp
c.ldsp     | 15..13=3 c_uimm9sp c_rd!0 1..0=2                  | c_rd, c_uimm9sp(sp)     | ld     | load   | c | rd=c_rd rs1=2 imm12=c_uimm9sp
c.jr       | 15..12=8 c_rs1!0 6..2=0 1..0=2                    | c_rs1                   | jalr   | jump   | c | rd=0 rs1=c_rs1 imm12=0
c.mv       | 15..12=8 c_rd c_rs2!0 1..0=2                      | c_rd, c_rs2             | add    | alu    | c | rd=c_rd rs1=0 rs2=c_rs2
c.ebreak   | 15..12=9 11..7=0 6..2=0 1..0=2                    |                         | ebreak | system | c |
c.jalr     | 15..12=9 c_rs1!0 6..2=0 1..0=2                    | c_rs1                   | jalr   | jump   | c | rd=1 rs1=c_rs1 imm12=0
c.add      | 15..12=9 c_rd c_rs2!0 1..0=2                      | c_rd, c_rs2             | add    | alu    | c | rd=c_rd rs1=c_rd rs2=c_rs2
c.fsdsp    | 15..13=5 c_uimm9sp_s c_rs2 1..0=2                 | c_fs2, c_uimm9sp_s(sp)  | fsd    | fstore | c | fs2=c_rs2 rs1=2 storeimm12=c_uimm9sp_s
c.swsp     | 15..13=6 c_uimm8sp_s c_rs2 1..0=2                 | c_rs2, c_uimm8sp_s(sp)  | sw     | store  | c | rs2=c_rs2 rs1=2 storeimm12=c_uimm8sp_s
c.sdsp     | 15..13=7 c_uimm9sp_s c_rs2 1..0=2                 | c_rs2, c_uimm9sp_s(sp)  | sd     | store  | c | rs2=c_rs2 rs1=2 storeimm12=c_uimm9sp_s
"""
