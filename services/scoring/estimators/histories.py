"""Purchase histories: what a buy-till-you-die model reads of a customer, and equal ones merged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

COLUMNS = ("frequency", "recency", "age")
MOST = 1e7  # purchases of one customer
BLOCK = 8_192  # rows whose intermediate results stay in the processor's cache
# Odd 64-bit constants (splitmix64): equal rows get equal keys, others almost never.
MIXERS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Histories:
    """Histories by column, each shared by `weight` customers.

    `frequency` counts repeat purchases (x), `recency` is the time from the first purchase to the last (t_x), `age` the
    time from the first purchase to now (T).
    """

    frequency: Floats
    recency: Floats
    age: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def customers(self) -> float:
        """How many customers these are."""
        return float(self.weight.sum())

    def at(self, rows: Any) -> "Histories":
        """Some of them, by slice or index."""
        return Histories(self.frequency[rows], self.recency[rows], self.age[rows], self.weight[rows])


def histories(rows: Any, weight: Any = None) -> Histories:
    """Check an array of (frequency, recency, age) rows; ValueError names what cannot be a history."""
    table = np.asarray(rows, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != len(COLUMNS):
        raise ValueError(f"Histories have the columns {', '.join(COLUMNS)}; got an array of shape {table.shape}.")
    shares = np.ones(len(table)) if weight is None else np.asarray(weight, dtype=np.float64)
    if shares.shape != (len(table),) or not ((shares >= 0) & (shares < np.inf)).all():
        raise ValueError("Weights are finite, not negative, and one per history.")
    some = Histories(table[:, 0], table[:, 1], table[:, 2], shares)
    for block in blocks(len(some)):
        _check(some.at(block))
    return some


def blocks(rows: int) -> Iterator[slice]:
    """So many rows, a block at a time."""
    return (slice(start, start + BLOCK) for start in range(0, rows, BLOCK))


def _check(some: Histories) -> None:
    x, recency, age = some.frequency, some.recency, some.age
    if not ((x >= 0) & (x < MOST) & (x == np.floor(x))).all():
        raise ValueError("Frequency counts repeat purchases: a whole number from 0 to ten million.")
    if not ((recency >= 0) & (recency <= age) & (age < np.inf)).all():
        raise ValueError("Recency lies between 0 and age.")
    if not ((x > 0) | (recency == 0)).all():
        raise ValueError("Without a repeat purchase recency is 0.")


def merged(some: Histories) -> Histories:
    """The distinct histories, weights added. Their order looks random, but is the same every time."""
    order = _side_by_side((some.frequency, some.recency, some.age))
    near = some.at(order)
    starts = run_starts(near.frequency, near.recency, near.age)
    weight = np.add.reduceat(near.weight, starts)
    return Histories(near.frequency[starts], near.recency[starts], near.age[starts], weight)


def run_starts(*columns: npt.NDArray[Any]) -> Ints:
    """Where rows differ from the row before."""
    first = np.zeros(len(columns[0]), dtype=bool)
    first[:1] = True
    for column in columns:
        first[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(first)


def _side_by_side(columns: tuple[Floats, Floats, Floats]) -> Ints:
    """An order that brings equal rows together: by a hash, with the row's number in its low bits.

    Sorting one integer is three times as fast as sorting indices. Should two rows share a hash, they may part equal
    ones: those are then not merged, which costs time and nothing else.
    """
    keys = np.zeros(len(columns[0]), dtype=np.uint64)
    for column, mixer in zip(columns, MIXERS, strict=True):
        keys ^= (column + 0.0).view(np.uint64)  # -0.0 and 0.0 are one number
        keys *= np.uint64(mixer)
        keys ^= keys >> np.uint64(29)
    numbers = np.uint64((1 << len(keys).bit_length()) - 1)
    keys = (keys & ~numbers) | np.arange(len(keys), dtype=np.uint64)
    keys.sort()
    return (keys & numbers).astype(np.intp)


def median(values: Floats, weight: Floats) -> float:
    """The smallest value that at least half of the weight does not exceed."""
    order = np.argsort(values)
    reached = np.cumsum(weight[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2.0)]])
