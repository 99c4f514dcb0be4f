import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.estimators.btyd import BetaGeoNBD, _prior
from services.scoring.estimators.fitting import Estimation, maximise
from services.scoring.estimators.histories import Floats, histories, merged
from services.scoring.estimators.likelihood import Likelihood, Parameters
from services.scoring.estimators.simulation import simulate
from tests.scoring.estimators.worlds import rows

WORLD = Parameters(0.6, 50.0, 0.8, 2.2)
STRANGE = {
    "one newcomer": [[0, 0, 5]],
    "one who came today": [[0, 0, 0]],
    "one who bought a lot": [[50, 300, 301]],
    "all equal": [[3, 20, 40]] * 50,
    "nobody came back": [[0, 0, 30]] * 100,
    "all bought today": [[1, 10, 10]] * 30,
    "all at one instant": [[2, 0, 30]] * 10,
    "one giant": [[5000, 3000, 3000], [0, 0, 1]],
    "within a moment": [[1, 1e-6, 1e-6]] * 3,
}


def customers(count: int, seed: int, parameters: Parameters = WORLD, *, modified: bool = True) -> Floats:
    random = np.random.default_rng(seed)
    return simulate(random, parameters, np.ceil(random.uniform(10, 730, count)), modified=modified).on_grid()


@pytest.mark.parametrize("modified", [True, False])
@pytest.mark.parametrize("estimation", ["map", "ml"])
def test_a_simulated_world_is_found_again(modified: bool, estimation: Estimation) -> None:
    model = BetaGeoNBD(modified, estimation).fit(customers(60_000, seed=1, modified=modified))
    # Counting days rounds ages up, so the scale of the rates comes out a little high.
    assert model.parameters_ == pytest.approx(WORLD, rel=0.1)
    assert model.findings_ == ()


@given(rows(min_size=2).flatmap(lambda some: st.tuples(st.just(some), st.permutations(list(some)))))
@settings(max_examples=20)
def test_the_order_of_rows_does_not_matter(pair: tuple[Floats, list[Floats]]) -> None:
    one, other = (BetaGeoNBD().fit(some) for some in pair)
    assert one.parameters_ == pytest.approx(other.parameters_, rel=1e-3)
    assert one.log_likelihood_ == pytest.approx(other.log_likelihood_, rel=1e-6)


def test_a_weight_is_so_many_equal_customers() -> None:
    table = customers(200, seed=2)
    weight = np.arange(200) % 4
    weighted = BetaGeoNBD().fit(table, sample_weight=weight)
    repeated = BetaGeoNBD().fit(np.repeat(table, weight, axis=0))
    assert weighted.parameters_ == pytest.approx(repeated.parameters_, rel=1e-4)
    assert weighted.customers_ == repeated.customers_


def test_the_unit_of_time_does_not_matter() -> None:
    table = customers(500, seed=3)
    days, weeks = BetaGeoNBD().fit(table), BetaGeoNBD().fit(table / [1.0, 7.0, 7.0])
    assert weeks.parameters_.alpha * 7.0 == pytest.approx(days.parameters_.alpha, rel=1e-4)
    assert weeks.expected_purchases(table / [1.0, 7.0, 7.0], 13.0) == pytest.approx(
        days.expected_purchases(table, 91.0), rel=1e-4
    )


def test_many_customers_are_fitted_from_a_sample_on_to_the_same_answer() -> None:
    some = merged(histories(customers(40_000, seed=4)))
    prior = _prior(some, None)
    whole = Likelihood(some, modified=True)
    tenth = Likelihood(some.at(slice(None, None, 10)), modified=True)
    assert maximise(whole, prior, "map", tenth).logs == pytest.approx(maximise(whole, prior, "map").logs, abs=1e-4)


@pytest.mark.capability("C-12")
@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("estimation", ["map", "ml", "prior"])
@pytest.mark.parametrize("modified", [True, False])
def test_strange_shops_get_finite_answers(name: str, estimation: Estimation, modified: bool) -> None:
    table = STRANGE[name]
    model = BetaGeoNBD(modified, estimation).fit(table)
    answers = [
        np.array(model.parameters_),
        model.expected_purchases(table, 91.0),
        model.expected_purchases_of_newcomer([1.0, 30.0, 900.0]),
        model.probability_alive(table),
        model.probability_no_purchase(table, 91.0),
        model.silence_surprise(table),
        model.median_time_to_next(table),
        *model.purchases_interval(table, 91.0),
    ]
    assert all(np.isfinite(answer).all() for answer in answers)
    assert np.isfinite(model.log_likelihood_)


@pytest.mark.parametrize("count", [30, 300, 3_000])
@pytest.mark.parametrize("modified", [True, False])
def test_a_shop_that_nobody_leaves_says_so(count: int, modified: bool) -> None:
    stays = Parameters(0.8, 60.0, 0.0, 1.0)
    for estimation in ("map", "ml"):
        model = BetaGeoNBD(modified, estimation).fit(customers(count, seed=count, parameters=stays, modified=modified))
        assert "no_dropout_visible" in model.findings_


def test_priors_keep_small_shops_sensible_and_cost_large_ones_nothing() -> None:
    lost = [BetaGeoNBD(estimation="ml").fit(customers(30, seed)) for seed in range(40)]
    kept = [BetaGeoNBD().fit(customers(30, seed)) for seed in range(40)]
    assert sum("at_bound" in model.findings_ or model.parameters_.b > 1000 for model in lost) >= 4
    assert all(model.findings_ in {(), ("no_dropout_visible",)} for model in kept)
    assert all(0.05 < model.parameters_.r < 5 and model.parameters_.b < 20 for model in kept)
    large = customers(20_000, seed=5)
    assert BetaGeoNBD().fit(large).log_likelihood_ == pytest.approx(
        BetaGeoNBD(estimation="ml").fit(large).log_likelihood_, abs=0.5
    )


def test_a_young_shop_is_judged_by_the_gap_of_its_trade() -> None:
    today = [[0, 0, 0], [0, 0, 1]]
    car, bread = (BetaGeoNBD(estimation="prior", time_scale=scale).fit(today) for scale in (3_650.0, 30.0))
    assert car.expected_purchases(today, 91.0).max() < 0.1
    assert bread.expected_purchases(today, 91.0).min() > 2.0


def test_remembered_parameters_predict_the_same() -> None:
    table = customers(300, seed=6)
    fitted = BetaGeoNBD().fit(table)
    remembered = BetaGeoNBD.known(Parameters(**fitted.parameters_._asdict()))
    assert np.array_equal(fitted.expected_purchases(table, 91.0), remembered.expected_purchases(table, 91.0))
    assert fitted.score(table) == pytest.approx(fitted.log_likelihood_ / 300)


def test_tables_change_no_prediction() -> None:
    table = customers(3_000, seed=7)
    model = BetaGeoNBD().fit(table)
    singly = np.concatenate([model.expected_purchases(part, 91.0) for part in np.array_split(table, 30)])
    assert model.expected_purchases(table, 91.0) == pytest.approx(singly, rel=1e-7, abs=1e-9)
