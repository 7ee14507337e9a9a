"""Compiled: the vector unit; only other compiled modules use it."""
