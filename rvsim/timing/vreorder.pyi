"""Compiled: the vector unit behind an out-of-order core; only other compiled modules use it."""
