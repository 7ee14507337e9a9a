from collections.abc import Iterable
from typing import Any

import numpy
from numpy.typing import NDArray

from .model import TimingModel

KINDS: tuple[str, ...]

def walk(
    model: TimingModel, accesses: Iterable[tuple[str, int, int, int, int]], repeat: int = 1, period: int = 0, line_by_line: bool = False
) -> NDArray[numpy.int64]: ...
def contents(model: TimingModel) -> list[dict[str, Any]]: ...
