"""What is for sale and what was bought, by column, as recommendations read it. Items are numbers of columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from services.scoring.estimators.histories import Floats, Ints

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One row per item: its category, list price, and how long one unit lasts (days); NaN where not known.

    A `durable` is bought once. What is not `available` may come back, what is `discontinued` will not.
    """

    category: Ints
    price: Floats
    use_days: Floats
    durable: Bools
    available: Bools
    discontinued: Bools

    def __len__(self) -> int:
        return len(self.category)

    def excluded(self, owned: Bools) -> Bools:
        """What not to offer to somebody who has bought the items in `owned`."""
        return np.asarray(self.discontinued | ~self.available | (self.durable & owned))


@dataclass(frozen=True, slots=True)
class Bought:
    """One row per order line: whose (a row number), what, when (days), how many units, at which unit price."""

    customer: Ints
    item: Ints
    day: Floats
    units: Floats
    price: Floats

    def __len__(self) -> int:
        return len(self.customer)

    def at(self, rows: Any) -> "Bought":
        """Some of them, by slice or index."""
        return Bought(self.customer[rows], self.item[rows], self.day[rows], self.units[rows], self.price[rows])

    def until(self, day: float) -> "Bought":
        """What was bought by then."""
        return self.at(self.day <= day)

    def owned(self, customers: int, items: int) -> csr_array:
        """Customers by items, 1 where bought ever."""
        cells = np.unique(self.customer * items + self.item)
        row, column = np.divmod(cells, items)
        return csr_array((np.ones(len(cells)), (row, column)), shape=(customers, items))
