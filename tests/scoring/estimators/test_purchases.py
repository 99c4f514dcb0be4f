import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators import purchases
from services.scoring.estimators.histories import Floats, histories
from services.scoring.estimators.likelihood import Parameters
from services.scoring.estimators.purchases import Process
from services.scoring.estimators.simulation import simulate
from tests.scoring.estimators.worlds import processes, rows

horizons = st.floats(0.5, 800.0)


@given(processes, rows(), horizons)
def test_chances_are_chances(process: Process, table: Floats, horizon: float) -> None:
    some = histories(table)
    for chance in (
        purchases.probability_alive(process, some),
        purchases.probability_no_purchase(process, some, horizon),
        purchases.silence_surprise(process, some),
    ):
        assert ((chance >= 0) & (chance <= 1)).all()


@given(processes, rows(), horizons)
def test_no_purchase_is_the_opposite_of_at_least_one(process: Process, table: Floats, horizon: float) -> None:
    some = histories(table)
    one = purchases.probability_at_least(process, some, horizon, np.ones(len(some)))
    assert purchases.probability_no_purchase(process, some, horizon) == pytest.approx(1.0 - one, abs=1e-9)


@given(processes, rows(), st.floats(0.5, 60.0))
def test_the_expected_number_is_the_sum_of_the_chances_of_one_more(
    process: Process, table: Floats, horizon: float
) -> None:
    some = histories(table)
    one_more = np.arange(1.0, 4_000.0)
    chances = purchases.probability_at_least(process, some.at((slice(None), None)), horizon, one_more)
    expected = purchases.expected_purchases(process, some, horizon)
    counted = chances[:, -1] < 1e-9  # else the sum is cut off
    assert expected[counted] == pytest.approx(chances.sum(axis=1)[counted], rel=1e-5, abs=1e-7)


@given(processes, rows())
def test_the_rate_is_what_the_next_moment_brings(process: Process, table: Floats) -> None:
    moment = 1e-4
    next_moment = purchases.expected_purchases(process, histories(table), moment)
    assert purchases.purchase_rate(process, histories(table)) * moment == pytest.approx(
        next_moment, rel=0.01, abs=1e-11
    )


@given(processes, rows(), horizons, st.floats(1.0, 3.0))
def test_more_time_brings_no_fewer_purchases(process: Process, table: Floats, horizon: float, more: float) -> None:
    some = histories(table)
    assert (
        purchases.expected_purchases(process, some, horizon * more)
        >= purchases.expected_purchases(process, some, horizon) - 1e-9
    ).all()


@given(processes, rows())
def test_a_longer_silence_makes_leaving_no_less_likely(process: Process, table: Floats) -> None:
    silent = table + np.array([0.0, 0.0, 30.0])
    before, after = (purchases.probability_alive(process, histories(some)) for some in (table, silent))
    assert (after <= before + 1e-12).all()


@given(processes, rows(), horizons, st.floats(0.05, 0.95))
def test_a_quantile_is_the_fewest_purchases_that_suffice(
    process: Process, table: Floats, horizon: float, level: float
) -> None:
    some = histories(table)
    most = purchases.purchases_quantile(process, some, horizon, level)
    exceeded = purchases.probability_at_least(process, some, horizon, most + 1.0)
    reached = purchases.probability_at_least(process, some, horizon, np.maximum(most, 1.0))
    assert (exceeded <= 1.0 - level).all()
    assert ((reached > 1.0 - level) | (most == 0)).all()


@given(processes, rows())
def test_half_of_the_active_buy_within_the_median_time(process: Process, table: Floats) -> None:
    some = histories(table)
    time = purchases.median_time_to_next(process, some)
    r, alpha, _, _ = process.parameters
    silent = ((alpha + some.age) / (alpha + some.age + time)) ** (r + some.frequency)
    assert silent[time < 1e12] == pytest.approx(0.5, rel=1e-6)


def test_nobody_leaves_before_a_repeat_purchase_but_in_mbg() -> None:
    newcomer, parameters = histories([[0, 0, 300]]), Parameters(0.5, 40.0, 0.8, 2.0)
    assert purchases.probability_alive(Process(parameters, modified=False), newcomer) == 1.0
    assert purchases.probability_alive(Process(parameters, modified=True), newcomer) < 0.5


@pytest.mark.parametrize("modified", [True, False])
def test_forecasts_hold_in_a_simulated_world(modified: bool) -> None:
    parameters, horizon = Parameters(0.5, 45.0, 0.8, 2.0), 91.0
    random = np.random.default_rng(20)
    world = simulate(random, parameters, random.uniform(1, 540, 250_000), modified=modified, horizon=horizon)
    some, process = histories(world.history), Process(parameters, modified)
    silent = purchases.probability_no_purchase(process, some, horizon)
    bins = np.digitize(silent, [0.3, 0.5, 0.7, 0.85, 0.95])
    for place in np.unique(bins):
        inside = bins == place
        chance = 2.0 / np.sqrt(inside.sum())  # four standard errors at most
        assert silent[inside].mean() == pytest.approx((world.later[inside] == 0).mean(), abs=chance)
    assert purchases.probability_alive(process, some).mean() == pytest.approx(world.alive.mean(), abs=0.003)
    expected = purchases.expected_purchases(process, some, horizon)
    assert expected.mean() == pytest.approx(world.later.mean(), rel=0.02)
    newcomers = purchases.expected_purchases_of_newcomer(process, world.history[:, 2])
    assert newcomers.mean() == pytest.approx(world.history[:, 0].mean(), rel=0.02)
    high = purchases.purchases_quantile(process, some, horizon, 0.9)
    assert (world.later <= high).mean() >= 0.9
