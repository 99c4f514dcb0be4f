"""What to offer one person: the numbers of the estimators, and what the catalogue says about what is owned."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from scipy.sparse import csr_array

from services.scoring.estimators.catalogue import Bought, Catalogue
from services.scoring.estimators.price_ladder import usual_tier
from services.scoring.estimators.recommendations import PERSONAL, TIER, Kind, Reason, Recommendation, Recommender
from services.scoring.estimators.refills import refills

EPOCH = date(1970, 1, 1)
HALF_LIFE = 60.0  # days in which an accessory loses half of its charm
BESIDES = 0.1  # about the chance that an accessory or an upgrade is taken at its best
USUAL_LIFE = 365.0  # days until an upgrade is welcome, where nobody says how long a thing lasts
RECENT = 60  # products whose companions are looked at
CANDIDATES = 200  # companions
CATEGORIES = 20  # whose next rungs are looked at
DIGITS = 4
# What each list is made of: kinds of the recommender, and relations of the catalogue.
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "repeat": ("repeat", "refill"),
    "cross_sell": ("cross_sell",),
    "up_sell": ("up_sell",),
    "personal": PERSONAL,
}
RELATED: Mapping[str, tuple[str, ...]] = {
    "repeat": (),
    "cross_sell": ("accessory",),
    "up_sell": ("upgrade",),
    "personal": ("accessory", "upgrade"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An order line: a day since 1970, units kept, and the price paid for one."""

    sku: str
    category: str | None
    day: float
    units: float
    price: float


@dataclass(frozen=True, slots=True)
class Product:
    """What is known of a product; `upgrades` are those of it."""

    sku: str
    category: str | None
    price: float | None
    tier: float | None
    use_days: int | None
    durable: bool
    sample: bool
    service: bool
    available: bool
    upgrades: Sequence[str]
    titles: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Relation:
    """What another product is to one that is owned: an accessory or an upgrade."""

    sku: str
    kind: str
    other: str


Companion = tuple[str, str, float]  # of the baskets with the first, the share that holds the second


@dataclass(frozen=True, slots=True)
class Taste:
    """What best-sellers must suit: products not `named` yet, at the place among prices that the person is used to."""

    named: Collection[str]
    usual_tier: float

    def suits(self, sold: "Sold") -> bool:
        """Whether a best-seller may fill a list; one without a price may, as may any while no price was paid."""
        return (
            sold.sku not in self.named
            and not abs((np.nan if sold.tier is None else sold.tier) - self.usual_tier) > TIER
        )


@dataclass(frozen=True, slots=True)
class Sold:
    """A product, how many baskets hold it, and where its price lies among those of its category."""

    sku: str
    baskets: int
    tier: float | None


def recent(lines: Iterable[Line]) -> list[str]:
    """The products bought last."""
    return list(dict.fromkeys(line.sku for line in sorted(lines, key=lambda line: -line.day)))[:RECENT]


def usual_prices(lines: Sequence[Line]) -> dict[str, float]:
    """The median unit price paid in each of the categories bought most."""
    paid: dict[str, list[float]] = {}
    for line in lines:
        if line.category is not None:
            paid.setdefault(line.category, []).append(line.price)
    most = sorted(paid, key=lambda category: -len(paid[category]))[:CATEGORIES]
    return {category: median(paid[category]) for category in most}


def likeliest(companions: Iterable[Companion], owned: Collection[str]) -> list[str]:
    """The products that companions speak for most, by the sum of their confidences."""
    total: dict[str, float] = {}
    for _, other, confidence in companions:
        total[other] = total.get(other, 0.0) + confidence
    return sorted(total.keys() - set(owned), key=lambda sku: (-total[sku], sku))[:CANDIDATES]


class Shelf:
    """All products that an answer to one person may name, by column, and what the person bought of them."""

    def __init__(
        self,
        products: Sequence[Product],
        lines: Sequence[Line],
        companions: Iterable[Companion] = (),
        relations: Iterable[Relation] = (),
    ) -> None:
        self.products, self.relations = products, relations
        self.place = {product.sku: at for at, product in enumerate(products)}
        self.bought = _bought(lines, self.place)
        self.owned = {line.sku for line in lines}
        told = {line.sku: line.category for line in lines}
        categories = [product.category or told.get(product.sku) or "" for product in products]
        self.catalogue = _catalogue(products, categories, self.owned)
        self.confidence = self._confidence(companions)
        self.tiers = np.array([np.nan if one.tier is None else one.tier for one in products], dtype=np.float64)

    def taste(self, offered: Iterable[str]) -> Taste:
        """What best-sellers must suit beside what is offered."""
        return Taste({*self.owned, *offered}, usual_tier(self.tiers, self.bought))

    def used_up(self) -> dict[int, float]:
        """The day on which the person will have used up each product."""
        items, days, _ = refills(self.bought, self.catalogue)
        return dict(zip(items.tolist(), days.tolist(), strict=True))

    def _confidence(self, companions: Iterable[Companion]) -> csr_array:
        kept = [(self.place[a], self.place[b], c) for a, b, c in companions if a in self.place and b in self.place]
        table = np.array(kept, dtype=np.float64).reshape(-1, 3)
        cells = table[:, 0].astype(np.intp), table[:, 1].astype(np.intp)
        return csr_array((table[:, 2], cells), shape=(len(self.products),) * 2)


