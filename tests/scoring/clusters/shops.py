"""Buyers of three kinds, for tests of clusters."""

import numpy as np

from services.scoring.estimators.histories import Floats, Ints
from services.scoring.evidence.rules import Evidence
from tests.scoring.people import NOW, people

SECONDS_A_DAY = 86_400
# Median orders, order value, days since the last order, share of discount.
KINDS = np.array([[1.5, 60.0, 300.0, 0.05], [20.0, 40.0, 10.0, 0.05], [3.0, 900.0, 60.0, 0.05]])


def shop(each: int = 100, seed: int = 1, shift: float = 1.0) -> tuple[Evidence, Ints]:
    """So many buyers of each kind and one who never bought, at the end; and of which kind the buyers are."""
    random = np.random.default_rng(seed)
    kind = np.repeat(np.arange(len(KINDS)), each)
    seen = KINDS[kind] * shift * random.lognormal(0.0, 0.2, (len(kind), KINDS.shape[1]))
    orders = np.maximum(np.round(seen[:, 0]), 1.0)
    last = NOW.timestamp() / SECONDS_A_DAY - seen[:, 2]
    columns = {
        "orders": orders,
        "average_order_value": seen[:, 1],
        "net_spend": orders * seen[:, 1],
        "last_order_at": last,
        "first_order_at": last - 10.0 * orders,
        "discount_share": seen[:, 3],
        "categories": np.minimum(orders, 5.0),
    }
    return people(len(kind) + 1, **{name: _with_idle(values) for name, values in columns.items()}), kind


def _with_idle(values: Floats) -> Floats:
    return np.append(values, np.nan)
