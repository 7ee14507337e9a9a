"""The flattened device tree that Spike wants, so that it needs no device tree compiler.

Knows only what one hart with some memory has; no clint and no uart, hence no devices that answer to stray addresses. Format:
Devicetree Specification, chapter 5. All numbers are big-endian words.
"""

from __future__ import annotations

import struct
from collections.abc import Callable


def _cells(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


class _Tree:
    """Structure block and strings block, written front to back."""

    def __init__(self) -> None:
        self.structure = bytearray()
        self.strings = bytearray()

    def node(self, name: str, properties: dict[str, bytes | str], inside: Callable[[], None] | None = None) -> None:
        self._token(1, name.encode() + b"\0")
        for key, value in properties.items():
            data = value.encode() + b"\0" if isinstance(value, str) else value
            self._token(3, _cells(len(data), len(self.strings)) + data)
            self.strings += key.encode() + b"\0"
        if inside:
            inside()
        self._token(2, b"")

    def _token(self, kind: int, data: bytes) -> None:
        self.structure += _cells(kind) + data + bytes(-len(data) % 4)


def device_tree(isa: str, regions: list[tuple[int, int]]) -> bytes:
    """One hart of this ISA string, and memory regions (address, bytes)."""
    tree = _Tree()
    interrupts: dict[str, bytes | str] = {
        "#interrupt-cells": _cells(1), "interrupt-controller": b"", "compatible": "riscv,cpu-intc", "phandle": _cells(1),
    }  # fmt: skip
    cpu: dict[str, bytes | str] = {
        "device_type": "cpu", "reg": _cells(0), "status": "okay", "compatible": "riscv", "riscv,isa": isa,
        "mmu-type": "riscv,sv57", "riscv,pmpregions": _cells(16), "riscv,pmpgranularity": _cells(4),
    }  # fmt: skip
    reg = b"".join(struct.pack(">QQ", address, size) for address, size in regions)

    def cpus() -> None:
        tree.node("cpu@0", cpu, lambda: tree.node("interrupt-controller", interrupts))

    def root() -> None:
        tree.node("cpus", {"#address-cells": _cells(1), "#size-cells": _cells(0), "timebase-frequency": _cells(10**7)}, cpus)
        tree.node("memory", {"device_type": "memory", "reg": reg})

    tree.node("", {"#address-cells": _cells(2), "#size-cells": _cells(2)}, root)
    structure = bytes(tree.structure) + _cells(9)
    names_at = 56 + len(structure)  # after the header and the empty list of reserved ranges
    header = _cells(
        0xD00DFEED, names_at + len(tree.strings), 56, names_at, 40, 17, 16, 0, len(tree.strings), len(structure)
    )  # fmt: skip
    return header + bytes(16) + structure + bytes(tree.strings)
