"""Whether a trained model would have been better, and the rules by which it comes and goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from services.scoring.estimators.additive import AdditiveClassifier
from services.scoring.estimators.held_out import HeldOut, held_out
from services.scoring.estimators.snapshots import Examples, Snapshot, Target, examples, together

BETTER = 0.01  # share by which the Brier score must improve
Make = Callable[[], AdditiveClassifier]


@dataclass(frozen=True, slots=True)
class Window:
    """One origin of a backtest: what a challenger that knew no later outcome scored, and what the untrained score."""

    cutoff: float
    learned_from: int  # rows
    challenger: HeldOut
    untrained: HeldOut


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to use the challenger, and by how much its Brier score (share) and its AUC are better."""

    promoted: bool
    brier_gain: float
    auc_gain: float


def backtest(some: Sequence[Snapshot], make: Make, target: Target = "churn", threshold: float = np.inf) -> list[Window]:
    """Rolling origin: judge on each snapshot a model that learned from those whose outcome was known at its cut-off.

    The oldest first; snapshots without such a past, or with one outcome only, give no window. Never a random split:
    the same customers would stand on both sides.
    """
    known = [(one, examples(one, target, threshold)) for one in some]
    windows = []
    for one, asked in known:
        past = [rows for earlier, rows in known if earlier.closes <= one.features.cutoff]
        if past and _both(asked) and _both(rows := together(past)):
            model = make().fit(rows.table, rows.outcome)
            scored = held_out(asked.outcome, model.probability(asked.table))
            untrained = held_out(asked.outcome, asked.untrained)
            windows.append(Window(one.features.cutoff, len(rows.outcome), scored, untrained))
    return windows


def judged(windows: Sequence[Window]) -> Verdict:
    """Promote if, on the newest window, the Brier score is better by 1 % at least and the AUC is not lower."""
    if not windows:
        return Verdict(False, 0.0, 0.0)
    newest = windows[-1]
    brier_gain = 1.0 - newest.challenger.brier / newest.untrained.brier
    auc_gain = newest.challenger.auc - newest.untrained.auc
    return Verdict(brier_gain >= BETTER and auc_gain >= 0.0, brier_gain, auc_gain)


def falls_back(model: HeldOut, untrained: HeldOut) -> bool:
    """Whether a promoted model gives way: on a window that closed since, it is worse than the score without training.

    Between the two rules lies a percent, so that a model does not come and go.
    """
    return model.brier > untrained.brier or model.auc < untrained.auc


def _both(rows: Examples) -> bool:
    return bool(rows.outcome.any() and not rows.outcome.all())
