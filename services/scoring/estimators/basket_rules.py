"""Who buys this also buys that: association rules with support, confidence and lift."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple, Self

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from services.scoring.estimators.baskets import Baskets, Codes
from services.scoring.estimators.histories import Floats, Ints
from services.scoring.estimators.itemsets import LARGEST, Itemsets, frequent

NOTHING = -1  # fills the place of a second item
ROUNDING = 1e-9


class Rule(NamedTuple):
    """Of the baskets with all of `antecedent`, the share `confidence` also holds all of `consequent`.

    `support` is the share of all baskets that hold both, `lift` how many times as often that is as by chance.
    """

    antecedent: tuple[Any, ...]
    consequent: tuple[Any, ...]
    support: float
    confidence: float
    lift: float


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules by column, the most confident first; sides are columns of `items`, two to a row, filled up with -1."""

    items: Codes
    antecedent: Ints
    consequent: Ints
    support: Floats
    confidence: Floats
    lift: Floats

    def __len__(self) -> int:
        return len(self.support)

    def __iter__(self) -> Iterator[Rule]:
        """One after the other, with the codes of their items."""
        numbers = (self.support.tolist(), self.confidence.tolist(), self.lift.tolist())
        for left, right, *rest in zip(self.antecedent, self.consequent, *numbers, strict=True):
            yield Rule(self._codes(left), self._codes(right), *rest)

    def at(self, rows: Any) -> "Rules":
        """Some of them, by slice or index."""
        sides = self.antecedent[rows], self.consequent[rows]
        return Rules(self.items, *sides, self.support[rows], self.confidence[rows], self.lift[rows])

    def _codes(self, side: Ints) -> tuple[Any, ...]:
        return tuple(self.items[side[side != NOTHING]].tolist())


class BasketRules(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Rules among 2 or 3 items, learned from `Baskets` or from any matrix of baskets by items, bought where not 0.

    `min_support`: the smallest share of baskets a set must be in; `min_confidence`: the smallest share that follows;
    `max_size`: items of a set, 2 or 3. Do not rank what to offer by lift, which loves rare coincidences: on held-out
    days it finds less than best-sellers do (see `cross_sell`).

    After `fit`: `itemsets_` by size, `rules_`, `items_`, `baskets_`.
    """

    def __init__(self, min_support: float = 0.01, min_confidence: float = 0.1, max_size: int = LARGEST) -> None:
        self.min_support = min_support
        self.min_confidence = min_confidence
        self.max_size = max_size

    def fit(self, X: Any, y: None = None) -> Self:
        """Count sets and derive rules."""
        if not (0.0 < self.min_support <= 1.0 and 0.0 <= self.min_confidence <= 1.0 and 2 <= self.max_size <= LARGEST):
            raise ValueError("Support and confidence are shares, support more than 0; a set has at most 2 or 3 items.")
        some = X if isinstance(X, Baskets) else self._read(X)
        self.n_features_in_ = len(some.items)
        self.items_, self.baskets_ = some.items, len(some)
        self.itemsets_ = frequent(some, least_count(self.min_support, len(some)), self.max_size)
        self.rules_ = derived(self.itemsets_, some.items, len(some), self.min_confidence)
        return self

    def about(self, *items: Any) -> Rules:
        """The rules whose antecedent is exactly these items."""
        check_is_fitted(self)
        wanted = np.flatnonzero(np.isin(self.items_, items))
        rules: Rules = self.rules_
        if len(wanted) != len(set(items)):
            return rules.at(slice(0, 0))
        held = np.isin(rules.antecedent, wanted).sum(axis=1) == len(wanted)
        return rules.at(np.flatnonzero(held & ((rules.antecedent != NOTHING).sum(axis=1) == len(wanted))))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _read(self, X: Any) -> Baskets:
        table = csr_array(validate_data(self, X, accept_sparse="csr"))
        table.eliminate_zeros()
        ones = np.ones(table.nnz, dtype=np.int64)
        return Baskets(csr_array((ones, table.indices, table.indptr), shape=table.shape), np.arange(table.shape[1]))


def least_count(min_support: float, baskets: int) -> int:
    """In how many baskets a set must be to have this support."""
    return max(1, int(np.ceil(min_support * baskets - ROUNDING)))


def derived(itemsets: Mapping[int, Itemsets], items: Codes, baskets: int, min_confidence: float) -> Rules:
    """All rules that the sets of two and more give."""
    parts = [
        _split(itemsets, size, left, len(items))
        for size in range(2, max(itemsets) + 1)
        for few in range(1, size)
        for left in combinations(range(size), few)
    ]
    antecedent, consequent = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    both, before, after = (np.concatenate([part[side] for part in parts]) for side in (2, 3, 4))
    confidence = both / before
    kept = np.flatnonzero(confidence >= min_confidence - ROUNDING)
    order = kept[np.lexsort((consequent[kept, 0], antecedent[kept, 0], -both[kept], -confidence[kept]))]
    lift = confidence * baskets / after
    return Rules(items, antecedent[order], consequent[order], both[order] / baskets, confidence[order], lift[order])


def _split(
    itemsets: Mapping[int, Itemsets], size: int, left: tuple[int, ...], width: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The sets of a size cut in two: both sides, how many baskets hold both, how many each."""
    right = tuple(at for at in range(size) if at not in left)
    sets = itemsets[size]
    sides = sets.columns[:, left], sets.columns[:, right]
    before, after = (itemsets[side.shape[1]].count_of(side, width) for side in sides)
    return _filled(sides[0]), _filled(sides[1]), sets.count, before, after


def _filled(side: Ints) -> Ints:
    missing = LARGEST - 1 - side.shape[1]
    return np.pad(side, ((0, 0), (0, missing)), constant_values=NOTHING)
