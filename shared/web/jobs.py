"""`/v1/jobs/{id}`: following and cancelling the long work of one service."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import Field

from shared import jobs
from shared.jobs import PREFIX, Job
from shared.web.dependencies import Now, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Out

JobId = Annotated[str, Path(pattern=r"^[a-z]{3}_[0-9a-f-]{36}$", examples=["scr_0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])]


class JobOut(Out):
    """A piece of long work and how far it is."""

    id: str = Field(examples=["scr_0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])
    kind: str = Field(examples=["rebuild"])
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    done: int
    total: int | None
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def router(service: str) -> Router:
    """The job routes of a service; its own readers may look, its administrators cancel."""
    routes = Router("/jobs", tag=f"Jobs {PREFIX[service]}")

    @routes.get("/{job_id}", scope=f"{service}:read", response_model=JobOut)
    def read_job(job_id: JobId, session: ReadSession) -> Job:
        """How far a job is. `done` of `total` while it runs, then its result or its problem."""
        return jobs.get(session, job_id)

    @routes.post("/{job_id}/cancel", scope=f"{service}:admin", response_model=JobOut)
    def cancel_job(job_id: JobId, session: WriteSession, now: Now) -> Job:
        """Stop a job: at once while it waits, at its next report while it runs."""
        return jobs.cancel(session, job_id, now)

    return routes
