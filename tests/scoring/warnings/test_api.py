"""Warnings over HTTP."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from services.scoring.warnings import usecases
from shared import linking
from shared.ids import new_id
from shared.runtime import Runtime
from tests.scoring.events import PEOPLE
from tests.scoring.publishing.served import Api, served
from tests.scoring.warnings.worlds import BOOK, appraisal

pytestmark = pytest.mark.capability("C-18")
WEI, MEI, *_ = PEOPLE


@pytest.fixture
def api(runtime_of: Callable[..., Runtime], now: datetime) -> Iterator[Api]:
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        linking.ensure(session, PEOPLE)
        people = {WEI: {"refund_28d": 1}, MEI: {"silence": 110, "age": 447, "orders_in_h": 0}}
        usecases.reassess(session, appraisal(people, now), BOOK, now)
    with served(runtime) as running:
        yield running


def test_warnings_are_read_dismissed_once_and_judged(api: Api) -> None:
    items = api.get("/warnings?status=open").json()["items"]
    assert [one["customer_id"] for one in items] == [str(MEI), str(WEI)]
    one = items[1]
    assert re.fullmatch(r"\d+\.\d\d", one["value"]["amount"])
    assert one["value"]["currency"] == "CNY"
    assert [reason["code"] for reason in one["reasons"]] == ["refund"]
    path = f"/warnings/{one['id']}"
    assert api.get(path).json() == one
    closed = api.post(f"{path}/dismiss", {"reason": "已处理"})
    assert (closed.status_code, closed.json()["outcome"], closed.json()["dismissal"]) == (200, "dismissed", "已处理")
    again = api.post(f"{path}/dismiss", {"reason": "已处理"})
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")
    month = api.get("/warnings/quality?months=2").json()["items"][0]
    assert (month["raised"], month["undecided"], month["precision"]) == (2, 2, None)


def test_a_list_is_a_table_too(api: Api) -> None:
    answer = api.get("/warnings?sort=-raised_at", Accept="text/csv")
    head, *rows = answer.text.splitlines()
    assert head.startswith("id,customer_id,status,reasons")
    assert len(rows) == 2


def test_who_may_not_write_cannot_dismiss(api: Api) -> None:
    path = f"/warnings/{new_id()}"
    assert api.get(path).status_code == 404
    assert api.post(f"{path}/dismiss", {"reason": "x"}, scopes=("scoring:read",)).status_code == 403
    assert api.post(f"{path}/dismiss", {}).status_code == 422
