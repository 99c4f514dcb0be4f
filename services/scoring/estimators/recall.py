"""How many of the items that people bought next were on their lists."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from services.scoring.estimators.histories import Floats, Ints, blocks

PLACES = 10


def recall_at(scores: Any, wanted: csr_array, places: int = PLACES) -> float:
    """Mean share of wanted items (customers by items) among the `places` best scored, over who wanted any.

    What scores 0 is not on a list.
    """
    some = np.flatnonzero(np.diff(csr_array(wanted).indptr))
    found = np.empty(len(some))
    for block in blocks(len(some)):
        rows = some[block]
        want, score = wanted[rows].toarray() > 0, _dense(scores[rows])
        best = top(score, places)
        hit = np.take_along_axis(want, best, axis=1) & (np.take_along_axis(score, best, axis=1) > 0)
        found[block] = hit.sum(axis=1) / want.sum(axis=1)
    return float(found.mean())


def top(scores: Floats, places: int) -> Ints:
    """The columns of the largest scores of each row, the best first, equal ones in their order."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :places]


def _dense(scores: Any) -> Floats:
    return np.asarray(scores.toarray() if hasattr(scores, "toarray") else scores)
