"""Compiled: the scalar core; only other compiled modules use it."""
