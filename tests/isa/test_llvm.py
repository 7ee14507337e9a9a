"""The table against LLVM: every mnemonic assembles to the word we encode, and every word disassembles to the same text.

LLVM's tables were written by other people from the same specification; an agreement on every row over random operands
is the strongest check of encodings and spelling there is.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from itertools import product

import pytest

from rvsim.isa import ALIASES, BY_NAME, FIELDS, INSTRUCTIONS, Instruction, decode, disassemble, encode, expand

SEED = 20240229
PER_ROW = 8


@pytest.fixture(scope="module")
def words(random_word: Callable[[Instruction, random.Random], int]) -> list[int]:
    """Some words of every row."""
    choose = random.Random(SEED)
    return [random_word(row, choose) for row in INSTRUCTIONS for _ in range(PER_ROW)]


def _stream(data: bytes) -> list[int]:
    """The instruction words of a section, each in its own length."""
    words = []
    position = 0
    while position < len(data):
        length = 4 if data[position] & 3 == 3 else 2
        words.append(int.from_bytes(data[position : position + length], "little"))
        position += length
    return words


def _assembly(word: int) -> str:
    """What LLVM's assembler reads: it knows the draft by its old names."""
    mnemonic, *rest = disassemble(word, aliases=False).split(" ", 1)
    old = {new: name for name, new in ALIASES.items()}
    return " ".join([old.get(mnemonic, mnemonic), *rest])


def test_every_mnemonic_assembles_to_our_word(words: list[int], assemble: Callable[[str], bytes]) -> None:
    assert {decode(word) for word in words} == set(INSTRUCTIONS)
    lines = []
    for word in words:
        # Not `.option rvc` after it: that would bring C back, but not Zcb and Zcmop, which `norvc` takes away too.
        lines += [".option push", *([".option norvc"] if word & 3 == 3 else []), _assembly(word), ".option pop"]
    got = _stream(assemble(".text\n" + "\n".join(lines) + "\n"))
    assert len(got) == len(words)
    for ours, theirs in zip(words, got, strict=True):
        assert ours == theirs, f"{disassemble(ours, aliases=False)}: {ours:#x}, LLVM {theirs:#x}"


_SPECIAL = {"x": (0, 1, 7), "mem": (1, 7), "f": (1, 2), "v": (1, 2), "imm": (0, 1, -1), "fence": (0, 3, 15), "vm": (0, 1)}
_SPECIAL_CSRS = (1, 2, 3, 0x300, 0xC00, 0xC01, 0xC02)


def _special_words() -> list[int]:
    """Words of every 32-bit row whose operands are those that pseudo-instructions ask for: x0, ra, equal, 0, 1, -1."""
    words = []
    for row in INSTRUCTIONS:
        if row.length == 2:
            continue
        choices: list[list[int]] = []
        for operand in row.operands:
            if operand.field is None:
                continue
            least, most = FIELDS[operand.field].range
            values = _SPECIAL_CSRS if operand.cls == "csr" else _SPECIAL.get(operand.cls, (0,))
            choices.append([value for value in values if least <= value <= most and value % FIELDS[operand.field].granule == 0])
        names = [operand.name for operand in row.operands if operand.field is not None]
        words += [encode(row.name, **dict(zip(names, values, strict=True))) for values in product(*choices)]
    # A group of several whole registers has an even number at least, which these operands do not; the word that LLVM
    # prints as `unimp` in both modes is checked elsewhere.
    return [word for word in words if not _misaligned(word) and word != 0xC0001073]


def _misaligned(word: int) -> bool:
    row = decode(word)
    return row is not None and any(operand.group in ("r2", "r4", "r8") for operand in row.operands)


def _is_draft(word: int) -> bool:
    row = decode(word)
    return row is not None and row.extension == "zvdot4a8i_0p1"


def _is_alias_there(word: int) -> bool:
    """Hints with rows of their own, which LLVM has as other spellings of fence and add."""
    row = decode(word)
    return row is not None and row.extension in ("zihintpause", "zihintntl")


def _is_hint(word: int) -> bool:
    """Compressed hints: LLVM prints some as their own mnemonic, some as the expansion."""
    row = decode(word)
    if row is None or row.length == 4 or row.extension == "zcmop":
        return False
    return row.name == "c.nop" or expand(word) in (expand(0x0001), None) or _writes_x0_or_nothing(row.name, word)


def _writes_x0_or_nothing(name: str, word: int) -> bool:
    register = word >> 7 & 31
    by_register = name in ("c.li", "c.lui", "c.mv", "c.add", "c.slli") and register == 0
    by_immediate = name in ("c.addi", "c.slli", "c.srli", "c.srai") and word & 0x107C == 0
    return by_register or by_immediate


