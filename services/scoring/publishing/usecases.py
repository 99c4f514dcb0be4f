"""Putting a draft in force, or the version before, and assessing everybody by it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.assessments import usecases as assessments
from services.scoring.publishing.drafts import repository as drafts
from services.scoring.publishing.drafts import rules
from services.scoring.publishing.drafts import usecases as editing
from services.scoring.publishing.drafts.schemas import AFRESH
from services.scoring.publishing.drafts.tables import DraftStatus
from services.scoring.reviews import usecases as reviews
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.tables import Scheme
from services.scoring.strategies import usecases as strategies
from services.scoring.strategies.schemas import NewStrategy, StrategiesScheme
from shared import jobs
from shared.errors import Conflict
from shared.jobs import Job, JobRun
from shared.runtime import Runtime

PUBLISH = "schemes.publish"  # also of a rollback: schemes change one at a time
MEASURED_BY = {"dimensions", "promotions"}  # these move the values of declared dimensions for everybody at once


def start(session: Session, service: str, kind: str, draft_id: UUID, now: datetime) -> Job:
    """Queue the publication of an open draft as it is now. Raises NotFound, Conflict."""
    draft = editing.opened(session, kind, draft_id)
    args = {"kind": kind, "draft_id": str(draft_id), "version": draft.version}
    return jobs.get(session, jobs.start(session, service, PUBLISH, args, now))


def start_rollback(session: Session, service: str, kind: str, now: datetime) -> Job:
    """Queue the return to the version before, or to the defaults. Raises Conflict where there is neither."""
    present = schemes.current(session, kind)
    if present is None or (schemes.before(session, present) is None and not rules.has_default(kind)):
        raise Conflict(f"There is nothing before the present {kind}.", code="invalid_transition")
    args = {"kind": kind, "draft_id": None, "version": present.scheme_version}
    return jobs.get(session, jobs.start(session, service, PUBLISH, args, now))


def publish(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Put a scheme in force and assess everybody by it. Run twice, it publishes once."""
    kind, draft_id = str(job.args["kind"]), job.args["draft_id"]
    with runtime.database.transaction() as session:
        if draft_id is None:
            scheme = _rolled_back(session, kind, int(job.args["version"]), runtime.now())
        else:
            scheme = _published(session, kind, UUID(draft_id), int(job.args["version"]), runtime.now())
    if kind in MEASURED_BY:
        reviews.measure_declared(runtime, scheme.content["periods"] if kind == "promotions" else None)
    told = assessments.rescore(runtime, job, afresh=AFRESH.get(kind))
    with runtime.database.transaction() as session:
        schemes.settle(session, scheme, runtime.now())
    return {"kind": kind, "scheme_version": scheme.scheme_version, **told}


def _published(session: Session, kind: str, draft_id: UUID, version: int, now: datetime) -> Scheme:
    draft = drafts.get(session, kind, draft_id, locked=True)
    if draft.scheme_version is not None:
        return schemes.get(session, kind, draft.scheme_version)
    if draft.status is not DraftStatus.OPEN or draft.version != version:
        raise Conflict("The draft was changed after its publication was asked for; ask again.")
    scheme = _put_in_force(session, kind, draft.content, "staff", now)
    draft.status, draft.scheme_version, draft.updated_at = DraftStatus.PUBLISHED, scheme.scheme_version, now
    session.flush()
    return scheme


def _rolled_back(session: Session, kind: str, version: int, now: datetime) -> Scheme:
    """The content before `version` as a new version. Raises Conflict when another one came in force meanwhile."""
    before = schemes.before(session, schemes.get(session, kind, version))
    content = rules.checked(kind, {}) if before is None else before.content
    present = schemes.current(session, kind)
    if present is None or present.scheme_version == version:
        return _put_in_force(session, kind, content, "rollback", now)
    if present.cause == "rollback" and present.content == content:
        return present  # by this job, before it was interrupted
    raise Conflict(f"Another version of {kind} came in force after the rollback was asked for; ask again.")


def _put_in_force(session: Session, kind: str, content: dict[str, Any], cause: str, now: datetime) -> Scheme:
    if kind == "strategies":
        _keep_edited(session, kind, now)
        strategies.replace(session, StrategiesScheme.model_validate(content).items, now)
    return schemes.publish(session, kind, content, cause, now)


def _keep_edited(session: Session, kind: str, now: datetime) -> None:
    """Strategies are edited one by one, too: what they are now becomes a version to which one can return."""
    present, edited = schemes.current(session, kind), strategies.content(session)
    if present is None or _strategies(present.content) != _strategies(edited):
        schemes.publish(session, kind, edited, "edited", now)


def _strategies(content: dict[str, Any]) -> dict[str, NewStrategy]:
    """Strategies by code: neither their order nor how a number or a default is written makes two sets differ."""
    return {one.code: one for one in StrategiesScheme.model_validate(content).items}
