"""Doing for many rows at once what can be shared, and a block at a time what cannot."""

from collections.abc import Callable

import numpy as np

from services.scoring.estimators.histories import Floats, Histories, Ints, blocks

WORTHWHILE = 1_000  # rows
CELLS_PER_ROW = 8
OfPair = Callable[[Floats, Floats], Floats]


def in_blocks(compute: Callable[[Histories], Floats], some: Histories) -> Floats:
    """`compute` of all rows."""
    answer = np.empty(len(some))
    for block in blocks(len(some)):
        answer[block] = compute(some.at(block))
    return answer


def by_value(compute: Callable[[Histories, float], Floats], some: Histories, values: Floats) -> Floats:
    """`compute` of all rows, each with its value: once for every value there is, so the fewer the better."""
    answer = np.empty(len(some))
    for one in np.unique(values).tolist():
        who = np.flatnonzero(values == one)
        answer[who] = compute(some.at(who), one)
    return answer


def tabled(compute: OfPair, some: Histories) -> Callable[[slice], Floats]:
    """`compute(frequency, age)` of a block of rows: from a table, if ages lie on a grid (days, weeks) and so repeat."""
    cells = _cells(some) if len(some) >= WORTHWHILE else None
    if cells is None:
        return lambda block: compute(some.frequency[block], some.age[block])
    seen, age_at = np.zeros(cells.max() + 1, dtype=bool), np.empty(cells.max() + 1)
    frequency_at = np.empty_like(age_at)
    seen[cells], age_at[cells], frequency_at[cells] = True, some.age, some.frequency
    pairs = np.flatnonzero(seen)
    value_at = np.empty_like(age_at)
    value_at[pairs] = compute(frequency_at[pairs], age_at[pairs])
    return lambda block: value_at[cells[block]]


def _cells(some: Histories) -> Ints | None:
    """A small number for each pair of frequency and age, the same for equal pairs only; None off a grid."""
    ages, most = np.unique(some.age), CELLS_PER_ROW * len(some) / (some.frequency.max() + 1.0)
    span = ages[-1] - ages[0]
    step = np.diff(ages).min(initial=span or 1.0)
    if span >= most * step or (np.diff(np.rint((ages - ages[0]) / step)) == 0).any():
        return None
    width, cells = int(np.rint(span / step)) + 1, np.empty(len(some), dtype=np.intp)
    for block in blocks(len(some)):
        cells[block] = np.rint((some.age[block] - ages[0]) / step) + width * some.frequency[block]
    return cells
