"""What a judgement is made of, and memberships on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from services.profile.segments.schemas import PersonOut
from shared.contracts.base import Origin
from shared.web.schemas import Out

Cause = Literal["event", "time", "definition", "merge"]


class State(NamedTuple):
    """How a customer was judged last; `linked` is None before the first time."""

    customer_id: UUID
    version: int
    linked: list[str] | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The segments that hold a customer, when time alone may change that, and whether memberships may differ."""

    held: frozenset[str] = frozenset()
    next_at: datetime | None = None
    news: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """One customer being judged: how they were judged last, with whom they are linked now, and the verdict."""

    state: State
    linked: list[str]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Findings:
    """What one statement finds of customers, all of it as of one instant.

    `links` has each absorbed id and whom it counts as, `quiet` the quiet marks of all their ids, with whose they are.
    `outdated` says that other segments count, or other versions, than those by which it judged.
    """

    verdicts: dict[UUID, Verdict]
    links: list[tuple[UUID, UUID]]
    quiet: dict[UUID, UUID]
    outdated: bool


@dataclass(frozen=True, slots=True)
class Book:
    """By what customers are judged: the version of each segment, and those by which not everybody was judged yet.

    `only` are the segments that are judged now, by default all; what is in none is archived and holds nobody.
    """

    versions: Mapping[str, int]
    unsettled: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def judges(self, segment_id: str) -> bool:
        """Whether a segment is judged now."""
        return self.only is None or segment_id in self.only


@dataclass(frozen=True, slots=True)
class Moves:
    """What one evaluation changes for a customer for one cause: segments with the versions that were meant."""

    customer_id: UUID
    version: int
    cause: Cause
    origin: Origin
    entered: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    members: Sequence[str] = ()


class MemberOut(PersonOut):
    """A customer who is in a segment."""

    entered_at: datetime
    segment_version: int = Field(description="The version that they entered.")


class MembershipOut(Out):
    """A segment that a customer is in, and since when."""

    segment_id: UUID
    code: str = Field(examples=["tea-east"])
    name: str
    kind: Literal["rule", "static"]
    segment_version: int
    entered_at: datetime
