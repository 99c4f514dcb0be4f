"""What engagement can tell again."""

from services.engagement.complaints.steps import usecases as complaints
from services.engagement.messages import usecases as messages
from services.engagement.optouts import usecases as optouts
from services.engagement.privacy import usecases as privacy
from services.engagement.surveys.answers import usecases as answers
from services.engagement.tasks import usecases as tasks
from services.engagement.winback import usecases as winback
from shared.contracts.base import Event
from shared.contracts.engagement import (
    ComplaintRecorded,
    EngagementErased,
    MessageRecorded,
    OptoutReceived,
    SurveyAnswered,
    TaskRecorded,
    WinbackRecorded,
)
from shared.messaging.republish import Republisher

REPUBLISH: dict[type[Event], Republisher] = {
    MessageRecorded: messages.republished,
    OptoutReceived: optouts.republished,
    SurveyAnswered: answers.republished,
    TaskRecorded: tasks.republished,
    WinbackRecorded: winback.republished,
    ComplaintRecorded: complaints.republished,
    EngagementErased: privacy.republished,
}
