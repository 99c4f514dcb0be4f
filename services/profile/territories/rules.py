"""Which territory a region belongs to."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from services.profile.regions.rules import COUNTRY, ancestors

T = TypeVar("T")


def by_region(territories: Iterable[tuple[T, Iterable[str]]]) -> dict[str, T]:
    """Territories by each region that they name. Of two that name one region the first stays."""
    found: dict[str, T] = {}
    for territory, codes in territories:
        for code in codes:
            found.setdefault(code, territory)
    return found


def of_region(region: str | None, known: Mapping[str, T]) -> T | None:
    """The most precise territory that holds a region; None for an unknown region and where there is none."""
    return next((known[one] for one in enclosing(region) if one in known), None)


def enclosing(region: str | None) -> list[str]:
    """A region's own code and those it lies in, the nearest first."""
    if region is None:
        return []
    if region.isdigit():
        return [region, *ancestors(region), COUNTRY]
    country = region.partition("-")[0]
    return [region] if country == region else [region, country]
