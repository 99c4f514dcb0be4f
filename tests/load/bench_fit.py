"""Fitting and predicting a million simulated customers, against `lifetimes` 0.11.3 in an environment of its own.

Customers joined over two years. On a day grid, as shops count, about a third of the histories are distinct; the other
world measures time without a grid, so that all are. Both sides use one core; seconds are of processor time.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from services.scoring.estimators.btyd import BetaGeoNBD
from services.scoring.estimators.histories import Floats, histories, merged
from services.scoring.estimators.likelihood import Parameters
from services.scoring.estimators.simulation import simulate
from tests.load.environments import answered, environment
from tests.load.rows import Row
from tests.stack import Stack

CUSTOMERS, WEEK, YEARS = 1_000_000, 7.0, 104.0
WORLD = Parameters(0.29, 6.0, 0.9, 3.9)  # time in weeks
HORIZON = 13.0
RUNS = 3
BASELINE = Path(__file__).with_name("fit_baseline.py")
# The newest of each with which lifetimes 0.11.3 works.
PINS = ("lifetimes==0.11.3", "autograd==1.6.2", "numpy==1.26.4", "pandas==2.2.3", "scipy==1.13.1")


def fits(stack: Stack, seconds: float) -> Iterator[Row]:
    """Both models on both worlds; the deployment is not used."""
    python = environment("lifetimes", PINS)
    random = np.random.default_rng(1)
    for grid in (True, False):
        rows = simulated(random, grid=grid)
        distinct = len(merged(histories(rows)))
        theirs = _theirs(python, rows)
        for name, modified in (("BG/NBD", False), ("MBG/NBD", True)):
            yield from _compared(rows, BetaGeoNBD(modified, "ml"), theirs[name], f"{name}, {distinct:,} distinct", grid)


def _compared(rows: Floats, model: BetaGeoNBD, theirs: dict[str, float], what: str, grid: bool) -> Iterator[Row]:
    fit = _median(lambda: model.fit(rows))
    predict = _median(lambda: model.expected_purchases(rows, HORIZON))
    total = float(model.expected_purchases(rows, HORIZON).sum())
    assert abs(total / theirs["total"] - 1.0) < 1e-3, (total, theirs)
    yield _row(f"fit of 1 M customers, {what}", fit, theirs["fit"], "≥ 20" if grid else "≥ 12")
    yield _row(f"prediction of 1 M customers, {what}", predict, theirs["predict"], "≥ 3" if grid else "–")


def _row(what: str, ours: float, theirs: float, reach: str) -> Row:
    return Row(what, f"{ours:.2f} s", f"lifetimes {theirs:.2f} s", theirs / ours, reach)


def simulated(random: np.random.Generator, *, grid: bool) -> Floats:
    """Histories of a million customers who joined over two years; on a grid of days, or all distinct."""
    ages = random.uniform(1.0 / WEEK, YEARS, CUSTOMERS)
    if not grid:
        return simulate(random, WORLD, ages, modified=False).history
    world = simulate(random, WORLD, np.ceil(ages * WEEK) / WEEK, modified=False).history
    return np.column_stack([world[:, 0], np.ceil(world[:, 1] * WEEK - 1e-9) / WEEK, world[:, 2]])


def _median(run: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return statistics.median(times)


def _theirs(python: Path, rows: Floats) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        file = Path(folder) / "rows.npy"
        np.save(file, rows)
        answer: dict[str, dict[str, float]] = answered(python, BASELINE, file, HORIZON)
    return answer
