"""Compiled: what is known of iterations of loops; only other compiled modules use it."""
