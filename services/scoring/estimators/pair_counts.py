"""Which two items were bought together, as counts that add up over days and shards."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array, triu

from services.scoring.estimators.basket_rules import Rules, derived, least_count
from services.scoring.estimators.baskets import Baskets, Codes
from services.scoring.estimators.histories import Ints
from services.scoring.estimators.itemsets import Itemsets


@dataclass(frozen=True, slots=True)
class PairCounts:
    """How many baskets there were, how many held each item, and each two of them (above the diagonal).

    Counts of disjoint sets of baskets add: those of yesterday and today, of one shard and the next.
    """

    baskets: int
    items: Codes
    bought: Ints
    together: csr_array

    @classmethod
    def of(cls, baskets: Baskets) -> "PairCounts":
        """Count the pairs of some baskets."""
        together = triu(baskets.bought.T @ baskets.bought, k=1, format="csr")
        return cls(len(baskets), baskets.items, baskets.counts(), csr_array(together))

    def __add__(self, other: "PairCounts") -> "PairCounts":
        items = np.union1d(self.items, other.items)
        left, right = self._among(items), other._among(items)
        return PairCounts(
            self.baskets + other.baskets, items, left.bought + right.bought, csr_array(left.together + right.together)
        )

    def rules(self, min_support: float, min_confidence: float) -> Rules:
        """Rules of one item and one other, as `BasketRules` with `max_size` 2 finds them in the baskets."""
        least, pairs = least_count(min_support, self.baskets), self.together.tocoo()
        kept = np.flatnonzero(pairs.data >= least)
        columns = np.column_stack([pairs.row[kept], pairs.col[kept]]).astype(np.intp)
        singles = Itemsets(np.arange(len(self.items))[:, None], self.bought)
        sets = {1: singles, 2: Itemsets(columns, pairs.data[kept].astype(np.intp))}
        return derived(sets, self.items, self.baskets, min_confidence)

    def confidence(self) -> csr_array:
        """Of the baskets with the item of a row, the share that also holds the item of a column."""
        both = self.together + self.together.T
        rate = np.divide(1.0, self.bought, out=np.zeros(len(self.items)), where=self.bought > 0)
        return csr_array(both.multiply(rate[:, None]))

    def _among(self, items: Codes) -> "PairCounts":
        """The same counts, with the columns of a longer list of items."""
        place, pairs = np.searchsorted(items, self.items), self.together.tocoo()
        bought = np.zeros(len(items), dtype=np.intp)
        bought[place] = self.bought
        cells = (place[pairs.row], place[pairs.col])
        return PairCounts(
            self.baskets, items, bought, csr_array(coo_array((pairs.data, cells), shape=(len(items),) * 2))
        )
