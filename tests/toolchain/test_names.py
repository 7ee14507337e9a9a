"""The package's public names are what it says, and cost nothing until they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import rvsim.toolchain


def test_public_names_exist() -> None:
    for name in rvsim.toolchain.__all__:
        assert getattr(rvsim.toolchain, name) is not None
    assert callable(rvsim.toolchain.build)
    with pytest.raises(AttributeError, match="nothing_here"):
        rvsim.toolchain.nothing_here  # noqa: B018


def test_finding_a_prebuilt_kernel_imports_no_builder() -> None:
    code = "import sys, rvsim.prebuild; print([m for m in ('subprocess', 'tempfile', 'rvsim.toolchain.builder') if m in sys.modules])"
    env = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
