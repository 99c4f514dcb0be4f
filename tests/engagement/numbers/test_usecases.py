"""Numbers that count by business year."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from services.engagement.numbers.usecases import following
from shared.settings import Settings

pytestmark = pytest.mark.capability("C-30")


def test_numbers_count_by_kind_and_business_year(engagement: Session) -> None:
    settings = Settings(env="test", business_time_zone="Asia/Shanghai")
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)
    before = midnight.replace(hour=15, minute=59)
    given = [following(engagement, settings, kind, at) for kind, at in [("X", before), ("X", before), ("Y", before)]]
    assert given == ["X-2026-000001", "X-2026-000002", "Y-2026-000001"]
    assert following(engagement, settings, "X", midnight) == "X-2027-000001"
