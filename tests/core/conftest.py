"""The golden model for whole-register tests: one Spike hart, stepped, with its vector registers readable and writable.

The binding shows x registers, CSRs and the pc, and memory through load-reserved and store-conditional alone; so vector
registers travel through guest memory by whole-register loads and stores. It must not know what a test compares.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from riscv.cfg import cfg_t, mem_cfg_t  # type: ignore[import-not-found]
from riscv.sim import sim_t  # type: ignore[import-not-found]

from tests.conformance.devicetree import device_tree

MASK64 = (1 << 64) - 1
FENCE_I = 0x0000100F
ADD_X31_X30 = 30 << 20 | 31 << 15 | 31 << 7 | 0x33  # x31, the address, moves on by x30, the size of a group


class SpikeHart:
    """Machine mode, FS and VS on. Instructions run from `CODE`; x30 and x31 are used up by register transfers."""

    BASE, SIZE = 0x8000_0000, 1 << 20
    CODE, STUB, TRAP, VIEW = BASE, BASE + 0x1000, BASE + 0x2000, BASE + 0x8000

    def __init__(self, isa: str, vlen: int, scratch: Path) -> None:
        tree = scratch / f"{isa}.dtb"
        tree.write_bytes(device_tree(isa, [(self.BASE, self.SIZE)]))
        config = cfg_t(isa=isa, priv="m", start_pc=self.BASE, mem_layout=[mem_cfg_t(self.BASE, self.SIZE)])
        self._sim = sim_t(cfg=config, halted=False, plugin_device_factories=[], args=["none"], dtb_file=str(tree))
        self._hart = self._sim.get_core(0)
        self._vlenb = vlen // 8
        self.set_csr(0x300, 0x6600)
        self.set_csr(0x305, self.TRAP)
        loads, stores = [FENCE_I], []
        for group in (0, 8, 16, 24):
            loads += [0xE2800007 | 31 << 15 | group << 7, ADD_X31_X30]  # vl8re8.v
            stores += [0xE2800027 | 31 << 15 | group << 7, ADD_X31_X30]  # vs8r.v
        self._loads, self._stores = len(loads), len(stores)
        self._write(self.STUB, struct.pack(f"<{len(loads) + len(stores)}I", *loads, *stores))

    def _write(self, address: int, data: bytes) -> None:
        data += bytes(-len(data) % 8)
        for i, (word,) in enumerate(struct.iter_unpack("<Q", data)):
            self._hart.mmu.load_reserved_64(address + 8 * i)
            assert self._hart.mmu.store_conditional_64(address + 8 * i, word)

    def _transfer(self, start: int, count: int) -> None:
        self.set_x(30, 8 * self._vlenb)
        self.set_x(31, self.VIEW)
        self._hart.state.pc = start
        self._hart.step(count)

    def set_v(self, registers: bytes) -> None:
        """All 32 vector registers."""
        self._write(self.VIEW, registers)
        self._transfer(self.STUB, self._loads)

    def v(self) -> bytes:
        """All 32 vector registers. Leaves vstart, flags and the rest alone."""
        self._transfer(self.STUB + 4 * self._loads, self._stores)
        load = self._hart.mmu.load_reserved_64
        return struct.pack(f"<{4 * self._vlenb}Q", *(load(self.VIEW + 8 * i) & MASK64 for i in range(4 * self._vlenb)))

    def x(self, i: int) -> int:
        return int(self._hart.state.XPR[i]) & MASK64

    def set_x(self, i: int, value: int) -> None:
        self._hart.state.XPR.write(i, value)

    def set_f(self, i: int, bits: int) -> None:
        self.set_x(31, bits)
        self.run([0xF2000053 | 31 << 15 | i << 7])  # fmv.d.x

    def csr(self, number: int) -> int:
        return int(self._hart.get_csr(number))

    def set_csr(self, number: int, value: int) -> None:
        self._hart.put_csr(number, value)

    def run(self, words: list[int]) -> int:
        """Run these instructions once; the number of those that came before a trap, or all."""
        self._write(self.CODE, struct.pack(f"<{len(words)}I", *words))
        self._hart.state.pc = self.STUB
        self._hart.step(1)  # fence.i: Spike caches what it decoded
        self._hart.state.pc = self.CODE
        for done in range(len(words)):
            self._hart.step(1)
            if self._hart.state.pc & MASK64 != self.CODE + 4 * done + 4:
                return done
        return len(words)


@pytest.fixture(scope="session")
def spike_hart(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], SpikeHart]:
    """A function from VLEN to the session's Spike hart of that VLEN."""
    harts: dict[int, SpikeHart] = {}

    def hart(vlen: int) -> SpikeHart:
        if vlen not in harts:
            harts[vlen] = SpikeHart(f"rv64gcv_zvl{vlen}b", vlen, tmp_path_factory.mktemp("spike"))
        return harts[vlen]

    return hart
