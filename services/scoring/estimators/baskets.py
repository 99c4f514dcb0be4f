"""Baskets as a matrix: which items lay in one together, however often and at whatever price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from services.scoring.estimators.histories import Ints

Codes = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Baskets:
    """Baskets (rows) by items (columns), 1 where bought; `items` are the codes of the columns, sorted."""

    bought: csr_array
    items: Codes

    def __len__(self) -> int:
        return int(self.bought.shape[0])

    @classmethod
    def of(cls, some: Iterable[Sequence[Any]]) -> "Baskets":
        """From lists of item codes, one per basket; an empty one is a basket, too."""
        known = list(some)
        basket = np.repeat(np.arange(len(known)), [len(codes) for codes in known])
        return _matrix(basket, np.array(list(chain.from_iterable(known))), len(known))

    @classmethod
    def of_lines(cls, basket: npt.ArrayLike, item: npt.ArrayLike) -> "Baskets":
        """From order lines: to which basket each belongs, and the code of its item."""
        keys, place = np.unique(np.asarray(basket), return_inverse=True)
        return _matrix(place, np.asarray(item), len(keys))

    def counts(self) -> Ints:
        """In how many baskets each item lies."""
        return np.bincount(self.bought.indices, minlength=len(self.items))


def _matrix(basket: Ints, item: Codes, baskets: int) -> Baskets:
    items, column = np.unique(item, return_inverse=True)
    cells = np.unique(basket * max(1, len(items)) + column)
    row, column = np.divmod(cells, max(1, len(items)))
    ones, starts = np.ones(len(cells), dtype=np.int64), np.searchsorted(row, np.arange(baskets + 1))
    return Baskets(csr_array((ones, column, starts), shape=(baskets, len(items))), items)
