"""Which representation a caller wants, by its header Accept."""

from functools import lru_cache

JSON = "application/json"
CSV = "text/csv"


@lru_cache(maxsize=256)
def chosen(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """The offer the caller likes best, the first one of equals; None when it accepts none."""
    if accept is None:
        return offers[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    liked = [(_quality(offer, ranges), -at, offer) for at, offer in enumerate(offers)]
    quality, _, offer = max(liked)
    return offer if quality > 0 else None


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
    try:
        return name, float(weights[0]) if weights else 1.0
    except ValueError:
        return name, 0.0


def _quality(offer: str, ranges: list[tuple[str, float]]) -> float:
    """The weight of the most exact range that covers the offer."""
    for name in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        weights = [weight for known, weight in ranges if known == name]
        if weights:
            return max(weights)
    return 0.0