@pytest.mark.llvm
@pytest.mark.parametrize("aliases", [True, False])
def test_disassembly_is_llvms(words: list[int], llvm_text: Callable[[list[int], bool], list[str]], aliases: bool) -> None:
    words = [word for word in [*words, *_special_words()] if not _is_hint(word) and not _is_draft(word)]
    if not aliases:
        words = [word for word in words if not _is_alias_there(word)]
    texts = llvm_text(words, aliases)
    assert len(texts) == len(words)
    position = 0
    wrong: Counter[str] = Counter()
    examples = []
    for word, theirs in zip(words, texts, strict=True):
        ours = disassemble(word, position, aliases=aliases)
        if ours != _normal(theirs):
            row = decode(word)
            wrong[row.name if row else "?"] += 1
            examples.append(f"{word:#010x}: ours {ours!r}, LLVM {theirs!r}")
        position += 4 if word & 3 == 3 else 2
    assert not wrong, f"{dict(wrong)}\n" + "\n".join(examples[:30])


def _normal(text: str) -> str:
    """LLVM writes upper immediates in decimal here; ours are hexadecimal."""
    match = re.fullmatch(r"((?:c\.)?lui|auipc) (\w+), (\d+)", text)
    return f"{match[1]} {match[2]}, {int(match[3]):#x}" if match else text


@pytest.mark.llvm
def test_random_words_are_legal_here_if_and_only_if_there(llvm_text: Callable[[list[int], bool], list[str]]) -> None:
    """Decoding must accept no word that LLVM does not know, apart from a written list, and miss none."""
    choose = random.Random(SEED)
    words = []
    for _ in range(40_000):
        near = choose.choice(INSTRUCTIONS)
        flips = choose.getrandbits(32) & choose.getrandbits(32) & choose.getrandbits(32) & near.mask
        word = (near.match | choose.getrandbits(8 * near.length) & ~near.mask) ^ flips
        # Other lengths than two and four bytes (opcode bits 4..2 all ones) would shift what follows.
        if word & 3 == near.match & 3 and (near.length == 2 or word & 0x1C != 0x1C):
            words.append(word)
    words += [word for word in range(0x10000) if word & 3 != 3]
    texts = llvm_text(words, False)
    faults = []
    for word, text in zip(words, texts, strict=True):
        row = decode(word)
        if row is None:
            if not _only_there(text):
                faults.append(f"{word:#010x}: only LLVM knows it: {text}")
        elif text == "<unknown>":
            if not _more_liberal(row.name, word) and not _is_draft(word):
                faults.append(f"{word:#010x}: only we know it: {disassemble(word)}")
        elif not (text.split()[0] + ".").startswith(row.name + ".") and not (_is_hint(word) or _is_alias_there(word)):
            faults.append(f"{word:#010x}: ours {row.name}, LLVM {text}")
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])


def _only_there(text: str) -> bool:
    """Words that LLVM prints and we do not decode."""
    reserved = re.fullmatch(r"c\.lui \w+, 0", text)  # "the code points with imm=0 are reserved" (C chapter)
    return text in ("<unknown>", "unimp", "c.unimp") or text.startswith("sfence.vma ") or reserved is not None


def _vector_words() -> list[int]:
    """Every combination of the fields that choose a V instruction, over a few registers."""
    arithmetic = [
        funct6 << 26 | vm << 25 | vs2 << 20 | vs1 << 15 | funct3 << 12 | 16 << 7 | 0x57
        for funct6 in range(64)
        for vm in (0, 1)
        for vs2 in (0, 8)
        for vs1 in range(32)
        for funct3 in range(8)
    ]
    memory = [
        high << 25 | lumop << 20 | 10 << 15 | width << 12 | 16 << 7 | opcode
        for high in range(128)
        for lumop in range(32)
        for width in (0, 5, 6, 7)
        for opcode in (0x07, 0x27)
    ]
    return arithmetic + memory


@pytest.mark.llvm
def test_v_is_complete(llvm_text: Callable[[list[int], bool], list[str]]) -> None:
    """LLVM finds in the whole of V's encoding space the mnemonics that we have rows for, and no other."""
    words = _vector_words()
    theirs = llvm_text(words, False)
    faults = []
    for word, text in zip(words, theirs, strict=True):
        row = None if _is_draft(word) else decode(word)
        ours = row.name if row else "<unknown>"
        if ours != text.split()[0]:
            faults.append(f"{word:#010x}: ours {ours}, LLVM {text}")
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])
    found = {text.split()[0] for text in theirs} - {"<unknown>"}
    assert found == {row.name for row in INSTRUCTIONS if row.unit.startswith("v_") and row.extension != "zvdot4a8i_0p1"}
    assert len(found) == 627 + 24  # V, and Zvbb, Zvbc, Zvfbfmin, Zvfbfwma


def _more_liberal(name: str, word: int) -> bool:
    """Words we decode although LLVM does not: what the hardware must ignore, and what traps only when executed."""
    if name in ("fence", "fence.i", "fence.tso"):
        return True  # reserved fields of fences are ignored (section 2.7)
    row = BY_NAME[name]
    if any(operand.group in ("r2", "r4", "r8") for operand in row.operands):
        return True  # a register number that is no multiple of the group: an execution-time check, as for LMUL groups
    return "rm" in row.fields and word >> 12 & 7 in (5, 6)  # a reserved rounding mode: the trap names the instruction
