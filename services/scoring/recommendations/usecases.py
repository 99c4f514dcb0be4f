"""Recommendations for one person, computed when they are asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.scoring.baskets import usecases as baskets
from services.scoring.estimators.recommendations import Recommendation
from services.scoring.recommendations import repository, rules
from services.scoring.recommendations.rules import Product, Shelf
from services.scoring.recommendations.schemas import ReasonOut, RecommendationOut, RecommendationsOut, Wanted


def of(
    session: Session, person: UUID, kind: Wanted, limit: int, *, zone: ZoneInfo, now: datetime
) -> RecommendationsOut:
    """The best of a kind for a canonical customer. A personal list is filled up with best-sellers."""
    shelf = _gathered(session, person, kind, str(zone))
    today = rules.day_of(now, zone)
    found = rules.recommend(shelf, kind, today, limit)
    used_up = {at: rules.instant_of(day, zone) for at, day in shelf.used_up().items()}
    items = [_told(one, shelf.products, used_up) for one in found]
    if kind == "personal" and len(items) < limit:
        named = shelf.owned | {item.sku for item in items}
        items += _best_sellers(session, named, limit - len(items))
    return RecommendationsOut(customer_id=person, kind=kind, items=items, as_of=now)


def _gathered(session: Session, person: UUID, kind: Wanted, zone: str) -> Shelf:
    """What is read for a kind, source by source."""
    lines = repository.bought(session, person, zone)
    owned = {line.sku: None for line in lines}
    if not owned:
        return Shelf([], [])
    beside = kind in ("cross_sell", "personal")
    companions = repository.companions(session, rules.recent(lines)) if beside else []
    relations = repository.relations(session, owned) if kind != "repeat" else []
    dearer = repository.dearer(session, rules.usual_prices(lines)) if kind == "up_sell" else []
    candidates = [*rules.likeliest(companions, owned), *dearer, *(one.other for one in relations)]
    products = repository.products(session, dict.fromkeys([*owned, *candidates]))
    return Shelf(products, lines, companions, relations)


def _told(one: Recommendation, products: Sequence[Product], used_up: Mapping[int, datetime]) -> RecommendationOut:
    product = products[one.item]
    return RecommendationOut(
        sku=product.sku,
        category=product.category,
        titles=product.titles and dict(product.titles),
        kind=one.kind,
        score=round(one.score, rules.DIGITS),
        reasons=[ReasonOut(code=reason.code, values=rules.values(reason, products)) for reason in one.reasons],
        predicted_at=used_up.get(one.item),
    )


def _best_sellers(session: Session, named: set[str], limit: int) -> list[RecommendationOut]:
    sold = repository.best_sellers(session, named, limit)
    total = baskets.baskets_mined(session)
    return [
        RecommendationOut(
            sku=product.sku,
            category=product.category,
            titles=product.titles and dict(product.titles),
            kind="best_seller",
            score=round(sold[product.sku] / total, rules.DIGITS),
            reasons=[ReasonOut(code="best_seller", values=_share(sold[product.sku], total))],
            predicted_at=None,
        )
        for product in (repository.products(session, sold) if sold else [])
    ]


def _share(baskets: int, total: int) -> dict[str, float | str]:
    return {"baskets": float(baskets), "share": round(baskets / total, rules.DIGITS)}
