import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.estimators.btyd import BetaGeoNBD
from services.scoring.estimators.gamma_gamma import GammaGamma, SpendParameters
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.likelihood import Parameters
from services.scoring.estimators.simulation import simulate
from services.scoring.estimators.values import CustomerValue
from tests.scoring.estimators.worlds import rows

COUNTS = BetaGeoNBD.known(Parameters(0.6, 50.0, 0.8, 2.2))
SPEND = GammaGamma.known(SpendParameters(6.0, 4.0, 15.0), mean=30.0)
VALUE = CustomerValue(COUNTS, SPEND)


def orders_of(table: Floats) -> Floats:
    return np.column_stack([table[:, 0] + 1.0, 20.0 + table[:, 2] % 30])


@given(rows(), st.floats(1.0, 700.0))
def test_value_is_purchases_times_order_value(table: Floats, horizon: float) -> None:
    value = VALUE.expected(table, orders_of(table), horizon)
    worth = SPEND.expected_order_value(orders_of(table))
    assert value == pytest.approx(COUNTS.expected_purchases(table, horizon) * worth)


@given(rows(), st.floats(1e-5, 0.01))
@settings(max_examples=30)
def test_money_that_comes_later_is_worth_less(table: Floats, discount: float) -> None:
    now = VALUE.expected(table, orders_of(table), 365.0)
    later = VALUE.expected(table, orders_of(table), 365.0, discount=discount)
    assert (later <= now + 1e-9).all()
    assert (later >= now * np.exp(-discount * 365.0) - 1e-9).all()


@given(rows())
def test_an_interval_holds_its_middle_and_widens_with_coverage(table: Floats) -> None:
    low, high = VALUE.interval(table, orders_of(table), 365.0)
    lower, higher = VALUE.interval(table, orders_of(table), 365.0, coverage=0.95)
    assert (low >= 0).all()
    assert (high >= low).all()
    assert (lower <= low * 1.01).all()
    assert (higher >= high * 0.99).all()


@pytest.mark.capability("C-12")
def test_four_of_five_customers_of_a_simulated_world_fall_into_their_interval() -> None:
    random, counts = np.random.default_rng(8), BetaGeoNBD.known(Parameters(1.5, 40.0, 0.5, 6.0))
    world = simulate(random, counts.parameters_, random.uniform(30, 700, 4_000), horizon=365.0)
    bought = world.history[:, 0] + 1.0
    p, q, v = SPEND.parameters_
    rate = random.gamma(q, 1.0 / v, len(bought))
    orders = np.column_stack([bought, random.gamma(p * bought, 1.0 / (rate * bought))])
    value = random.gamma(np.maximum(p * world.later, 1e-9), 1.0 / rate)
    low, high = CustomerValue(counts, SPEND).interval(world.history, orders, 365.0)
    assert (value > high)[high > 0].mean() == pytest.approx(0.1, abs=0.015)
    sure = low > 0  # else the chance of no purchase alone is more than a tenth
    assert (value < low)[sure].mean() == pytest.approx(0.1, abs=0.03)
    assert sure.sum() > 1_000


def test_many_purchases_are_counted_in_groups_without_a_trace() -> None:
    busy, newcomer = [900.0, 995.0, 1000.0], [0.0, 0.0, 10.0]
    spend = [[901.0, 20.0], [1.0, 20.0]]
    low, high = VALUE.interval([busy, newcomer], spend, 365.0)
    value = VALUE.expected([busy, newcomer], spend, 365.0)
    assert low[0] < value[0] < high[0]
    alone = VALUE.interval([newcomer], spend[1:], 365.0)
    assert (low[1], high[1]) == pytest.approx((alone[0][0], alone[1][0]), rel=0.01)


def test_without_a_model_of_order_value_the_purchases_vary_alone() -> None:
    heavy = GammaGamma.known(SpendParameters(2.0, 0.9, 10.0), mean=20.0)
    low, high = CustomerValue(COUNTS, heavy).interval([[5, 200, 210]], [[6, 20.0]], 365.0)
    fewest, most = COUNTS.purchases_interval([[5, 200, 210]], 365.0)
    assert (low, high) == (fewest * 20.0, most * 20.0)
