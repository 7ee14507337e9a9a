"""Compiled: lines that a cache fetches; only other compiled modules use it."""
