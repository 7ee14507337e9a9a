from os import PathLike

from rvsim.core.hart import Hart
from rvsim.timing import TimingModel

class CommitLog:
    def __init__(self, path: str | PathLike[str], hart: Hart) -> None: ...
    def close(self) -> None: ...

def run_traced(hart: Hart, model: TimingModel | None, limit: int, log: CommitLog) -> bool: ...
