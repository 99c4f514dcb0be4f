"""What to offer one person next, and why: as numbers and codes, which others put into words."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from services.scoring.estimators.affinities import cross_affinity, repeat_affinity
from services.scoring.estimators.catalogue import Bools, Bought, Catalogue
from services.scoring.estimators.histories import Floats, Ints
from services.scoring.estimators.price_ladder import BAND, next_rungs, price_tiers, usual_prices, usual_tier
from services.scoring.estimators.refills import refills

Kind = Literal["repeat", "refill", "cross_sell", "up_sell"]
PERSONAL: tuple[Kind, ...] = ("repeat", "refill", "cross_sell")  # dearer rungs nobody asked for
SOON = 7.0  # days before an item is used up that reminding begins
TIER = 0.35  # how far the price tier of an offer may lie from the usual one, unless it is an up-sell
BESIDE = 2  # items named as a reason for another
MOST = 200  # candidates of a kind


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and the numbers of its sentence.

    "bought_often" {times, days_ago} · "used_up" {day, lasts} · "bought_with" {item, confidence} ·
    "next_rung" {price, usual_price, rung}.
    """

    code: str
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An item, what kind of offer it is, a score (about the chance that it is in the next basket), and reasons."""

    item: int
    kind: Kind
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Recommender:
    """Offers to one person from the catalogue and the confidences of rules between items (`PairCounts.confidence`)."""

    catalogue: Catalogue
    confidence: csr_array
    tiers: Floats

    @classmethod
    def of(cls, catalogue: Catalogue, confidence: csr_array) -> "Recommender":
        """Ready to answer for one person after the other."""
        return cls(catalogue, confidence, price_tiers(catalogue))

    def best(
        self,
        bought: Bought,
        now: float,
        kinds: Collection[Kind] = PERSONAL,
        limit: int = 10,
        *,
        besides: Iterable[Recommendation] = (),
    ) -> list[Recommendation]:
        """The best of some kinds, and of offers that came from elsewhere; nothing that is excluded."""
        offers: Mapping[Kind, Callable[[], list[Recommendation]]] = {
            "repeat": lambda: self.repeat(bought, now),
            "refill": lambda: self.refill(bought, now),
            "cross_sell": lambda: self.cross_sell(bought),
            "up_sell": lambda: self.up_sell(bought),
        }
        owned = np.zeros(len(self.catalogue), dtype=bool)
        owned[bought.item] = True
        own = (offer for kind in kinds for offer in offers[kind]())
        return ranked(chain(own, besides), self.catalogue.excluded(owned), limit)

    def repeat(self, bought: Bought, now: float) -> list[Recommendation]:
        """What the person buys often, lately more than long ago."""
        affinity = self._repeats(bought, now)
        times = np.bincount(bought.item, minlength=len(affinity))
        last = np.full(len(affinity), -np.inf)
        np.maximum.at(last, bought.item, bought.day)
        return [
            _offer(item, "repeat", affinity, "bought_often", times=times[item], days_ago=now - last[item])
            for item in _best(affinity)
        ]

    def refill(self, bought: Bought, now: float) -> list[Recommendation]:
        """What will be used up within a week, or has been for no longer than it lasts."""
        affinity = self._repeats(bought, now)
        return [
            _offer(item, "refill", affinity, "used_up", day=day, lasts=lasts)
            for item, day, lasts in zip(*refills(bought, self.catalogue), strict=True)
            if day - SOON <= now <= day + lasts
        ]

    def cross_sell(self, bought: Bought) -> list[Recommendation]:
        """What people with such things also buy and this one has not, at the prices this one is used to."""
        owned = _one(bought).owned(1, len(self.catalogue))
        affinity = cross_affinity(owned, self.confidence).toarray()[0]
        affinity[np.abs(self.dearness(bought)) > TIER] = 0.0
        best, mine = _best(affinity), owned.indices
        sure = self.confidence[mine][:, best].toarray()
        return [
            Recommendation(int(item), "cross_sell", float(affinity[item]), _beside(mine, sure[:, at]))
            for at, item in enumerate(best)
        ]

    def up_sell(self, bought: Bought, band: float = BAND) -> list[Recommendation]:
        """What is a little dearer than usual in the categories the person buys, the nearest first."""
        categories, usual = usual_prices(bought, self.catalogue)
        share = np.bincount(self.catalogue.category[bought.item], minlength=categories.max(initial=0) + 1)
        owned, price = set(bought.item.tolist()), self.catalogue.price
        return [
            Recommendation(
                int(item),
                "up_sell",
                float(share[category] / len(bought) * paid / price[item]),
                (Reason("next_rung", {"price": float(price[item]), "usual_price": float(paid), "rung": float(rung)}),),
            )
            for category, paid in zip(categories, usual, strict=True)
            for item, rung in zip(*next_rungs(self.catalogue, category, paid, band=band), strict=True)
            if int(item) not in owned
        ]

    def dearness(self, bought: Bought) -> Floats:
        """How much dearer each item is, among its kind, than what the person usually buys; NaN where not known."""
        return np.asarray(self.tiers - usual_tier(self.tiers, bought))

    def _repeats(self, bought: Bought, now: float) -> Floats:
        return np.asarray(repeat_affinity(_one(bought), now, 1, len(self.catalogue)).toarray()[0])


def ranked(offers: Iterable[Recommendation], excluded: Bools, limit: int) -> list[Recommendation]:
    """The best offers, an item once: with its best score and the reasons of all."""
    by_item: dict[int, Recommendation] = {}
    for offer in sorted(offers, key=lambda one: (-one.score, one.item)):
        known = by_item.get(offer.item)
        by_item[offer.item] = replace(known, reasons=known.reasons + offer.reasons) if known else offer
    return [offer for offer in by_item.values() if not excluded[offer.item]][:limit]


def _offer(item: int, kind: Kind, affinity: Floats, code: str, **numbers: float) -> Recommendation:
    told = {name: float(number) for name, number in numbers.items()}
    return Recommendation(int(item), kind, float(affinity[item]), (Reason(code, told),))


def _beside(mine: Ints, sure: Floats) -> tuple[Reason, ...]:
    """The rules that say most."""
    strongest = [at for at in np.argsort(-sure, kind="stable")[:BESIDE] if sure[at] > 0]
    return tuple(Reason("bought_with", {"item": float(mine[at]), "confidence": float(sure[at])}) for at in strongest)


def _best(affinity: Floats) -> Ints:
    order = np.argsort(-affinity, kind="stable")[:MOST]
    return order[affinity[order] > 0]


def _one(bought: Bought) -> Bought:
    return replace(bought, customer=np.zeros(len(bought), dtype=np.intp))
