"""The calendar's cursor."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.engagement.agenda.rules import cursor_of, place_of
from shared.errors import Invalid

pytestmark = pytest.mark.capability("C-26")
SOMEBODY = UUID(int=7)


def test_a_cursor_leads_back_to_its_place() -> None:
    place = datetime(2027, 2, 5, 2, tzinfo=UTC), SOMEBODY
    assert place_of(cursor_of(place)) == place


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "2027-02-05T02:00:00", ""])
def test_a_cursor_made_by_hand_is_refused(at: str) -> None:
    with pytest.raises(Invalid) as refused:
        place_of(urlsafe_b64encode(f"{at}|{SOMEBODY}".encode()).decode())
    assert refused.value.code == "cursor_invalid"
