"""What tests of tasks share."""

from collections.abc import Callable

import pytest

from shared.settings import Settings
from tests.engagement.conftest import Profile


@pytest.fixture
def settings(settings_for: Callable[..., Settings], profile: Profile) -> Settings:
    """Settings that lead to the stand-in for profile."""
    return settings_for(profile_url=profile.url)
