"""Rows of the scalar integer side: RV64I, M, A, Zicsr, Zifencei and the privileged instructions.

Data only: the columns and the operand grammar are explained in `rvsim.isa.table`.
"""

ROWS = """
# RV64I: upper immediates, jumps, branches
lui       | imm20 rd 6..0=0x37                                  | rd, imm20             | lui       | alu    | i
auipc     | imm20 rd 6..0=0x17                                  | rd, imm20             | auipc     | alu    | i
jal       | jimm20 rd 6..0=0x6f                                 | rd, jimm20            | jal       | jump   | i
jalr      | imm12 rs1 14..12=0 rd 6..0=0x67                     | rd, imm12(rs1)        | jalr      | jump   | i
beq       | bimm12 rs2 rs1 14..12=0 6..0=0x63                   | rs1, rs2, bimm12      | beq       | branch | i
bne       | bimm12 rs2 rs1 14..12=1 6..0=0x63                   | rs1, rs2, bimm12      | bne       | branch | i
blt       | bimm12 rs2 rs1 14..12=4 6..0=0x63                   | rs1, rs2, bimm12      | blt       | branch | i
bge       | bimm12 rs2 rs1 14..12=5 6..0=0x63                   | rs1, rs2, bimm12      | bge       | branch | i
bltu      | bimm12 rs2 rs1 14..12=6 6..0=0x63                   | rs1, rs2, bimm12      | bltu      | branch | i
bgeu      | bimm12 rs2 rs1 14..12=7 6..0=0x63                   | rs1, rs2, bimm12      | bgeu      | branch | i

# RV64I: loads and stores
lb        | imm12 rs1 14..12=0 rd 6..0=0x03                     | rd, imm12(rs1)        | lb        | load   | i
lh        | imm12 rs1 14..12=1 rd 6..0=0x03                     | rd, imm12(rs1)        | lh        | load   | i
lw        | imm12 rs1 14..12=2 rd 6..0=0x03                     | rd, imm12(rs1)        | lw        | load   | i
ld        | imm12 rs1 14..12=3 rd 6..0=0x03                     | rd, imm12(rs1)        | ld        | load   | i
lbu       | imm12 rs1 14..12=4 rd 6..0=0x03                     | rd, imm12(rs1)        | lbu       | load   | i
lhu       | imm12 rs1 14..12=5 rd 6..0=0x03                     | rd, imm12(rs1)        | lhu       | load   | i
lwu       | imm12 rs1 14..12=6 rd 6..0=0x03                     | rd, imm12(rs1)        | lwu       | load   | i
sb        | storeimm12 rs2 rs1 14..12=0 6..0=0x23               | rs2, storeimm12(rs1)  | sb        | store  | i
sh        | storeimm12 rs2 rs1 14..12=1 6..0=0x23               | rs2, storeimm12(rs1)  | sh        | store  | i
sw        | storeimm12 rs2 rs1 14..12=2 6..0=0x23               | rs2, storeimm12(rs1)  | sw        | store  | i
sd        | storeimm12 rs2 rs1 14..12=3 6..0=0x23               | rs2, storeimm12(rs1)  | sd        | store  | i

# RV64I: register-immediate
addi      | imm12 rs1 14..12=0 rd 6..0=0x13                     | rd, rs1, imm12        | addi      | alu    | i
slti      | imm12 rs1 14..12=2 rd 6..0=0x13                     | rd, rs1, imm12        | slti      | alu    | i
sltiu     | imm12 rs1 14..12=3 rd 6..0=0x13                     | rd, rs1, imm12        | sltiu     | alu    | i
xori      | imm12 rs1 14..12=4 rd 6..0=0x13                     | rd, rs1, imm12        | xori      | alu    | i
ori       | imm12 rs1 14..12=6 rd 6..0=0x13                     | rd, rs1, imm12        | ori       | alu    | i
andi      | imm12 rs1 14..12=7 rd 6..0=0x13                     | rd, rs1, imm12        | andi      | alu    | i
slli      | 31..26=0x00 shamt6 rs1 14..12=1 rd 6..0=0x13        | rd, rs1, shamt6       | slli      | alu    | i
srli      | 31..26=0x00 shamt6 rs1 14..12=5 rd 6..0=0x13        | rd, rs1, shamt6       | srli      | alu    | i
srai      | 31..26=0x10 shamt6 rs1 14..12=5 rd 6..0=0x13        | rd, rs1, shamt6       | srai      | alu    | i
addiw     | imm12 rs1 14..12=0 rd 6..0=0x1b                     | rd, rs1, imm12        | addiw     | alu    | i
slliw     | 31..25=0x00 shamt5 rs1 14..12=1 rd 6..0=0x1b        | rd, rs1, shamt5       | slliw     | alu    | i
srliw     | 31..25=0x00 shamt5 rs1 14..12=5 rd 6..0=0x1b        | rd, rs1, shamt5       | srliw     | alu    | i
sraiw     | 31..25=0x20 shamt5 rs1 14..12=5 rd 6..0=0x1b        | rd, rs1, shamt5       | sraiw     | alu    | i

# RV64I: register-register
add       | 31..25=0x00 rs2 rs1 14..12=0 rd 6..0=0x33           | rd, rs1, rs2          | add       | alu    | i
sub       | 31..25=0x20 rs2 rs1 14..12=0 rd 6..0=0x33           | rd, rs1, rs2          | sub       | alu    | i
sll       | 31..25=0x00 rs2 rs1 14..12=1 rd 6..0=0x33           | rd, rs1, rs2          | sll       | alu    | i
slt       | 31..25=0x00 rs2 rs1 14..12=2 rd 6..0=0x33           | rd, rs1, rs2          | slt       | alu    | i
sltu      | 31..25=0x00 rs2 rs1 14..12=3 rd 6..0=0x33           | rd, rs1, rs2          | sltu      | alu    | i
xor       | 31..25=0x00 rs2 rs1 14..12=4 rd 6..0=0x33           | rd, rs1, rs2          | xor       | alu    | i
srl       | 31..25=0x00 rs2 rs1 14..12=5 rd 6..0=0x33           | rd, rs1, rs2          | srl       | alu    | i
sra       | 31..25=0x20 rs2 rs1 14..12=5 rd 6..0=0x33           | rd, rs1, rs2          | sra       | alu    | i
or        | 31..25=0x00 rs2 rs1 14..12=6 rd 6..0=0x33           | rd, rs1, rs2          | or        | alu    | i
and       | 31..25=0x00 rs2 rs1 14..12=7 rd 6..0=0x33           | rd, rs1, rs2          | and       | alu    | i
addw      | 31..25=0x00 rs2 rs1 14..12=0 rd 6..0=0x3b           | rd, rs1, rs2          | addw      | alu    | i
subw      | 31..25=0x20 rs2 rs1 14..12=0 rd 6..0=0x3b           | rd, rs1, rs2          | subw      | alu    | i
sllw      | 31..25=0x00 rs2 rs1 14..12=1 rd 6..0=0x3b           | rd, rs1, rs2          | sllw      | alu    | i
srlw      | 31..25=0x00 rs2 rs1 14..12=5 rd 6..0=0x3b           | rd, rs1, rs2          | srlw      | alu    | i
sraw      | 31..25=0x20 rs2 rs1 14..12=5 rd 6..0=0x3b           | rd, rs1, rs2          | sraw      | alu    | i

# RV64I: ordering and environment; fields of fence that are no operand are ignored by the hardware
fence     | fm pred succ rs1 14..12=0 rd 6..0=0x0f              | pred, succ            | fence     | fence  | i
fence.tso | 31..20=0x833 rs1 14..12=0 rd 6..0=0x0f              |                       | fence     | fence  | i
ecall     | 31..20=0x000 19..15=0 14..12=0 11..7=0 6..0=0x73    |                       | ecall     | system | i
ebreak    | 31..20=0x001 19..15=0 14..12=0 11..7=0 6..0=0x73    |                       | ebreak    | system | i

# M
mul       | 31..25=0x01 rs2 rs1 14..12=0 rd 6..0=0x33           | rd, rs1, rs2          | mul       | mul    | m
mulh      | 31..25=0x01 rs2 rs1 14..12=1 rd 6..0=0x33           | rd, rs1, rs2          | mulh      | mul    | m
mulhsu    | 31..25=0x01 rs2 rs1 14..12=2 rd 6..0=0x33           | rd, rs1, rs2          | mulhsu    | mul    | m
mulhu     | 31..25=0x01 rs2 rs1 14..12=3 rd 6..0=0x33           | rd, rs1, rs2          | mulhu     | mul    | m
div       | 31..25=0x01 rs2 rs1 14..12=4 rd 6..0=0x33           | rd, rs1, rs2          | div       | div    | m
divu      | 31..25=0x01 rs2 rs1 14..12=5 rd 6..0=0x33           | rd, rs1, rs2          | divu      | div    | m
rem       | 31..25=0x01 rs2 rs1 14..12=6 rd 6..0=0x33           | rd, rs1, rs2          | rem       | div    | m
remu      | 31..25=0x01 rs2 rs1 14..12=7 rd 6..0=0x33           | rd, rs1, rs2          | remu      | div    | m
mulw      | 31..25=0x01 rs2 rs1 14..12=0 rd 6..0=0x3b           | rd, rs1, rs2          | mulw      | mul    | m
divw      | 31..25=0x01 rs2 rs1 14..12=4 rd 6..0=0x3b           | rd, rs1, rs2          | divw      | div    | m
divuw     | 31..25=0x01 rs2 rs1 14..12=5 rd 6..0=0x3b           | rd, rs1, rs2          | divuw     | div    | m
remw      | 31..25=0x01 rs2 rs1 14..12=6 rd 6..0=0x3b           | rd, rs1, rs2          | remw      | div    | m
remuw     | 31..25=0x01 rs2 rs1 14..12=7 rd 6..0=0x3b           | rd, rs1, rs2          | remuw     | div    | m

# A
lr.w      | 31..27=0x02 aq rl 24..20=0 rs1 14..12=2 rd 6..0=0x2f | rd, (rs1), aq, rl       | lr_w      | amo    | a
sc.w      | 31..27=0x03 aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | sc_w      | amo    | a
amoswap.w | 31..27=0x01 aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoswap_w | amo    | a
amoadd.w  | 31..27=0x00 aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoadd_w  | amo    | a
amoxor.w  | 31..27=0x04 aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoxor_w  | amo    | a
amoand.w  | 31..27=0x0c aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoand_w  | amo    | a
amoor.w   | 31..27=0x08 aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoor_w   | amo    | a
amomin.w  | 31..27=0x10 aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amomin_w  | amo    | a
amomax.w  | 31..27=0x14 aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amomax_w  | amo    | a
amominu.w | 31..27=0x18 aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amominu_w | amo    | a
amomaxu.w | 31..27=0x1c aq rl rs2 rs1 14..12=2 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amomaxu_w | amo    | a
lr.d      | 31..27=0x02 aq rl 24..20=0 rs1 14..12=3 rd 6..0=0x2f | rd, (rs1), aq, rl       | lr_d      | amo    | a
sc.d      | 31..27=0x03 aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | sc_d      | amo    | a
amoswap.d | 31..27=0x01 aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoswap_d | amo    | a
amoadd.d  | 31..27=0x00 aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoadd_d  | amo    | a
amoxor.d  | 31..27=0x04 aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoxor_d  | amo    | a
amoand.d  | 31..27=0x0c aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoand_d  | amo    | a
amoor.d   | 31..27=0x08 aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amoor_d   | amo    | a
amomin.d  | 31..27=0x10 aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amomin_d  | amo    | a
amomax.d  | 31..27=0x14 aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amomax_d  | amo    | a
amominu.d | 31..27=0x18 aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amominu_d | amo    | a
amomaxu.d | 31..27=0x1c aq rl rs2 rs1 14..12=3 rd 6..0=0x2f     | rd, rs2, (rs1), aq, rl  | amomaxu_d | amo    | a

# Zicsr
csrrw     | csr rs1 14..12=1 rd 6..0=0x73                       | rd, csr, rs1          | csrrw     | csr    | zicsr
csrrs     | csr rs1 14..12=2 rd 6..0=0x73                       | rd, csr, rs1          | csrrs     | csr    | zicsr
csrrc     | csr rs1 14..12=3 rd 6..0=0x73                       | rd, csr, rs1          | csrrc     | csr    | zicsr
csrrwi    | csr zimm5 14..12=5 rd 6..0=0x73                     | rd, csr, zimm5        | csrrwi    | csr    | zicsr
csrrsi    | csr zimm5 14..12=6 rd 6..0=0x73                     | rd, csr, zimm5        | csrrsi    | csr    | zicsr
csrrci    | csr zimm5 14..12=7 rd 6..0=0x73                     | rd, csr, zimm5        | csrrci    | csr    | zicsr

# Zifencei; the fields are ignored by the hardware
fence.i   | imm12 rs1 14..12=1 rd 6..0=0x0f                     |                       | fence_i   | fence  | zifencei

# Privileged architecture
sret      | 31..20=0x102 19..15=0 14..12=0 11..7=0 6..0=0x73    |                       | sret      | system | priv
mret      | 31..20=0x302 19..15=0 14..12=0 11..7=0 6..0=0x73    |                       | mret      | system | priv
wfi       | 31..20=0x105 19..15=0 14..12=0 11..7=0 6..0=0x73    |                       | wfi       | system | priv
"""
