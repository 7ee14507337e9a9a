"""Compiled: the out-of-order scalar core; only other compiled modules use it."""
