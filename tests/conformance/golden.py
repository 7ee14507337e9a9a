"""The golden model: one Spike hart behind the interface that `lockstep` drives.

The binding shows x registers, CSRs, the pc and `step`, but neither vector registers nor guest memory. Both are found in this very
process: the hart is made to hold a pattern, and the pattern is looked for behind the pointers of its C++ object (registers) or
in the heap (pages of guest memory). No offset is built in, so a new Spike needs no change.
"""

from __future__ import annotations

import ctypes
import struct
import tempfile
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from riscv.cfg import cfg_t, mem_cfg_t  # type: ignore[import-not-found]
from riscv.processor import processor_t  # type: ignore[import-not-found]
from riscv.sim import sim_t  # type: ignore[import-not-found]

from . import layout
from .devicetree import device_tree
from .layout import BLOCK, CODE, CODE_SIZE, DATA, DATA_SIZE, MASK64, PAGE, first_page
from .side import F_PATTERN, X_PATTERN, Peek, Side, words_at

_SAME = """
    i m a f d c v zicsr zifencei zicntr zihpm zihintpause zihintntl zicond zicbom zicbop zicboz zimop zawrs
    zba zbb zbc zbs zfa zfh zfhmin zfbfmin zcb zcmop zvkb zvbb zvbc zvfh zvfhmin zvfbfmin zvfbfwma
"""
# Extension of the table -> its part of Spike's ISA string; None: Spike knows it under no name, so its rows are not fuzzed.
# Extensions that the table has not got do no harm here.
SPIKE_NAMES: dict[str, str | None] = {
    "priv": "",
    "zvdot4a8i_0p1": "zvqdotq",
    **{name: name for name in _SAME.split()},
}


def spike_isa(extensions: Iterable[str], vlen: int, strict: bool) -> str:
    """Spike's ISA string. Zicclsm is what makes it allow misaligned accesses; `v` needs a VLEN of 128, Zve64d is for 64."""
    names = []
    for extension in extensions:
        if extension not in SPIKE_NAMES:
            raise KeyError(f"extension {extension!r}: add its Spike name to tests/conformance/golden.py, SPIKE_NAMES")
        name = SPIKE_NAMES[extension] or ""
        names.append("zve64d" if name == "v" and vlen < 128 else name)
    letters = "".join(sorted((n for n in names if len(n) == 1), key="imafdcv".index))
    return "_".join([f"rv64{letters}", *(n for n in names if len(n) > 1), f"zvl{vlen}b", *(["zicclsm"] if not strict else [])])


_MARK = 0x9E37_79B9_7F4A_7C15


