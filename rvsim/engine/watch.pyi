from collections.abc import Sequence

from rvsim.core.hart import Hart
from rvsim.timing import TimingModel

def run_watched(
    hart: Hart, model: TimingModel | None, limit: int, ranges: Sequence[tuple[int, int, int]]
) -> tuple[str | None, tuple[int, int] | None]: ...
