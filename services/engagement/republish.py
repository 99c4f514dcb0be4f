"""What engagement can tell again."""

from services.engagement.messages import usecases as messages
from shared.contracts.base import Event
from shared.contracts.engagement import MessageRecorded
from shared.messaging.republish import Republisher

REPUBLISH: dict[type[Event], Republisher] = {MessageRecorded: messages.republished}
