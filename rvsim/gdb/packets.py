"""Packets of gdb's remote serial protocol on a socket: `$data#checksum`, acknowledgements, escapes, and the interrupt byte.

Knows nothing of what packets mean (gdb manual, appendix "Remote Protocol", overview). What is no packet ends the connection, so
that a browser or a scanner that talks to the port gets nowhere.
"""

from __future__ import annotations

import select
import socket

LONGEST = 1 << 16  # bytes of a packet, either way
INTERRUPT = b"\x03"
_SPECIAL = frozenset(b"$#}*")


class Gone(Exception):
    """The debugger closed the connection, or speaks another protocol."""


def escape(data: bytes) -> bytes:
    """Data with the bytes that frame packets replaced."""
    return b"".join(bytes((0x7D, byte ^ 0x20)) if byte in _SPECIAL else bytes((byte,)) for byte in data)


def unescape(data: bytes) -> bytes:
    """The reverse of `escape`."""
    first, *rest = data.split(b"}")
    return first + b"".join(bytes((part[0] ^ 0x20,)) + part[1:] for part in rest if part)


class Connection:
    """One debugger. acknowledge: whether both sides confirm packets, which gdb turns off first of all."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._waiting = b""
        self.acknowledge = True

    def _more(self) -> None:
        try:
            data = self._stream.recv(4096)
        except OSError:
            raise Gone from None
        if not data:
            raise Gone
        self._waiting += data

    def receive(self) -> bytes:
        """The next packet, unescaped; INTERRUPT for the interrupt byte."""
        while True:
            self._waiting = self._waiting.lstrip(b"+")
            if not self._waiting:
                self._more()
                continue
            start = self._waiting[:1]
            if start == INTERRUPT:
                self._waiting = self._waiting[1:]
                return INTERRUPT
            if start == b"-":  # the stream is reliable: a checksum that is wrong here is wrong for ever
                raise Gone
            if start != b"$" or len(self._waiting) > 2 * LONGEST:
                raise Gone
            end = self._waiting.find(b"#")
            if end < 0 or len(self._waiting) < end + 3:
                self._more()
                continue
            data, check = self._waiting[1:end], self._waiting[end + 1 : end + 3]
            self._waiting = self._waiting[end + 3 :]
            if check != b"%02x" % (sum(data) & 255):
                raise Gone
            if self.acknowledge:
                self._send(b"+")
            return unescape(data)

    def send(self, data: bytes) -> None:
        """Send one packet of data that needs no escapes, or has them."""
        self._send(b"$" + data + b"#%02x" % (sum(data) & 255))

    def _send(self, data: bytes) -> None:
        try:
            self._stream.sendall(data)
        except OSError:
            raise Gone from None

    def interrupted(self) -> bool:
        """Whether the debugger wants the running program to stop. Never waits."""
        while select.select([self._stream], [], [], 0)[0]:
            self._more()
        found = INTERRUPT in self._waiting
        self._waiting = self._waiting.replace(INTERRUPT, b"") if found else self._waiting
        return found
