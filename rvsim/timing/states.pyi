"""Compiled: states of the clock; only other compiled modules use it."""
