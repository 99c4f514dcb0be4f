"""The whole routing of events of scoring."""

from services.scoring.customers import usecases as customers
from services.scoring.facts import usecases as facts
from services.scoring.facts.catalogue import usecases as catalogue
from services.scoring.facts.contacts import usecases as contacts
from services.scoring.facts.loyalty import usecases as loyalty
from services.scoring.facts.opinions import usecases as opinions
from services.scoring.facts.sales import usecases as sales
from services.scoring.groupings import usecases as groupings
from services.scoring.privacy import usecases as privacy
from shared.contracts import engagement, profile
from shared.contracts.base import Event
from shared.contracts.scoring import AssessmentChanged, ScoringErased, TierChanged, WarningClosed, WarningRaised
from shared.messaging.handlers import handlers, on

# A fact makes its customer due; the tick that looks at due customers publishes.
TOLD: list[type[Event]] = [AssessmentChanged, TierChanged, WarningRaised, WarningClosed]

HANDLERS = handlers(
    on(profile.CustomerRecorded, customers.record, emits=TOLD),
    on(profile.CustomerLinked, customers.link, emits=TOLD),
    on(profile.OrderRecorded, facts.record_orders, emits=TOLD),
    on(profile.ActivitySummarised, facts.record_activity, emits=TOLD),
    on(profile.ConsentRecorded, contacts.record_consents, emits=TOLD),
    on(profile.ProductRecorded, catalogue.record_products, emits=TOLD),
    on(engagement.MessageRecorded, facts.record_messages, emits=TOLD),
    on(engagement.InteractionRecorded, contacts.record_interactions, emits=TOLD),
    on(engagement.RequestRecorded, contacts.record_requests, emits=TOLD),
    on(engagement.ComplaintRecorded, contacts.record_complaints, emits=TOLD),
    on(engagement.TaskRecorded, contacts.record_tasks, emits=TOLD),
    on(engagement.SurveyAnswered, opinions.record_surveys, emits=TOLD),
    on(engagement.ReviewRecorded, opinions.record_reviews, emits=TOLD),
    on(engagement.FeedbackRecorded, opinions.record_feedback, emits=TOLD),
    on(engagement.PointsChanged, loyalty.record_points, emits=TOLD),
    on(engagement.ReferralRecorded, loyalty.record_referrals, emits=TOLD),
    on(engagement.ParticipationRecorded, loyalty.record_participation, emits=TOLD),
    on(engagement.BenefitRecorded, loyalty.record_benefits, emits=TOLD),
    on(engagement.OpportunityRecorded, sales.record_opportunities, emits=TOLD),
    on(engagement.NeedRecorded, sales.record_needs, emits=TOLD),
    on(engagement.WinbackRecorded, sales.record_winbacks, emits=TOLD),
    on(engagement.UnitCostsPublished, catalogue.record_unit_costs, emits=TOLD),
    # Last of what is kept: workers count on the same rows, and hold them until they commit.
    on(profile.SegmentsChanged, groupings.record_segments),
    on(profile.AssignmentChanged, groupings.record_assignments),
    on(profile.ErasureRequested, privacy.erase, emits=[ScoringErased]),  # after all facts of the same batch
    on(profile.ErasureCompleted, privacy.finish),
)
