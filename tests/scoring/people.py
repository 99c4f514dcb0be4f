"""Customers by column, for tests of rules that score many at once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from services.scoring.estimators.histories import Floats
from services.scoring.evidence.parts import ARCHIVE, COLUMNS
from services.scoring.evidence.rules import DATED, Evidence
from services.scoring.horizons.rules import OwnHorizons
from shared.ids import derived_id

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = 20_782.0  # 2026-11-25, in days since 1970
LATELY = (
    *("orders_in_h", "spend_in_h", "orders_before_h", "spend_before_h", "orders_12m", "spend_12m"),
    *("active_months_12m", "last_delivered_at", "intent_30d", "visits_28d", "visits_before_28d", "last_gap_days"),
    *("price_tier", "ratings", "rating_weight", "rating_sum", "referred_spend", "repurchase", "open_courses"),
    *(name for kind in DATED for name in (kind, f"{kind}_on")),
)


def horizons(*days: float) -> OwnHorizons:
    """H of some customers in days, as the scheme says."""
    return OwnHorizons(np.array(days), np.full(len(days), "scheme"), np.full(len(days), ""))


def people(count: int, **columns: list[float] | Floats) -> Evidence:
    """So many customers with an H of 90 days of whom only these columns are known."""
    names = (*COLUMNS, *ARCHIVE, *LATELY)
    assert set(columns) <= set(names), set(columns) - set(names)
    given = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    unknown = np.full(count, np.nan)
    ids = [derived_id("person", str(number)) for number in range(count)]
    return Evidence(ids, NOW, ZONE, {name: given.get(name, unknown) for name in names}, horizons(*[90.0] * count))


def buyers(count: int, seed: int = 1) -> Evidence:
    """So many customers with a plausible past."""
    random = np.random.default_rng(seed)
    days = random.geometric(0.4, count).astype(float)
    first = TODAY - random.integers(100, 700, count).astype(np.float64)
    last = np.asarray(np.where(days > 1, first + random.random(count) * (TODAY - first), first), dtype=np.float64)
    spend = days * random.gamma(3.0, 30.0, count)
    gaps = np.where(days > 1, np.floor(last - first) / np.maximum(days - 1, 1), np.nan)
    return people(
        count,
        orders=days,
        order_days=days,
        first_order_on=first,
        last_order_on=np.floor(last),
        net_spend=spend,
        average_order_value=spend / days,
        order_value_p90=spend / days * 1.3,
        gap_mean=gaps,
        gap_sd=gaps * 0.4,
        full_price_share=random.random(count),
        categories=random.integers(1, 6, count).astype(float),
        spend_12m=spend * 0.6,
        orders_12m=days,
        active_months_12m=np.minimum(days, 12),
        last_gap_days=gaps,
    )
