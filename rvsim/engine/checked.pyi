import numpy as np
import numpy.typing as npt

from rvsim.core.hart import Hart

READABLE: int
WRITABLE: int
COLOURS: tuple[int, int]
VIOLATIONS: dict[int, str]

class ByteMap:
    def __init__(self, base: int, size: int) -> None: ...
    @property
    def flags(self) -> npt.NDArray[np.uint8]: ...
    trail: int
    accesses: int
    @property
    def violation(self) -> tuple[str, bool, int, int, int] | None: ...
    def set_own(self, base: int, flags: npt.NDArray[np.uint8]) -> None: ...
    def begin(self, stack_low: int, stack_high: int, top: int) -> None: ...

def run_checked(hart: Hart, map: ByteMap, limit: int) -> str: ...
