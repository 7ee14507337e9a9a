"""Compiled: runs of cache lines; only other compiled modules use it."""
