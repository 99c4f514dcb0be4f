"""What profile answers to `POST /internal/staff`."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Presence(BaseModel):
    """A manager in use, and when they are away."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    manager_id: UUID
    team_id: UUID
    absent_from: datetime | None = None
    absent_until: datetime | None = None
