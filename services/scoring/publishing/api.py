"""Preview, publication, rollback and drift of schemes over HTTP."""

from typing import Any
from uuid import UUID

from services.scoring.publishing import usecases
from services.scoring.publishing.drift import usecases as drift
from services.scoring.publishing.drift.schemas import DriftOut
from services.scoring.publishing.previews import usecases as previews
from services.scoring.schemes.schemas import Kind
from shared.jobs import Job
from shared.web.dependencies import CurrentRuntime, Now, ReadSession, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import REQUIRED, Router

router = Router("/schemes/{kind}", tag="Publishing")
AS_JOB: dict[str, Any] = {"status_code": 202, "location": "/jobs/{id}", "response_model": JobOut}


@router.post("/drafts/{draft_id}/preview", scope="scoring:read", **AS_JOB)
def preview_draft(kind: Kind, draft_id: UUID, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Count who would have which level under the draft, as a job; changes nothing."""
    return previews.start(session, runtime.service, kind, draft_id, now)


@router.post("/drafts/{draft_id}/publish", scope="scoring:admin", idempotency=REQUIRED, **AS_JOB)
def publish_draft(kind: Kind, draft_id: UUID, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Put the draft in force and assess everybody by it, as one job."""
    return usecases.start(session, runtime.service, kind, draft_id, now)


@router.post("/rollback", scope="scoring:admin", **AS_JOB)
def roll_back(kind: Kind, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Put the version before in force again, as a new version, and assess everybody by it."""
    return usecases.start_rollback(session, runtime.service, kind, now)


@router.get("/review", scope="scoring:read", response_model=DriftOut)
def read_drift(kind: Kind, session: ReadSession, now: Now) -> Any:
    """How the scheme in force has aged: levels then and now, moves, customers at an edge, and whether it is stale."""
    return drift.report(session, kind, now)
