"""The whole routing of events of profile."""

from services.profile.ingestion import usecases as ingestion
from services.profile.privacy import usecases as privacy
from services.profile.signals import usecases as signals
from shared.contracts.base import Topic
from shared.contracts.engagement import EngagementErased, MessageRecorded
from shared.contracts.profile import (
    ActivitySummarised,
    ConsentRecorded,
    CustomerLinked,
    CustomerRecorded,
    ErasureCompleted,
    OrderRecorded,
    ProductRecorded,
)
from shared.contracts.scoring import AssessmentChanged, ScoringErased, TierChanged, WarningClosed, WarningRaised
from shared.messaging.handlers import handlers, on, on_topic

HANDLERS = handlers(
    on_topic(
        Topic.COMMERCE,
        ingestion.receive,
        emits=[CustomerRecorded, CustomerLinked, OrderRecorded, ActivitySummarised, ConsentRecorded, ProductRecorded],
    ),
    on(AssessmentChanged, signals.note_assessments),
    on(TierChanged, signals.note_tiers),
    on(WarningRaised, signals.note_raised_warnings),
    on(WarningClosed, signals.note_closed_warnings),
    on(MessageRecorded, signals.note_messages),
    on(ScoringErased, privacy.note_answers, emits=[ErasureCompleted]),
    on(EngagementErased, privacy.note_answers, emits=[ErasureCompleted]),
)
