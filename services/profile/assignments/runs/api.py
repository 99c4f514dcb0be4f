"""Assignment runs over HTTP."""

from typing import Any

from fastapi import Response

from services.profile.assignments.runs import usecases
from services.profile.assignments.runs.schemas import DiffOut, RunRequest, Trial
from shared.jobs import Job
from shared.web.dependencies import CurrentRuntime, Now, ReadSession, WriteSession
from shared.web.jobs import JobId, JobOut
from shared.web.routing import REQUIRED, Router

router = Router("/assignment-runs", tag="Assignment runs")
AS_JOB: dict[str, Any] = {"status_code": 202, "location": "/jobs/{id}", "response_model": JobOut}


@router.post("/preview", scope="profile:read", responses={202: {"model": JobOut, "description": "Too many to wait."}})
def preview_run(
    body: Trial, session: WriteSession, runtime: CurrentRuntime, now: Now, response: Response
) -> DiffOut | JobOut:
    """Who would change hands if the rules ran now, and what each manager would hold; changes nothing.

    Of up to 5,000 customers, or with a `limit`, the answer is there at once (200). Of more it is the `result` of a job
    (202, with its `Location`), over everybody; `GET /assignment-runs/{id}` tells how far it is.
    """
    found = usecases.preview(session, runtime.service, body, now)
    if isinstance(found, DiffOut):
        return found
    response.status_code, response.headers["Location"] = 202, f"/v1/jobs/{found.id}"
    return JobOut.model_validate(found)


@router.post("", scope="profile:admin", idempotency=REQUIRED, **AS_JOB)
def start_run(session: WriteSession, runtime: CurrentRuntime, now: Now, body: RunRequest | None = None) -> Job:
    """Run the rules over all customers, as a job. Pinned ones, and whoever is right already, stay."""
    return usecases.start(session, runtime.service, now)


@router.get("/{run_id}", scope="profile:read", response_model=JobOut)
def read_run(run_id: JobId, session: ReadSession) -> Job:
    """How far a run is, and in the end how many customers it considered and moved; of a preview, what it would."""
    return usecases.get(session, run_id)
