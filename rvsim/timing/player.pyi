from collections.abc import Iterable
from typing import Any

from .model import TimingModel

def play(model: TimingModel, program: Iterable[tuple[Any, ...]], repeat: int = 1) -> None: ...
def cost(model: TimingModel, program: list[tuple[Any, ...]], repeat: int) -> float: ...
