"""Frequent itemsets by Eclat on bits: an item is one bit per basket, a set the bits its items share.

Zaki (2000), Scalable Algorithms for Association Mining, IEEE TKDE 12(3): depth first, every set extended only by items
that were frequent beside its beginning. 64 baskets take one word, whose bits the processor counts at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.baskets import Baskets
from services.scoring.estimators.histories import Ints, run_starts

Words = npt.NDArray[np.uint64]
LARGEST = 3  # items of a set; more say little that pairs and triples did not
BITS = 64


@dataclass(frozen=True, slots=True)
class Itemsets:
    """Sets of columns of equal size, a row each in rising order, and how many baskets hold all of a set."""

    columns: Ints
    count: Ints

    def __len__(self) -> int:
        return len(self.count)

    def count_of(self, some: Ints, width: int) -> Ints:
        """Counts of sets that are among these; `width` is the number of columns there are."""
        keys, wanted = _keys(self.columns, width), _keys(some, width)
        order = np.argsort(keys)
        return self.count[order[np.searchsorted(keys, wanted, sorter=order)]]


def frequent(baskets: Baskets, least: int, max_size: int = LARGEST) -> Mapping[int, Itemsets]:
    """All sets of up to `max_size` items that at least `least` (> 0) baskets hold, by size."""
    counts = baskets.counts()
    kept = np.flatnonzero(counts >= least)
    kept = kept[np.argsort(counts[kept], kind="stable")]  # rare ones first: their sets are few
    found: dict[int, list[tuple[Ints, Ints]]] = {size: [] for size in range(1, max_size + 1)}
    found[1].append((kept[:, None], counts[kept]))
    for columns, count in _extended(_packed(baskets, kept), kept, kept[:0], least, max_size):
        found[columns.shape[1]].append((columns, count))
    return {size: _together(parts, size) for size, parts in found.items()}


def _extended(words: Words, items: Ints, prefix: Ints, least: int, max_size: int) -> Iterator[tuple[Ints, Ints]]:
    """Sets that begin with `prefix` and go on with two or more of `items`; `words` are their bits beside the prefix."""
    if len(prefix) + 2 > max_size:
        return
    for at in range(len(items) - 1):
        shared = words[at + 1 :] & words[at]
        count = np.bitwise_count(shared).sum(axis=1, dtype=np.intp)
        kept = np.flatnonzero(count >= least)
        begun, rest = np.append(prefix, items[at]), items[at + 1 :][kept]
        if len(kept):
            yield np.column_stack([np.tile(begun, (len(kept), 1)), rest]), count[kept]
            yield from _extended(shared[kept], rest, begun, least, max_size)


def _packed(baskets: Baskets, columns: Ints) -> Words:
    """One row of bits per column, basket after basket."""
    by_item = baskets.bought[:, columns].tocsc()
    by_item.sort_indices()
    width = -(-len(baskets) // BITS)
    words = np.zeros(len(columns) * width, dtype=np.uint64)
    if by_item.nnz:
        item = np.repeat(np.arange(len(columns)), np.diff(by_item.indptr))
        place, bit = np.divmod(by_item.indices.astype(np.intp), BITS)
        cell = item * width + place
        starts = run_starts(cell)
        words[cell[starts]] = np.bitwise_or.reduceat(np.uint64(1) << bit.astype(np.uint64), starts)
    return words.reshape(len(columns), width)


def _together(parts: list[tuple[Ints, Ints]], size: int) -> Itemsets:
    columns = np.sort(np.concatenate([some for some, _ in parts] or [np.empty((0, size), dtype=np.intp)]), axis=1)
    count = np.concatenate([some for _, some in parts] or [np.empty(0, dtype=np.intp)])
    order = np.lexsort(columns.T[::-1])
    return Itemsets(columns[order], count[order])


def _keys(columns: Ints, width: int) -> Ints:
    """One number per set; three columns of two million fit."""
    return np.asarray(columns @ (max(2, width) ** np.arange(columns.shape[1])[::-1]))
