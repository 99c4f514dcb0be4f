"""The model of purchases: how often customers buy, for how much, and how far to believe it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from services.scoring.estimators.btyd import USUAL, BetaGeoNBD
from services.scoring.estimators.fitting import Estimation
from services.scoring.estimators.gamma_gamma import USUAL as USUAL_SPEND
from services.scoring.estimators.gamma_gamma import GammaGamma, SpendParameters
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.horizons import horizon_of
from services.scoring.estimators.ladder import RUNGS, Evidence, Rung, of_merchant
from services.scoring.estimators.likelihood import Parameters
from services.scoring.estimators.values import CustomerValue

UNKNOWN_HORIZON = 90.0  # days, while nobody has bought twice
COSTED = 0.5  # of the sales must have a known cost before a margin is told


@dataclass(frozen=True, slots=True)
class PurchaseModel:
    """What all predictions of purchases are made from. `horizon_days` is H of who has none of their own.

    `margin_share` is what is left of a unit of sales after its cost; None where too few costs are known.
    """

    counts: BetaGeoNBD
    spend: GammaGamma
    horizon_days: float
    rung: Rung
    findings: tuple[str, ...]
    margin_share: float | None

    @property
    def value(self) -> CustomerValue:
        """Both parts together."""
        return CustomerValue(self.counts, self.spend)

    def content(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "modified": self.counts.modified,
            "parameters": list(self.counts.parameters_),
            "spend": list(self.spend.parameters_),
            "mean_order_value": self.spend.mean_,
            "horizon_days": self.horizon_days,
            "level": self.rung.level,
            "findings": list(self.findings),
            "margin_share": self.margin_share,
        }

    @classmethod
    def load(cls, content: Mapping[str, Any]) -> "PurchaseModel":
        """From plain JSON."""
        return cls(
            counts=BetaGeoNBD.known(Parameters(*content["parameters"]), modified=content["modified"]),
            spend=GammaGamma.known(SpendParameters(*content["spend"]), content["mean_order_value"]),
            horizon_days=content["horizon_days"],
            rung=RUNGS[content["level"]],
            findings=tuple(content["findings"]),
            margin_share=content["margin_share"],
        )


@dataclass(frozen=True, slots=True)
class Standards:
    """What counts at one moment: of each kind of scheme the version and what it says, of each kind of model the id."""

    schemes: Mapping[str, tuple[int, Mapping[str, Any]]]
    models: Mapping[str, UUID]

    @property
    def version(self) -> int:
        """The newest version among the schemes, which says what of every kind was in force."""
        return max((version for version, _ in self.schemes.values()), default=0)

    def scheme(self, kind: str) -> tuple[int, Mapping[str, Any]]:
        """The version of a kind and what it says; 0 and nothing before any was published."""
        return self.schemes.get(kind, (0, {}))


@dataclass(frozen=True, slots=True)
class Base:
    """What a merchant's customers have done: merged histories and spends, each with the customers who share it."""

    histories: Sequence[Sequence[float]]
    spend: Sequence[Sequence[float]]
    usual_gap: float | None
    margin: tuple[float, float, float]


def fitted(base: Base) -> tuple[PurchaseModel, dict[str, Any]]:
    """The model of a base, and its card. A base that shows too little is answered by the prior."""
    rows, spend = _table(base.histories, 4), _table(base.spend, 3)
    horizon = UNKNOWN_HORIZON if base.usual_gap is None else horizon_of(np.array([base.usual_gap])) or UNKNOWN_HORIZON
    customers = float(rows[:, 3].sum())
    cycles = float(rows[:, 2].max(initial=0.0)) / horizon
    rung = of_merchant(Evidence(int(customers), cycles))
    estimation: Estimation = "map" if rung.level > 1 else "prior"
    counts = _counts(rows, estimation, horizon)
    values = GammaGamma(estimation=estimation).fit(spend[:, :2], sample_weight=spend[:, 2])
    model = PurchaseModel(
        counts=counts,
        spend=values,
        horizon_days=horizon,
        rung=rung,
        findings=(*counts.findings_, *values.findings_),
        margin_share=margin_share(*base.margin),
    )
    return model, _card(model, customers, cycles)


def prior() -> PurchaseModel:
    """What is believed before anybody bought."""
    counts = BetaGeoNBD.known(Parameters(USUAL.r, USUAL.alpha * UNKNOWN_HORIZON, USUAL.a, USUAL.b))
    spend = GammaGamma.known(SpendParameters(*USUAL_SPEND), 0.0)
    return PurchaseModel(counts, spend, UNKNOWN_HORIZON, RUNGS[1], ("no_customers",), None)


def margin_share(earned: float, costed: float, sales: float) -> float | None:
    """What is left of a unit of sales; None unless half of the sales have a known cost."""
    return earned / costed if costed > 0 and costed >= COSTED * sales else None


def _counts(rows: Floats, estimation: Estimation, horizon: float) -> BetaGeoNBD:
    scale = max(float(np.median(rows[:, 2])), horizon) if len(rows) else horizon
    return BetaGeoNBD(estimation=estimation, time_scale=scale).fit(rows[:, :3], sample_weight=rows[:, 3])


def _table(rows: Sequence[Sequence[float]], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(-1, width)


def _card(model: PurchaseModel, customers: float, cycles: float) -> dict[str, Any]:
    return {
        "customers": int(customers),
        "cycles": round(cycles, 2),
        "method": f"L{model.rung.level}",
        "confidence": model.rung.confidence,
        "log_likelihood": model.counts.log_likelihood_,
        "spend_log_likelihood": model.spend.log_likelihood_,
        "frequency_value_correlation": model.spend.correlation_,
        "findings": list(model.findings),
    }
