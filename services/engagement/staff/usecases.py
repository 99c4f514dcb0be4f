"""Asking profile for managers and teams."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from services.engagement.staff.schemas import Presence, Roster
from shared.errors import DeadlineExceeded, FieldError, Invalid, Unavailable
from shared.settings import Settings
from shared.web.client import PATIENCE, client_of

KEPT = 60  # seconds
BATCH = 200


def hear(
    settings: Settings, now: datetime, manager_ids: Iterable[UUID | None], team_ids: Iterable[UUID | None] = ()
) -> Roster:
    """Which of these are in use, as it was at most a minute ago. Asked before a transaction begins, so that none waits.

    None is nobody.
    """
    managers, teams = _asked(manager_ids), _asked(team_ids)
    present: dict[UUID, Presence] = {}
    known: set[UUID] = set()
    try:
        for start in range(0, max(len(managers), len(teams)), BATCH):
            part = slice(start, start + BATCH)
            found, team = _known(settings, managers[part], teams[part], int(now.timestamp()) // KEPT)
            present |= {one.manager_id: one for one in found}
            known |= team
    except (Unavailable, DeadlineExceeded) as failure:
        return Roster(failure=failure)
    return Roster(present, frozenset(known))


def require(roster: Roster, *, owner_id: UUID | None = None, team_id: UUID | None = None) -> None:
    """Raise Invalid for a manager or a team that is not in use, what failed when profile did not answer."""
    missing = []
    if owner_id is not None and owner_id not in presence(roster):
        missing.append("owner_id")
    if team_id is not None and team_id not in _answered(roster).team_ids:
        missing.append("team_id")
    if missing:
        faults = [FieldError(name, "reference_not_found", "there is no such one in use") for name in missing]
        raise Invalid("There is no such manager or team in use.", errors=faults)


def presence(roster: Roster) -> Mapping[UUID, Presence]:
    """The managers in use. Raises Unavailable or DeadlineExceeded when profile did not answer."""
    return _answered(roster).managers


def _answered(roster: Roster) -> Roster:
    if roster.failure:
        raise roster.failure
    return roster


@lru_cache(maxsize=1_024)
def _known(
    settings: Settings, manager_ids: tuple[UUID, ...], team_ids: tuple[UUID, ...], minute: int
) -> tuple[tuple[Presence, ...], frozenset[UUID]]:
    """`minute` ages what is remembered."""
    body = {"manager_ids": [str(one) for one in manager_ids], "team_ids": [str(one) for one in team_ids]}
    answer = client_of(settings, "engagement").post(
        "profile", "/internal/staff", body, deadline=PATIENCE, idempotent=True
    )
    managers = tuple(Presence.model_validate(one) for one in answer["managers"])
    return managers, frozenset(UUID(one) for one in answer["team_ids"])


def _asked(some: Iterable[UUID | None]) -> tuple[UUID, ...]:
    return tuple(sorted({one for one in some if one is not None}))
