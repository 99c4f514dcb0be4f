"""One effect per key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from shared.runtime import Runtime
from shared.testing.waiting import wait_until
from shared.web.idempotency import KEPT, IdempotentAnswer, purge
from tests.shared.web.conftest import Served, Server
from tests.shared.web.example import app_of
from tests.shared.web.jars import jar

DOORS = ["/v1/jars", "/v1/jars/carefully", "/v1/jars/grouped"]
KEY = {"Idempotency-Key": "k-1"}


def _count(example: Served) -> int:
    count: int = example.get("/v1/jars/count").json()["count"]
    return count


@pytest.mark.parametrize("path", DOORS)
def test_a_repetition_gets_the_first_answer_and_has_no_effect(example: Served, path: str) -> None:
    first, again = (example.post(path, jar(), KEY) for _ in range(2))
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    for name in ("etag", "location", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert _count(example) == 1


@pytest.mark.parametrize("path", DOORS)
def test_another_body_under_the_same_key_is_refused(example: Served, path: str) -> None:
    example.post(path, jar("first"), KEY)
    other = example.post(path, jar("second"), KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert _count(example) == 1


def test_a_key_belongs_to_its_credential_method_and_path(example: Served) -> None:
    example.post("/v1/jars", jar("a"), KEY)
    assert example.post("/v1/jars/carefully", jar("b"), KEY).status_code == 201
    other = example.headers("admin", subject="key-2")
    assert example.post("/v1/jars", jar("c"), other | KEY).status_code == 201
    assert _count(example) == 3


def test_where_it_is_required_a_request_without_one_is_refused(example: Served) -> None:
    answer = example.post("/v1/jars/carefully", jar())
    assert answer.json()["code"] == "validation_failed"
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("Idempotency-Key", "required")]


@pytest.mark.parametrize(("key", "code"), [("", "required"), ("k" * 256, "too_long")])
def test_a_key_has_some_characters_and_not_too_many(example: Served, key: str, code: str) -> None:
    answer = example.post("/v1/jars", jar(), {"Idempotency-Key": key})
    assert answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize("path", DOORS)
def test_a_refusal_is_not_kept(example: Served, path: str) -> None:
    assert example.post(path, jar("broken"), KEY).status_code == 422
    assert example.post(path, jar("whole"), KEY).status_code == 201


def test_while_the_first_is_running_the_second_is_told_to_wait(example: Served) -> None:
    with ThreadPoolExecutor() as threads:
        with example.runtime.database.transaction() as session:
            session.execute(text("LOCK TABLE jar IN EXCLUSIVE MODE"))
            both = [threads.submit(example.post, "/v1/jars", jar(), KEY) for _ in range(2)]
            refused = wait_until(lambda: [one.result() for one in both if one.done()])[0]
        (first,) = [one.result() for one in both if one.result() is not refused]
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_in_progress")
    assert refused.headers["retry-after"] == "1"
    assert first.status_code == 201
    assert example.post("/v1/jars", jar(), KEY).headers["idempotency-replayed"] == "true"


def test_many_at_once_have_one_effect(example: Served) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: example.post("/v1/jars", jar(), KEY), range(32)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert sum("idempotency-replayed" not in a.headers for a in answers if a.status_code == 201) == 1
    assert _count(example) == 1


def test_the_answer_is_stored_encrypted(example: Served) -> None:
    example.post("/v1/jars", jar(note="Mrs Wang, +8613800138000"), KEY)
    with example.runtime.database.reading() as session:
        stored = session.scalar(text("SELECT answer FROM idempotent_answer"))
        assert b"Wang" not in bytes(stored)
        assert "Wang" in session.scalars(select(IdempotentAnswer.answer)).one()


def test_after_48_hours_a_key_is_fresh_again_and_its_answer_is_purged(example_runtime: Runtime) -> None:
    later: Callable[[timedelta], Runtime] = lambda by: Runtime(  # noqa: E731
        "profile", example_runtime.settings, example_runtime.database, lambda: example_runtime.now() + by
    )

    def posted(runtime: Runtime, code: str) -> Any:
        with Server(app_of(runtime)) as url, httpx.Client(base_url=url) as http:
            served = Served(runtime, url, http)
            return served.post("/v1/jars", jar(code), KEY)

    with example_runtime.database.transaction() as session:
        session.execute(text("DELETE FROM jar"))
        session.execute(text("DELETE FROM idempotent_answer"))
    assert posted(example_runtime, "old").status_code == 201
    assert posted(later(KEPT - timedelta(seconds=1)), "old").headers["idempotency-replayed"] == "true"
    assert purge(later(KEPT - timedelta(seconds=1))) == 0
    assert posted(later(KEPT), "new").status_code == 201
    assert purge(later(2 * KEPT)) == 1
    assert purge(later(2 * KEPT)) == 0
