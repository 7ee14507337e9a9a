"""Compiled: levels of caches; only other compiled modules use it."""
