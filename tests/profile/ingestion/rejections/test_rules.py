"""Whom refused bodies are about."""

import pytest

from services.profile.ingestion.rejections.rules import named

pytestmark = pytest.mark.capability("C-09")


@pytest.mark.parametrize(
    ("body", "people"),
    [
        ('{"identities": [{"kind": "external", "value": "77"}], "lines": [{"value": "12"}], "order_id": "9"}', {"77"}),
        ('{"type": "track", "userId": "77", "anonymousId": "a1", "messageId": "m"}', {"77", "a1"}),
        ('{"id": 820, "customer": {"id": 77, "tags": []}, "line_items": [{"id": 5}]}', {"77"}),
        ('{"id": 820, "customer_id": 77}', {"77"}),
        ("no JSON of 77", set()),
        ("[]", set()),
    ],
)
def test_people_are_told_from_orders_and_amounts(body: str, people: set[str]) -> None:
    assert named(body) == people
