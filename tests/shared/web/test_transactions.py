"""One request, one transaction, and no answer before it is committed."""

from sqlalchemy import text

from tests.shared.web.conftest import Served
from tests.shared.web.jars import jar


def test_a_commit_that_fails_is_never_answered_with_success(example: Served) -> None:
    answer = example.post("/v1/faults/commit")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


def test_a_refusal_after_a_write_undoes_the_write(example: Served) -> None:
    assert example.post("/v1/jars", jar("broken")).json()["code"] == "not_eligible"
    assert example.get("/v1/jars/count").json() == {"count": 0}


def test_no_connection_is_left_behind_by_refused_requests(example: Served) -> None:
    for _ in range(30):
        example.post("/v1/jars", jar("broken"))
        example.post("/v1/jars", {})
        example.post("/v1/jars/carefully", jar(quantity=0), {"Idempotency-Key": "k"})
        example.get("/v1/jars/no-uuid")
        example.get("/v1/jars?cursor=x", example.admin | {"Accept": "text/csv"})
    assert example.runtime.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with example.runtime.database.reading() as session:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()"
        )
        assert session.scalar(waiting) == 0


def test_the_victim_of_a_deadlock_is_done_again_as_one_effect(example: Served) -> None:
    answer = example.post("/v1/faults/deadlock", jar("lost"), {"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["status"]) == (201, "created")
    again = example.post("/v1/faults/deadlock", jar("lost"), {"Idempotency-Key": "k"})
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", answer.json())
    assert example.get("/v1/jars/count").json() == {"count": 1}
