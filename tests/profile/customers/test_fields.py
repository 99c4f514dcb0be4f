"""What segment rules may ask of the archive."""

from typing import Any

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-06")
INN = {"name": "Inn", "industry": "H61", "size_band": "10-49", "renewal_at": "2026-12-25"}


def size(doors: Doors, field: str, op: str, value: Any) -> int:
    rule = {"field": f"customer.{field}", "op": op, "value": value}
    answer = doors.post("/v1/segments/preview", {"rule": {"all": [rule]}})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["size"])


def test_likes_and_work_of_people_can_be_asked(doors: Doors) -> None:
    identities = [{"kind": "external", "value": "ada"}]
    said = {"occupation": "teacher", "interests": ["hiking"], "lifestyle": ["early riser"]}
    doors.post("/v1/customers", {"source": "shop", "identities": identities, **said})
    assert size(doors, "occupation", "is", "teacher") == 1
    assert size(doors, "interests", "has_any_of", ["hiking", "tea"]) == 1
    assert size(doors, "lifestyle", "has_all_of", ["early riser", "tea"]) == 0


def test_facts_and_contracts_of_organisations_can_be_asked(doors: Doors) -> None:
    inn = doors.post("/v1/organisations", INN).json()["id"]
    for kind, value in (("purchase_intention", "high"), ("budget", 5000)):
        doors.post(f"/v1/organisations/{inn}/facts", {"kind": kind, "value": value, "as_of": "2026-11-01"})
    assert size(doors, "industry", "is", "H61") == size(doors, "size_band", "is", "10-49") == 1
    assert size(doors, "purchase_intention", "is", "high") == size(doors, "budget", "at_least", 5000) == 1
    assert size(doors, "budget", "more_than", 5000) == 0
    assert size(doors, "renewal_at", "within_next", {"days": 30}) == 1  # from 16:00 on 25 November in Shanghai
    assert size(doors, "renewal_at", "within_next", {"days": 29}) == 0
