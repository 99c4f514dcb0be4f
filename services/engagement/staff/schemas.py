"""What profile answers to `POST /internal/staff`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.errors import GuanxiError


class Presence(BaseModel):
    """A manager in use, and when they are away."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    manager_id: UUID
    team_id: UUID
    absent_from: datetime | None = None
    absent_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Of the managers and teams that were asked about, those in use, unless profile failed to answer."""

    managers: Mapping[UUID, Presence] = field(default_factory=dict)
    team_ids: frozenset[UUID] = frozenset()
    failure: GuanxiError | None = None
