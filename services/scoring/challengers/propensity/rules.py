"""The chance of buying a category within the horizon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.scoring.estimators.histories import Floats
from services.scoring.models.rules import PurchaseModel

BORROWED = 5.0  # order days that everybody's shares count as


@dataclass(frozen=True, slots=True)
class Categories:
    """Categories by column: order days of one customer with it, and its share among everybody's orders."""

    names: Sequence[str]
    days: Floats
    shared: Floats


def joined(own: Mapping[str, int], shared: Mapping[str, float]) -> Categories:
    """What the customer bought and what everybody buys, side by side."""
    names = sorted(own.keys() | shared.keys())
    return Categories(
        names=names,
        days=np.array([own.get(name, 0) for name in names], dtype=np.float64),
        shared=np.array([shared.get(name, 0.0) for name in names], dtype=np.float64),
    )


def shares(some: Categories, order_days: float) -> Floats:
    """share = (days with the category + 5 x share of all) / (order days + 5), never above 1."""
    return np.minimum((some.days + BORROWED * some.shared) / (order_days + BORROWED), 1.0)


def probabilities(share: Floats, history: Floats, model: PurchaseModel, any_purchase: float) -> Floats:
    """The chance of at least one purchase with a category, of each share.

    While a customer is active, purchases come at a rate lambda ~ gamma(r + x, alpha + T); each holds the category with
    the chance `share`, independently, so those that do come at the rate share x lambda. Hence, within H,

        P(category) = P(alive) x (1 - ((alpha + T) / (alpha + T + share x H)) ^ (r + x)),

    the chance of any purchase within share x H. Scaled so that a share of 1 has the chance `any_purchase`, which a
    challenger may have told.
    """
    within = share * model.horizon_days
    chance = np.array([1.0 - model.counts.probability_no_purchase(history, one)[0] for one in within.tolist()])
    whole = 1.0 - float(model.counts.probability_no_purchase(history, model.horizon_days)[0])
    return chance * (any_purchase / whole if whole > 0 else 0.0)
