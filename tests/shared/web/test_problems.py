import re

import pytest

from shared import errors
from shared.errors import GuanxiError
from shared.web.problems import FIELD_CODES, PROBLEMS, of_error
from tests.shared.web.conftest import Served
from tests.shared.web.jars import jar

MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "errors"}


def _subclasses(kind: type[GuanxiError]) -> list[type[GuanxiError]]:
    return [one for direct in kind.__subclasses__() for one in (direct, *_subclasses(direct))]


def test_every_error_class_has_a_registered_code_with_its_status() -> None:
    for kind in _subclasses(GuanxiError):
        assert PROBLEMS[kind.code].status == kind.status, kind


def test_the_tree_at_the_top_of_the_module_names_every_error_with_its_status() -> None:
    drawn = dict(re.findall(r"── (\w+) (\d+)", errors.__doc__ or ""))
    assert drawn == {
        kind.__name__: str(kind.status) for kind in GuanxiError.__subclasses__() if kind.__module__ == errors.__name__
    }


def test_every_problem_has_a_title_in_both_languages() -> None:
    for known in PROBLEMS.values():
        assert known.title.isascii()
        assert re.search("[\u4e00-\u9fff]", known.title_zh), known.code


def test_a_code_nobody_registered_is_answered_as_the_class_it_belongs_to() -> None:
    made = type("Odd", (GuanxiError,), {"status": 422, "code": "validation_failed"})("no", code="made_up")
    assert of_error(made, "r").status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/jars/", 404, "not_found"),
        ("DELETE", "/v1/jars", 405, "method_not_allowed"),
        ("GET", "/v1/jars?colour=green", 422, "unknown_parameter"),
        ("GET", "/v1/jars?limit=0", 422, "validation_failed"),
        ("GET", "/v1/jars?limit=201", 422, "validation_failed"),
        ("GET", "/v1/jars?sort=-note", 422, "validation_failed"),
        ("GET", "/v1/jars/no-uuid", 422, "validation_failed"),
        ("GET", "/v1/jars/0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d", 404, "not_found"),
        ("GET", "/v1/jars?currency=%00", 422, "validation_failed"),
        ("GET", "/v1/faults/number?number=99999999999999999999999", 422, "validation_failed"),
        ("GET", "/v1/faults/bug", 500, "internal_error"),
        ("GET", "/v1/faults/write", 500, "internal_error"),
        ("GET", "/v1/faults/slow", 504, "deadline_exceeded"),
        ("GET", "/v1/faults/lost", 503, "dependency_unavailable"),
    ],
)
def test_every_fault_has_its_code(example: Served, method: str, path: str, status: int, code: str) -> None:
    answer = example.http.request(method, path, headers=example.admin)
    document = answer.json()
    assert (answer.status_code, document["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(document) == MEMBERS
    assert document["type"] == f"/problems/{code}"
    assert document["status"] == status
    assert document["request_id"] == answer.headers["x-request-id"]
    assert ("retry-after" in answer.headers) == (status == 503)
    assert {error["code"] for error in document["errors"]} <= set(FIELD_CODES)


def test_a_refused_method_names_those_there_are(example: Served) -> None:
    assert example.http.delete("/v1/jars", headers=example.admin).headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"code": None}, "code", "type"),
        ({"code": "x" * 65}, "code", "format"),
        ({"note": "x" * 201}, "note", "too_long"),
        ({"price": {"currency": "CNY"}}, "price.amount", "required"),
        ({"price": {"amount": "twelve", "currency": "CNY"}}, "price.amount", "format"),
        ({"price": {"amount": "1.23456", "currency": "CNY"}}, "price.amount", "format"),
        ({"price": {"amount": "1", "currency": "yuan"}}, "price.currency", "format"),
        ({"tags": ["a", "b c"]}, "tags.1", "format"),
        ({"tags": list("abcdef")}, "tags", "too_long"),
        ({"quantity": 0}, "quantity", "too_small"),
        ({"quantity": 100}, "quantity", "too_large"),
        ({"quantity": "many"}, "quantity", "type"),
        ({"filled_at": "yesterday"}, "filled_at", "format"),
        ({"filled_at": "2026-11-25T08:00:00"}, "filled_at", "format"),
        ({"filled_at": 1795593600}, "filled_at", "format"),
        ({"filled_at": "1795593600"}, "filled_at", "format"),
    ],
)
def test_every_field_fault_has_its_code(example: Served, change: dict[str, object], field: str, code: str) -> None:
    document = example.post("/v1/jars", jar() | change).json()
    assert document["code"] == "validation_failed"
    assert [(error["field"], error["code"]) for error in document["errors"]] == [(field, code)]


def test_an_unknown_field_alone_is_unknown_field_and_beside_others_validation_failed(example: Served) -> None:
    alone = example.post("/v1/jars", jar(colour="green")).json()
    assert (alone["code"], alone["errors"][0]["field"]) == ("unknown_field", "colour")
    mixed = example.post("/v1/jars", jar(colour="green", quantity=0)).json()
    assert mixed["code"] == "validation_failed"
    assert {error["code"] for error in mixed["errors"]} == {"unknown", "too_small"}


@pytest.mark.parametrize(
    "body",
    [
        jar("+8613800138000!"),
        jar(note={"phone": "+8613800138000"}),
        jar(filled_at="+8613800138000"),
        jar(price={"amount": "+8613800138000x", "currency": "CNY"}),
    ],
)
def test_a_refusal_never_repeats_what_was_sent(example: Served, body: dict[str, object]) -> None:
    answer = example.post("/v1/jars", body)
    assert answer.status_code == 422
    assert "13800138000" not in answer.text


def test_a_lost_database_connection_is_replaced(example: Served) -> None:
    assert example.get("/v1/faults/lost").status_code == 503
    assert example.get("/v1/jars").status_code == 200
