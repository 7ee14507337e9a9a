"""A stub for gdb: one program on one machine, debugged over the remote serial protocol on loopback.

    server      listens, and runs the program for the stub     stub        one session: gdb's commands and their answers
    packets     framing on a socket                            registers   target description, and registers as gdb numbers them

`serve` takes a session of the machine layer and returns why it stopped, as `Session.run` does.
"""

from rvsim.gdb.server import serve

__all__ = ["serve"]
