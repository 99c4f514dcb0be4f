"""Lists against what households bought on their next shopping day, which nobody saw.

Complete Journey, product types, history to 3 December 2017. Measured before: best-sellers .138, personal frequency with
decay .235, with a little of item-item similarity added .232; among types new to a household best-sellers .068, rules by
the sum of confidences .074.
"""

from datetime import date
from functools import cache

import numpy as np
import pytest
from scipy.sparse import csr_array

from services.scoring.estimators.affinities import cross_affinity, repeat_affinity
from services.scoring.estimators.baskets import Baskets
from services.scoring.estimators.catalogue import Bought
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.pair_counts import PairCounts
from services.scoring.estimators.recall import recall_at
from tests.scoring.estimators import groceries

CUTOFF = groceries.days(date(2017, 12, 3))
SUPPORT = 0.001


class NextDays:
    """What was known of each household, and the types it bought on its next shopping day."""

    def __init__(self) -> None:
        lines = groceries.lines()
        names, household = np.unique(lines.household, return_inverse=True)
        self.shape = len(names), len(lines.kinds)
        bought = Bought(household, lines.kind, lines.day, np.ones(len(household)), lines.amount)
        later = np.flatnonzero(lines.day > CUTOFF)
        day = np.full(len(names), np.inf)
        np.minimum.at(day, household[later], lines.day[later])
        self.known, self.next = bought.until(CUTOFF), bought.at(lines.day == day[household]).owned(*self.shape)
        self.owned = self.known.owned(*self.shape)
        self.new = csr_array(self.next - self.next.multiply(self.owned))
        self.new.eliminate_zeros()
        past = lines.day <= CUTOFF
        self.counts = PairCounts.of(Baskets.of_lines(lines.basket[past], lines.kind[past]))

    def best_sellers(self) -> Floats:
        bought = np.zeros(self.shape[1])
        bought[self.counts.items.astype(np.intp)] = self.counts.bought
        return np.tile(bought / self.counts.baskets, (self.shape[0], 1))

    def rules(self, *, by_lift: bool = False) -> csr_array:
        rules = self.counts.rules(SUPPORT, 0.0)
        place = rules.items.astype(np.intp)
        cells = place[rules.antecedent[:, 0]], place[rules.consequent[:, 0]]
        return csr_array((rules.lift if by_lift else rules.confidence, cells), shape=(self.shape[1],) * 2)


@cache
def next_days() -> NextDays:
    return NextDays()


def reported(what: str, recall: float) -> float:
    print(f"Complete Journey, known to 2017-12-03, next shopping day, recall@10, {what}: {recall:.4f}")  # noqa: T201
    return recall


@pytest.mark.capability("C-21")
def test_what_households_buy_again_is_found_as_measured_before() -> None:
    days = next_days()
    repeats = repeat_affinity(days.known, CUTOFF, *days.shape)
    sellers = reported("best-sellers", recall_at(days.best_sellers(), days.next))
    assert round(sellers, 3) == 0.138
    assert reported("repeat", recall_at(repeats, days.next)) >= 0.235


@pytest.mark.capability("C-21")
def test_what_is_new_to_households_is_found_as_measured_before() -> None:
    days = next_days()
    new = days.best_sellers() * (days.owned.toarray() == 0)
    sellers = reported("new, best-sellers", recall_at(new, days.new))
    rules = reported("new, rules", recall_at(cross_affinity(days.owned, days.rules()), days.new))
    assert round(rules, 3) >= 0.074
    assert rules > sellers


def test_a_list_of_both_finds_nearly_as_much_as_repeats_alone() -> None:
    days = next_days()
    repeats, rules = repeat_affinity(days.known, CUTOFF, *days.shape), cross_affinity(days.owned, days.rules())
    assert reported("repeat and new", recall_at(repeats.maximum(rules), days.next)) >= 0.232


def test_lift_is_no_order_to_offer_in() -> None:
    days = next_days()
    by_lift = recall_at(cross_affinity(days.owned, days.rules(by_lift=True)), days.new)
    assert reported("new, by lift", by_lift) < recall_at(cross_affinity(days.owned, days.rules()), days.new)


def test_recall_is_the_mean_share_found_over_who_wanted_anything() -> None:
    scores = np.array([[0.9, 0.5, 0.1], [0.2, 0.0, 0.0], [0.3, 0.2, 0.1]])
    wanted = csr_array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    assert recall_at(scores, wanted, places=2) == 0.25
