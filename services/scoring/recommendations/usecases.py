"""Recommendations for some people, computed when they are asked for: one statement a source, however many they are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.scoring.baskets import usecases as baskets
from services.scoring.estimators.recommendations import Recommendation
from services.scoring.recommendations import repository, rules
from services.scoring.recommendations.rules import Companion, Line, Product, Relation, Shelf, Taste
from services.scoring.recommendations.schemas import ReasonOut, RecommendationOut, RecommendationsOut, Wanted

AT_ONCE = 50  # people whose companions are held in memory
SPARE = 200  # best-sellers that may be too dear or too cheap for somebody
People = Sequence[UUID]


def of(
    session: Session, person: UUID, kind: Wanted, limit: int, *, zone: ZoneInfo, now: datetime
) -> RecommendationsOut:
    """The best of a kind for a canonical customer. A personal list is filled up with best-sellers."""
    return of_all(session, [person], kind, limit, zone=zone, now=now)[0]


def of_all(
    session: Session, people: People, kind: Wanted, limit: int, *, zone: ZoneInfo, now: datetime
) -> list[RecommendationsOut]:
    """The same for canonical customers, in their order."""
    items: dict[UUID, list[RecommendationOut]] = {}
    tastes: dict[UUID, Taste] = {}
    for start in range(0, len(people), AT_ONCE):
        for person, shelf in _gathered(session, people[start : start + AT_ONCE], kind, str(zone)).items():
            items[person] = _best(shelf, kind, limit, zone, now)
            tastes[person] = shelf.taste(item.sku for item in items[person])
    if kind == "personal":
        _fill_up(session, items, tastes, limit)
    return [RecommendationsOut(customer_id=one, kind=kind, items=items[one], as_of=now) for one in people]


def _best(shelf: Shelf, kind: Wanted, limit: int, zone: ZoneInfo, now: datetime) -> list[RecommendationOut]:
    found = rules.recommend(shelf, kind, rules.day_of(now, zone), limit)
    used_up = {at: rules.instant_of(day, zone) for at, day in shelf.used_up().items()}
    return [_told(one, shelf.products, used_up) for one in found]


def _gathered(session: Session, people: People, kind: Wanted, zone: str) -> dict[UUID, Shelf]:
    """What is read for a kind, source by source."""
    lines = repository.bought(session, people, zone)
    owned = {person: dict.fromkeys(line.sku for line in lines[person]) for person in people}
    companions = _companions(session, lines) if kind in ("cross_sell", "personal") else {}
    relations = _relations(session, owned) if kind != "repeat" else {}
    dearer = _dearer(session, lines) if kind == "up_sell" else {}
    wanted = {
        person: dict.fromkeys(
            [
                *owned[person],
                *rules.likeliest(companions.get(person, ()), owned[person]),
                *dearer.get(person, ()),
                *(one.other for one in relations.get(person, ())),
            ]
        )
        for person in people
    }
    known = {one.sku: one for one in repository.products(session, _union(wanted.values()))}
    return {
        person: Shelf(
            [known[sku] for sku in wanted[person]],
            lines[person],
            companions.get(person, ()),
            relations.get(person, ()),
        )
        for person in people
    }


def _companions(session: Session, lines: Mapping[UUID, Sequence[Line]]) -> dict[UUID, list[Companion]]:
    recent = {person: rules.recent(bought) for person, bought in lines.items()}
    beside: dict[str, list[Companion]] = {}
    for one in repository.companions(session, _union(recent.values())):
        beside.setdefault(one[0], []).append(one)
    return {person: [one for sku in skus for one in beside.get(sku, ())] for person, skus in recent.items()}


def _relations(session: Session, owned: Mapping[UUID, Iterable[str]]) -> dict[UUID, list[Relation]]:
    related: dict[str, list[Relation]] = {}
    for one in repository.relations(session, _union(owned.values())):
        related.setdefault(one.sku, []).append(one)
    return {person: [one for sku in skus for one in related.get(sku, ())] for person, skus in owned.items()}


def _dearer(session: Session, lines: Mapping[UUID, Sequence[Line]]) -> dict[UUID, list[str]]:
    """Asked for one person only: what is usual is each one's own."""
    return {person: repository.dearer(session, rules.usual_prices(bought)) for person, bought in lines.items()}


def _union(some: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(sku for skus in some for sku in skus))


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


def _fill_up(
    session: Session, items: Mapping[UUID, list[RecommendationOut]], tastes: Mapping[UUID, Taste], limit: int
) -> None:
    """Add best-sellers to lists that are too short; nothing that is owned, stands there already, or is priced amiss."""
    short = [person for person, found in items.items() if len(found) < limit]
    if not short:
        return
    sold = repository.best_sellers(session, max(len(tastes[person].named) for person in short) + limit + SPARE)
    chosen = {p: [one for one in sold if tastes[p].suits(one)][: limit - len(items[p])] for p in short}
    skus = _union((one.sku for one in some) for some in chosen.values())
    known, total = {one.sku: one for one in repository.products(session, skus)}, baskets.baskets_mined(session)
    for person, some in chosen.items():
        items[person].extend(_sold(known[one.sku], one.baskets, total) for one in some)


def _sold(product: Product, sold: int, total: int) -> RecommendationOut:
    return RecommendationOut(
        sku=product.sku,
        category=product.category,
        titles=product.titles and dict(product.titles),
        kind="best_seller",
        score=round(sold / total, rules.DIGITS),
        reasons=[ReasonOut(code="best_seller", values=_share(sold, total))],
        predicted_at=None,
    )


def _share(baskets: int, total: int) -> dict[str, float | str]:
    return {"baskets": float(baskets), "share": round(baskets / total, rules.DIGITS)}
