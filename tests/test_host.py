"""A processor that cannot run what was built gets an error instead of an illegal instruction; levels of the element loops."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rvsim import host
from rvsim.errors import UsageError

X86 = "processor\t: 0\nflags\t\t: fpu sse2 pni avx2 fma\nbugs\t\t: none\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd asimddp\n"

# What a host without the first feature of the build says; run in a process of its own, where no native module is loaded yet.
POOR = """
import pathlib, sys
from rvsim import _built, host
assert not [name for name in sys.modules if name.startswith("rvsim.core")]
host.CPUINFO = pathlib.Path(sys.argv[1])
import rvsim
try:
    rvsim.Machine("generic")
except rvsim.UsageError as error:
    print(error)
print([name for name, module in sys.modules.items() if name.startswith("rvsim") and getattr(module, "__file__", "").endswith(".so")])
"""


def test_features_of_both_kinds_of_host() -> None:
    assert host.features_of(X86) == {"fpu", "sse2", "pni", "avx2", "fma"}
    assert host.features_of(ARM) == {"fp", "asimd", "asimddp"}
    assert host.features_of("") is None


def test_what_is_missing() -> None:
    assert host.missing(("avx2", "avx512f"), frozenset({"avx2"})) == ["avx512f"]
    assert host.missing(("avx2",), None) == []


def test_this_host_can_run_its_own_build() -> None:
    host.check()
    host.level()


def test_an_unsupported_host_is_told_before_native_code_is_loaded(tmp_path) -> None:
    from rvsim import _built

    if not _built.REQUIRES:
        assert "RVSIM_LEVELS" in os.environ or "RVSIM_DEBUG" in os.environ or sys.platform != "linux"
        return
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags\t\t: fpu sse2\n")
    done = subprocess.run([sys.executable, "-c", POOR, str(cpuinfo)], capture_output=True, text=True, timeout=60, check=True)
    message, loaded = done.stdout.splitlines()
    assert "rvsim was built for a processor with" in message and "RVSIM_LEVELS=all" in message
    assert loaded == "[]"


def test_a_level_that_was_not_built_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RVSIM_LEVEL", "mmx")
    with pytest.raises(UsageError, match=r"RVSIM_LEVEL=mmx was not built; built: .*baseline"):
        host.level()


def test_the_best_level_that_runs_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RVSIM_LEVEL", raising=False)
    levels = (("avx512", ("avx512f", "avx2")), ("avx2", ("avx2",)), ("", ()))
    monkeypatch.setattr(host, "_built", lambda: ((), levels))
    for words, expected in (({"avx2", "avx512f"}, "avx512"), ({"avx2"}, "avx2"), ({"sse2"}, "")):
        monkeypatch.setattr(host, "features", lambda words=words: frozenset(words))
        assert host.level() == expected
    monkeypatch.setenv("RVSIM_LEVEL", "avx512")
    with pytest.raises(UsageError, match="needs avx512f, avx2, which this processor lacks"):
        host.level()
    monkeypatch.setenv("RVSIM_LEVEL", "baseline")
    assert host.level() == ""
