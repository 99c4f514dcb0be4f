"""How a region code tells what lies in it."""

from collections.abc import Iterable

COUNTRY = "CN"
PROVINCE, PREFECTURE, COUNTY = 1, 2, 3
FIRST_DIGITS = "12345678"


def level(code: str) -> int:
    """Which level of the tree a code of GB/T 2260 names."""
    return PROVINCE if code.endswith("0000") else PREFECTURE if code.endswith("00") else COUNTY


def ancestors(code: str) -> list[str]:
    """The codes a code of GB/T 2260 lies in by its digits, the nearest first."""
    return [one for one in (f"{code[:4]}00", f"{code[:2]}0000") if level(one) < level(code)]


def patterns(codes: Iterable[str]) -> list[str]:
    """LIKE patterns of everything in these regions, themselves included; ISO 3166 codes hold their subdivisions."""
    return sorted({pattern for code in codes for pattern in _patterns(code)})


def _patterns(code: str) -> list[str]:
    if not code.isdigit():
        inside = [f"{digit}%" for digit in FIRST_DIGITS] if code == COUNTRY else []
        return [code, f"{code}-%", *inside]
    return [f"{code[: 2 * level(code)]}%"]
