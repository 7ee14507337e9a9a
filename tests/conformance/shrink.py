"""Makes a failing block small: as few items as show a difference of the same kind, and as little state; then prints it as assembly.

Knows nothing of instructions; a trial is a run of the smaller block on both sides.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from .blocks import Block, Item
from .layout import DATA, DATA_SIZE
from .lockstep import Difference, Lockstep


class _Shrinker:
    def __init__(self, lockstep: Lockstep, block: Block, difference: Difference) -> None:
        self.lockstep, self.block, self.difference = lockstep, block, difference

    def attempt(self, block: Block) -> bool:
        """Keep `block` when it fails in the same way."""
        before = self.lockstep.compared
        difference = self.lockstep.run(block)
        self.lockstep.compared = before  # trials are not part of the campaign
        if difference is None or difference.kind() != self.difference.kind():
            return False
        self.block, self.difference = block, difference
        return True

    def fewer_items(self) -> None:
        """Delta debugging: drop ever smaller runs of items."""
        if self.difference.index < len(self.block.items):
            self.attempt(replace(self.block, items=self.block.items[: self.difference.index + 1]))
        size = len(self.block.items) // 2
        while size:
            at = 0
            while at < len(self.block.items):
                items = self.block.items[:at] + self.block.items[at + size :]
                if not items or not self.attempt(replace(self.block, items=items)):
                    at += size
            size //= 2

    def fewer_pokes(self) -> None:
        for i, item in enumerate(self.block.items):
            for poke in item.pokes:
                smaller = replace(self.block.items[i], pokes=tuple(p for p in self.block.items[i].pokes if p != poke))
                self.attempt(replace(self.block, items=(*self.block.items[:i], smaller, *self.block.items[i + 1 :])))

    def less_state(self, vlenb: int) -> None:
        state = self.block.state
        for change in ({"fcsr": 0}, {"vcsr": 0}, {"mstatus": 0x6600}, {"data": bytes(DATA_SIZE)}, {"x": bytes(256)}, {"f": bytes(256)},
                       {"v": bytes(len(state.v))}):  # fmt: skip
            self.attempt(replace(self.block, state=replace(self.block.state, **change)))
        for name, size in (("x", 8), ("f", 8), ("v", vlenb)):
            for i in range(32):
                data = getattr(self.block.state, name)
                if data[i * size : (i + 1) * size].strip(b"\0"):
                    data = data[: i * size] + bytes(size) + data[(i + 1) * size :]
                    self.attempt(replace(self.block, state=replace(self.block.state, **{name: data})))


def shrink(lockstep: Lockstep, block: Block, difference: Difference) -> tuple[Block, Difference]:
    """The smallest block found that fails in the same way, and its difference; the block itself when it fails only sometimes."""
    shrinker = _Shrinker(lockstep, block, difference)
    shrinker.fewer_items()
    shrinker.less_state(lockstep.golden.vlenb)
    shrinker.fewer_pokes()
    return shrinker.block, shrinker.difference


def _lines(item: Item) -> list[str]:
    lines = []
    for kind, register, value in item.pokes:
        if isinstance(value, bytes):
            lines.append(f"    # v{register}.. = {value[:64].hex(' ', 8)}{' ...' if len(value) > 64 else ''}, lowest byte first")
        else:
            texts = {"x": f"li    x{register}, {value:#x}", "f": f"# f{register} = {value:#x}"}
            lines.append("    " + texts.get(kind, f"csrwi {kind}, {value}"))
    return [*lines, f"    {item.text():44s}# {item.word:0{2 * item.length}x}"]


def _state_lines(block: Block, vlenb: int) -> list[str]:
    state = block.state
    lines = [f"    # {name} = {value:#x}" for name, value in (("fcsr", state.fcsr), ("vcsr", state.vcsr)) if value]
    if state.mstatus != 0x6600:
        lines.append(f"    # mstatus = {state.mstatus:#x}")
    lines += [f"    # {letter}{i} = {value:#x}" for letter, data in (("x", state.x), ("f", state.f))
              for i, value in enumerate(struct.unpack("<32Q", data)) if value]  # fmt: skip
    for i in range(32):
        data = state.v[i * vlenb : (i + 1) * vlenb]
        if data.strip(b"\0"):
            lines.append(f"    # v{i} = {data[:64].hex(' ', 8)}{' ...' if vlenb > 64 else ''}, lowest byte first")
    if state.data.strip(b"\0"):
        lines.append(f"    # data at {DATA:#x}: random, from the seed")
    return lines


def report(block: Block, difference: Difference, vlen: int) -> str:
    """A failure as text: its state, its instructions as assembly, what differs."""
    mode = "stepped" if not block.straight else "run as one program" + (" in the timed loop" if block.timed else "")
    lines = [f"---- difference at VLEN {vlen}, block {block.seed}, {mode}; {difference.kind()}", *_state_lines(block, vlen // 8)]
    for item in block.items:
        lines += _lines(item)
    return "\n".join([*lines, *(f"  {fact}" for fact in difference.facts[:12])])
