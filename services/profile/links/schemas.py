"""Links between ids: as decided, and on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.base import Origin
from shared.web.schemas import Body, Out


@dataclass(frozen=True, slots=True)
class Edge:
    """`absorbed_id` counts as whatever `survivor_id` counts as."""

    absorbed_id: UUID
    survivor_id: UUID


@dataclass(frozen=True, slots=True)
class Decision:
    """Some ids are one person: who says so (`auto`, `staff`, or `undo` for the contrary), and when it was true."""

    merge_id: UUID
    edges: tuple[Edge, ...]
    cause: str
    occurred_at: datetime
    origin: Origin = Origin.LIVE


@dataclass(frozen=True, slots=True)
class Person:
    """All ids that count as one."""

    canonical_id: UUID
    member_ids: tuple[UUID, ...]


class NewMerge(Body):
    """Whose records are one person's."""

    survivor_id: UUID = Field(description="The id that all count as from now on.")
    absorbed_ids: list[UUID] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _are_different(self) -> "NewMerge":
        if self.survivor_id in self.absorbed_ids or len(set(self.absorbed_ids)) < len(self.absorbed_ids):
            raise ValueError("survivor and absorbed ids must all be different")
        return self


class MergeOut(Out):
    """A merge and what became of it."""

    id: UUID = Field(validation_alias="merge_id")
    survivor_id: UUID
    absorbed_ids: list[UUID]
    cause: str
    status: Literal["merged", "undone"]
    version: int
    created_at: datetime
    undone_at: datetime | None
