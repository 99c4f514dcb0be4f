"""A QR code says the address it was drawn from: read back module by module, without the library that drew it."""

import struct
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.engagement.surveys.posters.rules import BORDER, drawn

pytestmark = pytest.mark.capability("C-31")
URL = "https://shop.example.com/v1/public/surveys/5f0c2a9be1d34c7788aa0123"
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)
# Of level M, by version: how many data codewords each block has (ISO/IEC 18004, table 9).
BLOCKS = {
    2: [28],
    3: [44],
    4: [32] * 2,
    5: [43] * 2,
    6: [27] * 4,
    7: [31] * 4,
    8: [38] * 2 + [39] * 2,
    9: [36] * 3 + [37] * 2,
}
ALIGNED = {2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42], 9: [6, 26, 46]}
FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def modules(png: bytes, scale: int) -> list[list[int]]:
    """The modules of a picture without its quiet zone; 1 is dark."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    parts: dict[bytes, bytes] = {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        parts.setdefault(png[at + 4 : at + 8], b"")
        parts[png[at + 4 : at + 8]] += png[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, depth, _ = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (width, depth) == (height, 1)
    raw, row = zlib.decompress(parts[b"IDAT"]), 1 + (width + 7) // 8
    rows = [bytes(row - 1)]
    for y in range(height):
        kind, line = raw[y * row], raw[y * row + 1 : (y + 1) * row]
        assert kind in (0, 2), "a filter that this reader does not know"
        rows.append(bytes((a + b) % 256 for a, b in zip(line, rows[-1], strict=True)) if kind else line)
    bit = [[(line[x // 8] >> (7 - x % 8)) & 1 for x in range(width)] for line in rows[1:]]
    light = bit[0][0]
    middles = range(BORDER * scale + scale // 2, width - BORDER * scale, scale)
    return [[int(bit[y][x] != light) for x in middles] for y in middles]


def reserved(size: int) -> set[tuple[int, int]]:
    """Modules that carry no data."""
    version = (size - 17) // 4
    found = {(r, c) for r in range(9) for c in range(9)}
    found |= {(r, c) for r in range(9) for c in range(size - 8, size)}
    found |= {(r, c) for r in range(size - 8, size) for c in range(9)}
    found |= {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row in ALIGNED[version]:
        for column in ALIGNED[version]:
            if (row, column) not in corners:
                found |= {(row + r, column + c) for r in range(-2, 3) for c in range(-2, 3)}
    if version >= 7:
        found |= {(r, c) for r in range(6) for c in range(size - 11, size - 8)}
        found |= {(r, c) for r in range(size - 11, size - 8) for c in range(6)}
    return found


def placed(size: int) -> Iterator[tuple[int, int]]:
    """The places of data modules in the order in which they are filled."""
    taken, upwards, column = reserved(size), True, size - 1
    while column > 0:
        column -= column == 6
        for row in range(size - 1, -1, -1) if upwards else range(size):
            yield from ((row, c) for c in (column, column - 1) if (row, c) not in taken)
        upwards, column = not upwards, column - 2


def said(matrix: list[list[int]]) -> str:
    """What a code says, taken as undamaged, in byte mode at level M."""
    size = len(matrix)
    written = [matrix[8][c] for c in (0, 1, 2, 3, 4, 5, 7, 8)]
    fields = int("".join(map(str, written[:5])), 2) ^ 0b10101
    assert fields >> 3 == 0, "not of level M"
    mask = MASKS[fields & 7]
    bits = "".join(str(matrix[r][c] ^ mask(r, c)) for r, c in placed(size))
    codewords = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    lengths = BLOCKS[(size - 17) // 4]
    blocks: list[list[int]] = [[] for _ in lengths]
    stream = iter(codewords)
    for turn in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if turn < length:
                block.append(next(stream))
    data = "".join(f"{codeword:08b}" for block in blocks for codeword in block)
    assert data[:4] == "0100", "not in byte mode"
    count = int(data[4:12], 2)
    return bytes(int(data[12 + 8 * at : 20 + 8 * at], 2) for at in range(count)).decode()


def test_a_code_says_its_address() -> None:
    assert said(modules(drawn(URL, "png", 8), 8)) == URL


@settings(max_examples=25)
@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789/.-", min_size=12, max_size=100), st.integers(1, 6))
def test_every_address_can_be_read_back(path: str, scale: int) -> None:
    url = f"https://{path}"
    assert said(modules(drawn(url, "png", scale), scale)) == url


def test_a_code_has_its_three_marks() -> None:
    matrix = ["".join(map(str, row)) for row in modules(drawn(URL, "png", 3), 3)]
    corners = [(0, 0), (0, len(matrix) - 7), (len(matrix) - 7, 0)]
    assert [[row[c : c + 7] for row in matrix[r : r + 7]] for r, c in corners] == [FINDER] * 3
