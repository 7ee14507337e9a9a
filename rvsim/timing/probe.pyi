from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .model import TimingModel

BEGIN_MARK: int
END_MARK: int
LOG_DTYPE: np.dtype[Any]

class Profiler:
    """Observes a TimingModel during one run; see probe.pyx."""

    model: TimingModel
    def __init__(
        self, model: TimingModel, *, capacity: int = 0, window: tuple[int, int] | None = None, regions: Sequence[int] = (),
        trigger: tuple[int, int, int] | None = None,
    ) -> None: ...  # fmt: skip
    def finish(self) -> dict[str, Any]: ...
    def log(self) -> tuple[npt.NDArray[Any], int]: ...
