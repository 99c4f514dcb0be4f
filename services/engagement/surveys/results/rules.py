"""Scores and their intervals, and the ranking of weak links. Pure."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from services.engagement.surveys.results.schemas import AspectOut, Csat, LinkOut, Mean, Nps, WeakestLink

MINIMUM = 30
Z = 1.96  # of a 95 % interval

Row = Mapping[Any, Any]


def csat(n: int, mean: float | None, satisfied: int) -> Csat:
    """Satisfaction of `n` answers, of which so many are 4 or 5."""
    if n < MINIMUM or mean is None:
        return Csat(n=n, mean=None, satisfied=None, low=None, high=None)
    low, high = wilson(satisfied, n)
    share = 100 * satisfied / n
    return Csat(n=n, mean=round(mean, 2), satisfied=round(share, 1), low=round(100 * low, 1), high=round(100 * high, 1))


def nps(n: int, promoters: int, detractors: int) -> Nps:
    """The net promoter score of `n` answers."""
    if n < MINIMUM:
        return Nps(n=n, promoters=None, passives=None, detractors=None, score=None, low=None, high=None)
    share_p, share_d = promoters / n, detractors / n
    score = 100 * (share_p - share_d)
    half = 100 * Z * sqrt(max(0.0, share_p + share_d - (share_p - share_d) ** 2) / n)
    return Nps(
        n=n,
        promoters=promoters,
        passives=n - promoters - detractors,
        detractors=detractors,
        score=round(score, 1),
        low=round(max(-100.0, score - half), 1),
        high=round(min(100.0, score + half), 1),
    )


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson)."""
    share, spread = hits / n, Z**2 / n
    centre = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def mean(n: int, value: float | None, deviation: float | None) -> Mean:
    """A mean of ratings with its interval."""
    if n < MINIMUM or value is None:
        return Mean(n=n, mean=None, low=None, high=None)
    half = Z * (deviation or 0.0) / sqrt(n)
    return Mean(n=n, mean=round(value, 2), low=round(max(1.0, value - half), 2), high=round(min(5.0, value + half), 2))


def aspect(row: Row) -> AspectOut:
    """One aspect as it is told."""
    return AspectOut(aspect=row["aspect"], **mean(row["n"], row["mean"], row["deviation"]).model_dump())


def weakest(rows: Sequence[Row]) -> WeakestLink:
    """Aspects by gap × impact, the weakest first; those under the minimum are only named.

    Overall satisfaction is `csat` where enough answered both, else `nps`. Of equal ones the code decides.
    """
    enough = [row for row in rows if row["n"] >= MINIMUM]
    against = next((one for one in ("csat", "nps") if any(row[f"{one}_pairs"] >= MINIMUM for row in enough)), None)
    best = max((row["mean"] for row in enough), default=0.0)
    links = [_link(row, best, against) for row in enough]
    return WeakestLink(
        against=against,
        links=sorted(links, key=lambda link: (-link.score, -link.gap, link.aspect)),
        too_few=sorted(row["aspect"] for row in rows if row["n"] < MINIMUM),
    )


def inside(region: str) -> str:
    """How the codes of everything in a region begin: of GB/T 2260 by its digits, of ISO 3166 after a hyphen."""
    if not region.isdigit():
        return f"{region}-"
    return region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region


def _link(row: Row, best: float, against: str | None) -> LinkOut:
    together = row[f"{against}_impact"] if against and row[f"{against}_pairs"] >= MINIMUM else None
    gap, impact = best - row["mean"], max(0.0, together or 0.0)
    return LinkOut(
        aspect=row["aspect"],
        n=row["n"],
        mean=round(row["mean"], 2),
        gap=round(gap, 4),
        impact=round(impact, 4),
        score=round(gap * impact, 4),
    )
