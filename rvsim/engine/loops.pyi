from collections.abc import Callable

from rvsim.core.hart import Hart
from rvsim.engine.trace import CommitLog
from rvsim.timing import TimingModel
from rvsim.timing.probe import Profiler

def run(
    hart: Hart, model: TimingModel | None = None, max_instructions: int | None = None, log: CommitLog | None = None,
    profiler: Profiler | None = None, progress: Callable[[int], object] | None = None,
) -> str: ...  # fmt: skip
def replays() -> bool: ...
def forget_timing(hart: Hart) -> None: ...
