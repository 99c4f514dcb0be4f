from math import lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from services.scoring.estimators.fitting import Estimation
from services.scoring.estimators.gamma_gamma import GammaGamma, SpendLikelihood, SpendParameters
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.simulation import simulate_spend

WORLD = SpendParameters(6.0, 4.0, 15.0)
parameters = st.builds(SpendParameters, p=st.floats(0.1, 20.0), q=st.floats(0.2, 20.0), v=st.floats(0.1, 500.0))
spend = st.lists(st.tuples(st.integers(1, 30), st.floats(0.5, 900.0)), min_size=1, max_size=10).map(np.array)


def published(at: SpendParameters, orders: float, mean: float) -> float:
    """The logarithm of equation 1a of Fader & Hardie (2013)."""
    p, q, v = at
    gammas = lgamma(p * orders + q) - lgamma(p * orders) - lgamma(q)
    powers = q * log(v) + (p * orders - 1) * log(mean) + p * orders * log(orders)
    return gammas + powers - (p * orders + q) * log(v + orders * mean)


def likelihood(table: Floats) -> SpendLikelihood:
    return SpendLikelihood(table[:, 0], table[:, 1], np.ones(len(table)))


@given(parameters, spend)
def test_the_likelihood_is_the_published_one(at: SpendParameters, table: Floats) -> None:
    value, _ = likelihood(table)(np.log(at))
    assert value == pytest.approx(sum(published(at, *row) for row in table.tolist()), rel=1e-9, abs=1e-9)


@given(parameters, spend)
def test_the_gradient_is_the_slope(at: SpendParameters, table: Floats) -> None:
    evaluate = likelihood(table)
    _, slope = evaluate(np.log(at))
    steps = [approx_fprime(np.log(at), lambda logs: evaluate(logs)[0], step) for step in (1e-6, -1e-6)]
    assert slope == pytest.approx(np.mean(steps, axis=0), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("estimation", ["map", "ml"])
def test_a_simulated_world_is_found_again(estimation: Estimation) -> None:
    random = np.random.default_rng(1)
    model = GammaGamma(estimation).fit(simulate_spend(random, WORLD, random.integers(1, 8, 30_000).astype(np.float64)))
    assert model.parameters_ == pytest.approx(WORLD, rel=0.06)
    assert model.findings_ == ()


@given(spend, st.floats(0.01, 100.0))
def test_the_currency_does_not_matter(table: Floats, rate: float) -> None:
    here, there = GammaGamma().fit(table), GammaGamma().fit(table * [1.0, rate])
    assert there.expected_order_value(table * [1.0, rate]) == pytest.approx(
        here.expected_order_value(table) * rate, rel=1e-3
    )


@given(spend)
def test_the_expected_value_lies_between_ones_own_and_everybodys(table: Floats) -> None:
    model = GammaGamma().fit(table)
    everybody = model.expected_order_value([[0.0, 0.0]])[0]
    expected = model.expected_order_value(table)
    assert (expected >= np.minimum(table[:, 1], everybody) - 1e-6).all()
    assert (expected <= np.maximum(table[:, 1], everybody) + 1e-6).all()


def test_who_paid_nothing_is_left_out_of_learning() -> None:
    paid = [[2.0, 30.0], [1.0, 20.0], [4.0, 25.0]]
    model = GammaGamma().fit([*paid, [0.0, 0.0], [3.0, 0.0]])
    assert model.customers_ == 3
    assert model.parameters_ == GammaGamma().fit(paid).parameters_


def test_a_weight_is_so_many_equal_customers() -> None:
    table = simulate_spend(np.random.default_rng(2), WORLD, np.arange(1.0, 101.0) % 7 + 1)
    weight = np.arange(100) % 3
    weighted = GammaGamma().fit(table, sample_weight=weight)
    repeated = GammaGamma().fit(np.repeat(table, weight, axis=0))
    assert weighted.parameters_ == pytest.approx(repeated.parameters_, rel=1e-4)
    assert weighted.correlation_ == pytest.approx(repeated.correlation_)


def test_without_a_finite_mean_shrunk_averages_answer() -> None:
    model = GammaGamma.known(SpendParameters(2.0, 0.9, 10.0), mean=20.0)
    assert model.expected_order_value([[0, 0], [1, 40], [3, 40]]).tolist() == [20.0, 30.0, 35.0]


def test_a_shop_with_a_few_giants_says_that_it_has_no_mean() -> None:
    giants = np.column_stack([np.ones(2_000), 1.0 / np.random.default_rng(3).random(2_000) ** 1.6])
    assert "no_finite_mean" in GammaGamma(estimation="ml").fit(giants).findings_


def test_who_buys_often_and_dear_is_noticed() -> None:
    orders = np.arange(1.0, 60.0)
    model = GammaGamma().fit(np.column_stack([orders, 10.0 * orders]))
    assert "value_depends_on_frequency" in model.findings_


@pytest.mark.parametrize(
    "table", [[[1, 5]], [[1, 5]] * 40, [[0, 0]], [[3, 0]], [[1, 1e9], [1, 1e-6]]], ids=lambda table: str(table[:2])
)
@pytest.mark.parametrize("estimation", ["map", "ml", "prior"])
def test_strange_shops_get_finite_answers(table: list[list[float]], estimation: Estimation) -> None:
    model = GammaGamma(estimation).fit(table)
    assert np.isfinite(model.parameters_).all()
    assert np.isfinite(model.expected_order_value([*table, [0, 0]])).all()


@pytest.mark.parametrize("row", [[-1, 5], [1, -5]])
def test_orders_and_values_are_not_negative(row: list[float]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        GammaGamma().fit([row])
