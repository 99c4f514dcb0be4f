"""Association rules of Complete Journey (300 categories), against mlxtend's FP-growth in an environment of its own.

Both sides read the same matrix of baskets, find the sets of up to three categories that 2 % of baskets hold, and derive
the rules. Both use one core; seconds are of processor time.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from scipy.sparse import save_npz

from services.scoring.estimators.basket_rules import BasketRules
from services.scoring.estimators.baskets import Baskets
from tests.load.environments import answered, environment
from tests.load.rows import Row
from tests.scoring.estimators import groceries
from tests.stack import Stack

SUPPORT, CONFIDENCE = 0.02, 0.1
RUNS = 5
BASELINE = Path(__file__).with_name("rules_baseline.py")
PINS = ("mlxtend==0.25.0",)


def rules(stack: Stack, seconds: float) -> Iterator[Row]:
    """One row; the deployment is not used. Without what `make demo` installs nothing is measured."""
    if find_spec("pyarrow") is None:
        yield Row("rules of 300 categories", "not measured: make demo installs pyarrow", reach="≥ 50")
        return
    baskets = groceries.baskets()
    ours, model = _ours(baskets)
    theirs = _theirs(environment("mlxtend", PINS), baskets)
    sets = sum(len(some) for some in model.itemsets_.values())
    assert (sets, len(model.rules_)) == (theirs["sets"], theirs["rules"]), (sets, theirs)
    what = f"rules of {len(baskets):,} baskets, {len(baskets.items)} categories, {sets} sets"
    against = f"mlxtend {theirs['seconds']:.2f} s"
    yield Row(what, f"{ours:.3f} s", against, theirs["seconds"] / ours, "≥ 50")


def _ours(baskets: Baskets) -> tuple[float, BasketRules]:
    model, times = BasketRules(SUPPORT, CONFIDENCE), []
    for _ in range(RUNS):
        started = time.process_time()
        model.fit(baskets)
        times.append(time.process_time() - started)
    return statistics.median(times), model


def _theirs(python: Path, baskets: Baskets) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        file = Path(folder) / "baskets.npz"
        save_npz(file, baskets.bought)
        answer: dict[str, float] = answered(python, BASELINE, file, SUPPORT, CONFIDENCE)
    return answer
