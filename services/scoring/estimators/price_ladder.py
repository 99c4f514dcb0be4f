"""Up-selling within a category: the next rungs above the price somebody usually pays, within reach."""

import numpy as np

from services.scoring.estimators.catalogue import Bought, Catalogue
from services.scoring.estimators.histories import Floats, Ints

BAND = 0.5  # how much dearer than usual is still within reach, as a share
RUNGS = 3  # prices above the usual one
HALF = 0.5


def usual_prices(bought: Bought, catalogue: Catalogue) -> tuple[Ints, Floats]:
    """The categories somebody buys, and the median unit price paid in each."""
    category = catalogue.category[bought.item]
    order = np.lexsort((bought.price, category))
    names, start, count = np.unique(category[order], return_index=True, return_counts=True)
    price, low, high = bought.price[order], start + (count - 1) // 2, start + count // 2
    return names, (price[low] + price[high]) * HALF


def next_rungs(
    catalogue: Catalogue, category: int, usual: float, *, band: float = BAND, rungs: int = RUNGS
) -> tuple[Ints, Ints]:
    """Items of the category that cost up to `band` more than usual, the cheapest first, and their rung from 1."""
    price = catalogue.price
    within = (catalogue.category == category) & (price > usual) & (price <= usual * (1.0 + band))
    items = np.flatnonzero(within)
    _, rung = np.unique(price[items], return_inverse=True)
    order = np.lexsort((items, rung))
    order = order[rung[order] < rungs]
    return items[order], rung[order] + 1


def usual_tier(tiers: Floats, bought: Bought) -> float:
    """Where the prices somebody pays lie among those of the same category on average; NaN where none is known."""
    mine = tiers[bought.item]
    known = mine[~np.isnan(mine)]
    return float(known.mean()) if len(known) else np.nan


def price_tiers(catalogue: Catalogue) -> Floats:
    """Where the price of an item lies within its category, by mid-rank from 0 to 1; NaN without a price."""
    known = np.flatnonzero(~np.isnan(catalogue.price))
    category, price = catalogue.category[known], catalogue.price[known]
    _, start, size = np.unique(np.sort(category), return_index=True, return_counts=True)
    place = np.unique(category, return_inverse=True)[1]
    _, cell, tied = np.unique(np.column_stack([category, price]), axis=0, return_inverse=True, return_counts=True)
    before = np.cumsum(tied) - tied
    tiers = np.full(len(catalogue), np.nan)
    tiers[known] = (before[cell] - start[place] + tied[cell] * HALF) / size[place]
    return tiers
