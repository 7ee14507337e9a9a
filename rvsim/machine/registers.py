"""Registers as Python sequences: `machine.x[10]`, `machine.f[10] = 1.5`, `machine.csr["vl"]`."""

from __future__ import annotations

import struct

from rvsim.engine import Hart
from rvsim.errors import UsageError

from .limits import integer


def _number(register: int, kind: str) -> int:
    number = integer(register, f"a register {kind}")
    if not 0 <= number < 32:
        raise UsageError(f"there is no register {kind}{number}")
    return number


class IntegerRegisters:
    """x0..x31 as unsigned 64-bit integers; writing takes any integer of 64 bits, signed or not."""

    def __init__(self, hart: Hart) -> None:
        self._hart = hart

    def __getitem__(self, register: int) -> int:
        return int(self._hart.get_x(_number(register, "x")))

    def __setitem__(self, register: int, value: int) -> None:
        self._hart.set_x(_number(register, "x"), integer(value, "a value for an integer register"))

    def __len__(self) -> int:
        return 32


class FloatRegisters:
    """f0..f31 as raw 64-bit patterns; writing takes bits (int) or a Python float (stored as a double)."""

    def __init__(self, hart: Hart) -> None:
        self._hart = hart

    def __getitem__(self, register: int) -> int:
        return int(self._hart.get_f(_number(register, "f")))

    def __setitem__(self, register: int, value: int | float) -> None:
        if isinstance(value, float):
            value = int.from_bytes(struct.pack("<d", value), "little")
        bits = integer(value, "a value for a floating-point register, as bits,")
        self._hart.set_f(_number(register, "f"), bits & 0xFFFFFFFF_FFFFFFFF)

    def double(self, register: int) -> float:
        """The register read as f64."""
        value: float = struct.unpack("<d", struct.pack("<Q", self[register]))[0]
        return value

    def single(self, register: int) -> float:
        """The register read as f32; NaN where it is not NaN-boxed."""
        bits = self[register]
        value: float = struct.unpack("<f", struct.pack("<I", bits & 0xFFFFFFFF if bits >> 32 == 0xFFFFFFFF else 0x7FC00000))[0]
        return value

    def __len__(self) -> int:
        return 32


class Csrs:
    """CSRs by name ("vl", "frm", "mcycle") or number."""

    def __init__(self, hart: Hart) -> None:
        self._hart = hart

    def __getitem__(self, name: str | int) -> int:
        return int(self._hart.csr(name))

    def __setitem__(self, name: str | int, value: int) -> None:
        self._hart.set_csr(name, integer(value, "a value for a CSR"))
