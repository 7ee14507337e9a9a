"""HOW an instruction behaves: hart state, memory, the decode cache, handlers and element loops; all of it native code."""

from rvsim import host

host.check()
