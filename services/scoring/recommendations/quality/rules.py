"""Recall of personal lists and of best-sellers on the last order day of each customer, learned from the days before.

Best-sellers and companions are those of the sample's own earlier days, a customer's day counting as one basket, so no
list has seen any day that it is asked about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from services.scoring.estimators.affinities import cross_affinity, repeat_affinity
from services.scoring.estimators.baskets import Baskets
from services.scoring.estimators.catalogue import Bought
from services.scoring.estimators.histories import Floats, Ints
from services.scoring.estimators.pair_counts import PairCounts
from services.scoring.estimators.recall import recall_at

CELLS = 4_000_000  # customers times items in memory at a time
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Learned:
    """What the days before the last teach: the share of baskets with each item, and the companions' confidences."""

    share: Floats
    confidence: csr_array


class Recalls:
    """The mean of recalls, over customers who wanted anything."""

    def __init__(self) -> None:
        self.customers = 0
        self._found = 0.0

    def add(self, scores: csr_array | Floats, wanted: csr_array) -> None:
        """Ask some more customers."""
        asked = int(np.count_nonzero(np.diff(wanted.indptr)))
        if asked:
            self._found += asked * recall_at(scores, wanted)
            self.customers += asked

    @property
    def mean(self) -> float | None:
        """None when nobody wanted anything."""
        return round(self._found / self.customers, DIGITS) if self.customers else None


def measured(bought: Bought, items: int) -> dict[str, float | int | None]:
    """The columns of the table. Customers are numbered from 0; who has one order day only is not asked."""
    customers = int(bought.customer.max(initial=-1)) + 1
    before, after = held_out(bought, customers)
    learned = _learned(before, items)
    recalls = {name: Recalls() for name in ("personal", "best_sellers", "personal_new", "best_sellers_new")}
    owned, wanted = before.owned(customers, items), after.owned(customers, items)
    again = repeat_affinity(before, float(before.day.max(initial=0.0)), customers, items)
    for rows in _portions(customers, items):
        mine, want = owned[rows], wanted[rows]
        first = _without(want, mine)
        beside = cross_affinity(mine, learned.confidence)
        sold = np.tile(learned.share, (mine.shape[0], 1))
        recalls["personal"].add(again[rows].maximum(beside), want)
        recalls["best_sellers"].add(sold, want)
        recalls["personal_new"].add(beside, first)
        recalls["best_sellers_new"].add(np.where(mine.toarray() > 0, 0.0, sold), first)
    counts = {"customers": recalls["personal"].customers, "customers_new": recalls["personal_new"].customers}
    return counts | {name: recall.mean for name, recall in recalls.items()}


def held_out(bought: Bought, customers: int) -> tuple[Bought, Bought]:
    """Each customer's lines before the last order day, and on it; of who has no day before, nothing on it."""
    last = np.full(customers, -np.inf)
    np.maximum.at(last, bought.customer, bought.day)
    earlier = bought.day < last[bought.customer]
    known = np.isin(np.arange(customers), bought.customer[earlier])
    return bought.at(earlier), bought.at(~earlier & known[bought.customer])


def joined(parts: Sequence[tuple[Ints, Ints, Floats]]) -> Bought:
    """Customers, items and days of several portions as one; units and prices do not matter here."""
    empty = (np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0))
    customer, item, day = (np.concatenate([part[at] for part in (*parts, empty)]) for at in range(3))
    ones = np.ones(len(day))
    return Bought(customer.astype(np.intp), item.astype(np.intp), day, ones, ones)


def _learned(before: Bought, items: int) -> Learned:
    _, basket = np.unique(np.column_stack([before.customer, before.day]), axis=0, return_inverse=True)
    counts = PairCounts.of(Baskets.of_lines(basket.ravel(), before.item))
    place, pairs = counts.items.astype(np.intp), counts.confidence().tocoo()
    share = np.zeros(items)
    share[place] = counts.bought / max(1, counts.baskets)
    return Learned(share, csr_array((pairs.data, (place[pairs.row], place[pairs.col])), shape=(items, items)))


def _without(wanted: csr_array, owned: csr_array) -> csr_array:
    new = csr_array(wanted - wanted.multiply(owned))
    new.eliminate_zeros()
    return new


def _portions(customers: int, items: int) -> Iterator[slice]:
    step = max(1, CELLS // max(1, items))
    return (slice(start, start + step) for start in range(0, customers, step))
