"""What engagement can tell again."""

from services.engagement.messages import usecases as messages
from services.engagement.privacy import usecases as privacy
from shared.contracts.base import Event
from shared.contracts.engagement import EngagementErased, MessageRecorded
from shared.messaging.republish import Republisher

REPUBLISH: dict[type[Event], Republisher] = {
    MessageRecorded: messages.republished,
    EngagementErased: privacy.republished,
}