def recommend(shelf: Shelf, kind: str, today: float, limit: int) -> list[Recommendation]:
    """The best of a kind, with what the catalogue relates to what is owned."""
    if not len(shelf.bought):
        return []
    by = Recommender(shelf.catalogue, shelf.confidence, shelf.tiers)
    dearness = by.dearness(shelf.bought)
    besides = [offer for relation in RELATED[kind] for offer in related(shelf, relation, today)]
    fitting = [offer for offer in besides if offer.kind == "up_sell" or not dearness[offer.item] > TIER]
    return by.best(shelf.bought, today, KINDS[kind], limit, besides=fitting)


def related(shelf: Shelf, kind: str, today: float) -> list[Recommendation]:
    """Accessories and services for what was bought lately, upgrades of what has served its time; nothing owned."""
    last: dict[int, float] = dict(zip(shelf.bought.item.tolist(), shelf.bought.day.tolist(), strict=True))
    found = []
    for relation in shelf.relations:
        base, other = shelf.place.get(relation.sku, -1), shelf.place.get(relation.other)
        if relation.kind != kind or base not in last or other is None or relation.other in shelf.owned:
            continue
        ago = max(today - last[base], 0.0)
        code = "service" if kind == "accessory" and shelf.products[other].service else kind
        reason = Reason(code, {"item": float(base)} | ({"days_ago": ago} if kind == "upgrade" else {}))
        score = BESIDES * _charm(kind, ago, shelf.products[base].use_days)
        found.append(Recommendation(other, "cross_sell" if kind == "accessory" else "up_sell", score, (reason,)))
    return found


def instant_of(day: float, zone: ZoneInfo) -> datetime:
    """When a day since 1970 begins."""
    return datetime.combine(EPOCH + timedelta(days=int(day)), time(), zone).astimezone(UTC)


def day_of(now: datetime, zone: ZoneInfo) -> float:
    """The business day, since 1970."""
    return float((now.astimezone(zone).date() - EPOCH).days)


def values(reason: Reason, products: Sequence[Product]) -> dict[str, float | str]:
    """The numbers of a reason, products by sku and days as dates."""
    told: dict[str, float | str] = {}
    for name, number in reason.numbers.items():
        if name == "item":
            told["sku"] = products[int(number)].sku
        elif name == "day":
            told["day"] = (EPOCH + timedelta(days=int(number))).isoformat()
        else:
            told[name] = round(number, DIGITS)
    return told


def _charm(kind: str, ago: float, use_days: int | None) -> float:
    if kind == "accessory":
        return float(0.5 ** (ago / HALF_LIFE))
    return min(1.0, ago / (use_days or USUAL_LIFE))


def _bought(lines: Sequence[Line], place: Mapping[str, int]) -> Bought:
    some = sorted(lines, key=lambda line: line.day)
    numbers = np.array([(line.day, line.units, line.price) for line in some], dtype=np.float64).reshape(-1, 3)
    item = np.array([place[line.sku] for line in some], dtype=np.intp)
    return Bought(np.zeros(len(some), dtype=np.intp), item, numbers[:, 0], numbers[:, 1], numbers[:, 2])


def _catalogue(products: Sequence[Product], categories: Sequence[str], owned: set[str]) -> Catalogue:
    def flags(said: Callable[[Product], bool]) -> Any:
        return np.array([said(product) for product in products], dtype=bool)

    prices = [one.price if category else None for one, category in zip(products, categories, strict=True)]
    return Catalogue(
        category=np.unique(categories, return_inverse=True)[1],
        price=np.array(prices, dtype=np.float64),
        use_days=np.array([one.use_days for one in products], dtype=np.float64),
        durable=flags(lambda one: one.durable),
        available=flags(lambda one: one.available),
        discontinued=flags(lambda one: one.sample or (one.sku not in owned and not owned.isdisjoint(one.upgrades))),
    )
