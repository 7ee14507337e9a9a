"""Registers as gdb numbers them, and the target description that tells it (gdb manual, "RISC-V Features").

Numbers follow the order of the description: x0..x31, pc, f0..f31, then CSRs and v0..v31.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rvsim.errors import UsageError
from rvsim.machine import Machine

_X = (
    *("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1", *(f"a{i}" for i in range(8))),
    *(*(f"s{i}" for i in range(2, 12)), "t3", "t4", "t5", "t6"),
)
_F = (
    *(*(f"ft{i}" for i in range(8)), "fs0", "fs1", *(f"fa{i}" for i in range(8))),
    *(*(f"fs{i}" for i in range(2, 12)), "ft8", "ft9", "ft10", "ft11"),
)
_FCSR = ("fflags", "frm", "fcsr")
_USER = ("vstart", "vxsat", "vxrm", "vcsr", "vl", "vtype", "vlenb", "cycle", "time", "instret")
_MACHINE = ("mstatus", "misa", "mtvec", "mepc", "mcause", "mtval", "mscratch", "mie", "mip", "mhartid")
_VIEWS = (
    ("doubles", "ieee_double", 8), ("floats", "ieee_single", 4), ("halves", "ieee_half", 2), ("longs", "uint64", 8),
    ("words", "uint32", 4), ("shorts", "uint16", 2), ("bytes", "uint8", 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Register:
    """One register; values are bytes in memory order. read gives None where the register is out of reach now."""

    name: str
    bits: int
    kind: str
    group: str
    read: Callable[[], bytes | None]
    write: Callable[[bytes], None]


def registers_of(machine: Machine, *, privileged: bool) -> dict[str, list[Register]]:
    """Feature of the description -> its registers. privileged: with the machine-mode CSRs."""
    hart, vlenb = machine.hart, machine.config.vlen // 8

    def word(get: Callable[[], int], put: Callable[[int], None]) -> tuple[Callable[[], bytes], Callable[[bytes], None]]:
        return lambda: get().to_bytes(8, "little"), lambda data: put(int.from_bytes(data, "little"))

    def set_pc(value: int) -> None:
        hart.pc = value

    def x(number: int) -> Register:
        read, write = word(lambda: hart.get_x(number), lambda value: hart.set_x(number, value))
        kind = "data_ptr" if number in (2, 3, 4, 8) else "code_ptr" if number == 1 else "int"
        return Register(_X[number], 64, kind, "general", read, write)

    def f(number: int) -> Register:
        read, write = word(lambda: hart.get_f(number), lambda bits: hart.set_f(number, bits))
        return Register(_F[number], 64, "ieee_double", "float", read, write)

    def v(number: int) -> Register:
        def write(data: bytes) -> None:
            hart.v_bytes()[number, :] = memoryview(data)

        return Register(f"v{number}", 8 * vlenb, "riscv_vector", "vector", lambda: hart.v_bytes()[number].tobytes(), write)

    def csr(name: str, bits: int = 64) -> Register:
        def read() -> bytes | None:
            try:
                return hart.csr(name).to_bytes(8, "little")[: bits // 8]
            except UsageError:  # the unit is off, or user mode may not see it
                return None

        return Register(name, bits, "int", "csr", read, lambda data: hart.set_csr(name, int.from_bytes(data, "little")))

    read, write = word(lambda: hart.pc, set_pc)
    features = {
        "cpu": [*map(x, range(32)), Register("pc", 64, "code_ptr", "general", read, write)],
        "fpu": [*map(f, range(32)), *(csr(name, 32) for name in _FCSR)],
        "csr": [csr(name) for name in (*_USER, *(_MACHINE if privileged else ()))],
        "vector": [*map(v, range(32))],
    }
    if "f" not in machine.extensions:
        del features["fpu"]
    if "v" not in machine.extensions:
        del features["vector"]
    return features


def description(features: dict[str, list[Register]], vlenb: int, *, linux: bool) -> bytes:
    """target.xml."""
    return "".join(_lines(features, vlenb, linux)).encode()


def _lines(features: dict[str, list[Register]], vlenb: int, linux: bool) -> Iterator[str]:
    yield '<?xml version="1.0"?>\n<!DOCTYPE target SYSTEM "gdb-target.dtd">\n<target version="1.0">\n'
    yield "<architecture>riscv:rv64</architecture>\n" + ("<osabi>GNU/Linux</osabi>\n" if linux else "")
    for feature, registers in features.items():
        yield f'<feature name="org.gnu.gdb.riscv.{feature}">\n'
        if feature == "vector":
            views = [(name, kind, vlenb // size) for name, kind, size in _VIEWS]
            yield from (f'<vector id="{name}" type="{kind}" count="{count}"/>\n' for name, kind, count in views)
            fields = "".join(f'<field name="{name}" type="{name}"/>' for name, _, _ in views)
            yield f'<union id="riscv_vector">{fields}</union>\n'
        for r in registers:
            yield f'<reg name="{r.name}" bitsize="{r.bits}" type="{r.kind}" group="{r.group}"/>\n'
        yield "</feature>\n"
    yield "</target>\n"