class GoldenHart(Side):
    """Spike, stepped. Traps are taken inside a step, which then ends."""

    def __init__(self, extensions: Iterable[str], vlen: int, strict: bool = False) -> None:
        isa = spike_isa(extensions, vlen, strict)
        regions = [(CODE, CODE_SIZE), (DATA, DATA_SIZE)]
        with tempfile.NamedTemporaryFile(suffix=".dtb") as tree:
            tree.write(device_tree(isa, regions))
            tree.flush()
            config = cfg_t(isa=isa, priv="mu", start_pc=CODE, mem_layout=[mem_cfg_t(*region) for region in regions])
            self._sim = sim_t(cfg=config, halted=False, plugin_device_factories=[], args=["none"], dtb_file=tree.name)
        self._hart = self._sim.get_core(0)
        self.state = self._hart.state
        self.step = self._hart.step
        self.csr = self._hart.get_csr
        self._peek = Peek()
        self._pages = self._find_pages()
        self.pages = [self._pages[page] for page in range(DATA, DATA + DATA_SIZE, PAGE)]
        self.write_code(CODE, first_page())
        self.set_csr(layout.MSTATUS, layout.UNITS_ON)
        self.set_csr(layout.MTVEC, layout.HANDLER)
        self.set_csr(layout.PMPADDR0, (1 << 54) - 1)  # user mode may access everything, as on our side
        self.set_csr(layout.PMPCFG0, 0x1F)
        self.vlenb = vlen // 8
        self.x_address = self._find_x()
        self._f = self._find_f()
        self.v_address = self._find_v()

    # ---- memory --------------------------------------------------------------------------------------------

    def _find_pages(self) -> dict[int, int]:
        """Host address of every page of guest memory: a mark is stored through the guest and looked for in the heap."""
        pages = [*range(CODE, CODE + CODE_SIZE, PAGE), *range(DATA, DATA + DATA_SIZE, PAGE)]
        for page in pages:
            for i, word in enumerate((_MARK, page)):
                self._hart.mmu.load_reserved_64(page + 8 * i)
                self._hart.mmu.store_conditional_64(page + 8 * i, word)
        found: dict[int, int] = {}
        for address, data in self._peek.heap():
            at = data.find(struct.pack("<Q", _MARK))
            while at >= 0:
                page = int.from_bytes(data[at + 8 : at + 16], "little")
                if page in pages and self._is_page(page, address + at):
                    found[page] = address + at
                at = data.find(struct.pack("<Q", _MARK), at + 8)
        if len(found) != len(pages):
            raise RuntimeError("Spike's guest memory was not found in this process: has its page size changed?")
        return found

    def _is_page(self, page: int, address: int) -> bool:
        """Whether the guest sees a change made here; a copy of the mark elsewhere is left as it was."""
        if self._peek(address, PAGE) != struct.pack("<QQ", _MARK, page) + bytes(PAGE - 16):
            return False
        word = ctypes.c_uint64.from_address(address)
        word.value = _MARK + 1
        seen = int(self._hart.mmu.load_reserved_64(page)) & MASK64 == _MARK + 1
        word.value = _MARK
        return seen

    def write_code(self, address: int, data: bytes) -> None:
        at = 0
        while at < len(data):
            offset = address + at & PAGE - 1
            part = data[at : at + PAGE - offset]
            ctypes.memmove(self._pages[address + at - offset] + offset, part, len(part))
            at += len(part)
        self._stub(layout.FENCE_I)

    # ---- registers -----------------------------------------------------------------------------------------

    def _find_x(self) -> int:
        for i, value in enumerate(X_PATTERN, 1):
            self.state.XPR.write(i, value)
        hart = processor_t.addressof(self._hart)
        at = self._peek(hart, 1 << 20).find(struct.pack("<31Q", *X_PATTERN))
        if at < 8:
            raise RuntimeError("Spike's x registers were not found behind its processor object")
        return int(hart) + at - 8

    def _find_f(self) -> npt.NDArray[np.uint64]:
        """f registers have 128 bits each; the view shows the lower halves."""
        for i, value in enumerate(F_PATTERN):
            self.state.XPR.write(1, value)
            self._run_word(0xF200_0053 | 1 << 15 | i << 7)  # fmv.d.x
        hart = processor_t.addressof(self._hart)
        raw = self._peek(hart, 1 << 20)
        at = raw.find(struct.pack("<QQ", F_PATTERN[0], MASK64))
        while at >= 0:
            if struct.unpack_from("<64Q", raw, at)[::2] == F_PATTERN:
                slots = words_at(hart + at, 64)
                slots[1::2] = MASK64
                return slots[::2]
            at = raw.find(struct.pack("<QQ", F_PATTERN[0], MASK64), at + 8)
        raise RuntimeError("Spike's f registers were not found behind its processor object")

    def _find_v(self) -> int:
        # The register file is one allocation, found by the pattern that whole-register loads put into it.
        chunk = bytes((i * 37 + (i >> 8) * 11) & 255 for i in range(DATA_SIZE))
        self.set_data(chunk)
        for group in (0, 8, 16, 24):
            self.state.XPR.write(1, DATA + 8 * group)
            self._run_word(0xE280_0007 | 1 << 15 | group << 7)  # vl8re8.v
        size = 8 * self.vlenb
        want = b"".join(chunk[8 * group : 8 * group + size] for group in (0, 8, 16, 24))
        for pointer in self._peek.pointers(processor_t.addressof(self._hart), 1 << 20):
            if self._peek(pointer, 4 * size) == want:
                return pointer
        raise RuntimeError("Spike's v registers were not found behind its processor object")

    def _run_word(self, word: int) -> None:
        self.write_code(BLOCK, struct.pack("<I", word))
        self._stub(BLOCK)

    # ---- what Side asks for --------------------------------------------------------------------------------

    def get_pc(self) -> int:
        return int(self.state.pc) & MASK64

    def set_pc(self, pc: int) -> None:
        self.state.pc = pc

    def privilege(self) -> int:
        return int(self.state.prv)

    def retired(self) -> int:
        return int(self.csr(layout.MINSTRET))

    def set_x(self, i: int, value: int) -> None:
        self.state.XPR.write(i, value)

    def set_csr(self, number: int, value: int) -> None:
        """An access that would trap ends the process, without a word: see to it that the CSR may be written."""
        self._hart.put_csr(number, value)

    def flush_translations(self) -> bool:
        """Forget cached translations, if machine mode lets us.

        With one at hand Spike lets a misaligned atomic through that it faults otherwise.
        """
        if self.privilege() != 3:
            return False
        self.set_csr(layout.PMPADDR0, (1 << 54) - 1)
        return True
