from collections.abc import Mapping, Sequence
from typing import Any

def installed() -> bool: ...
def install(
    fields: Sequence[tuple[Any, int, bool, int]],
    rows: Sequence[Mapping[str, Any]],
    loops: Mapping[str, Mapping[int, int]],
    step_tail: int,
    step_ones: int,
) -> None: ...
