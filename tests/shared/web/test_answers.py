import pytest

from tests.shared.web.conftest import Served
from tests.shared.web.jars import jar


@pytest.mark.capability("C-41")
def test_a_created_thing_says_where_it_is_and_which_version(example: Served) -> None:
    made = example.post("/v1/jars", jar())
    assert made.status_code == 201
    assert made.headers["etag"] == '"1"'
    assert made.headers["location"] == f"/v1/jars/{made.json()['id']}"
    read = example.get(made.headers["location"])
    assert (read.status_code, read.headers["etag"], read.json()) == (200, '"1"', made.json())


def test_work_that_was_begun_says_where_it_is(example: Served) -> None:
    begun = example.post("/v1/jars/later", jar())
    assert (begun.status_code, begun.headers["location"]) == (202, f"/v1/jars/{begun.json()['id']}")


def test_money_has_the_decimal_places_of_its_currency(example: Served) -> None:
    assert example.post("/v1/jars", jar()).json()["price"] == {"amount": "12.30", "currency": "CNY"}
    whole = jar("yen", price={"amount": "500", "currency": "JPY"})
    assert example.post("/v1/jars", whole).json()["price"] == {"amount": "500", "currency": "JPY"}


def test_an_endpoint_may_choose_its_status_and_then_no_location_is_sent(example: Served) -> None:
    first, again = (example.post("/v1/jars/grouped", jar()) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert "location" in first.headers
    assert "location" not in again.headers


def test_nulls_are_sent(example: Served) -> None:
    assert example.post("/v1/jars", jar()).json()["note"] is None


def test_a_deletion_answers_204_without_a_body(example: Served) -> None:
    path = example.post("/v1/jars", jar()).headers["location"]
    gone = example.http.delete(path, headers=example.admin)
    assert (gone.status_code, gone.content) == (204, b"")
    assert example.get(path).status_code == 404


def test_a_change_needs_the_version_that_was_read(example: Served) -> None:
    path = example.post("/v1/jars", jar()).headers["location"]

    def change(**headers: str) -> tuple[int, str | None, str | None]:
        answer = example.http.patch(path, json={"note": "dry"}, headers=example.admin | headers)
        return answer.status_code, answer.json().get("code"), answer.headers.get("etag")

    assert change() == (428, "precondition_required", None)
    assert change(**{"If-Match": '"7"'}) == (412, "precondition_failed", None)
    assert change(**{"If-Match": "nonsense"}) == (412, "precondition_failed", None)
    assert change(**{"If-Match": '"1"'})[::2] == (200, '"2"')
    assert change(**{"If-Match": '"1"'}) == (412, "precondition_failed", None)


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        ("*/*", 200, "application/json"),
        ("application/json, text/csv", 200, "application/json"),
        ("text/csv", 200, "text/csv"),
        ("application/json;q=0.5, text/*", 200, "text/csv"),
        ("image/png", 406, "application/problem+json"),
        ("application/json;q=0", 406, "application/problem+json"),
    ],
)
def test_the_caller_chooses_among_what_there_is(example: Served, accept: str, status: int, kind: str) -> None:
    answer = example.get("/v1/jars", example.admin | {"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, kind)


def test_only_lists_are_answered_as_csv(example: Served) -> None:
    assert example.get("/v1/jars/count", example.admin | {"Accept": "text/csv"}).status_code == 406
