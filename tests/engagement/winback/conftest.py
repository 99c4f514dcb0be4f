"""What tests of win-back share."""

import pytest


@pytest.fixture
def asking_in_no_transaction() -> None:
    """Not held to yet: a message of a case asks profile within the transaction of its request."""
