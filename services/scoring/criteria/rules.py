"""Revenue, loyalty, influence and growth as percentiles, and the class that their weighted mean gives. Pure."""

from collections.abc import Mapping

import numpy as np

from services.scoring.criteria.schemas import NAMES, CriteriaScheme
from services.scoring.dimensions.rules import Dimension
from services.scoring.dimensions.schemas import Name
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import DATED, GRADES, Evidence, Texts
from services.scoring.scales.rules import UNKNOWN, Part, Scales, blended

CLASSES = ("low", "medium", "high", "key")
FAMOUS = 1e6  # followers at which fame counts in full, by logarithm
YEAR, FORGOTTEN = 365.0, 1_095.0  # days
TREND = 0.25  # a fall by all counts 0, no change a quarter, a fourfold horizon 1


def measured(
    evidence: Evidence,
    numbers: Mapping[str, Floats],
    dimensions: Mapping[Name, Dimension],
    scheme: CriteriaScheme,
    scales: Scales,
) -> dict[str, Floats]:
    """The criteria, their composite and its percentile; NaN for who has not bought."""
    raw = {
        "revenue": direct(evidence, numbers) + evidence.known("referred_spend"),
        "loyalty": _loyalty(evidence, dimensions),
        "influence": _influence(evidence),
        "growth": _growth(evidence, dimensions),
    }
    bought = {name: np.where(evidence.buyers, values, np.nan) for name, values in raw.items()}
    shares = {name: scales.percentile(f"criterion.{name}", values) for name, values in bought.items()}
    weights = scheme.weights.model_dump()
    composite = blended({name: Part(weights[name], shares[name]) for name in NAMES})
    return {
        **{f"criterion_{name}": share for name, share in shares.items()},
        "composite": composite,
        "composite_percentile": scales.percentile("composite", composite),
    }


def classes(percentile: Floats, scheme: CriteriaScheme, before: Texts) -> Texts:
    """The value class of each customer; a class is entered at its cut and left a margin below it."""
    cuts = (scheme.medium, scheme.high, scheme.key)
    reached = np.searchsorted(cuts, percentile, side="right")
    held = np.searchsorted([cut - scheme.margin for cut in cuts], percentile, side="right")
    had = np.select([before == name for name in CLASSES], list(range(len(CLASSES))), default=0)
    step = np.maximum(reached, np.minimum(had, held))
    return np.where(np.isnan(percentile), UNKNOWN, np.array(CLASSES)[np.minimum(step, len(CLASSES) - 1)])


def direct(evidence: Evidence, numbers: Mapping[str, Floats]) -> Floats:
    """What the last twelve months brought: margin less cost to serve where costs are known, else revenue.

    The cost of serving is known of all times; the year bears the part that its spend is of all spend.
    """
    spend, all_spend = evidence.known("spend_12m"), evidence.known("net_spend")
    part = np.divide(spend, all_spend, out=np.zeros(len(spend)), where=all_spend > 0)
    share = np.divide(
        numbers["margin_12m"], numbers["clv_12m"], out=np.full(len(spend), np.nan), where=numbers["clv_12m"] > 0
    )
    return np.where(np.isnan(share), spend, spend * share - np.clip(part, 0.0, 1.0) * evidence.known("cost_to_serve"))


def _loyalty(evidence: Evidence, dimensions: Mapping[Name, Dimension]) -> Floats:
    return blended(
        {
            "loyalty": Part(0.5, dimensions["loyalty"].percentile),
            "satisfaction": Part(0.25, dimensions["satisfaction"].value),
            "recommends": Part(0.25, evidence["latest_nps"] / 10.0),
            "intends_to_renew": Part(0.25, evidence["repurchase"]),
        }
    )


def _influence(evidence: Evidence) -> Floats:
    fame = np.log1p(evidence.known("followers")) / np.log1p(FAMOUS)
    standing, brought = evidence.known("standing") / 5.0, np.minimum(evidence.known("qualified_referrals") / 5.0, 1.0)
    return np.asarray(0.4 * standing + 0.3 * np.minimum(fame, 1.0) + 0.3 * brought)


def _growth(evidence: Evidence, dimensions: Mapping[Name, Dimension]) -> Floats:
    before, after = evidence.known("spend_before_h"), evidence.known("spend_in_h")
    trend = np.divide(after, before, out=np.full(len(evidence), np.nan), where=before > 0)
    return blended(
        {
            "potential": Part(0.7, dimensions["potential"].percentile),
            "trend": Part(0.3, np.clip(trend * TREND, 0.0, 1.0)),
            "opportunities": Part(0.3, _opportunities(evidence)),
            "outlook": Part(0.3, _outlook(evidence)),
        }
    )


def _opportunities(evidence: Evidence) -> Floats:
    """What open opportunities are expected to bring beside the spend of a year; not known of who has none."""
    value, spend = evidence.known("opportunity_value"), np.maximum(evidence.known("spend_12m"), 0.0)
    share = np.divide(value, value + spend, out=np.zeros(len(evidence)), where=value > 0)
    return np.where(evidence.known("open_opportunities") > 0, (1.0 + share) / 2.0, np.nan)


def _outlook(evidence: Evidence) -> Floats:
    """What is known of an organisation; of what is a year old by half, and no more after three."""
    grades = {kind: evidence[kind] for kind in GRADES} | {"budget": _room(evidence)}
    ages = {kind: np.maximum(evidence.today - evidence[f"{kind}_on"], 0.0) for kind in DATED}
    known = {kind: np.where(ages[kind] <= FORGOTTEN, grade, np.nan) for kind, grade in grades.items()}
    weights = {kind: np.where(np.isnan(known[kind]), 0.0, 0.5 ** (ages[kind] / YEAR)) for kind in DATED}
    total = np.sum(list(weights.values()), axis=0)
    sums = np.sum([np.nan_to_num(known[kind]) * np.nan_to_num(weights[kind]) for kind in DATED], axis=0)
    return np.asarray(np.divide(sums, total, out=np.full(len(evidence), np.nan), where=total > 0))


def _room(evidence: Evidence) -> Floats:
    """How much of its budget an organisation did not spend here within a year."""
    budget, spend = evidence["budget"], np.maximum(evidence.known("spend_12m"), 0.0)
    share = np.divide(budget - spend, budget, out=np.full(len(budget), np.nan), where=budget > 0)
    return np.asarray(np.clip(share, 0.0, 1.0))
