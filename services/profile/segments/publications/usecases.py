"""Publishing a rule, going back to the one before, and judging everybody by it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.marks import usecases as marks
from services.profile.segments import repository, usecases
from services.profile.segments.definitions import rules as graph
from services.profile.segments.definitions import usecases as definitions
from services.profile.segments.evaluations import repository as memberships
from services.profile.segments.evaluations import usecases as evaluations
from services.profile.segments.tables import Segment
from shared import jobs
from shared.errors import Conflict
from shared.jobs import Job, JobRun
from shared.messaging import outbox
from shared.runtime import Runtime

SETTLE = "segments.publish"  # also of a rollback: definitions change one at a time


def publish(session: Session, service: str, segment_id: UUID, now: datetime) -> Job:
    """Let the edited rule count, and queue that everybody is judged by it.

    Raises NotFound, Conflict for a list or while another one is being published, Invalid `rule_invalid`.
    """
    repository.alone(session)
    segment = usecases.in_use(session, segment_id)
    if segment.kind == "static":
        raise Conflict("A static list counts as it is.", code="invalid_transition")
    _try(session, segment_id, segment.rule)
    return _put_in_force(session, service, segment, "publish", now)


def roll_back(session: Session, service: str, segment_id: UUID, now: datetime) -> Job:
    """Publish once more, as a new version, the rule that counted before. Raises Conflict where there is none."""
    repository.alone(session)
    segment = usecases.in_use(session, segment_id)
    before = repository.version_before(session, segment_id, segment.published_version or 0)
    if before is None or segment.kind == "static":
        raise Conflict("There is no version before the present one.", code="invalid_transition")
    _try(session, segment_id, before.rule)
    segment.rule, segment.version = before.rule, segment.version + 1
    return _put_in_force(session, service, segment, "rollback", now)


def settle(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Judge everybody by a published segment and those that rest on it, 500 in a transaction. Safe to repeat."""
    segment_id, version = UUID(job.args["segment_id"]), int(job.args["version"])
    with runtime.database.reading() as session:
        total = memberships.people(session)
        edges = definitions.published(session).edges
    only = frozenset(graph.resting_on(str(segment_id), edges))
    done, after = 0, None
    while True:
        outbox.wait_for_room(runtime.database, evaluations.FULL)
        with runtime.database.transaction() as session:
            people = memberships.people_after(session, after, evaluations.BATCH)
            looks = evaluations.evaluate(session, people, runtime.now(), only=only, cause="definition")
            marks.look_at(session, looks)
            if not people:
                memberships.settled(session, segment_id, version)
        if not people:
            return {"segment_id": str(segment_id), "version": version, "customers": done}
        done, after = done + len(people), people[-1]
        job.progress(done, max(total, done))


def _try(session: Session, segment_id: UUID, rule: Any) -> None:
    chain = definitions.trial(session, rule, str(segment_id))
    definitions.keep_apart(session, str(segment_id), chain)


def _put_in_force(session: Session, service: str, segment: Segment, cause: str, now: datetime) -> Job:
    row = {"segment_id": segment.segment_id, "version": segment.version, "rule": segment.rule}
    repository.add_version(session, row | {"cause": cause, "published_at": now})
    segment.published_version, segment.settled_version, segment.updated_at = segment.version, None, now
    session.flush()
    args = {"segment_id": str(segment.segment_id), "version": segment.version}
    return jobs.get(session, jobs.start(session, service, SETTLE, args, now))
