"""The job: stopped, killed and gone on with, it takes every row in once."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from services.profile.imports import repository, rules, usecases
from services.profile.imports.files.tables import ImportPiece
from services.profile.imports.runs import usecases as runs
from services.profile.imports.runs.usecases import RUN
from services.profile.imports.tables import Import, ImportRow
from services.profile.imports.targets.rules import vocabulary
from services.profile.imports.targets.schemas import ImportKind
from services.profile.imports.usecases import purge
from services.profile.orders.tables import CustomerOrder
from shared import jobs
from shared.errors import Conflict
from shared.messaging import outbox
from shared.runtime import Runtime
from shared.testing.processes import environment_of
from shared.testing.waiting import wait_until
from tests.profile.imports.exports import orders

pytestmark = pytest.mark.capability("C-01")
Receive = Callable[[str], UUID]
PEAK = """
import resource, sys
from services.profile.__main__ import SERVICE
from shared import jobs
jobs.run(SERVICE.runtime("job"), SERVICE.jobs, sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def queue(runtime: Runtime, import_id: UUID, verb: Callable[..., jobs.Job] = runs.start) -> str:
    """The id of a job that a worker has claimed."""
    with runtime.database.transaction() as session:
        job_id = verb(session, runtime.service, import_id, runtime.now()).id
    claim(runtime)
    return job_id


def claim(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        assert jobs.claim(session, runtime.now()) is not None


def work(runtime: Runtime, job_id: str) -> str:
    jobs.run(runtime, {RUN: runs.run}, job_id)
    with runtime.database.reading() as session:
        return jobs.get(session, job_id).status


def found(runtime: Runtime, import_id: UUID) -> Import:
    with runtime.database.reading() as session:
        return repository.found(session, import_id)


def numbers(runtime: Runtime) -> list[int]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(ImportRow.row).order_by(ImportRow.row)))


def child(runtime: Runtime, *command: str) -> "subprocess.Popen[bytes]":
    environment = os.environ | environment_of(runtime.settings)
    return subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.PIPE)


def test_a_job_killed_midway_goes_on_without_repeating_a_row(runtime: Runtime, received: Receive) -> None:
    import_id = received(orders(2_000))
    job_id = queue(runtime, import_id)
    with child(runtime, "-m", "services.profile", "job", "run", job_id) as process:
        wait_until(lambda: found(runtime, import_id).position > 0, 60)
        process.kill()
    left = found(runtime, import_id)
    assert 0 < left.position < 2_000
    with runtime.database.transaction() as session:
        jobs.requeue_silent(session, runtime.now() + timedelta(days=3_000))
    claim(runtime)
    assert work(runtime, job_id) == "succeeded"
    done = found(runtime, import_id)
    assert (done.position, done.outcomes) == (2_000, {"created": 2_000})
    assert numbers(runtime) == list(range(1, 2_001))


def test_a_cancelled_import_keeps_what_it_took_in_and_resumes(
    runtime: Runtime, received: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = received(orders(1_200))
    job_id = queue(runtime, import_id)
    with runtime.database.transaction() as session:
        runs.cancel(session, import_id, runtime.now())
    assert work(runtime, job_id) == "cancelled"
    assert found(runtime, import_id).position == 0
    job_id = queue(runtime, import_id, runs.resume)
    waits = count(1)

    def stop_in_the_second_batch(*_: object) -> None:
        if next(waits) == 2:
            with runtime.database.transaction() as session:
                runs.cancel(session, import_id, runtime.now())

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "wait_for_room", stop_in_the_second_batch)
        assert work(runtime, job_id) == "cancelled"
    assert found(runtime, import_id).position == 1_000
    assert work(runtime, queue(runtime, import_id, runs.resume)) == "succeeded"
    assert found(runtime, import_id).outcomes == {"created": 1_200}


