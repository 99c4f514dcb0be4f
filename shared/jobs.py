"""Long work outside a request: queued as a row, run in a child process, followed, cancelled, and safe to crash.

A job's id begins with its service (`scr_…`), so that the gateway finds it. One job of a kind runs at a time. A child
that dies leaves an old heartbeat; the job is then queued again, so its use case must be safe to repeat. A child that
only takes long to load is kept alive by its worker, and whoever runs a job holds a lock, so that it never runs twice.
"""

import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import locks
from shared.db import SharedBase, among, put
from shared.errors import Conflict, GuanxiError, NotFound
from shared.ids import new_id
from shared.runtime import Runtime
from shared.telemetry import log, metrics

PREFIX = {"profile": "prf", "scoring": "scr", "engagement": "eng", "gateway": "gtw"}
SILENCE = timedelta(seconds=30)
BEAT = 5.0
ATTEMPTS = 3
UNFINISHED = ("queued", "running")

Child = subprocess.Popen[bytes]


class Job(SharedBase):
    """One piece of long work and how far it is."""

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_kind_running", "kind", unique=True, postgresql_where=text("status IN ('queued', 'running')")),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    status: Mapped[str]
    done: Mapped[int]
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]
    attempts: Mapped[int]
    cancel_requested: Mapped[bool]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]


class Cancelled(Exception):
    """Somebody asked the job to stop; raised out of `progress`."""


@dataclass(frozen=True)
class JobRun:
    """What a running job sees of itself."""

    runtime: Runtime
    id: str
    args: Mapping[str, Any]

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the job is; raises Cancelled when somebody asked it to stop."""
        with self.runtime.database.transaction() as session:
            statement = update(Job).where(Job.id == self.id).values(done=done, total=total)
            cancelled = session.scalar(statement.returning(Job.cancel_requested))
        if cancelled:
            raise Cancelled


JobUseCase = Callable[[Runtime, JobRun], dict[str, Any]]


def start(session: Session, service: str, kind: str, args: Mapping[str, Any], now: datetime) -> str:
    """Queue a job; its id. Raises Conflict `job_running` while one of its kind is unfinished."""
    if is_unfinished(session, kind):
        raise Conflict(f"A job of kind {kind} is not finished yet; wait for it or cancel it.", code="job_running")
    job_id = f"{PREFIX[service]}_{new_id()}"
    put(session, Job, [_fresh(job_id, kind, args, now)])
    return job_id


def is_unfinished(session: Session, kind: str) -> bool:
    """Whether a job of a kind is queued or running."""
    return session.scalar(select(Job.id).where(Job.kind == kind, Job.status.in_(UNFINISHED))) is not None


def finished_since(session: Session, kind: str, since: datetime) -> list[dict[str, Any]]:
    """What was asked of the jobs of a kind that ended since, however they ended."""
    return list(session.scalars(select(Job.args).where(Job.kind == kind, Job.finished_at >= since)))


def _fresh(job_id: str, kind: str, args: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    empty = dict.fromkeys(("total", "result", "problem", "started_at", "finished_at", "heartbeat_at"))
    counters = {"done": 0, "attempts": 0, "cancel_requested": False}
    return {"id": job_id, "kind": kind, "args": dict(args), "status": "queued", "created_at": now} | empty | counters


def get(session: Session, job_id: str) -> Job:
    """The job; raises NotFound."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    return job


def cancel(session: Session, job_id: str, now: datetime) -> Job:
    """Ask a job to stop. A queued one stops at once, a running one at its next report; a finished one stays."""
    job = get(session, job_id)
    if job.status == "queued":
        job.status, job.finished_at = "cancelled", now
    job.cancel_requested = job.cancel_requested or job.status == "running"
    session.flush()
    return job


