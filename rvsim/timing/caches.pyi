"""Compiled: the caches; only other compiled modules use it."""
