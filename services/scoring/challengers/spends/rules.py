"""Learning and judging what customers will spend within the horizon."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from services.scoring.estimators.as_of import NAMES
from services.scoring.estimators.backtests import BETTER
from services.scoring.estimators.deciles import SpendHeldOut, deciles, spend_held_out
from services.scoring.estimators.gamma_gamma import GammaGamma
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.snapshots import Snapshot
from services.scoring.estimators.two_part import TwoPartSpend
from services.scoring.estimators.values import CustomerValue
from shared.errors import Invalid


@dataclass(frozen=True, slots=True)
class SpendWindow:
    """One origin of a backtest: how good the amounts of a challenger were, and those told without training."""

    cutoff: float
    learned_from: int
    challenger: SpendHeldOut
    untrained: SpendHeldOut


@dataclass(frozen=True, slots=True)
class SpendVerdict:
    """Whether to use the challenger, and by how much its Gini and its decile error (share) are better."""

    promoted: bool
    gini_gain: float
    error_gain: float


def learned(some: Sequence[Snapshot], *, boosted: bool) -> tuple[TwoPartSpend, dict[str, Any]]:
    """A model of all windows, and the card of how those did that learned from the earlier ones only."""
    found = backtest(some, boosted=boosted)
    if not found:
        raise Invalid("In no window with a past did anybody buy.", code="not_eligible")
    newest = some[-1]
    judge = _fitted([one for one in some if one.closes <= found[-1].cutoff], boosted=boosted)
    model = _fitted(some, boosted=boosted)
    verdict = judged(found)
    card = {
        "target": "spend",
        "horizon": newest.horizon,
        "kind": model.to_document()["kind"],
        "fields": list(NAMES),
        "learned_from": sum(len(one.spend) for one in some),
        "windows": [asdict(one) for one in found],
        "verdict": asdict(verdict),
        "figures": asdict(verdict) | asdict(found[-1].challenger),
        "deciles": [asdict(one) for one in deciles(newest.spend, judge.predict(newest.features.table))],
    }
    return model, card


def backtest(some: Sequence[Snapshot], *, boosted: bool) -> list[SpendWindow]:
    """Rolling origin, the oldest first; windows without a past, or in which nobody spent, are left out."""
    windows = []
    for one in some:
        past = [earlier for earlier in some if earlier.closes <= one.features.cutoff]
        if past and one.spend.sum() > 0:
            model = _fitted(past, boosted=boosted)
            scored = spend_held_out(one.spend, model.predict(one.features.table))
            rows = sum(len(earlier.spend) for earlier in past)
            windows.append(SpendWindow(one.features.cutoff, rows, scored, spend_held_out(one.spend, untrained(one))))
    return windows


def judged(windows: Sequence[SpendWindow]) -> SpendVerdict:
    """Promote if, on the newest window, the decile error is better by 1 % at least and the Gini is not lower."""
    challenger, without = windows[-1].challenger, windows[-1].untrained
    error_gain = 1.0 - challenger.decile_error / without.decile_error if without.decile_error > 0 else 0.0
    gini_gain = challenger.gini - without.gini
    return SpendVerdict(error_gain >= BETTER and gini_gain >= 0.0, gini_gain, error_gain)


def falls_back(predicted: Floats, newest: Snapshot) -> bool:
    """Whether amounts are told worse on a window than without training."""
    if not newest.spend.sum() > 0:
        return False
    told, without = spend_held_out(newest.spend, predicted), spend_held_out(newest.spend, untrained(newest))
    return told.decile_error > without.decile_error or told.gini < without.gini


def untrained(one: Snapshot) -> Floats:
    """Expected purchases times the value of an order, learned from the orders known at the cut-off alone."""
    known = one.features
    value = CustomerValue(known.population.model, GammaGamma().fit(known.summary.spend()))
    return value.expected(known.summary.history, known.summary.spend(), one.horizon)


def _fitted(some: Sequence[Snapshot], *, boosted: bool) -> TwoPartSpend:
    table = np.concatenate([one.features.table for one in some])
    return TwoPartSpend(boosted=boosted, fields=NAMES).fit(table, np.concatenate([one.spend for one in some]))
