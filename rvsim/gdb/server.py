"""Waits for a debugger on loopback and lets it drive a program to its end."""

from __future__ import annotations

import socket
from collections.abc import Callable

from rvsim.errors import UsageError
from rvsim.gdb.packets import Connection, Gone
from rvsim.gdb.stub import Stub
from rvsim.machine.session import Session, Stopped

_HOST = "127.0.0.1"  # never more: whoever connects controls the program


def serve(session: Session, *, port: int = 0, limit: int | None = None, ready: Callable[[int], object] | None = None) -> Stopped:
    """Debug a program that has not begun, by the first debugger that connects; why it stopped in the end.

    port: where to listen, 0 for any that is free; `ready` is told which. limit: instructions after which the program is ended.
    A debugger that detaches lets the program run on; one that vanishes or kills it ends it. UsageError for a port in use.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise UsageError(f"--gdb {port}: cannot listen there ({why}); choose another port") from None
        listener.listen(1)
        if ready is not None:
            ready(listener.getsockname()[1])
        stream, _ = listener.accept()
    with stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            over = Stub(session, Connection(stream), limit).run()
        except Gone:
            return Stopped("killed", 137, "the debugger went away", 9)
    if over.stopped is not None:
        return over.stopped
    stopped = session.run(None if limit is None else max(0, limit - session.executed))
    return session.limit(limit or 0) if stopped is None else stopped
