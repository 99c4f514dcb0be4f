"""Nothing of a feature comes from later, however the log tempts."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.estimators.as_of import FEATURES, NAMES, ArrivedLog, features
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.snapshots import Snapshot, Target, examples, high, snapshot, snapshots

CUTOFF, HORIZON, MONTH = 100.0, 30.0, 30.0


class Rows(NamedTuple):
    customer: list[int]
    time: list[float]
    amount: list[float]
    arrived: list[float]


def log(rows: Rows) -> ArrivedLog:
    customer, *numbers = (np.array(column) for column in rows)
    return ArrivedLog(customer, *(column.astype(np.float64) for column in numbers))


def shop(seed: int = 1, orders: int = 400) -> Rows:
    """A log over 200 days of which every third order arrives late, up to 60 days."""
    random = np.random.default_rng(seed)
    time = np.floor(random.uniform(0, 200, orders))
    late = np.where(random.random(orders) < 1 / 3, random.uniform(0, 60, orders), 0.0)
    customer = random.integers(0, 60, orders)
    amount = random.lognormal(3, 0.5, orders).round(2)
    return Rows(customer.tolist(), time.tolist(), amount.tolist(), (time + late).tolist())


def table(rows: Rows) -> Floats:
    return features(log(rows), CUTOFF, HORIZON).table


def added(some: Rows, more: Rows) -> Rows:
    return Rows(
        some.customer + more.customer, some.time + more.time, some.amount + more.amount, some.arrived + more.arrived
    )


def unknown(rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Orders that had not happened or not arrived at the cut-off."""
    return np.asarray((np.array(rows.time) > CUTOFF) | (np.array(rows.arrived) > CUTOFF))


@pytest.mark.capability("C-19")
@settings(max_examples=10)
@given(st.integers(0, 10), st.floats(1.0, 300.0), st.floats(0.0, 50.0))
def test_moving_what_was_not_known_changes_no_feature(seed: int, money: float, days: float) -> None:
    rows = shop(seed)
    later = unknown(rows)
    time = np.where(later, np.maximum(np.array(rows.time), CUTOFF) + days + 1, rows.time)
    moved = Rows(rows.customer, time.tolist(), np.where(later, money, rows.amount).tolist(), rows.arrived)
    assert later.any()
    assert np.array_equal(table(rows), table(moved))


@pytest.mark.capability("C-19")
def test_a_signal_that_only_the_future_has_changes_no_feature() -> None:
    rows = shop()
    buyers = sorted(set(rows.customer))[:20]
    spree = Rows(buyers * 3, [CUTOFF + 1] * 60, [9_999.0] * 60, [CUTOFF + 1] * 60)
    backdated = Rows(buyers, [CUTOFF - 5] * 20, [9_999.0] * 20, [CUTOFF + 1] * 20)
    for signal in (spree, backdated):
        assert np.array_equal(table(rows), table(added(rows, signal)))


def test_what_happened_and_arrived_by_the_cut_off_does_change_features() -> None:
    rows = shop()
    more = Rows(rows.customer[:1], [CUTOFF], [50.0], [CUTOFF])
    assert not np.array_equal(table(rows), table(added(rows, more)))


def test_every_feature_is_a_number_and_has_a_direction() -> None:
    assert np.isfinite(table(shop())).all()
    assert table(shop()).shape[1] == len(NAMES) == len(FEATURES)
    assert set(FEATURES.values()) == {-1, 0, 1}


def test_features_of_one_customer_who_bought_once() -> None:
    some = features(log(Rows([7], [90.0], [20.0], [90.0])), CUTOFF, HORIZON)
    told = dict(zip(NAMES, some.table[0].tolist(), strict=True))
    assert (told["frequency"], told["recency"], told["age"], told["order_value"]) == (0.0, 10.0, 10.0, 20.0)
    assert (told["orders_half_horizon"], told["orders_horizon"], told["spend_horizon"]) == (1.0, 1.0, 20.0)


@pytest.mark.capability("C-19")
def test_snapshots_are_monthly_and_their_outcomes_are_over() -> None:
    found = snapshots(log(shop()), now=200.0, horizon=HORIZON, month=MONTH)
    assert [one.features.cutoff for one in found] == [50.0, 80.0, 110.0, 140.0, 170.0]
    assert max(one.closes for one in found) <= 200.0


def three() -> Snapshot:
    """Three customers: one falls silent, one comes to spend much, one goes on in small orders."""
    rows = Rows([1, 2, 3, 2, 3, 3], [80, 80, 80, 110, 110, 120], [20, 20, 20, 200, 30, 40], [80, 80, 80, 190, 110, 120])
    return snapshot(log(rows), CUTOFF, HORIZON)


@pytest.mark.parametrize(
    ("target", "threshold", "happened"),
    [
        ("churn", np.inf, [True, False, False]),
        ("becomes_high_value", 60.0, [False, True, True]),
        ("becomes_high_value", 100.0, [False, True, False]),
        ("becomes_high_ticket", 60.0, [False, True, False]),
    ],
)
@pytest.mark.capability("C-19")
def test_outcomes_are_what_came_within_the_horizon_even_if_it_arrived_late(
    target: Target, threshold: float, happened: list[bool]
) -> None:
    assert examples(three(), target, threshold).outcome.tolist() == happened


def test_who_is_high_already_cannot_become_it() -> None:
    assert len(examples(three(), "becomes_high_value", 20.0).outcome) == 0
    assert len(examples(three(), "becomes_high_ticket", 20.0).outcome) == 0


def test_high_is_what_one_of_five_buyers_reaches() -> None:
    some = snapshots(log(shop()), 200.0, HORIZON, MONTH)[-1].features
    spend = some.column("spend_horizon")
    reached = (spend[spend > 0] >= high(some, "becomes_high_value")).mean()
    assert reached == pytest.approx(0.2, abs=0.05)
