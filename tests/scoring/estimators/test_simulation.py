import numpy as np
import pytest

from services.scoring.estimators.gamma_gamma import SpendParameters
from services.scoring.estimators.histories import histories
from services.scoring.estimators.likelihood import Parameters
from services.scoring.estimators.simulation import simulate, simulate_spend


@pytest.mark.parametrize("modified", [True, False])
def test_simulated_histories_are_histories(modified: bool) -> None:
    random = np.random.default_rng(3)
    world = simulate(random, Parameters(0.8, 30.0, 0.9, 2.0), np.ceil(random.uniform(0, 700, 5_000)), modified=modified)
    for table in (world.history, world.on_grid()):
        assert len(histories(table)) == 5_000
    assert (world.later[~world.alive] == 0).all()
    assert (world.on_grid() % 1 == 0).all()


def test_where_nobody_leaves_purchases_are_poisson_with_gamma_rates() -> None:
    random = np.random.default_rng(4)
    world = simulate(random, Parameters(2.0, 40.0, 0.0, 1.0), np.full(100_000, 80.0))
    assert world.alive.all()
    assert world.history[:, 0].mean() == pytest.approx(4.0, rel=0.02)  # r T / alpha
    assert world.history[:, 0].var() == pytest.approx(4.0 * 3.0, rel=0.03)  # times 1 + T / alpha


def test_the_last_of_n_purchases_falls_at_n_of_n_plus_1() -> None:
    random = np.random.default_rng(5)
    world = simulate(random, Parameters(50.0, 50.0, 0.0, 1.0), np.full(50_000, 4.0))
    for count in (1.0, 4.0):
        recency = world.history[world.history[:, 0] == count, 1]
        assert recency.mean() == pytest.approx(4.0 * count / (count + 1.0), rel=0.02)


def test_one_seed_is_one_world() -> None:
    worlds = [simulate(np.random.default_rng(6), Parameters(1, 30, 1, 2), np.full(50, 90.0)) for _ in range(2)]
    assert np.array_equal(worlds[0].history, worlds[1].history)


def test_simulated_order_values_have_the_mean_of_their_world() -> None:
    spend = simulate_spend(np.random.default_rng(7), SpendParameters(6.0, 4.0, 15.0), np.full(100_000, 3.0))
    assert spend[:, 1].mean() == pytest.approx(6.0 * 15.0 / 3.0, rel=0.02)
