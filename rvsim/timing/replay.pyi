"""Compiled: loops whose timing repeats; only other compiled modules use it."""
