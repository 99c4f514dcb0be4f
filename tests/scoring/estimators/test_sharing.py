import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators.histories import Floats, Histories, histories
from services.scoring.estimators.sharing import WORTHWHILE, in_blocks, tabled


def shop(ages: list[float]) -> Histories:
    age = np.resize(ages, WORTHWHILE + 7)
    return histories(np.column_stack([np.arange(len(age)) % 3, np.minimum(age, np.arange(len(age)) % 3), age]))


class Computed:
    """Frequency plus age, and how often it was asked for."""

    rows = 0

    def __call__(self, frequency: Floats, age: Floats) -> Floats:
        self.rows += len(age)
        return np.asarray(1000.0 * frequency + age)


@given(st.lists(st.integers(0, 700), min_size=1, max_size=60), st.sampled_from([1.0, 1 / 7, 24.0]))
def test_ages_on_a_grid_are_computed_once_each(days: list[int], unit: float) -> None:
    grid = {0, 1, *days}
    some, compute = shop([day * unit for day in grid]), Computed()
    answer = tabled(compute, some)(slice(None))
    assert np.array_equal(answer, 1000.0 * some.frequency + some.age)
    assert compute.rows <= 3 * len(grid)


@given(st.lists(st.floats(0.0, 700.0), min_size=2, max_size=60))
def test_ages_off_a_grid_are_never_taken_for_another(ages: list[float]) -> None:
    some = shop(ages)
    assert np.array_equal(tabled(Computed(), some)(slice(None)), 1000.0 * some.frequency + some.age)


@pytest.mark.parametrize("ages", [[0.0, 1.5, 2.5], [0.0, 1.0, 2.5, 3.5], [5.0]])
def test_halves_of_a_step_are_told_apart(ages: list[float]) -> None:
    some = shop(ages)
    assert np.array_equal(tabled(Computed(), some)(slice(None)), 1000.0 * some.frequency + some.age)


def test_blocks_together_are_all_rows() -> None:
    some = shop([float(age) for age in range(20_000)]).at(np.resize(np.arange(1_007), 20_001))
    assert np.array_equal(in_blocks(lambda part: part.age, some), some.age)
