"""What riscv_hwprobe answers and AT_HWCAP says, from the machine's extensions (kernel documentation, arch/riscv/hwprobe)."""

from __future__ import annotations

from rvsim.linux.clock import TICKS_PER_SECOND

_BASE_BEHAVIOR, _IMA_EXT_0, _CPUPERF_0, _ZICBOZ, _HIGHEST, _TIME_FREQ, _SCALAR, _VECTOR, _ZICBOM = 3, 4, 5, 6, 7, 8, 9, 10, 12
_FAST, _UNSUPPORTED = 3, 4
_BLOCK = 64  # bytes of a cache block

# Bit numbers of RISCV_HWPROBE_KEY_IMA_EXT_0. "v" stands for the parts of V as well.
_BITS = {
    "c": 1, "v": 2, "zba": 3, "zbb": 4, "zbs": 5, "zicboz": 6, "zbc": 7, "zbkb": 8, "zbkc": 9, "zbkx": 10, "zkt": 16, "zvbb": 17,
    "zvbc": 18, "zvkb": 19, "zvkt": 26, "zfh": 27, "zfhmin": 28, "zihintntl": 29, "zvfh": 30, "zvfhmin": 31, "zfa": 32, "zacas": 34,
    "zicond": 35, "zihintpause": 36, "zimop": 42, "zcb": 44, "zcmop": 47, "zawrs": 48, "supm": 49, "zicntr": 50, "zihpm": 51,
    "zfbfmin": 52, "zvfbfmin": 53, "zvfbfwma": 54, "zicbom": 55, "zabha": 58, "zicbop": 60,
}  # fmt: skip
_PARTS = {"v": (37, 38, 39, 40, 41), "c": (43, 45), "a": (56, 57)}  # Zve*, Zca and Zcd, Zaamo and Zalrsc


def hwcap(extensions: frozenset[str]) -> int:
    """AT_HWCAP: a bit a letter."""
    return sum(1 << (ord(letter) - ord("a")) for letter in "imafdcv" if letter in extensions)


def extension_bits(extensions: frozenset[str]) -> int:
    """The value of RISCV_HWPROBE_KEY_IMA_EXT_0."""
    bits = {number for name, number in _BITS.items() if name in extensions}
    bits.update(number for name, numbers in _PARTS.items() if name in extensions for number in numbers)
    if {"f", "d"} <= extensions:
        bits.add(0)
    return sum(1 << number for number in bits)


def answer(key: int, extensions: frozenset[str], *, misaligned: bool, highest: int) -> int | None:
    """The value of one key; None for a key that this kernel does not know."""
    perf = _FAST if misaligned else _UNSUPPORTED
    values = {
        0: 0, 1: 0, 2: 0,  # vendor, architecture, implementation
        _BASE_BEHAVIOR: int({"i", "m", "a"} <= extensions), _IMA_EXT_0: extension_bits(extensions), _CPUPERF_0: perf,
        _ZICBOZ: _BLOCK if "zicboz" in extensions else 0, _HIGHEST: highest, _TIME_FREQ: TICKS_PER_SECOND, _SCALAR: perf,
        _VECTOR: (perf if "v" in extensions else _UNSUPPORTED), _ZICBOM: _BLOCK if "zicbom" in extensions else 0,
    }  # fmt: skip
    return values.get(key)
