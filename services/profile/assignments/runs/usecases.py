"""Trying the rules out, and running them over everybody as a job."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.assignments import repository, usecases
from services.profile.assignments.rules import Staffing
from services.profile.assignments.runs.rules import Tally
from services.profile.assignments.runs.schemas import DiffOut, Trial
from shared import jobs
from shared.errors import NotFound
from shared.jobs import Job, JobRun
from shared.messaging import outbox
from shared.runtime import Runtime

RUN, TRY = "assignments.run", "assignments.preview"
FULL = 5_000
AT_ONCE = 5_000


def preview(session: Session, service: str, trial: Trial, now: datetime, *, at_once: int = AT_ONCE) -> DiffOut | Job:
    """What a run would change now; writes nothing. A job where all are more than can be looked at meanwhile.

    Raises Conflict `job_running` while another such job is unfinished.
    """
    limit = trial.limit or at_once
    found = repository.everybody(session, None, limit + 1, trial.regions)
    if trial.limit is None and len(found) > limit:
        return jobs.get(session, jobs.start(session, service, TRY, trial.model_dump(mode="json"), now))
    staff, tally = _staffing(session, now), Tally()
    before = Counter(staff.loads)
    _try(session, found[:limit], staff, tally)
    return tally.diff(staff, before, complete=not trial.regions and len(found) <= limit)


def try_out(runtime: Runtime, job: JobRun, *, at_once: int = AT_ONCE) -> dict[str, Any]:
    """The same over everybody, portion by portion, as a run would go. Who changes hands meanwhile is seen in turn."""
    trial = Trial.model_validate(dict(job.args))
    with runtime.database.reading() as session:
        staff, tally = _staffing(session, runtime.now()), Tally()
        total = repository.how_many(session, trial.regions)
    before, after = Counter(staff.loads), None
    while True:
        with runtime.database.reading() as session:
            people = repository.everybody(session, after, at_once, trial.regions)
            _try(session, people, staff, tally)
        if not people:
            return tally.diff(staff, before, complete=not trial.regions).model_dump(mode="json")
        after = people[-1]
        job.progress(tally.considered, max(total, tally.considered))


def start(session: Session, service: str, now: datetime) -> Job:
    """Queue a run over everybody. Raises Conflict `job_running`."""
    return jobs.get(session, jobs.start(session, service, RUN, {}, now))


def get(session: Session, run_id: str) -> Job:
    """A run or a trial and how far it is; raises NotFound."""
    job = jobs.get(session, run_id)
    if job.kind not in (RUN, TRY):
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


def _staffing(session: Session, now: datetime) -> Staffing:
    """Staff with what each holds now, so that nobody is counted again while a trial goes on."""
    staff = usecases.staffing(session, now, locked=False)
    staff.loads.update({**dict.fromkeys(staff.managers, 0), **repository.loads(session)})
    return staff


def _try(session: Session, people: Sequence[UUID], staff: Staffing, tally: Tally) -> None:
    changed, before = usecases.decided(session, people, staff)
    tally.add(people, changed, {place: usecases.owner_of(before.get(place)) for place in changed})
