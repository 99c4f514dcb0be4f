"""Shares, indices, and how sure a difference is. Pure."""

from math import sqrt

from services.profile.segments.portraits.schemas import TraitOut

Z = 1.959963984540054


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The interval of 95 % of a share (Wilson's score)."""
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def difference(hits: int, of: int, other_hits: int, other_of: int) -> tuple[float, float]:
    """The interval of 95 % of the difference of two independent shares (Newcombe's)."""
    (low, high), (other_low, other_high) = wilson(hits, of), wilson(other_hits, other_of)
    share, other = hits / of if of else 0.0, other_hits / other_of if other_of else 0.0
    below = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return share - other - below, share - other + above


def trait(field: str, value: str, *, hits: int, of: int, all_hits: int, all_of: int) -> TraitOut:
    """One value in a segment against all. All include the segment, so it is measured against the rest and scaled."""
    share, among_all, rest = hits / of, all_hits / all_of, all_of - of
    low, high = difference(hits, of, all_hits - hits, rest) if rest else (0.0, 0.0)
    scale = rest / all_of
    return TraitOut(
        field=field,
        value=value,
        members=hits,
        share=share,
        share_of_all=among_all,
        index=100 * share / among_all,
        difference=share - among_all,
        low=low * scale,
        high=high * scale,
    )
