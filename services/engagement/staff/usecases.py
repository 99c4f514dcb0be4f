"""Asking profile for managers and teams."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from services.engagement.staff.schemas import Presence
from shared.errors import FieldError, Invalid
from shared.settings import Settings
from shared.web.client import PATIENCE, client_of

KEPT = 60  # seconds
BATCH = 200


def require(settings: Settings, now: datetime, *, owner_id: UUID | None = None, team_id: UUID | None = None) -> None:
    """Raise Invalid for a manager or a team that is not in use, Unavailable when profile does not answer."""
    asked = {"owner_id": owner_id, "team_id": team_id}
    if not any(asked.values()):
        return
    managers, teams = _known(settings, _ids(owner_id), _ids(team_id), _minute(now))
    missing = [name for name, known in (("owner_id", managers), ("team_id", teams)) if asked[name] and not known]
    if missing:
        faults = [FieldError(name, "reference_not_found", "there is no such one in use") for name in missing]
        raise Invalid("There is no such manager or team in use.", errors=faults)


def presence(settings: Settings, manager_ids: Collection[UUID], now: datetime) -> Mapping[UUID, Presence]:
    """Of these managers, those in use, as they were at most a minute ago."""
    wanted = sorted(set(manager_ids))
    found: dict[UUID, Presence] = {}
    for start in range(0, len(wanted), BATCH):
        managers, _ = _known(settings, tuple(wanted[start : start + BATCH]), (), _minute(now))
        found |= {one.manager_id: one for one in managers}
    return found


@lru_cache(maxsize=1_024)
def _known(
    settings: Settings, manager_ids: tuple[UUID, ...], team_ids: tuple[UUID, ...], minute: int
) -> tuple[tuple[Presence, ...], frozenset[str]]:
    """`minute` ages what is remembered."""
    body = {"manager_ids": [str(one) for one in manager_ids], "team_ids": [str(one) for one in team_ids]}
    answer = client_of(settings, "engagement").post(
        "profile", "/internal/staff", body, deadline=PATIENCE, idempotent=True
    )
    return tuple(Presence.model_validate(one) for one in answer["managers"]), frozenset(answer["team_ids"])


def _ids(one: UUID | None) -> tuple[UUID, ...]:
    return () if one is None else (one,)


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // KEPT
