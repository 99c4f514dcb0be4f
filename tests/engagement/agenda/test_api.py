"""The whole care calendar as a table."""

import csv
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.engagement.agenda import usecases as agenda
from services.engagement.customers import usecases as customers
from services.engagement.occasions import usecases as occasions
from shared.contracts.examples import examples
from shared.contracts.profile import Birthday, CustomerRecorded
from shared.web import csv_answers
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-26")

PEOPLE = 7
YEAR = "/v1/care-calendar?from=2027-01-01&to=2028-01-01"
OCCASIONS: tuple[dict[str, Any], ...] = (
    {"kind": "holiday", "holiday": "spring-festival"},
    {"kind": "birthday"},
    {"kind": "follow_up", "every_days": 90},
)


@pytest.fixture
def kept(api: Api, profile: Profile, clock: Clock) -> None:
    """People with birthdays of one month in two zones, and rules for three occasions."""
    known = examples(CustomerRecorded)[0].model_copy(update={"status": "active", "customer_kind": "person"})
    events = [
        known.model_copy(
            update={
                "customer_id": profile.add(),
                "time_zone": "Asia/Tokyo" if number % 2 else "Asia/Shanghai",
                "birthday": Birthday(month=3, day=1 + number),
                "registered_at": clock() - timedelta(days=number),
            }
        )
        for number in range(PEOPLE)
    ]
    with api.runtime.database.transaction() as session:
        customers.record(session, events, clock())
    for occasion in OCCASIONS:
        body = {
            "code": occasion["kind"].replace("_", "-") + "-here",
            "name": "X",
            "at": "10:00",
            "template": "birthday",
        }
        more = {"occasion": occasion, "purpose": "marketing", "topic": "care", "channels": ["email"]}
        path = api.post("/v1/care-rules", body | more).headers["Location"]
        assert api.post(f"{path}/activate").status_code == 200


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("size", [1, 5, 1_000])
def test_a_table_makes_no_day_twice_and_says_what_the_pages_say(
    api: Api, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    paged, cursor = [], ""
    while cursor is not None:
        page = api.get(f"{YEAR}&limit=3" + (f"&cursor={cursor}" if cursor else "")).json()
        assert len(page["items"]) <= 3
        paged += page["items"]
        cursor = page["next_cursor"]
    assert len({one["id"] for one in paged}) == len(paged) >= 6 * PEOPLE
    assert paged == sorted(paged, key=lambda one: (one["happens_at"], one["id"]))

    looked = []
    find = occasions.found

    def found(session: Any, settings: Any, rule: Any, span: Any, *rest: Any) -> Any:
        looked.append((rule.code, *span))
        return find(session, settings, rule, span, *rest)

    monkeypatch.setattr(csv_answers, "PAGE", size)
    monkeypatch.setattr(agenda, "WHOLE", size, raising=False)
    monkeypatch.setattr(occasions, "found", found)
    rows = list(csv.DictReader(api.get(YEAR, Accept="text/csv").text.splitlines()))
    assert [(row["id"], row["happens_at"]) for row in rows] == [(one["id"], one["happens_at"]) for one in paged]
    for code in {one for one, _, _ in looked}:
        spans = sorted(span for one, *span in looked if one == code)
        late = timedelta(microseconds=1)
        assert all(until - late <= first for (_, until), (first, _) in pairwise(spans))


@pytest.mark.usefixtures("kept")
def test_a_table_that_would_be_too_long_is_refused_before_it_begins(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_answers, "MOST", 5 * PEOPLE)
    monkeypatch.setattr(csv_answers, "PAGE", PEOPLE)
    monkeypatch.setattr(agenda, "WHOLE", PEOPLE, raising=False)
    refused = api.get(YEAR, Accept="text/csv")
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")
    assert "narrow" in refused.json()["detail"]
    for span in ("from=2027-01-01&to=2027-02-01", "from=2027-02-06&to=2027-02-07", "from=2025-01-01&to=2026-01-01"):
        assert api.get(f"/v1/care-calendar?{span}", Accept="text/csv").status_code == 200
