from collections.abc import Container, Mapping, Sequence

NAMES: Mapping[str, int]
KERNEL_NAMES: tuple[str, ...]

def install(what: Sequence[int], narrower: Sequence[int], kernels: Container[str]) -> None: ...
