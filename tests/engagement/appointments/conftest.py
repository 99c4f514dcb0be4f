"""What tests of appointments share."""

from tests.engagement.tasks.conftest import settings

__all__ = ["settings"]
