"""The address space of one process: program break, mappings, protections. Addresses only; file contents are the callers'.

        program   break ->            <- mappings   guard   stack   (end of guest memory)

Ranges that the process holds are kept as sorted, merged intervals. A mapping without any permission takes no memory until it
gets some. What is mapped counts against the machine's memory limit, so that no program can exhaust the host.
"""

from __future__ import annotations

import bisect
import errno
from collections.abc import Iterator

import numpy as np

from rvsim.engine import EXECUTE, READ, WRITE, Hart
from rvsim.errors import UsageError
from rvsim.linux.guest import CallError

PAGE = 4096
STACK = 8 << 20  # bytes of stack, Linux's usual limit
_GUARD = 1 << 20  # unmapped bytes below the stack
_MOST = 16384  # intervals, so that looking for room stays quick
_NONE = 8  # page permission that keeps a page but grants nothing: only stores' slow path looks at it
_PROTECTIONS = ((1, READ), (2, WRITE), (4, EXECUTE))


def page_up(value: int) -> int:
    """The next page boundary."""
    return (value + PAGE - 1) & ~(PAGE - 1)


class AddressSpace:
    """Memory of one process. Sizes are bytes; addresses that calls give are checked here."""

    def __init__(self, hart: Hart, program_end: int) -> None:
        self._hart = hart
        self._memory = hart.memory
        self._low: list[int] = []  # starts of the intervals held
        self._high: list[int] = []  # and their ends
        self.stack_top = self._memory.size - PAGE
        self.stack_bottom = self.stack_top - STACK
        self._ceiling = self.stack_bottom - _GUARD
        self._first_break = self._break = page_up(program_end)
        self.map_fixed(self.stack_bottom, STACK, 3)

    # ---- intervals ---------------------------------------------------------------------------------------------

    def hold(self, address: int, size: int) -> None:
        """Add a range to what the process holds, merged with its neighbours."""
        low, high = address, address + size
        first = bisect.bisect_left(self._high, low)
        last = bisect.bisect_right(self._low, high)
        if first < last:
            low, high = min(low, self._low[first]), max(high, self._high[last - 1])
        self._low[first:last], self._high[first:last] = [low], [high]

    def _release(self, address: int, size: int) -> None:
        low, high = address, address + size
        first = bisect.bisect_right(self._high, low)
        last = bisect.bisect_left(self._low, high)
        if first >= last:
            return
        left, right = (self._low[first], low), (high, self._high[last - 1])
        keep = [pair for pair in (left, right) if pair[0] < pair[1]]
        self._low[first:last], self._high[first:last] = [p[0] for p in keep], [p[1] for p in keep]

    def _held(self, address: int, size: int) -> Iterator[tuple[int, int]]:
        """The parts of a range that the process holds, as (start, end)."""
        index = bisect.bisect_right(self._high, address)
        while index < len(self._low) and self._low[index] < address + size:
            yield max(address, self._low[index]), min(address + size, self._high[index])
            index += 1

    def holds(self, address: int, size: int) -> bool:
        """Whether the process holds all of a range."""
        return sum(end - start for start, end in self._held(address, size)) == size

    def _room(self, size: int) -> int:
        """The highest free range of `size` bytes below the stack and above the program."""
        top = self._ceiling
        for low, high in zip(reversed(self._low), reversed(self._high), strict=True):
            if high + size <= top and high >= self._break:
                return top - size
            top = min(top, low)
        if self._break + size <= top:
            return top - size
        raise CallError(errno.ENOMEM)

    # ---- calls -------------------------------------------------------------------------------------------------

    def brk(self, address: int) -> int:
        """Move the program break; the break afterwards, unchanged where that is impossible."""
        new = page_up(address)
        old = page_up(self._break)
        if not self._first_break <= address < self._ceiling:
            return self._break
        if new > old:
            if next(self._held(old, new - old), None):
                return self._break
            try:
                self.map_fixed(old, new - old, 3)
            except CallError:
                return self._break
        elif new < old:
            self.unmap(new, old - new)
        self._break = address
        return address

    def map(self, hint: int, size: int, protection: int, *, fixed: bool, replace: bool) -> int:
        """A fresh zeroed range; its address. `fixed`: at `hint` or not at all; `replace`: over what is there."""
        size = page_up(size)
        if not 0 < size <= self._memory.size or len(self._low) > _MOST:
            raise CallError(errno.ENOMEM)
        if fixed:
            if hint % PAGE or hint == 0:
                raise CallError(errno.EINVAL)
            if hint + size > self._memory.size:
                raise CallError(errno.ENOMEM)
            taken = next(self._held(hint, size), None)
            if taken and not replace:
                raise CallError(errno.EEXIST)
            if taken:
                self.unmap(hint, size)
            address = hint
        else:
            hint = page_up(hint)
            free = hint and hint >= self._break and hint + size <= self._ceiling and not next(self._held(hint, size), None)
            address = hint if free else self._room(size)
        self.map_fixed(address, size, protection)
        return address

    def map_fixed(self, address: int, size: int, protection: int) -> None:
        """Map a free range."""
        if protection & 7:
            self._permit(address, size, protection)
        self.hold(address, size)

    def _permit(self, address: int, size: int, protection: int) -> None:
        permission = sum(mine for theirs, mine in _PROTECTIONS if protection & theirs)
        if permission & WRITE:
            permission |= READ  # RISC-V has no pages that can be written but not read
        try:
            self._memory.map(address, size, permission or _NONE)
        except (UsageError, MemoryError):
            raise CallError(errno.ENOMEM) from None

    def unmap(self, address: int, size: int) -> None:
        """Give a range back; what is not held does not matter."""
        size = page_up(size)
        if address % PAGE or size == 0 or address + size > self._memory.size:
            raise CallError(errno.EINVAL)
        self._hart.drop_code(address, size)
        for start, end in list(self._held(address, size)):
            self._memory.unmap(start, end - start)
        self._release(address, size)

    def protect(self, address: int, size: int, protection: int) -> None:
        """Change the permissions of a range that is held in whole."""
        size = page_up(size)
        if address % PAGE or address + size > 1 << 64 or protection & ~7:
            raise CallError(errno.EINVAL)
        if size == 0:
            return
        if not self.holds(address, size):
            raise CallError(errno.ENOMEM)
        self._hart.drop_code(address, size)
        self._permit(address, size, protection)

    def discard(self, address: int, size: int) -> None:
        """madvise(MADV_DONTNEED): pages that can be written read as zeros from now on."""
        size = page_up(size)
        if address % PAGE:
            raise CallError(errno.EINVAL)
        if not self.holds(address, size):
            raise CallError(errno.ENOMEM)
        for page in range(address, address + size, PAGE):
            if self._memory.allows(page, PAGE, WRITE):
                self._memory.array(page, PAGE, np.uint8)[:] = 0
        self._hart.code_changed(address, size)

    def move(self, address: int, old: int, new: int, *, may_move: bool) -> int:
        """mremap: another size for a mapping, elsewhere if it must and may; its address."""
        old, new = page_up(old), page_up(new)
        if address % PAGE or not 0 < new <= self._memory.size or not 0 < old <= self._memory.size:
            raise CallError(errno.EINVAL)
        if not self.holds(address, old):
            raise CallError(errno.EFAULT)
        if new <= old:
            if new < old:
                self.unmap(address + new, old - new)
            return address
        protection = sum(theirs for theirs, mine in _PROTECTIONS if self._memory.allows(address, PAGE, mine))
        if address + new <= self._ceiling and not next(self._held(address + old, new - old), None):
            self.map_fixed(address + old, new - old, protection)
            return address
        if not may_move:
            raise CallError(errno.ENOMEM)
        there = self.map(0, new, protection | 3, fixed=False, replace=False)
        for offset in range(0, old, PAGE):
            if self._memory.allows(address + offset, PAGE, READ):
                self._memory.write(there + offset, self._memory.array(address + offset, PAGE, np.uint8))
        if protection | 3 != protection:
            self._permit(there, new, protection)
        self.unmap(address, old)
        return there
