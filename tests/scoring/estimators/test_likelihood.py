from math import lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from services.scoring.estimators.histories import Floats, histories, merged
from services.scoring.estimators.likelihood import Likelihood, Parameters
from tests.scoring.estimators.worlds import parameters, rows


def published(at: Parameters, x: float, recency: float, age: float, *, modified: bool) -> float:
    """The logarithm of equation 6 of Fader, Hardie & Lee (2005); with one toss more, of Batislam et al. (2007)."""
    r, alpha, a, b = at

    def log_beta(left: float, right: float) -> float:
        return lgamma(left) + lgamma(right) - lgamma(left + right)

    tosses = x + modified
    stayed = log_beta(a, b + tosses) - log_beta(a, b) - (r + x) * log(alpha + age)
    buying = lgamma(r + x) - lgamma(r) + r * log(alpha)
    if tosses == 0:
        return buying + stayed
    left = log_beta(a + 1, b + tosses - 1) - log_beta(a, b) - (r + x) * log(alpha + recency)
    return buying + float(np.logaddexp(stayed, left))


@given(parameters, rows(), st.booleans())
def test_the_likelihood_is_the_published_one(at: Parameters, table: Floats, modified: bool) -> None:
    value, _ = Likelihood(histories(table), modified=modified)(np.log(at))
    assert value == pytest.approx(sum(published(at, *row, modified=modified) for row in table.tolist()), rel=1e-9)


@given(parameters, rows(), st.booleans())
def test_the_gradient_is_the_slope(at: Parameters, table: Floats, modified: bool) -> None:
    likelihood = Likelihood(histories(table), modified=modified)
    _, slope = likelihood(np.log(at))
    steps = [approx_fprime(np.log(at), lambda logs: likelihood(logs)[0], step) for step in (1e-6, -1e-6)]
    assert slope == pytest.approx(np.mean(steps, axis=0), rel=1e-4, abs=1e-4)


@given(parameters, rows(max_size=30), st.booleans())
def test_merging_changes_nothing(at: Parameters, table: Floats, modified: bool) -> None:
    some = histories(np.vstack([table, table]))
    whole, slope = Likelihood(some, modified=modified)(np.log(at))
    short, short_slope = Likelihood(merged(some), modified=modified)(np.log(at))
    assert short == pytest.approx(whole, rel=1e-9)
    assert short_slope == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_a_very_long_silence_stays_a_number() -> None:
    value, slope = Likelihood(histories([[400.0, 1.0, 4000.0]]), modified=True)(np.log([0.5, 0.1, 1.0, 2.0]))
    assert np.isfinite(value)
    assert np.isfinite(slope).all()
