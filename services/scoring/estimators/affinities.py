"""How likely an item is in somebody's next basket: again, or for the first time.

On the groceries of Complete Journey what a household buys again is told best by its own frequency, recent purchases
counting more; what it buys for the first time by the confidences of rules, summed over all it has bought. The largest
lift finds less of it than best-sellers do.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from services.scoring.estimators.catalogue import Bought
from services.scoring.estimators.histories import Ints, run_starts

HALF_LIFE = 60.0  # days


def repeat_affinity(bought: Bought, now: float, customers: int, items: int, half_life: float = HALF_LIFE) -> csr_array:
    """Customers by items: the share of a customer's shopping days with this item; days count half every `half_life`."""
    recent = 0.5 ** ((now - bought.day) / half_life)
    days = _distinct(bought.customer, bought.day)
    shopped = np.bincount(bought.customer[days], recent[days], minlength=customers)
    lines = _distinct(bought.customer, bought.item, bought.day)
    row, column = bought.customer[lines], bought.item[lines]
    return csr_array((recent[lines] / shopped[row], (row, column)), shape=(customers, items))


def cross_affinity(owned: csr_array, confidence: csr_array) -> csr_array:
    """Customers by items: how sure rules from what they bought to this item are, on average; 0 for what they bought.

    Within a customer that is the order of the sum of confidences.
    """
    rules = csr_array(owned @ confidence)
    new = rules - rules.multiply(owned)
    per_item = np.maximum(owned.sum(axis=1), 1.0)
    return csr_array(new.multiply(1.0 / per_item[:, None]))


def _distinct(*columns: npt.NDArray[Any]) -> Ints:
    """One row number for each combination that occurs."""
    order = np.lexsort(columns[::-1])
    return np.asarray(order[run_starts(*(column[order] for column in columns))])
