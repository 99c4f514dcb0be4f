"""Strategies and oracles that several tests share."""

import numpy as np
from hypothesis import strategies as st
from scipy.special import hyp2f1

from services.scoring.estimators.histories import Floats, Histories, histories
from services.scoring.estimators.likelihood import Parameters
from services.scoring.estimators.purchases import Process


@st.composite
def rows(draw: st.DrawFn, min_size: int = 1, max_size: int = 12) -> Floats:
    """Histories in days, with ties, newcomers and customers who bought a lot."""
    one = st.tuples(st.integers(0, 40) | st.just(0), st.integers(1, 400), st.floats(0.01, 1.0))
    drawn = draw(st.lists(one, min_size=min_size, max_size=max_size))
    return np.array([[x, np.ceil(age * share) if x else 0.0, age] for x, age, share in drawn], dtype=np.float64)


parameters = st.builds(
    Parameters, r=st.floats(0.05, 20.0), alpha=st.floats(0.5, 500.0), a=st.floats(0.05, 20.0), b=st.floats(0.05, 50.0)
)
processes = st.builds(Process, parameters, st.booleans())


def some(table: Floats) -> Histories:
    return histories(table)


def published_expectation(process: Process, table: Floats, horizon: float) -> Floats:
    """Purchases of somebody still a customer, as the papers print it, with a Gauss hypergeometric function."""
    r, alpha, a, _ = process.parameters
    x, age = table[:, 0], table[:, 2]
    c = process.survived(x)
    z = horizon / (alpha + age + horizon)
    shrink = (1.0 - z) ** (r + x) * hyp2f1(r + x, c, a + c - 1.0, z)
    return np.asarray((a + c - 1.0) / (a - 1.0) * (1.0 - shrink))
