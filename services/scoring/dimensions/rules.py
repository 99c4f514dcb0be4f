"""What the six dimensions are made of, and the levels they give. Pure; one row per customer.

Formulas: docs/scoring.md. Power, frequency, potential and loyalty are graded by percentile among all customers,
satisfaction and churn risk by their own value.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.scoring.dimensions.schemas import NAMES, DimensionsScheme, Name
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence, Texts, Truths
from services.scoring.scales.rules import UNKNOWN, Part, Scales, blended, graded
from services.scoring.values.rules import SURE_FROM

Numbers = Mapping[str, Floats]
Parts = Mapping[str, Part]
ABSOLUTE: tuple[Name, ...] = ("satisfaction", "churn")
TENURE = 730.0  # days; it counts in full from two years on
PRIOR_ANSWERS, PRIOR_RATING = 4.0, 0.7  # satisfaction before anybody said a word
RECENT_WEIGHT = 0.5  # what an answer weighs after 180 days
NEUTRAL = 0.5  # a part neither raises nor lowers there
MOST_TROUBLE = 0.4  # that complaints can take from satisfaction
RICH = 0.75  # the share of customers that headroom is measured against


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of all customers: what is graded, what it is made of, and how many facts stand behind it.

    `absolute`: its value is graded even where a percentile is known. `predicted`: it rests on predictions.
    """

    value: Floats
    percentile: Floats
    parts: Parts
    evidence: Floats
    absolute: bool = False
    predicted: bool = True

    @property
    def score(self) -> Floats:
        """What the cuts are compared with."""
        return np.where(self.absolute | np.isnan(self.percentile), self.value, self.percentile)


def measured(evidence: Evidence, numbers: Numbers, scales: Scales) -> dict[Name, Dimension]:
    """All dimensions, before they are graded. `numbers` are the predictions of values."""
    orders = evidence.known("order_days")
    power, potential = _power(evidence, numbers, scales), _potential(evidence, numbers, scales)
    frequency, loyalty = _frequency(evidence, numbers, scales), _loyalty(evidence)
    relative: dict[Name, tuple[Floats, Parts]] = {
        "power": (blended(power), power),
        "frequency": (numbers["purchase_rate"], frequency),
        "potential": (blended(potential), potential),
        "loyalty": (np.where(_may_be_loyal(evidence), blended(loyalty), np.nan), loyalty),
    }
    found = {
        name: Dimension(value, scales.percentile(name, value), parts, orders)
        for name, (value, parts) in relative.items()
    }
    return {
        **found,
        "satisfaction": _satisfaction(evidence, scales),
        "churn": _churn(evidence, numbers, scales, orders),
    }


def confidence(dimension: Dimension, prediction: Floats) -> Floats:
    """How far to believe a dimension, 0 to 1: by its evidence, and no further than the predictions it rests on."""
    own = dimension.evidence / (dimension.evidence + SURE_FROM)
    bound = np.maximum(prediction, 0.0) if dimension.predicted else 1.0
    return np.where(np.isnan(dimension.score), 0.0, np.minimum(own, bound))


def strongest(dimension: Dimension) -> list[str]:
    """The known parts of the first customer by what they did to the value: weight times distance from the middle.

    Parts without a weight, which only explain, come last, the furthest from the middle first.
    """
    known = {code: abs(float(part.score[0]) - NEUTRAL) for code, part in dimension.parts.items()}
    known = {code: distance for code, distance in known.items() if not np.isnan(distance)}
    return sorted(known, key=lambda code: (-dimension.parts[code].weight * known[code], -known[code], code))


def levels(
    evidence: Evidence, found: Mapping[Name, Dimension], scheme: DimensionsScheme, before: Mapping[str, Texts]
) -> dict[Name, Texts]:
    """The level of each customer in each dimension; `before` are those they had."""
    return {
        name: _capped(name, evidence, found, scheme, _level(name, found[name].score, scheme, before[name]))
        for name in NAMES
    }


def _level(name: Name, score: Floats, scheme: DimensionsScheme, before: Texts) -> Texts:
    cuts = scheme.cuts(name)
    if not cuts.on:
        return np.full(len(score), UNKNOWN)
    return graded(score, cuts.low, cuts.high, before, scheme.margin)


def _capped(
    name: Name, evidence: Evidence, found: Mapping[Name, Dimension], scheme: DimensionsScheme, level: Texts
) -> Texts:
    """Whoever bought once is not frequent, nor is content who waits for the answer to a severe complaint.

    What is usual at the shop makes nobody content who only said the contrary, and nobody who waits for the answer to a
    complaint is sure to stay.
    """
    if name == "churn":
        return np.where((evidence.known("open_complaints") > 0) & (level == "low"), "medium", level)
    if name == "frequency":
        capped = evidence.known("order_days") < 2
    elif name == "satisfaction":
        level = np.where(_only_poor(evidence, scheme.satisfaction.low) & (level != UNKNOWN), "low", level)
        capped = evidence.known("severe_open_complaints") > 0
    elif name == "power" and scheme.high_order_value is not None:
        capped = ~(evidence["average_order_value"] >= scheme.high_order_value)
    else:
        return level
    return np.where(capped & (level == "high"), "medium", level)


def _power(evidence: Evidence, numbers: Numbers, scales: Scales) -> Parts:
    return {
        "order_value": Part(0.5, scales.percentile("order_value", numbers["order_value"])),
        "price_tier": Part(0.3, evidence["price_tier"]),
        "large_orders": Part(0.2, scales.percentile("large_orders", evidence["order_value_p90"])),
    }


def _frequency(evidence: Evidence, numbers: Numbers, scales: Scales) -> Parts:
    rate, age = numbers["purchase_rate"], evidence["order_days"]
    return {
        "purchase_rate": Part(1.0, scales.percentile("purchase_rate", rate)),
        "still_active": Part(0.0, numbers["p_alive"]),
        "purchases": Part(0.0, scales.percentile("purchases", np.where(age > 0, age, np.nan))),
    }


def _potential(evidence: Evidence, numbers: Numbers, scales: Scales) -> Parts:
    worth = np.where(np.isnan(numbers["margin_12m"]), numbers["clv_12m"], numbers["margin_12m"])
    spend = np.where(evidence.buyers, evidence["spend_12m"], np.nan)
    categories = np.where(evidence.buyers, evidence["categories"], np.nan)
    scales.percentile("spend_12m", spend)
    scales.percentile("categories", categories)
    headroom = {
        "room_in_spend": Part(1.0, _gap(spend, scales.value_at("spend_12m", RICH))),
        "room_in_categories": Part(1.0, _gap(categories, scales.value_at("categories", RICH))),
        "intent": Part(1.0, np.where(evidence.buyers, (evidence.known("intent_30d") > 0).astype(float), np.nan)),
    }
    return {
        "expected_value": Part(0.6, scales.percentile("worth_12m", worth)),
        "headroom": Part(0.4, blended(headroom)),
        **{name: Part(0.0, part.score) for name, part in headroom.items()},
    }


def _loyalty(evidence: Evidence) -> Parts:
    variation = evidence["gap_sd"] / np.maximum(evidence["gap_mean"], 1.0)
    tenure = (evidence.today - evidence["first_order_on"]) / TENURE
    return {
        "active_months": Part(0.35, np.clip(evidence["active_months_12m"] / 12.0, 0.0, 1.0)),
        "regularity": Part(0.2, np.clip(1.0 - variation, 0.0, 1.0)),
        "full_price": Part(0.15, evidence["full_price_share"]),
        "tenure": Part(0.15, np.clip(tenure, 0.0, 1.0)),
        "advocacy": Part(0.15, _advocacy(evidence)),
        "brand_concentration": Part(0.1, evidence["brand_concentration"]),
        "intends_to_buy_again": Part(0.1, evidence["repurchase"]),
    }


def _advocacy(evidence: Evidence) -> Floats:
    """Recommends: by survey, or by having brought somebody; not known of who never was asked and never did."""
    brought = np.where(evidence.known("qualified_referrals") > 0, 1.0, np.nan)
    return np.fmax(evidence["latest_nps"] / 10.0, brought)


def _may_be_loyal(evidence: Evidence) -> Truths:
    old_enough = evidence.today - evidence["first_order_on"] >= 90
    return (evidence.known("orders") >= 2) & old_enough


def _said(evidence: Evidence) -> Floats:
    """The mean of what each customer answered, the newest counting most; NaN of who never did."""
    weight = evidence.known("rating_weight")
    unknown = np.full(len(evidence), np.nan)
    return np.asarray(np.divide(evidence.known("rating_sum"), weight, out=unknown, where=weight > 0))


def _only_poor(evidence: Evidence, low: float) -> Truths:
    """Whose answers are poor on the whole; one that is half a year old does not decide alone any more."""
    return np.asarray((_said(evidence) < low) & (evidence.known("rating_weight") >= RECENT_WEIGHT))


def _satisfaction(evidence: Evidence, scales: Scales) -> Dimension:
    answers, weight, own = evidence.known("ratings"), evidence.known("rating_weight"), _said(evidence)
    scales.percentile("rating", own)
    usual = scales.value_at("rating", 0.5)
    usual = PRIOR_RATING if np.isnan(usual) else usual
    shrunk = (PRIOR_ANSWERS * usual + evidence.known("rating_sum")) / (PRIOR_ANSWERS + weight)
    open_, severe = evidence.known("open_complaints"), evidence.known("severe_open_complaints")
    trouble = np.clip(0.1 * open_ + 0.1 * severe, 0.0, MOST_TROUBLE)  # a severe one is among the open ones
    known = answers + evidence.known("complaints")
    value = np.where(known > 0, np.clip(shrunk - trouble, 0.0, 1.0), np.nan)
    calm = np.where(trouble > 0, 0.5 * (1.0 - trouble / MOST_TROUBLE), 1.0)  # any trouble lowers
    parts = {
        "ratings": Part(1.0, own),
        "complaints": Part(0.0, np.where(evidence.known("complaints") > 0, calm, np.nan)),
    }
    return Dimension(value, np.full(len(evidence), np.nan), parts, known)


def _churn(evidence: Evidence, numbers: Numbers, scales: Scales, orders: Floats) -> Dimension:
    parts = {
        "silence": Part(0.0, 1.0 - numbers["silence_surprise"]),
        "gone": Part(0.0, 1.0 - numbers["p_alive"]),
        "rare_purchases": Part(0.0, 1.0 - scales.percentile("purchase_rate", numbers["purchase_rate"])),
        "complaints": Part(0.0, np.where(evidence.known("open_complaints") > 0, 1.0, np.nan)),
    }
    return Dimension(numbers["churn_probability"], np.full(len(orders), np.nan), parts, orders)


def _gap(own: Floats, wanted: float) -> Floats:
    """How much of what is wanted is missing, 0 to 1."""
    if np.isnan(wanted) or wanted <= 0:
        return np.where(np.isnan(own), np.nan, 0.0)
    return np.clip((wanted - own) / wanted, 0.0, 1.0)
