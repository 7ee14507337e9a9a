"""The first stack of a program (System V ABI, process initialisation): strings, then the vectors that `_start` reads.

    sp -> argc, argv..., 0, envp..., 0, auxv pairs..., AT_NULL, (padding), 16 random bytes, strings     (high addresses)
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from rvsim.errors import UsageError
from rvsim.loader import Program as Image

_LONGEST = 1 << 20  # bytes of arguments and environment, an eighth of the stack
USER = 1000  # user, group and process number

(_PHDR, _PHENT, _PHNUM, _PAGESZ, _BASE, _FLAGS, _ENTRY, _UID, _EUID, _GID, _EGID, _HWCAP, _CLKTCK, _SECURE, _RANDOM, _EXECFN,
 _MINSIGSTKSZ) = (
    3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 23, 25, 31, 51,
)  # fmt: skip


def first_stack(
    top: int, image: Image, arguments: Sequence[bytes], environment: Mapping[bytes, bytes], hwcap: int, randomness: bytes, frame: int
) -> tuple[int, bytes, bytes]:
    """(stack pointer, bytes from there up to `top`, the auxiliary vector among them).

    UsageError for arguments that no program could be given.
    """
    variables = [name + b"=" + value for name, value in environment.items()]
    strings = [*arguments, *variables, arguments[0]]
    if any(b"\0" in text for text in strings):
        raise UsageError("arguments and environment variables cannot hold a zero byte")
    block = b"".join(text + b"\0" for text in strings)
    if len(block) + 8 * len(strings) > _LONGEST:
        raise UsageError(f"arguments and environment take {len(block)} bytes; a program can be given {_LONGEST} in all")
    places = []
    at = top - 16 - len(block)
    for text in strings:
        places.append(at)
        at += len(text) + 1
    random_at = (top - 16 - len(block) - len(randomness)) & ~15
    pairs = _auxiliary(image, hwcap, random_at, places[-1], frame)
    count = len(arguments)
    words = [count, *places[:count], 0, *places[count:-1], 0, *(word for pair in pairs for word in pair)]
    pointer = (random_at - 8 * len(words)) & ~15
    low = struct.pack(f"<{len(words)}Q", *words)
    data = low.ljust(random_at - pointer, b"\0") + randomness
    vector = struct.pack(f"<{2 * len(pairs)}Q", *(word for pair in pairs for word in pair))
    return pointer, data.ljust(top - 16 - len(block) - pointer, b"\0") + block, vector


def _auxiliary(image: Image, hwcap: int, random_at: int, name_at: int, frame: int) -> list[tuple[int, int]]:
    headers = [] if image.headers is None else [(_PHDR, image.headers[0]), (_PHENT, 56), (_PHNUM, image.headers[1])]
    return [
        *headers, (_PAGESZ, 4096), (_BASE, 0), (_FLAGS, 0), (_ENTRY, image.entry), (_UID, USER), (_EUID, USER), (_GID, USER),
        (_EGID, USER), (_HWCAP, hwcap), (_CLKTCK, 100), (_SECURE, 0), (_RANDOM, random_at), (_EXECFN, name_at),
        (_MINSIGSTKSZ, frame), (0, 0),
    ]  # fmt: skip
