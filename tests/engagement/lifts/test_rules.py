"""Lift: the intervals hold what they promise."""

import numpy as np
import pytest

from services.engagement.lifts.rules import Tally, conversion_lift, revenue_lift

pytestmark = pytest.mark.capability("C-27")

CAMPAIGNS, TREATED, HELD = 1000, 1800, 200


def tally(spent: np.ndarray) -> Tally:
    return Tally(len(spent), 0, int((spent > 0).sum()), float(spent.sum()), float((spent**2).sum()))


def test_intervals_cover_no_effect_in_95_of_100_campaigns_that_had_none() -> None:
    draw = np.random.default_rng(27)
    size = (CAMPAIGNS, TREATED + HELD)
    spent = np.where(draw.random(size) < 0.3, draw.gamma(4, 25, size), 0.0)
    pairs = [(tally(row[:TREATED]), tally(row[TREATED:])) for row in spent]
    for lift in (conversion_lift, revenue_lift):
        found = [said for pair in pairs if (said := lift(*pair))]
        covered = sum(said.low <= 0 <= said.high for said in found) / CAMPAIGNS
        assert 0.93 <= covered <= 0.97, lift.__name__


def test_a_published_difference_of_shares() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 873-890: 56/70 against 48/80, method 10.
    said = conversion_lift(Tally(70, 0, 56), Tally(80, 0, 48))
    assert said is not None
    assert (round(said.by, 4), round(said.low, 4), round(said.high, 4)) == (0.2, 0.0524, 0.3339)


def test_without_a_hold_out_there_is_no_lift() -> None:
    assert conversion_lift(Tally(10, 10, 3), Tally()) is None
    assert revenue_lift(Tally(10, 10, 3, 30.0, 300.0), Tally(1)) is None
