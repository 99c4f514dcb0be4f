"""What each table of engagement holds of customers, and what becomes of it when one is erased."""

from sqlalchemy import case, select

from services.engagement.alerts.tables import StaffAlert
from services.engagement.appointments.tables import Appointment
from services.engagement.broadcasts.tables import CampaignMember
from services.engagement.care.tables import CareOccurrence
from services.engagement.complaints.comments.tables import ComplaintComment
from services.engagement.complaints.compensations.tables import Compensation
from services.engagement.complaints.schemas import OPEN as UNSETTLED
from services.engagement.complaints.tables import Complaint, ComplaintStep
from services.engagement.customers.tables import Assessment, Consent, Customer, Tier
from services.engagement.messages.schemas import WAITING
from services.engagement.messages.tables import Message
from services.engagement.optouts.tables import Optout
from services.engagement.orders.tables import OrderState
from services.engagement.receipts.tables import ProviderReceipt
from services.engagement.segments.tables import SegmentsOf
from services.engagement.slas.tables import SlaClock, SlaSignal, SlaSubject
from services.engagement.surveys.answers.tables import SurveyResponse
from services.engagement.surveys.invitations.tables import SurveyInvitation
from services.engagement.tasks.comments.tables import TaskComment
from services.engagement.tasks.tables import Task
from services.engagement.winback.tables import WinbackCase, WinbackEnding
from shared.holdings import blanked, deleted
from shared.retention import Term, by_table

COUNTED = {
    *("customer_id", "template_id", "template_version", "template", "purpose", "topic", "channels", "care_rule_id"),
    *("campaign_id", "channel", "reason", "gates", "expires_at", "counted_at", "created_at", "sent_at", "changed_at"),
    *("version", "address_hash"),
}
PERSONAL = {"description", "summary", "dispute_reference", "dispute_deadline", "look_at", "due_at"}
HOLDINGS = (
    *(
        deleted(table, table.customer_id)
        for table in (
            *(Customer, Consent, Assessment, Tier, CareOccurrence, OrderState, SegmentsOf),
            *(SurveyInvitation, CampaignMember, WinbackCase, WinbackEnding, ComplaintComment, ComplaintStep),
            *(Task, TaskComment, Appointment),
            Optout,
        )
    ),
    blanked(
        Message,
        Message.customer_id,
        keeping=COUNTED,
        why="What was sent is counted by template, rule and campaign. The address hash goes when all have erased.",
        status=case((Message.status.in_(WAITING), "cancelled"), else_=Message.status),
        context={},
        attempts=[],
    ),
    blanked(
        Compensation,
        Compensation.customer_id,
        keeping={one.name for one in Compensation.__table__.columns} - {"reason", "note"},
        why="What complaints cost is counted; why it was paid goes.",
        status=case((Compensation.status == "proposed", "lapsed"), else_=Compensation.status),
    ),
    blanked(
        Complaint,
        Complaint.customer_id,
        keeping={one.name for one in Complaint.__table__.columns} - PERSONAL,
        why="Complaints are counted by category, cause and period; what was said and settled goes.",
        status=case((Complaint.status.in_(UNSETTLED), "withdrawn"), else_=Complaint.status),
    ),
    blanked(
        SurveyResponse,
        SurveyResponse.customer_id,
        keeping={one.name for one in SurveyResponse.__table__.columns} - {"texts"},
        why="Answers are counted by survey and period; the customer's own words go.",
    ),
)
COUNTING = select(SlaSubject.subject_id).where(SlaSubject.runs)
TERMS = by_table(
    Term(Message.created_at, 1_095, Message.due_at.is_(None)),
    Term(CareOccurrence.happens_at, 1_095, CareOccurrence.due_at.is_(None)),
    Term(CampaignMember.taken_at, 1_095),
    Term(ProviderReceipt.received_at, 90),
    Term(Optout.received_at, 1_095),
    Term(SurveyInvitation.planned_at, 1_095, SurveyInvitation.due_at.is_(None)),
    Term(SurveyResponse.answered_at, 1_825),
    Term(WinbackCase.opened_at, 1_825, WinbackCase.ended_at.is_not(None)),
    Term(WinbackEnding.at, 1_825),
    Term(Complaint.opened_at, 1_825, Complaint.status.not_in(UNSETTLED)),
    Term(Compensation.proposed_at, 1_825, Compensation.status != "proposed"),
    Term(ComplaintStep.at, 1_825),
    Term(ComplaintComment.created_at, 1_825),
    Term(SlaSignal.at, 1_825, SlaSignal.subject_id.not_in(COUNTING)),
    Term(SlaClock.started_at, 1_825, SlaClock.subject_id.not_in(COUNTING)),
    Term(SlaSubject.counted_at, 1_825, SlaSubject.runs.is_(False)),
    Term(Appointment.starts_at, 1_095, Appointment.due_at.is_(None)),
    Term(StaffAlert.created_at, 365, StaffAlert.due_at.is_(None)),
    Term(Task.opened_at, 1_825, Task.ended_at.is_not(None)),
    Term(TaskComment.created_at, 1_825),
)
