"""What a trained model is, what it learned from, and how good it was: stored with every version."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.scoring.estimators.additive import AdditiveClassifier
from services.scoring.estimators.backtests import Verdict, Window, judged
from services.scoring.estimators.deciles import Decile, deciles
from services.scoring.estimators.snapshots import Examples, Target


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Figures are of customers whose outcome the model had not seen.

    `learned_from` rows of the model in use; `windows` of the backtest, the newest last; `deciles` of the newest window.
    """

    target: Target
    horizon: float
    kind: str
    fields: tuple[str, ...]
    learned_from: int
    windows: tuple[Window, ...]
    verdict: Verdict
    deciles: tuple[Decile, ...]

    @classmethod
    def of(
        cls, model: AdditiveClassifier, target: Target, horizon: float, windows: Sequence[Window], newest: Examples
    ) -> "ModelCard":
        """The card of a model that learned from what was known at the cut-off of the `newest` examples."""
        return cls(
            target=target,
            horizon=horizon,
            kind=model.to_document()["kind"],
            fields=model.names(),
            learned_from=windows[-1].learned_from,
            windows=tuple(windows),
            verdict=judged(windows),
            deciles=tuple(deciles(newest.outcome, model.probability(newest.table))),
        )

    def to_document(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)
