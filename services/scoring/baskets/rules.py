"""Mining baskets: what is counted while they are read, and what comes of it. Pure, by column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.basket_rules import NOTHING, BasketRules, Rules, least_count
from services.scoring.estimators.baskets import Baskets
from services.scoring.estimators.catalogue import Catalogue
from services.scoring.estimators.histories import Floats, Ints, run_starts
from services.scoring.estimators.itemsets import BITS
from services.scoring.estimators.pair_counts import PairCounts
from services.scoring.estimators.price_ladder import price_tiers

SEPARATOR = "\x1f"  # between the items of a basket; no code holds it
FEWEST = 3  # baskets that must hold a set, whatever share of all that is: two are a coincidence
COMPANIONS = 50  # kept of each item
MOST_RULES = 20_000
MOST_WORDS = 32_000_000  # of bits in memory at a time: 256 MB
Narrow = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule must reach: the share of baskets that hold it, and the share that follows."""

    min_support: float
    min_confidence: float


@dataclass(frozen=True, slots=True)
class Mined:
    """The columns of the tables, and the support that was applied: no less than was asked for."""

    baskets: int
    min_support: float
    rules: Mapping[str, Sequence[Any]]
    pairs: Mapping[str, Sequence[Any]]
    items: Mapping[str, int]


class Tally:
    """Baskets as they are read, portion by portion: kept as numbers, pairs counted at once.

    The counts of portions add up, so a portion may be a day, a shard or what one fetch brought.
    """

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self._counts: list[tuple[int, PairCounts]] = []
        self._sizes: list[Narrow] = []
        self._items: list[Narrow] = []

    def __len__(self) -> int:
        return sum(map(len, self._sizes))

    def add(self, portion: Iterable[str]) -> None:
        """Take some more baskets, each the codes of its distinct items joined by SEPARATOR."""
        some = [[self.codes.setdefault(item, len(self.codes)) for item in one.split(SEPARATOR)] for one in portion]
        sizes = np.array([len(one) for one in some], dtype=np.int32)
        items = np.array([code for one in some for code in one], dtype=np.int32)
        self._sizes.append(sizes)
        self._items.append(items)
        self._merge(PairCounts.of(_baskets(sizes, items)))

    def counts(self) -> PairCounts:
        """How many baskets hold each item and each two of them."""
        nothing = PairCounts.of(Baskets.of([]))
        return reduce(add, [counts for _, counts in self._counts], nothing)

    def baskets(self) -> Baskets:
        """All baskets that were read."""
        empty = np.empty(0, dtype=np.int32)
        return _baskets(np.concatenate([*self._sizes, empty]), np.concatenate([*self._items, empty]))

    def _merge(self, counts: PairCounts) -> None:
        """Counts of like size are added, so that each is copied a few times only."""
        rank = 0
        while self._counts and self._counts[-1][0] == rank:
            counts, rank = self._counts.pop()[1] + counts, rank + 1
        self._counts.append((rank, counts))


def mined(tally: Tally, terms: Terms) -> Mined:
    """Rules and pairs of all baskets that were read."""
    names = np.array(list(tally.codes), dtype=object)
    counts = tally.counts()
    support = workable_support(terms.min_support, counts.bought, counts.baskets)
    found = None
    if 0 < support <= 1:
        found = BasketRules(support, terms.min_confidence).fit(tally.baskets()).rules_
    item, other, count = strongest(counts)
    return Mined(
        baskets=counts.baskets,
        min_support=support,
        rules={} if found is None else rule_columns(found, names, counts.baskets),
        pairs={"item": _named(names, item), "other": _named(names, other), "baskets": count.tolist()},
        items=dict(zip(_named(names, counts.items), counts.bought.tolist(), strict=True)),
    )


def workable_support(min_support: float, bought: Ints, baskets: int) -> float:
    """The least support from `min_support` up that means something and whose items fit into memory.

    More than 1 when there are too few baskets for any rule; 0 without a basket.
    """
    if baskets == 0:
        return 0.0
    least, most = max(FEWEST, least_count(min_support, baskets)), MOST_WORDS // -(-baskets // BITS)
    falling = np.sort(bought)[::-1]
    if len(falling) > most:
        least = max(least, int(falling[most]) + 1)
    return float(least / baskets)


def rule_columns(rules: Rules, names: npt.NDArray[np.object_], baskets: int) -> dict[str, Sequence[Any]]:
    """Rules that end in one item, as columns of their table, the most confident first."""
    kept = rules.at(np.flatnonzero(rules.consequent[:, 1] == NOTHING)[:MOST_RULES])
    of_column = names[kept.items.astype(np.intp)]
    beside = kept.antecedent[:, 1]
    return {
        "number": list(range(len(kept))),
        "item": _named(of_column, kept.antecedent[:, 0]),
        "beside": [None if at == NOTHING else of_column[at] for at in beside],
        "consequent": _named(of_column, kept.consequent[:, 0]),
        "baskets": np.rint(kept.support * baskets).astype(int).tolist(),
        "support": kept.support.tolist(),
        "confidence": kept.confidence.tolist(),
        "lift": kept.lift.tolist(),
    }


def strongest(counts: PairCounts, most: int = COMPANIONS) -> tuple[Ints, Ints, Ints]:
    """Of each item its `most` frequent companions: item, other, count. Both directions of a pair stand apart."""
    pairs = counts.together.tocoo()
    kept = np.flatnonzero(pairs.data >= FEWEST)
    row, column, count = pairs.row[kept], pairs.col[kept], pairs.data[kept]
    item, other, count = np.append(row, column), np.append(column, row), np.append(count, count)
    order = np.lexsort((other, -count, item))
    item, other, count = item[order], other[order], count[order]
    starts = run_starts(item)
    first = np.repeat(starts, np.diff(np.append(starts, len(item))))
    near = np.flatnonzero(np.arange(len(item)) - first < most)
    codes = counts.items.astype(np.intp)
    return codes[item[near]], codes[other[near]], count[near]


def tiers(categories: Sequence[str | None], prices: Sequence[Any]) -> list[float | None]:
    """Where each price lies within its category, 0 to 1; None without a price."""
    price = np.array([np.nan if one is None else float(one) for one in prices], dtype=np.float64)
    category = np.unique([one or "" for one in categories], return_inverse=True)[1]
    no = np.zeros(len(price), dtype=bool)
    found: Floats = price_tiers(Catalogue(category, price, np.full(len(price), np.nan), no, ~no, no))
    return [None if np.isnan(one) else float(one) for one in found]


def _baskets(sizes: Narrow, items: Narrow) -> Baskets:
    return Baskets.of_lines(np.repeat(np.arange(len(sizes)), sizes), items)


def _named(names: npt.NDArray[np.object_], codes: Any) -> list[str]:
    found: list[str] = names[np.asarray(codes, dtype=np.intp)].tolist()
    return found
