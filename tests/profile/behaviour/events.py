"""Behaviour events for tests."""

from datetime import UTC, datetime
from typing import Any

from services.profile.behaviour.schemas import NewEvent

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def event(**fields: Any) -> NewEvent:
    """A view of a product by u-1, with other fields where given."""
    return NewEvent.model_validate(
        {
            "source": "shop",
            "message_id": "m-1",
            "identities": [{"kind": "external", "value": "u-1"}],
            "name": "Product Viewed",
            "occurred_at": NOON,
            "properties": {"product_id": "tea-01", "category": "tea"},
        }
        | fields
    )