def test_a_transaction_that_fails_leaves_the_position_where_its_rows_are(
    runtime: Runtime, received: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = received(orders(600))
    job_id = queue(runtime, import_id)
    with monkeypatch.context() as patch:
        patch.setattr(rules, "summed", lambda *_: 1 / 0)
        assert work(runtime, job_id) == "failed"
    assert (found(runtime, import_id).position, numbers(runtime), stored(runtime, CustomerOrder)) == (0, [], 0)
    assert work(runtime, queue(runtime, import_id, runs.resume)) == "succeeded"


def test_one_import_runs_at_a_time_and_nobody_takes_rows_in_twice(runtime: Runtime, received: Receive) -> None:
    one, other = received(orders(3)), received(orders(3))
    job_id = queue(runtime, one)
    with runtime.database.transaction() as session:
        with pytest.raises(Conflict) as refused:
            runs.start(session, "profile", other, runtime.now())
        assert refused.value.code == "job_running"
        with pytest.raises(Conflict):
            runs.resume(session, "profile", one, runtime.now())
    late = list(usecases.documents_of(found(runtime, one), vocabulary(ImportKind.ORDERS, {}), runtime.database.reading))
    work(runtime, job_id)
    with runtime.database.transaction() as session, pytest.raises(Conflict):
        runs.take(session, one, late, runtime.now())


def test_a_file_that_nobody_runs_expires_and_its_content_is_deleted(runtime: Runtime, received: Receive) -> None:
    import_id = received(orders(3))
    assert purge(runtime) == 0
    later = runtime.now() + timedelta(days=8, seconds=1)
    assert purge(Runtime(runtime.service, runtime.settings, runtime.database, lambda: later)) == 1
    assert stored(runtime, ImportPiece) == 0
    with runtime.database.transaction() as session, pytest.raises(Conflict):
        runs.start(session, "profile", import_id, later)


def test_rows_go_with_their_import(runtime: Runtime, received: Receive) -> None:
    import_id, kept = received(orders(3)), received(orders(2))
    for one in (import_id, kept):
        assert work(runtime, queue(runtime, one)) == "succeeded"
    with runtime.database.transaction() as session:
        session.execute(text("DELETE FROM import WHERE import_id = :id"), {"id": import_id})
    purge(runtime)
    assert numbers(runtime) == [1, 2]


def test_a_file_whose_content_is_cut_short_never_counts_as_taken_in(runtime: Runtime, received: Receive) -> None:
    import_id = received(orders(20_000))
    job_id = queue(runtime, import_id)
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE import SET rows = 20000"))
        session.execute(text("DELETE FROM import_piece WHERE number >= 1"))
        session.execute(text("UPDATE import SET position = 4000"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "take", lambda *_: None)
        assert work(runtime, job_id) == "failed"
    assert found(runtime, import_id).completed_at is None


@pytest.mark.large
def test_a_large_file_is_taken_in_within_300_megabytes(runtime: Runtime, received: Receive) -> None:
    import_id = received(orders(50_000))
    job_id = queue(runtime, import_id)
    with drained(runtime), child(runtime, "-c", PEAK, job_id) as process:
        told, _ = process.communicate(timeout=170)
    with runtime.database.reading() as session:
        job = jobs.get(session, job_id)
    assert (job.status, job.done) == ("succeeded", 50_000)
    peak = int(told.split()[-1])
    assert peak < 300, f"{peak} MiB"
    assert job.finished_at is not None
    assert job.started_at is not None
    print(f"{50_000 / (job.finished_at - job.started_at).total_seconds():,.0f} rows/s, {peak} MiB")  # noqa: T201


@contextmanager
def drained(runtime: Runtime) -> Iterator[None]:
    """A relay that throws everything away, so that the job need not wait."""
    stop = threading.Event()

    def drain() -> None:
        while not stop.wait(0.2):
            with runtime.database.transaction() as session:
                session.execute(text("DELETE FROM outbox"))

    thread = threading.Thread(target=drain)
    thread.start()
    yield
    stop.set()
    thread.join()


def stored(runtime: Runtime, table: type) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
