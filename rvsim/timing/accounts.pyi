"""Compiled: what recorded stretches of code charge; only other compiled modules use it."""
