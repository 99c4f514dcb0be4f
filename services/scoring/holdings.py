"""What each table of scoring holds of customers, and what becomes of it when one is erased."""

from services.scoring.assessments.tables import Assessment
from services.scoring.challengers.rankings.tables import RankedCustomer
from services.scoring.customers.tables import Customer
from services.scoring.facts.contacts.tables import ComplaintFact, ConsentFact, InteractionFact, RequestFact, TaskFact
from services.scoring.facts.loyalty.tables import BenefitFact, ParticipationFact, PointsFact, ReferralFact
from services.scoring.facts.opinions.tables import FeedbackFact, ReviewFact, SurveyFact
from services.scoring.facts.sales.tables import NeedFact, OpportunityFact, WinbackFact
from services.scoring.facts.tables import ActivityFact, Heard, MessageFact, OrderFact
from services.scoring.groupings.tables import GroupingMove
from services.scoring.levels import tables as levels
from services.scoring.levels.tables import LevelHistory
from services.scoring.recommendations.quality.tables import RecommendationQuality
from services.scoring.rfm import tables as rfm
from services.scoring.rfm.tables import Rfm, RfmHistory
from services.scoring.scores.tables import Score
from services.scoring.segments.tables import SegmentsOf
from services.scoring.statistics.tables import Statistics
from services.scoring.tiers.tables import Tier
from services.scoring.warnings.tables import ChurnWarning, WarningStatus
from shared.holdings import blanked, deleted
from shared.retention import Term, by_table

GONE = (
    *(Customer, Statistics, Score, Rfm, RfmHistory, LevelHistory, Assessment, Tier, ChurnWarning, RankedCustomer),
    *(ActivityFact, Heard, MessageFact, InteractionFact, RequestFact, ComplaintFact, TaskFact, ConsentFact),
    *(SurveyFact, ReviewFact, FeedbackFact, PointsFact, ReferralFact, ParticipationFact, BenefitFact),
    *(OpportunityFact, NeedFact, WinbackFact, SegmentsOf),
)
AMOUNTS = {
    *("customer_id", "version", "origin", "occurred_at", "source", "shop_order_id", "status", "test", "counted"),
    *("placed_at", "subtotal", "discount", "total", "refunded", "net", "units", "returned_units", "returns"),
    *("coupons", "costed_sales", "margin", "uncosted", "refunded_at", "delivered_at", "lines", "channel"),
}
HOLDINGS = (
    *(deleted(table, table.customer_id) for table in GONE),
    blanked(
        OrderFact,
        OrderFact.customer_id,
        keeping=AMOUNTS,
        why="Baskets, sums and models count what was sold; nothing says to whom.",
    ),
)
TERMS = by_table(
    Term(ActivityFact.last_at, 1_825),
    Term(MessageFact.occurred_at, 1_825),
    Term(InteractionFact.started_at, 1_825),
    Term(RequestFact.opened_at, 1_825, RequestFact.resolved_at.is_not(None)),
    Term(ComplaintFact.opened_at, 1_825, ComplaintFact.closed_at.is_not(None)),
    Term(TaskFact.occurred_at, 1_825, TaskFact.status != "open"),
    Term(SurveyFact.answered_at, 1_825),
    Term(FeedbackFact.occurred_at, 1_825),
    Term(WinbackFact.occurred_at, 1_825, WinbackFact.status.in_(("recovered", "lost", "closed"))),
    Term(LevelHistory.since, 1_825, until=levels.UNTIL),
    Term(RfmHistory.since, 1_825, until=rfm.UNTIL),
    Term(ChurnWarning.raised_at, 1_825, ChurnWarning.status == WarningStatus.CLOSED),
    Term(RecommendationQuality.as_of, 1_095),
    Term(GroupingMove.hour, 1_095),
)
