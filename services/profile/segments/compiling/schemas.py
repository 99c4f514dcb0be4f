"""What is compiled, and what comes out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_NODES = 400  # of a rule with all that it refers to: a select list has at most 1,664 columns


@dataclass(frozen=True, slots=True)
class Definition:
    """A segment as it is judged by: the JSON of its rule, or None for a list."""

    segment_id: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One node in SQL over the rows of `judged`: its verdict, the next instant it may change, the value of a leaf."""

    pointer: str
    verdict: str
    until: str | None
    value: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """Statements over `judged`, which has a row `id, s…` for each canonical customer: who is in which segment.

    `places` has the column of each segment, `nodes` the judgements of the last one's nodes, the root first.
    """

    everybody: str
    some: str
    binds: Mapping[str, Any]
    places: Mapping[str, str]
    next_at: str
    nodes: Sequence[Judgement]
