"""What all tests share: a cache of their own, so that no test reads or writes the user's; an interrupt that is not ignored."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Deadlines measure the machine, not the code; the machines that run these tests are shared.
settings.register_profile("rvsim", deadline=None)
settings.load_profile("rvsim")

# A shell starts what it runs in the background with interrupts ignored; tests that raise one would wait for ever.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """RVSIM_CACHE_DIR points into pytest's folder for the whole session."""
    before = os.environ.get("RVSIM_CACHE_DIR")
    path = tmp_path_factory.mktemp("cache")
    os.environ["RVSIM_CACHE_DIR"] = str(path)
    yield path
    if before is None:
        del os.environ["RVSIM_CACHE_DIR"]
    else:
        os.environ["RVSIM_CACHE_DIR"] = before
