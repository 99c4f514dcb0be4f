"""Trying the rules out, and running them over everybody as a job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.assignments import repository, usecases
from services.profile.assignments.rules import Staffing
from services.profile.assignments.runs.schemas import SHOWN, DiffOut, LoadOut, MoveOut, SideOut, Trial
from services.profile.assignments.schemas import Owner, Place
from shared import jobs
from shared.errors import NotFound
from shared.jobs import Job, JobRun
from shared.messaging import outbox
from shared.runtime import Runtime

RUN = "assignments.run"
FULL = 5_000


def preview(session: Session, trial: Trial, now: datetime) -> DiffOut:
    """What a run would change now; writes nothing."""
    found = repository.everybody(session, None, trial.limit + 1, trial.regions)
    people = found[: trial.limit]
    staff = usecases.staffing(session, now, locked=False)
    loads = repository.loads(session)
    staff.loads.update(loads)
    changed, before = usecases.decided(session, people, staff)
    had = {place: usecases.owner_of(before.get(place)) for place in changed}
    return DiffOut(
        considered=len(people),
        moved=len(changed),
        unassigned=sum(owner.manager_id is None for owner in changed.values()),
        complete=not trial.regions and len(found) == len(people),
        managers=_loads(staff, loads),
        sample=[_move(place, had[place], owner) for place, owner in list(changed.items())[:SHOWN]],
    )


def start(session: Session, service: str, now: datetime) -> Job:
    """Queue a run over everybody. Raises Conflict `job_running`."""
    return jobs.get(session, jobs.start(session, service, RUN, {}, now))


def get(session: Session, run_id: str) -> Job:
    """A run and how far it is; raises NotFound."""
    job = jobs.get(session, run_id)
    if job.kind != RUN:
        raise NotFound(f"There is no assignment run {run_id}.")
    return job


def run(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Give everybody to whom the rules mean, 500 a transaction. Repeating it changes nobody who is right already."""
    with runtime.database.reading() as session:
        total = repository.how_many(session)
    done, moved, after = 0, 0, None
    while True:
        outbox.wait_for_room(runtime.database, FULL)
        with runtime.database.transaction() as session:
            people = repository.everybody(session, after, usecases.BATCH)
            moved += usecases.place(session, people, runtime.now()) if people else 0
        if not people:
            return {"considered": done, "moved": moved}
        done, after = done + len(people), people[-1]
        job.progress(done, total)


def _loads(staff: Staffing, before: Mapping[UUID, int]) -> list[LoadOut]:
    moved = [one for one in sorted(staff.managers) if staff.loads[one] != before.get(one, 0)]
    return [
        LoadOut(
            manager_id=one,
            capacity=staff.managers[one].capacity,
            before=before.get(one, 0),
            after=staff.loads[one],
        )
        for one in moved
    ]


def _move(place: Place, before: Owner | None, after: Owner) -> MoveOut:
    gone = after.manager_id is None and after.team_id is None
    return MoveOut(
        customer_id=place.customer_id,
        role=place.role,
        before=before and SideOut.model_validate(before),
        after=None if gone else SideOut.model_validate(after),
        rule_id=after.rule_id,
        cause=after.cause,
    )
