"""Where the bits of each operand sit in an instruction word, as data.

Every consumer (Python decoder, encoder, the Cython decoder of the core) reads this one dictionary; nobody else knows
a bit position. Nothing here knows mnemonics or semantics. Layouts: "Base Instruction Formats" of RV64I, the C chapter
and chapter 5 of the V specification.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an instruction word.

    `slices` holds (word_hi, word_lo, value_lo): word bits hi..lo are value bits starting at value_lo. The value is what
    the semantics consume: it is sign extended from `width` bits when `signed`, then `bias` is added (8 for the
    three-bit registers of C). Assembly text shows value / `scale` (4096 for the upper immediates).
    """

    name: str
    slices: tuple[tuple[int, int, int], ...]
    width: int
    signed: bool = False
    bias: int = 0
    scale: int = 1

    @property
    def mask(self) -> int:
        """The word bits this field occupies."""
        return sum(((1 << (hi - lo + 1)) - 1) << lo for hi, lo, _ in self.slices)

    @property
    def granule(self) -> int:
        """Values are multiples of this (2 for branch offsets, 8 for c.ld, ...)."""
        return 1 << min(value_lo for _, _, value_lo in self.slices)

    @property
    def range(self) -> tuple[int, int]:
        """The least and the greatest value that can be encoded."""
        top = (1 << self.width) - self.granule
        if self.signed:
            return self.bias - (1 << (self.width - 1)), self.bias + (top >> 1) // self.granule * self.granule
        return self.bias, self.bias + top

    def get(self, word: int) -> int:
        """The value of this field in `word`."""
        value = 0
        for hi, lo, value_lo in self.slices:
            value |= (word >> lo & (1 << (hi - lo + 1)) - 1) << value_lo
        if self.signed and value >> (self.width - 1):
            value -= 1 << self.width
        return value + self.bias

    def put(self, value: int) -> int:
        """The word bits that hold `value`.

        Raises ValueError when the value does not fit or is not a multiple of the granule.
        """
        least, most = self.range
        if not least <= value <= most:
            raise ValueError(f"{self.name}={value} is outside {least}..{most}")
        if (value - self.bias) % self.granule:
            raise ValueError(f"{self.name}={value} is not a multiple of {self.granule}")
        word = 0
        for hi, lo, value_lo in self.slices:
            word |= (value - self.bias >> value_lo & (1 << (hi - lo + 1)) - 1) << lo
        return word


# name | slices word_hi..word_lo>value_lo (">0" may be left out) | attributes
_ROWS = """
rd          | 11..7
rs1         | 19..15
rs2         | 24..20
rs3         | 31..27
vd          | 11..7
vs1         | 19..15
vs2         | 24..20
vs3         | 11..7
vm          | 25
rm          | 14..12
aq          | 26
rl          | 25
imm12       | 31..20                          | signed
storeimm12  | 31..25>5 11..7                  | signed
bimm12      | 31>12 30..25>5 11..8>1 7>11     | signed
imm20       | 31..12>12                       | signed scale=4096
jimm20      | 31>20 30..21>1 20>11 19..12>12  | signed
shamt6      | 25..20
shamt5      | 24..20
csr         | 31..20
zimm5       | 19..15
fm          | 31..28
pred        | 27..24
succ        | 23..20
simm5       | 19..15                          | signed
uimm5       | 19..15
uimm6       | 26>5 19..15
fli         | 19..15
preimm12    | 31..25>5                        | signed
zimm10      | 29..20
zimm11      | 30..20
c_rd        | 11..7
c_rs1       | 11..7
c_rs2       | 6..2
c_rdp       | 4..2                            | bias=8
c_rs1p      | 9..7                            | bias=8
c_rs2p      | 4..2                            | bias=8
c_imm6      | 12>5 6..2                       | signed
c_imm18     | 12>17 6..2>12                   | signed scale=4096
c_shamt6    | 12>5 6..2
c_imm10sp   | 12>9 6>4 5>6 4..3>7 2>5         | signed
c_uimm1     | 5>1
c_uimm2     | 6 5>1
c_uimm10    | 12..11>4 10..7>6 6>2 5>3
c_uimm7     | 12..10>3 6>2 5>6
c_uimm8     | 12..10>3 6..5>6
c_uimm8sp   | 12>5 6..4>2 3..2>6
c_uimm9sp   | 12>5 6..5>3 4..2>6
c_uimm8sp_s | 12..9>2 8..7>6
c_uimm9sp_s | 12..10>3 9..7>6
c_imm12     | 12>11 11>4 10..9>8 8>10 7>6 6>7 5..3>1 2>5 | signed
c_bimm9     | 12>8 11..10>3 6..5>6 4..3>1 2>5 | signed
"""


def _parse(rows: str) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for line in rows.strip().splitlines():
        name, text, *rest = (column.strip() for column in line.split("|"))
        slices = []
        for item in text.split():
            bits, _, value_lo = item.partition(">")
            hi, _, lo = bits.partition("..")
            slices.append((int(hi), int(lo or hi), int(value_lo or 0)))
        words = (rest[0] if rest else "").split()
        numbers = {key: int(number) for key, _, number in (word.partition("=") for word in words) if number}
        width = max(value_lo + hi - lo + 1 for hi, lo, value_lo in slices)
        fields[name] = Field(name, tuple(slices), width, signed="signed" in words, **numbers)
    return fields


FIELDS: dict[str, Field] = _parse(_ROWS)
