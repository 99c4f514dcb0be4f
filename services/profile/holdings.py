"""What each table of profile holds of customers, and what becomes of it when one is erased."""

from sqlalchemy import exists, func, select

from services.profile.assignments.tables import AssignmentPeriod
from services.profile.attention.tables import AssignmentDue
from services.profile.behaviour.tables import ActivityDay, BehaviourEvent
from services.profile.consents.tables import Consent, ConsentEntry
from services.profile.customers.tables import Customer, CustomerChange, NameToken
from services.profile.deliveries.tables import WebhookDelivery
from services.profile.disclosures.tables import DisclosureCase
from services.profile.duplicates.tables import Duplicate, MatchKey
from services.profile.identities.tables import Contact, IdentityRow, Visitor
from services.profile.imports.files.tables import ImportPiece
from services.profile.imports.tables import Import
from services.profile.ingestion.rejections.rules import named
from services.profile.ingestion.rejections.tables import RejectedEvent
from services.profile.links.tables import LinkChange, MergeEdge
from services.profile.marks.tables import QuietMark
from services.profile.notes.tables import Note
from services.profile.orders.tables import CustomerOrder
from services.profile.organisations.facts.tables import OrganisationFact
from services.profile.organisations.members.tables import OrganisationMember
from services.profile.preferences.tables import Pause
from services.profile.privacy.tables import Erasure
from services.profile.quality.tables import QualityItem, QualityReport
from services.profile.segments.evaluations.tables import SegmentMember, SegmentMove, SegmentState
from services.profile.segments.lists.tables import SegmentListing
from services.profile.signals.tables import (
    Assessment,
    ComplaintCase,
    LevelChange,
    MessageStep,
    SurveyAnswer,
    TaskStep,
    Tier,
    TierChange,
    WarningStep,
    WinbackStep,
)
from shared.holdings import blanked, deleted, kept
from shared.linking import CustomerRef
from shared.retention import Term, by_table
from shared.traces import Searched

GONE = (
    *(IdentityRow, Contact, Note, NameToken, MatchKey, CustomerChange, ConsentEntry, Consent, Pause),
    *(BehaviourEvent, ActivityDay, QuietMark, AssignmentPeriod, AssignmentDue, QualityItem),
    *(
        LevelChange,
        TierChange,
        WarningStep,
        MessageStep,
        SurveyAnswer,
        WinbackStep,
        ComplaintCase,
        TaskStep,
        Assessment,
        Tier,
    ),
    *(SegmentListing, SegmentMember, SegmentState, SegmentMove),
)
HOLDINGS = (
    *(deleted(table, table.customer_id) for table in GONE),
    deleted(Visitor, Visitor.visitor_id),
    deleted(Duplicate, Duplicate.customer_id),
    deleted(Duplicate, Duplicate.other_id),
    deleted(OrganisationMember, OrganisationMember.customer_id),
    deleted(OrganisationMember, OrganisationMember.organisation_id),
    deleted(OrganisationFact, OrganisationFact.organisation_id),
    blanked(
        Customer,
        Customer.customer_id,
        keeping={"number", "status", "kind", "registered_at", "source", "locale", "time_zone", "created_at", "version"}
        | {"occurred_at", "recorded_at"},
        why="The id has to answer 410, and how many customers came from where stays countable.",
        channels=[],
        contact_hours=[],
        influence={"standing": 0, "followers": 0},
        tags=[],
        interests=[],
        lifestyle=[],
        attributes={},
        unmatched=False,
        facts={},
        field_times={},
    ),
    kept(CustomerOrder, CustomerOrder.customer_id, why="Amounts are books; an order says nothing of who placed it."),
    kept(LinkChange, LinkChange.customer_id, why="Ids that counted as the erased one have to answer 410 as well."),
    kept(MergeEdge, MergeEdge.absorbed_id, why="Ids that counted as the erased one have to answer 410 as well."),
    kept(DisclosureCase, DisclosureCase.customer_id, why="That the customer was answered; it has ids alone."),
    kept(Erasure, Erasure.customer_id, why="The proof of the erasure; it has ids and counts."),
)
# What stands in uploaded files goes row by row: services/profile/imports/mentions.
FILES = (ImportPiece.content, Import.header, Import.mapping)
UNSORTED = (Searched((RejectedEvent.body,), named=named),)
# A visitor whom nobody was identified from and who ordered nothing; and when something was heard of them last.
NOBODY = ~exists().where(CustomerRef.customer_id == Visitor.visitor_id) & ~exists().where(
    CustomerOrder.customer_id == Visitor.visitor_id
)
LAST_SEEN = func.coalesce(
    select(func.max(ActivityDay.last_at)).where(ActivityDay.customer_id == Visitor.visitor_id).scalar_subquery(),
    Visitor.first_seen_at,
)
TRACES = (IdentityRow.customer_id, BehaviourEvent.customer_id, ActivityDay.customer_id)
TERMS = by_table(
    Term(BehaviourEvent.occurred_at, 1_095),
    Term(AssignmentPeriod.valid_until, 1_825),
    Term(ActivityDay.last_at, 1_825, ActivityDay.publish_at.is_(None)),
    Term(Import.completed_at, 400),
    Term(RejectedEvent.received_at, 90),
    Term(WebhookDelivery.received_at, 30, WebhookDelivery.closed_hash.is_(None)),
    Term(DisclosureCase.answered_at, 1_095),
    Term(CustomerChange.recorded_at, 1_825),
    Term(LevelChange.at, 1_825),
    Term(SegmentMove.at, 1_825),
    Term(TierChange.at, 1_825),
    Term(WarningStep.at, 1_825),
    Term(MessageStep.at, 1_095),
    Term(SurveyAnswer.at, 1_825),
    Term(WinbackStep.at, 1_825),
    Term(QualityReport.as_of, 1_095),
    Term(ComplaintCase.opened_at, 1_825, ComplaintCase.closed_at.is_not(None)),
    Term(TaskStep.at, 1_825),
    Term(Visitor.first_seen_at, 400, NOBODY, LAST_SEEN, also=TRACES),
    Term(Note.archived_at, 400),
)
