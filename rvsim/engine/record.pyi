"""Compiled: laps as the model goes through them; only other compiled modules use it."""
