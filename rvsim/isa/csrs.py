"""Names and numbers of the control and status registers, for the disassembler and for users who name them.

Names only: what a register does is the core's business. Chapter "Control and Status Registers" of the privileged
specification; the vector ones are of V 1.0.
"""

from __future__ import annotations

# number names..., consecutive numbers; name{a..b} stands for namea .. nameb
_ROWS = """
0x001 fflags frm fcsr
0x008 vstart vxsat vxrm
0x00f vcsr
0xc00 cycle time instret hpmcounter{3..31}
0xc20 vl vtype vlenb
0x100 sstatus
0x104 sie stvec scounteren
0x10a senvcfg
0x140 sscratch sepc scause stval sip
0x180 satp
0x300 mstatus misa medeleg mideleg mie mtvec mcounteren
0x30a menvcfg
0x320 mcountinhibit
0x323 mhpmevent{3..31}
0x340 mscratch mepc mcause mtval mip
0x34a mtinst mtval2
0x3a0 pmpcfg0
0x3a2 pmpcfg2
0x3a4 pmpcfg4
0x3a6 pmpcfg6
0x3a8 pmpcfg8
0x3aa pmpcfg10
0x3ac pmpcfg12
0x3ae pmpcfg14
0x3b0 pmpaddr{0..63}
0x740 mnscratch mnepc mncause
0x744 mnstatus
0x747 mseccfg
0x7a0 tselect tdata1 tdata2 tdata3
0x7a8 mcontext
0x7b0 dcsr dpc dscratch0 dscratch1
0xb00 mcycle
0xb02 minstret mhpmcounter{3..31}
0xf11 mvendorid marchid mimpid mhartid mconfigptr
"""


def _parse(rows: str) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for line in rows.strip().splitlines():
        start, *names = line.split()
        number = int(start, 16)
        for name in names:
            stem, _, span = name.rstrip("}").partition("{")
            first, _, last = span.partition("..")
            for member in [f"{stem}{i}" for i in range(int(first), int(last) + 1)] if span else [stem]:
                numbers[member] = number
                number += 1
    return numbers


CSRS: dict[str, int] = _parse(_ROWS)
