"""When somebody will have used up what they bought."""

import numpy as np

from services.scoring.estimators.catalogue import Bought, Catalogue
from services.scoring.estimators.histories import Floats, Ints, run_starts

FEWEST_GAPS = 2  # of one's own, to believe them where nobody says how long an item lasts


def refills(bought: Bought, catalogue: Catalogue) -> tuple[Ints, Floats, Floats]:
    """Of one customer: items, the day each will be used up, and the days it lasts.

    An item lasts its use days per unit bought last; where those are not known, as long as the median of the customer's
    own gaps, of which there must be two. Durables are not used up.
    """
    order = np.lexsort((bought.day, bought.item))
    item, day, units = bought.item[order], bought.day[order], bought.units[order]
    starts = run_starts(item, day)
    item, day, units = item[starts], day[starts], np.add.reduceat(units, starts) if len(starts) else units[:0]
    first = run_starts(item)
    last = np.append(first, len(item))[1:] - 1
    items = item[last]
    lasts = catalogue.use_days[items] * units[last]
    own = np.array([_own_gap(day[start : end + 1]) for start, end in zip(first, last, strict=True)])
    days = np.where(np.isnan(lasts), own, lasts) if len(items) else lasts
    kept = ~np.isnan(days) & ~catalogue.durable[items]
    return items[kept], (day[last] + days)[kept], days[kept]


def _own_gap(days: Floats) -> float:
    return float(np.median(np.diff(days))) if len(days) > FEWEST_GAPS else np.nan
