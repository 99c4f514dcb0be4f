"""The whole routing of events of profile."""

from services.profile.consents import usecases as consents
from services.profile.ingestion import usecases as ingestion
from services.profile.privacy import usecases as privacy
from services.profile.signals import usecases as signals
from shared.contracts.base import Event, Topic
from shared.contracts.engagement import (
    ComplaintRecorded,
    EngagementErased,
    MessageRecorded,
    OptoutReceived,
    SurveyAnswered,
    TaskRecorded,
    WinbackRecorded,
)
from shared.contracts.profile import (
    ActivitySummarised,
    AssignmentChanged,
    ConsentRecorded,
    CustomerLinked,
    CustomerRecorded,
    ErasureCompleted,
    OrderRecorded,
    ProductRecorded,
    SegmentsChanged,
)
from shared.contracts.scoring import (
    AssessmentChanged,
    SchemePublished,
    ScoringErased,
    TierChanged,
    WarningClosed,
    WarningRaised,
)
from shared.messaging.handlers import handlers, on, on_topic

# What changes a fact makes its customer due; the tick that judges due customers publishes.
JUDGED: list[type[Event]] = [SegmentsChanged, AssignmentChanged]

HANDLERS = handlers(
    on_topic(
        Topic.COMMERCE,
        ingestion.receive,
        emits=[
            CustomerRecorded,
            CustomerLinked,
            OrderRecorded,
            ActivitySummarised,
            ConsentRecorded,
            ProductRecorded,
            *JUDGED,
        ],
    ),
    on(AssessmentChanged, signals.note_assessments, emits=JUDGED),
    on(TierChanged, signals.note_tiers, emits=JUDGED),
    on(SchemePublished, signals.note_schemes),
    on(WarningRaised, signals.note_raised_warnings, emits=JUDGED),
    on(WarningClosed, signals.note_closed_warnings, emits=JUDGED),
    on(MessageRecorded, signals.note_messages, emits=JUDGED),
    on(SurveyAnswered, signals.note_answers, emits=JUDGED),
    on(WinbackRecorded, signals.note_winback),
    on(ComplaintRecorded, signals.note_complaints, emits=JUDGED),
    on(TaskRecorded, signals.note_tasks),
    on(OptoutReceived, consents.record_optouts, emits=[ConsentRecorded]),
    on(ScoringErased, privacy.note_answers, emits=[ErasureCompleted]),
    on(EngagementErased, privacy.note_answers, emits=[ErasureCompleted]),
)
