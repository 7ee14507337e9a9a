"""What the tests of the debugger stub share: programs under the stub in a thread, a raw client, and gdb itself."""

from __future__ import annotations

import os
import queue
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rvsim
from rvsim.gdb import serve
from rvsim.toolchain import build

# A Linux program: counts down in memory, then ends with what is left in a0.
COUNT = """
        .globl  _start, work, cell, done
_start: la      s0, cell
        li      s1, 5
        call    work
done:   li      a7, 93
        mv      a0, s1
        ecall
work:   ld      a0, (s0)
        addi    a0, a0, -1
        sd      a0, (s0)
        bnez    a0, work
        ret
        .data
        .balign 64
cell:   .dword  10
"""
SPIN = "        .globl _start\n_start: j _start\n"
FAULT = "        .globl _start\n_start: li a0, 64\nbad:    ld a1, (a0)\n"


class Running:
    """A program in a thread, waiting for a debugger; `port`, and how it ended."""

    def __init__(self, run: Callable[[Callable[[Any], Any]], Any], limit: int | None = None) -> None:
        ports: queue.Queue[int] = queue.Queue()
        self._ended: queue.Queue[Any] = queue.Queue()

        def body() -> None:
            try:
                self._ended.put(run(lambda session: serve(session, limit=limit, ready=ports.put)))
            except Exception as error:
                self._ended.put(error)

        threading.Thread(target=body, daemon=True).start()
        self.port = ports.get(timeout=60)

    def result(self) -> Any:
        return self._ended.get(timeout=60)


class Client:
    """A raw debugger: sends packets and returns the answers."""

    def __init__(self, port: int) -> None:
        self._stream = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waiting = b""

    def send(self, data: bytes) -> None:
        self._stream.sendall(b"$" + data + b"#%02x" % (sum(data) & 255))

    def raw(self, data: bytes) -> None:
        self._stream.sendall(data)

    def receive(self) -> bytes:
        while True:
            start, end = self._waiting.find(b"$"), self._waiting.find(b"#")
            if 0 <= start < end and len(self._waiting) >= end + 3:
                data, self._waiting = self._waiting[start + 1 : end], self._waiting[end + 3 :]
                self._stream.sendall(b"+")
                return data
            part = self._stream.recv(4096)
            if not part:
                raise EOFError
            self._waiting += part

    def __call__(self, text: str | bytes) -> bytes:
        self.send(text.encode() if isinstance(text, str) else text)
        return self.receive()

    def close(self) -> None:
        self._stream.close()


@pytest.fixture
def linux(tmp_path: Path) -> Callable[..., Path]:
    """`linux(source)`: a Linux program without a C library."""

    def make(source: str) -> Path:
        path = tmp_path / "program.S"
        path.write_text(source)
        return build(path, link="bare")

    return make


@pytest.fixture
def debug(linux: Callable[..., Path]) -> Iterator[Callable[..., tuple[Running, Client]]]:
    """`debug(COUNT, functional=True)`: the program under the stub, and a client that has connected."""
    clients: list[Client] = []

    def make(source: str, *, limit: int | None = None, **options: Any) -> tuple[Running, Client]:
        path = linux(source)
        running = Running(lambda debugger: rvsim.run_elf(path, mode="user", debugger=debugger, **options), limit)
        clients.append(Client(running.port))
        return running, clients[-1]

    yield make
    for client in clients:
        client.close()


def gdb(*commands: str, file: Path | None = None) -> str:
    """What gdb says to a list of commands; the test is skipped where there is none, but for CI."""
    found = shutil.which("gdb-multiarch")
    if found is None:
        assert not os.environ.get("RVSIM_REQUIRE_LLVM"), "gdb-multiarch is not installed, and CI does not skip"
        pytest.skip("gdb-multiarch is not installed")
    words = [found, "-nx", "-batch", *([str(file)] if file else [])]
    for command in ("set pagination off", "set confirm off", "set width 0", *commands):
        words += ["-ex", command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr
