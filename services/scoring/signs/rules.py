"""Which reasons to warn hold of which customers. Pure; one row per customer of the evidence."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from services.scoring.estimators import purchases
from services.scoring.estimators.histories import Floats, histories
from services.scoring.estimators.sharing import by_value
from services.scoring.evidence.rules import Evidence, Texts, Truths
from services.scoring.models.rules import PurchaseModel
from services.scoring.signs.schemas import Reason, WarningsScheme

AGE, RECENCY = 2, 1  # columns of histories
EXPECTING = {"silence", "risk_jump", "order_shortfall", "spend_shortfall"}
LEARNED = 2  # the rung of the ladder from which a model is fitted


def reasons(
    evidence: Evidence, numbers: Mapping[str, Floats], stages: Texts, model: PurchaseModel, scheme: WarningsScheme
) -> Mapping[Reason, Truths]:
    """The customers of whom each reason holds. None holds of who has not bought for long or is lost already.

    Those that compare with what the model expects hold of nobody while it knows no better than its prior.
    """
    active = _in_base(evidence, stages, scheme)
    learned = active & (model.rung.level >= LEARNED)
    expected, lately = expected_orders(evidence, active, model), _days_in_h(evidence)
    least = scheme.shortfall * np.where(expected >= scheme.expected_orders, expected, np.nan)
    found: dict[Reason, Truths] = {
        "silence": numbers["silence_surprise"] < scheme.surprise,
        "risk_jump": _risk_jump(evidence, active, model, scheme),
        "order_shortfall": lately < least,
        "spend_shortfall": evidence.known("spend_in_h") < least * numbers["order_value"],
        "complaint": (evidence.known("complaint_opened_28d") > 0) & (evidence.known("open_complaints") > 0),
        "refund": evidence.known("refund_28d") > 0,
        "unsubscribe": evidence.known("unsubscribed_28d") > 0,
        "browsing_drop": _dropped(evidence, ["visits"], scheme),
        "interaction_drop": _dropped(evidence, ["opens", "logins", "contacts"], scheme),
    }
    return {
        name: holds & (learned if name in EXPECTING else active) & (name not in scheme.off)
        for name, holds in found.items()
    }


def expected_orders(evidence: Evidence, active: Truths, model: PurchaseModel) -> Floats:
    """How many order days the last H should have brought, as of its beginning; NaN for who had not bought by then.

    Who did not buy since has the same history but for its age. Who did was a customer still: what such a one is
    expected to buy depends on the orders and the age alone, so that it does not matter when the last one was.
    """
    days, lately, answer = evidence.known("order_days"), _days_in_h(evidence), np.full(len(evidence), np.nan)
    rows = evidence.histories
    rows[:, AGE] -= evidence.horizons.days
    who = np.flatnonzero(active & (days > lately) & (rows[:, AGE] >= 0))
    if not len(who):
        return answer
    rows, lately = rows[who], lately[who]
    rows[:, 0] = days[who] - lately - 1
    rows[:, RECENCY] = np.where(rows[:, 0] > 0, np.minimum(rows[:, RECENCY], rows[:, AGE]), 0.0)
    alive = np.where(lately > 0, model.counts.probability_alive(rows), 1.0)
    expected = partial(purchases.expected_purchases, model.counts.process)
    answer[who] = by_value(expected, histories(rows), evidence.horizons.days[who]) / alive
    return answer


def _in_base(evidence: Evidence, stages: Texts, scheme: WarningsScheme) -> Truths:
    """Who is warned of: bought within some horizons and is not lost."""
    silence = evidence.today - evidence["last_order_on"]
    return np.asarray((silence <= scheme.active_for * evidence.horizons.days) & (stages != "lost"))


def _risk_jump(evidence: Evidence, active: Truths, model: PurchaseModel, scheme: WarningsScheme) -> Truths:
    """Whose risk rose by much in a month of silence: what it was is what the same orders said then.

    Both by the model of purchases, whoever decides on the chance of churn.
    """
    silence, answer = evidence.today - evidence["last_order_on"], np.zeros(len(evidence), dtype=bool)
    who = np.flatnonzero(active & (silence > scheme.jump_days))
    if len(who):
        rows, chance = evidence.histories[who], partial(purchases.probability_no_purchase, model.counts.process)
        then = rows - scheme.jump_days * (np.arange(3) == AGE)
        now, before = (chance(histories(some), evidence.horizons.days[who]) for some in (rows, then))
        answer[who] = now - before >= scheme.jump
    return answer


def _days_in_h(evidence: Evidence) -> Floats:
    """Order days of the last H, of a customer who always orders as often in a day."""
    orders = np.maximum(evidence.known("orders"), 1.0)
    return np.asarray(np.ceil(evidence.known("orders_in_h") * evidence.known("order_days") / orders))


def _dropped(evidence: Evidence, names: list[str], scheme: WarningsScheme) -> Truths:
    before = np.sum([evidence.known(f"{name}_before_28d") for name in names], axis=0)
    lately = np.sum([evidence.known(f"{name}_28d") for name in names], axis=0)
    return np.asarray((before >= scheme.drop_from) & (lately <= scheme.drop * before))
