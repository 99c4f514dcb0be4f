"""What was told about messages can be told again."""

import pytest

from services.engagement.republish import REPUBLISH
from shared.contracts.base import Origin
from shared.contracts.engagement import MessageRecorded
from shared.messaging import republish
from shared.runtime import Runtime
from tests.engagement.conftest import Profile
from tests.engagement.posting import ask, published, send


@pytest.mark.capability("C-25")
def test_republishing_tells_every_message_that_was_told_with_its_version(runtime: Runtime, profile: Profile) -> None:
    ada = profile.add()
    for _ in range(2):
        ask(runtime, ada)
    ask(runtime, profile.add(consents=[]))
    send(runtime)
    told = published(runtime)
    assert republish.run(runtime, REPUBLISH) == 2
    again = published(runtime)[len(told) :]
    assert {event.origin for event in again} == {Origin.REPUBLISH}
    assert [event.model_copy(update={"origin": Origin.LIVE}) for event in again] == sorted(
        told, key=lambda event: event.message_id
    )
    assert republish.run(runtime, REPUBLISH, only=MessageRecorded.type, customer_id=ada) == 2
