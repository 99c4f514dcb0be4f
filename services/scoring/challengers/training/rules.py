"""What a training needs, which windows it learns from, and what it finds."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from services.scoring.challengers.rules import COMPARED, TARGETS, Challenger, Kind
from services.scoring.challengers.spends import rules as spends
from services.scoring.estimators.as_of import FEATURES, NAMES, ArrivedLog, Population
from services.scoring.estimators.backtests import Make, backtest, falls_back, judged
from services.scoring.estimators.boosting import BoostingChallenger
from services.scoring.estimators.held_out import held_out
from services.scoring.estimators.ladder import CLASS_SIZE, CLOSED_WINDOWS, TRAINABLE, Evidence, Rung, of_merchant
from services.scoring.estimators.logistic import LogisticChallenger
from services.scoring.estimators.model_cards import ModelCard
from services.scoring.estimators.snapshots import MONTHS, Snapshot, examples, high, snapshots, together
from shared.errors import Invalid

MONTH = 30.0  # days between one window and the next
MOST = 100_000  # customers who suffice to learn from


@dataclass(frozen=True, slots=True)
class Learned:
    """A challenger with its card, and whether the rule promotes it."""

    challenger: Challenger
    card: dict[str, Any]
    promoted: bool


def windows_needed(horizon: float) -> int:
    """Monthly windows of which the newest can be judged by a model that knew no outcome later than its cut-off."""
    return max(CLOSED_WINDOWS, ceil(horizon / MONTH) + 1)


def windows_wanted(horizon: float) -> int:
    """So many, where the log reaches back as far: two of them then are judged at least."""
    return max(MONTHS, windows_needed(horizon) + 1)


def closed_windows(first_day: float | None, today: float, horizon: float) -> int:
    """How many monthly windows a log has that begins on a day; yesterday is the last day that is over."""
    span = 0.0 if first_day is None else today - 1.0 - first_day - 2.0 * horizon
    return max(0, int(span // MONTH) + 1) if first_day is not None and span >= 0 else 0


def windows(log: ArrivedLog, today: float, horizon: float) -> Iterator[Snapshot]:
    """The windows to learn from and to be judged by, the oldest first."""
    for back in reversed(range(windows_wanted(horizon))):
        yield from snapshots(log, today - 1.0 - MONTH * back, horizon, MONTH, most=1)


def missing(customers: int, closed: int, horizon: float, smaller_class: int = CLASS_SIZE) -> list[str]:
    """What a training lacks, in words; nothing if it may begin."""
    needed = windows_needed(horizon)
    wants = {
        f"{TRAINABLE:,} customers with orders (there are {customers:,})": customers >= TRAINABLE,
        f"{needed} monthly windows whose {horizon:.0f} days are over (there are {closed})": closed >= needed,
        f"{CLASS_SIZE} customers of the rarer outcome (there are {smaller_class})": smaller_class >= CLASS_SIZE,
    }
    return [what for what, there in wants.items() if not there]


def rung(kind: Kind, some: Sequence[Snapshot], customers: int, threshold: float) -> tuple[Rung, Evidence]:
    """Where on the ladder a kind stands, and by what."""
    happened, other = _classes(kind, some, threshold)
    seen = Evidence(
        customers=customers,
        cycles=float(some[-1].features.cutoff - some[0].features.cutoff + some[0].horizon) / some[0].horizon,
        smaller_class=min(happened, other),
        closed_windows=len(some),
        rows=sum(len(one.orders) for one in some),
    )
    return of_merchant(seen), seen


def threshold_of(kind: Kind, some: Sequence[Snapshot]) -> float:
    """What counts as high, as it was known at the cut-off of the newest window."""
    return high(some[-1].features, TARGETS[kind]) if kind in COMPARED else np.inf


def learned(kind: Kind, some: Sequence[Snapshot], level: int, threshold: float) -> Learned:
    """A challenger of a kind, from windows of which the newest judges it.

    What is used afterwards learns from all of them: the card says by which rows each was judged. `level` is the
    highest rung that may be tried; where the simpler model is better there, it is that of the simpler one.
    """
    horizon, people = some[-1].horizon, some[-1].features.population
    if kind == "spend":
        model, card = spends.learned(some, boosted=level >= 5)
    else:
        model, card = _classified(kind, some, level, threshold)
    reached = min(level, 4) if card["kind"] == "logistic" else level
    challenger = Challenger(kind, model, people, horizon, threshold, reached)
    shown = {"threshold": threshold if np.isfinite(threshold) else None, "method": f"L{reached}"}
    return Learned(challenger, card | shown, card["verdict"]["promoted"])


def gives_way(challenger: Challenger, newest: Snapshot) -> bool:
    """Whether the one in force no longer fits, or is worse on the newest window than what needs no training."""
    if not challenger.is_current or challenger.horizon_days != newest.horizon:
        return True
    if challenger.kind == "spend":
        return spends.falls_back(challenger.scores(newest.features.table), newest)
    asked = examples(newest, TARGETS[challenger.kind], challenger.threshold)
    if asked.outcome.all() or not asked.outcome.any():
        return False
    return falls_back(held_out(asked.outcome, challenger.scores(asked.table)), held_out(asked.outcome, asked.untrained))


def with_population(some: Learned, people: Population) -> Learned:
    """The same, measured from now on against everybody as of now."""
    return replace(some, challenger=replace(some.challenger, population=people))


def _classified(kind: Kind, some: Sequence[Snapshot], level: int, threshold: float) -> tuple[Any, dict[str, Any]]:
    target = TARGETS[kind]
    tried = [(make, backtest(some, make, target, threshold)) for make in _makes(kind, level)]
    if not tried[0][1]:
        raise Invalid("In no window with a past both outcomes occurred.", code="not_eligible")
    make, found = min(tried, key=lambda one: one[1][-1].challenger.brier)
    known = [(one, examples(one, target, threshold)) for one in some]
    past = together([rows for one, rows in known if one.closes <= found[-1].cutoff])
    everything = together([rows for _, rows in known])
    judge = make().fit(past.table, past.outcome)
    card = ModelCard.of(judge, target, some[-1].horizon, found, known[-1][1])
    document = replace(card, learned_from=len(everything.outcome)).to_document()
    figures = asdict(judged(found)) | asdict(found[-1].challenger)
    return make().fit(everything.table, everything.outcome), document | {"figures": figures}


def _makes(kind: Kind, level: int) -> list[Make]:
    directions = [-one for one in FEATURES.values()] if kind == "churn" else None
    found: list[Make] = [lambda: LogisticChallenger(fields=NAMES)]
    if level >= 5:
        found.append(lambda: BoostingChallenger(directions=directions, fields=NAMES))
    return found


def _classes(kind: Kind, some: Sequence[Snapshot], threshold: float) -> tuple[int, int]:
    """Customers to whom it happened, and to whom it did not, in any window."""
    if kind == "spend":
        rows = together([examples(one, "churn") for one in some])
    else:
        rows = together([examples(one, TARGETS[kind], threshold) for one in some])
    return len(np.unique(rows.customer[rows.outcome])), len(np.unique(rows.customer[~rows.outcome]))
