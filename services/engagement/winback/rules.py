"""Adding cases up. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import sqrt
from typing import NamedTuple, cast

from services.engagement.winback.schemas import RUNNING, WinbackRow
from services.engagement.winback_offers.schemas import Why

Z = 1.959963984540054


class Cell(NamedTuple):
    """How many cases of an offer and a reason are in a status."""

    offer: str | None
    reason: str | None
    status: str
    cases: int


def rows(cells: Iterable[Cell], *, offers: bool, reasons: bool) -> list[WinbackRow]:
    """Cases by offer, by reason or by both."""
    groups: dict[tuple[str | None, str | None], Counter[str]] = {}
    for cell in cells:
        key = (cell.offer if offers else None, cell.reason if reasons else None)
        groups.setdefault(key, Counter())[cell.status] += cell.cases
    return [
        _row(*key, counts) for key, counts in sorted(groups.items(), key=lambda one: [part or "" for part in one[0]])
    ]


def success(recovered: int, lost: int) -> tuple[float, float, float] | None:
    """The share that ordered again, with its interval of 95 % (Wilson); None where none ended."""
    of = recovered + lost
    if not of:
        return None
    share = recovered / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return share, max(0.0, middle - half), min(1.0, middle + half)


def _row(offer: str | None, reason: str | None, counts: Mapping[str, int]) -> WinbackRow:
    recovered, lost = counts.get("recovered", 0), counts.get("lost", 0)
    share, low, high = success(recovered, lost) or (None, None, None)
    return WinbackRow(
        offer=offer,
        reason=cast(Why | None, reason),
        cases=sum(counts.values()),
        running=sum(counts.get(status, 0) for status in RUNNING),
        recovered=recovered,
        lost=lost,
        closed=counts.get("closed", 0),
        success=share,
        low=low,
        high=high,
    )
