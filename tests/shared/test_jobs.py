"""Long work: queued, followed, cancelled, safe to crash."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared import jobs, locks
from shared.errors import Conflict, Invalid, NotFound
from shared.jobs import Job, JobRun
from shared.runtime import Runtime
from shared.telemetry import metrics

RuntimeFactory = Callable[..., Runtime]


@pytest.fixture
def runtime(runtime_of: RuntimeFactory) -> Runtime:
    return runtime_of("gateway")


def start(runtime: Runtime, kind: str = "count", **args: Any) -> str:
    with runtime.database.transaction() as session:
        return jobs.start(session, "scoring", kind, args, runtime.now())


def claim(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        assert jobs.claim(session, runtime.now()) is not None


def read(runtime: Runtime, job_id: str) -> Job:
    with runtime.database.reading() as session:
        return jobs.get(session, job_id)


def count(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    for done in range(job.args["to"]):
        job.progress(done + 1, job.args["to"])
    return {"counted": job.args["to"]}


def test_a_job_reports_progress_and_its_result(runtime: Runtime) -> None:
    job_id = start(runtime, to=3)
    claim(runtime)
    jobs.run(runtime, {"count": count}, job_id)
    job = read(runtime, job_id)
    assert (job.status, job.done, job.total, job.result) == ("succeeded", 3, 3, {"counted": 3})
    assert jobs.service_of(job_id) == "scoring"


def test_two_jobs_of_a_kind_never_run_at_once(runtime: Runtime) -> None:
    start(runtime, to=1)
    with pytest.raises(Conflict) as refused:
        start(runtime, to=1)
    assert refused.value.code == "job_running"
    start(runtime, kind="other")


def test_a_queued_job_is_cancelled_at_once(runtime: Runtime) -> None:
    job_id = start(runtime, to=1)
    with runtime.database.transaction() as session:
        jobs.cancel(session, job_id, runtime.now())
    assert read(runtime, job_id).status == "cancelled"


def test_a_running_job_stops_at_its_next_report(runtime: Runtime) -> None:
    job_id = start(runtime, to=5)
    claim(runtime)
    with runtime.database.transaction() as session:
        jobs.cancel(session, job_id, runtime.now())
    jobs.run(runtime, {"count": count}, job_id)
    job = read(runtime, job_id)
    assert (job.status, job.done) == ("cancelled", 1)


def test_a_refusal_becomes_the_jobs_problem(runtime: Runtime) -> None:
    def refuse(runtime: Runtime, job: JobRun) -> dict[str, Any]:
        raise Invalid("The range is empty.")

    job_id = start(runtime)
    claim(runtime)
    jobs.run(runtime, {"count": refuse}, job_id)
    assert read(runtime, job_id).problem == {"code": "validation_failed", "detail": "The range is empty."}


def test_a_job_whose_process_died_runs_again_and_fails_the_third_time(runtime: Runtime, now: datetime) -> None:
    job_id, later = start(runtime, to=1), now
    for attempt in (1, 2, 3):
        with runtime.database.transaction() as session:
            job = jobs.claim(session, later)
            assert job is not None
            assert job.attempts == attempt
        later += timedelta(minutes=1)
        with runtime.database.transaction() as session:
            jobs.requeue_silent(session, later)
    assert read(runtime, job_id).status == "failed"


def test_a_job_that_another_process_runs_is_left_to_it(runtime: Runtime) -> None:
    job_id = start(runtime, to=1)
    claim(runtime)
    with locks.held(runtime, job_id) as first:
        assert first
        jobs.run(runtime, {"count": count}, job_id)
        assert read(runtime, job_id).status == "running"
    jobs.run(runtime, {"count": count}, job_id)
    assert read(runtime, job_id).status == "succeeded"


def test_a_child_that_takes_long_to_load_is_not_taken_for_dead(runtime: Runtime, now: datetime) -> None:
    def launched(service: str, job_id: str) -> jobs.Child:
        return subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])

    job_id, children = start(runtime, to=1), jobs.Children("gateway", launched=launched)
    assert children.tick(runtime) == 1
    later = replace(runtime, clock=lambda: now + timedelta(minutes=1))
    assert children.tick(later) == 0
    assert read(runtime, job_id).attempts == 1
    (child,) = children._running.values()
    child.kill()
    child.wait()
    assert children.tick(replace(runtime, clock=lambda: now + timedelta(minutes=2))) == 1
    assert read(runtime, job_id).attempts == 2
    assert b'job_running{service="gateway"} 1.0' in metrics.render()
    children.stop()
    assert [child.wait() for child in children._running.values()] == [-signal.SIGTERM]


def test_an_unknown_job_is_not_found(runtime: Runtime) -> None:
    with runtime.database.reading() as session, pytest.raises(NotFound):
        jobs.get(session, "scr_nothing")
