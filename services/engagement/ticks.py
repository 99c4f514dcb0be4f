"""What engagement does by the clock."""

from datetime import timedelta

from services.engagement.alerts import usecases as alerts
from services.engagement.appointments.reminders import usecases as reminders
from services.engagement.broadcasts import usecases as broadcasts
from services.engagement.campaigns import usecases as campaigns
from services.engagement.care import usecases as care
from services.engagement.complaints.watching import usecases as complaints
from services.engagement.deliveries import usecases as deliveries
from services.engagement.holdings import TERMS
from services.engagement.occurrences import usecases as occurrences
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.asking import usecases as asking
from services.engagement.surveys.invitations import usecases as invitations
from services.engagement.tasks import usecases as tasks
from shared import retention
from shared.ticks import every
from shared.web import idempotency

TICKS = {
    "fire_occurrences": every(timedelta(seconds=1), occurrences.fire_due),
    "send_messages": every(timedelta(seconds=1), deliveries.send_due, batch=deliveries.BATCH, hands=deliveries.HANDS),
    "advance_campaigns": every(timedelta(seconds=1), broadcasts.advance_due),
    "heed_campaign_segments": every(timedelta(minutes=1), campaigns.heed_segments),
    "heed_care_segments": every(timedelta(minutes=1), care.heed_segments),
    "heed_survey_segments": every(timedelta(minutes=1), surveys.heed_segments),
    "plan_dates": every(timedelta(minutes=10), occurrences.plan_dates),
    "ask_surveys": every(timedelta(seconds=1), asking.ask_due, batch=asking.BATCH),
    "heed_survey_messages": every(timedelta(seconds=2), asking.heed_messages),
    "plan_case_surveys": every(timedelta(seconds=5), invitations.plan_cases),
    "plan_surveys": every(timedelta(minutes=10), invitations.plan_periodic),
    "look_at_complaints": every(timedelta(seconds=1), complaints.look_at_due, batch=complaints.BATCH),
    "recount_complaints": every(timedelta(minutes=1), complaints.recount, batch=complaints.BATCH),
    "advance_appointments": every(timedelta(seconds=5), reminders.advance_due, batch=reminders.BATCH),
    "escalate_tasks": every(timedelta(seconds=5), tasks.escalate_due, batch=tasks.BATCH),
    "send_alerts": every(timedelta(seconds=2), alerts.send_due, batch=alerts.BATCH),
    "delete_old": every(timedelta(hours=1), retention.sweeping(TERMS), batch=retention.AT_ONCE),
    "purge_answers": every(timedelta(hours=1), idempotency.purge),
}