def requeue_silent(session: Session, now: datetime) -> None:
    """Queue jobs whose child died again, or fail them after three attempts."""
    silent = update(Job).where(Job.status == "running", Job.heartbeat_at < now - SILENCE)
    silent = silent.execution_options(synchronize_session=False)
    gone = {"code": "internal_error", "detail": "The process that ran the job died repeatedly."}
    session.execute(silent.where(Job.attempts >= ATTEMPTS).values(status="failed", problem=gone, finished_at=now))
    session.execute(silent.values(status="queued"))


def _keep_alive(session: Session, job_ids: Collection[str], now: datetime) -> None:
    session.execute(update(Job).where(among(Job.id, job_ids), Job.status == "running").values(heartbeat_at=now))


def claim(session: Session, now: datetime) -> Job | None:
    """The oldest queued job, marked running; None when there is none."""
    job = session.scalars(
        select(Job).where(Job.status == "queued").order_by(Job.created_at).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if job is not None:
        job.status, job.started_at, job.heartbeat_at, job.attempts = "running", now, now, job.attempts + 1
        session.flush()
    return job


def _launched(service: str, job_id: str) -> Child:
    command = [sys.executable, "-m", f"services.{service}", "job", "run", job_id]
    return subprocess.Popen(command)  # noqa: S603 - our own interpreter and a generated id


class Children:
    """The child processes that one worker has running."""

    def __init__(self, service: str, *, launched: Callable[[str, str], Child] = _launched) -> None:
        self._service = service
        self._launched = launched
        self._running: dict[str, Child] = {}

    def tick(self, runtime: Runtime) -> int:
        """Keep what is running alive in the table, and start a child for the next queued job."""
        self._running = {job_id: child for job_id, child in self._running.items() if child.poll() is None}
        now = runtime.now()
        with runtime.database.transaction() as session:
            if self._running:
                _keep_alive(session, self._running, now)
            requeue_silent(session, now)
            job = claim(session, now)
        if job is not None:
            self._running[job.id] = self._launched(self._service, job.id)
        metrics.JOB_RUNNING.labels(self._service).set(len(self._running))
        return 0 if job is None else 1

    def stop(self) -> None:
        """End the children; their jobs are queued again when they have been silent long enough."""
        for child in self._running.values():
            child.terminate()


def run(runtime: Runtime, table: Mapping[str, JobUseCase], job_id: str) -> None:
    """Do one claimed job in this process and store how it ended; nothing while another process does."""
    with locks.held(runtime, job_id) as is_ours:
        if is_ours:
            _run(runtime, table, job_id)
        else:
            log.warning("the job runs in another process", job_id=job_id)


def _run(runtime: Runtime, table: Mapping[str, JobUseCase], job_id: str) -> None:
    with runtime.database.transaction() as session:
        job = get(session, job_id)
        job.started_at = runtime.now()  # the claim was before this process had loaded
    try:
        with _beating(runtime, job_id):
            result = table[job.kind](runtime, JobRun(runtime, job_id, job.args))
    except Cancelled:
        _finish(runtime, job_id, status="cancelled")
    except GuanxiError as error:
        _finish(runtime, job_id, status="failed", problem={"code": error.code, "detail": error.detail})
    except Exception:  # the edge of the process: whatever broke, the job's row says that it failed
        log.exception("job failed", job_id=job_id, kind=job.kind)
        detail = "The job failed; the log of the job process tells why."
        _finish(runtime, job_id, status="failed", problem={"code": "internal_error", "detail": detail})
    else:
        _finish(runtime, job_id, status="succeeded", result=result)


@contextmanager
def _beating(runtime: Runtime, job_id: str) -> Iterator[None]:
    """A thread that keeps the heartbeat young while the block runs."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT):
            with runtime.database.transaction() as session:
                _keep_alive(session, [job_id], runtime.now())

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _finish(runtime: Runtime, job_id: str, **values: Any) -> None:
    with runtime.database.transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(finished_at=runtime.now(), **values))


def service_of(job_id: str) -> str | None:
    """Which service a job id belongs to, by its prefix."""
    by_prefix = {prefix: service for service, prefix in PREFIX.items()}
    return by_prefix.get(job_id.split("_", 1)[0])
