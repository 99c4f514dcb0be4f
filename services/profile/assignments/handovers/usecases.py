"""Handing over: each customer ends with one manager and begins with the other at the same instant."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.assignments import repository, usecases
from services.profile.assignments.handovers.schemas import NewHandover
from services.profile.assignments.schemas import HANDOVER, Owner, Place
from services.profile.managers import usecases as managers
from shared import jobs, linking
from shared.errors import Conflict
from shared.jobs import Job, JobRun
from shared.messaging import outbox
from shared.runtime import Runtime

HAND_OVER = "assignments.hand_over"
FULL = 5_000


def start(session: Session, service: str, body: NewHandover, now: datetime) -> Job:
    """Queue a handover.

    Raises Invalid for a receiver who is not in use, or is away where that is not meant, Conflict `owner_conflict` when
    a named customer is not the giver's and `capacity_full` when the receiver cannot hold them.
    """
    managers.get(session, body.from_manager_id)
    managers.require(session, body.to_manager_id, "to_manager_id")
    if not body.although_absent:
        managers.require_there(session, body.to_manager_id, "to_manager_id", now)
    moving = set(repository.held(session, body.from_manager_id, body.role))
    if body.customer_ids is not None:
        named = set(linking.canonical(session, body.customer_ids).values())
        if named - moving:
            raise Conflict("Some of these customers are not the giver's; read them again.", code="owner_conflict")
        moving = named
    counting = sum(one == whom for one, whom in linking.canonical(session, moving).items())
    _require_room(session, body.to_manager_id, counting)
    chosen = None if body.customer_ids is None else sorted(str(one) for one in moving)
    args = body.model_dump(mode="json") | {"customer_ids": chosen}
    return jobs.get(session, jobs.start(session, service, HAND_OVER, args, now))


def run(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Move whom the giver still has, 500 a transaction; whoever went elsewhere meanwhile stays there."""
    body = NewHandover.model_validate(dict(job.args))
    with runtime.database.reading() as session:
        held = repository.held(session, body.from_manager_id, body.role)
    wanted = held if body.customer_ids is None else body.customer_ids
    done, moved = 0, 0
    for at in range(0, len(wanted), usecases.BATCH):
        outbox.wait_for_room(runtime.database, FULL)
        some = wanted[at : at + usecases.BATCH]
        with runtime.database.transaction() as session:
            moved += hand_over(session, body, some, runtime.now())
        done += len(some)
        job.progress(done, len(wanted))
    return {"moved": moved, "elsewhere": done - moved}


def hand_over(session: Session, body: NewHandover, customer_ids: Collection[UUID], now: datetime) -> int:
    """Give those of some canonical customers whom the giver has to the receiver; how many.

    Each stays pinned or not, unless it is said. Raises Invalid for a receiver who is no longer in use.
    """
    managers.require(session, body.to_manager_id, "to_manager_id")
    repository.lock(session)
    before = repository.present(session, customer_ids)
    team_id = managers.get(session, body.to_manager_id).team_id
    after: dict[str, Any] = {"manager_id": body.to_manager_id, "team_id": team_id, "cause": HANDOVER, "rule_id": None}
    if body.pinned is not None:
        after["pinned"] = body.pinned
    owners = {place: replace(had, **after) for place, had in _given(body, customer_ids, before)}
    usecases.settle(session, owners, before, now)
    return len(owners)


def _given(body: NewHandover, customer_ids: Collection[UUID], before: Any) -> list[tuple[Place, Owner]]:
    places = [Place(customer_id, body.role) for customer_id in sorted(customer_ids)]
    owners = [(place, usecases.owner_of(before.get(place))) for place in places]
    return [(place, owner) for place, owner in owners if owner and owner.manager_id == body.from_manager_id]


def _require_room(session: Session, manager_id: UUID, more: int) -> None:
    capacity = managers.get(session, manager_id).capacity
    if capacity is not None and repository.load(session, manager_id) + more > capacity:
        raise Conflict(f"They can hold {capacity} customers.", code="capacity_full")
