"""What every request gets, whatever it asks for: ids, a trace, a line, a measure, an end of time."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, text
from structlog.testing import capture_logs

from shared.messaging.outbox import OutboxRow
from shared.runtime import Runtime
from shared.telemetry.logs import log
from shared.testing.plugin import RuntimeFactory
from shared.web.app import create_app
from tests.shared.web.conftest import Served, Server
from tests.shared.web.example import faults, jars
from tests.shared.web.jars import jar

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize("given", ["0123456789abcdef", "a-b_c.d-1"])
def test_a_sane_request_id_is_kept(example: Served, given: str) -> None:
    assert example.get("/v1/jars", example.admin | {"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space", '"quoted"id'])
def test_any_other_is_replaced(example: Served, given: str) -> None:
    made = example.get("/v1/jars", example.admin | {"X-Request-Id": given}).headers["x-request-id"]
    assert made != given
    assert len(made) == 32


@pytest.mark.parametrize("path", ["/v1/jars", "/v1/nothing", "/v1/faults/bug", "/v1/faults/lost"])
def test_every_answer_has_a_request_id(example: Served, path: str) -> None:
    assert len(example.get(path).headers["x-request-id"]) == 32


@pytest.mark.parametrize("path", ["/v1/faults/publish", "/v1/faults/publish/grouped"])
def test_a_published_event_continues_the_callers_trace(example: Served, path: str) -> None:
    with example.runtime.database.transaction() as session:
        session.execute(text("DELETE FROM outbox"))
    assert example.http.post(path, headers={"traceparent": PARENT}).status_code == 204
    with example.runtime.database.reading() as session:
        (row,) = session.scalars(select(OutboxRow))
    assert row.headers["traceparent"] == PARENT


def test_a_published_event_has_a_trace_also_when_the_caller_had_none(example: Served) -> None:
    with example.runtime.database.transaction() as session:
        session.execute(text("DELETE FROM outbox"))
    example.http.post("/v1/faults/publish")
    with example.runtime.database.reading() as session:
        (row,) = session.scalars(select(OutboxRow))
    assert len(row.headers["traceparent"]) == len(PARENT)


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    vars(log).pop("bind", None)  # a logger that was used before keeps the processors of its first use
    with capture_logs() as captured:
        yield captured


def test_a_line_tells_of_the_route_and_never_of_what_was_sent(example: Served, lines: list[Any]) -> None:
    created = example.post("/v1/jars", jar(note="+8613800138000"), {"Idempotency-Key": "secret-key"})
    example.get(f"/v1/jars/{created.json()['id']}")
    example.get("/v1/jars?currency=%2B8613800138000")
    example.get("/v1/8613800138000")
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/v1/jars", 201),
        ("GET", "/v1/jars/{jar_id}", 200),
        ("GET", "/v1/jars", 200),
        ("GET", "unknown", 404),
    ]
    told = str(lines)
    assert "13800138000" not in told
    assert "secret-key" not in told
    assert created.json()["id"] not in told


def test_a_fault_of_ours_is_logged_once(example: Served, lines: list[Any]) -> None:
    example.get("/v1/faults/bug")
    assert [line["event"] for line in lines] == ["request failed", "request"]


def test_a_refusal_is_no_fault(example: Served, lines: list[Any]) -> None:
    example.post("/v1/jars", jar(quantity=0))
    assert [line["log_level"] for line in lines] == ["info"]


def test_requests_are_measured_by_route_template(example: Served) -> None:
    def count() -> float:
        families = text_string_to_metric_families(example.http.get("/metrics").text)
        labels = {"service": "profile", "method": "GET", "route": "/v1/jars/{jar_id}", "status": "404"}
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == "http_request_seconds_count" and sample.labels == labels
        )

    before = count()
    for _ in range(3):
        example.get("/v1/jars/0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d")
    assert count() == before + 3


@pytest.mark.parametrize(("left", "status"), [("0", 504), ("20000", 200), ("soon", 200), ("-1", 200)])
def test_nothing_is_begun_for_a_caller_that_stopped_waiting(example: Served, left: str, status: int) -> None:
    answer = example.get("/v1/jars", example.admin | {"X-Guanxi-Deadline-Ms": left})
    assert answer.status_code == status
    made = example.post("/v1/jars", jar(), {"X-Guanxi-Deadline-Ms": left})
    assert example.get("/v1/jars/count").json() == {"count": int(made.status_code == 201)}


def test_a_living_process_says_so_and_a_ready_one_too(runtime_of: RuntimeFactory) -> None:
    with Server(create_app(runtime_of("profile"), title="Whole", routers=[jars])) as url:
        assert [httpx.get(url + path).text for path in ("/livez", "/readyz")] == ["ok", "ok"]


def test_a_process_whose_schema_is_not_the_expected_one_is_alive_but_not_ready(example: Served) -> None:
    assert example.http.get("/livez").status_code == 200
    answer = example.http.get("/readyz")
    assert answer.status_code == 503
    assert "run `migrate`" in answer.text


def test_without_a_database_a_process_is_alive_but_not_ready_and_answers_503(settings_for: Any) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    runtime = Runtime.of("profile", settings_for(profile_database_url=nowhere))
    with Server(create_app(runtime, title="Alone", routers=[faults])) as url:
        assert httpx.get(f"{url}/livez").status_code == 200
        assert httpx.get(f"{url}/readyz").status_code == 503
        answer = httpx.get(f"{url}/v1/faults/slow")
        assert (answer.status_code, answer.json()["code"]) == (503, "dependency_unavailable")
        answer = httpx.post(f"{url}/v1/faults/publish/grouped")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    runtime.database.close()
