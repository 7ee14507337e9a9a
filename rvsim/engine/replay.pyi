"""Compiled: code whose timing repeats; only other compiled modules use it."""

def install(
    core: dict[str, tuple[int, int, int, int]], beats: dict[str, int], vector: dict[str, int], handlers: tuple[int, int, int]
) -> None: ...
