"""HTTP wiring of engagement."""

from fastapi import FastAPI

from services.engagement.agenda.api import router as agenda
from services.engagement.alert_routes.api import router as alert_routes
from services.engagement.alerts.api import router as staff_alerts
from services.engagement.alerts.api import trials as alert_trials
from services.engagement.appointment_hosts.api import router as appointment_hosts
from services.engagement.appointment_services.api import router as appointment_services
from services.engagement.appointments.api import customers as customer_appointments
from services.engagement.appointments.api import router as appointments
from services.engagement.briefs.api import router as briefs
from services.engagement.broadcasts.api import router as broadcasts
from services.engagement.business_hours.api import router as business_hours
from services.engagement.calendars.api import router as calendars
from services.engagement.campaigns.api import router as campaigns
from services.engagement.care.api import router as care
from services.engagement.channels.api import router as channels
from services.engagement.complaints.actions.api import router as corrective_actions
from services.engagement.complaints.api import router as complaints
from services.engagement.complaints.comments.api import router as complaint_comments
from services.engagement.complaints.compensations.api import of_complaints as complaint_compensations
from services.engagement.complaints.compensations.api import router as compensations
from services.engagement.complaints.handling.api import router as complaint_verbs
from services.engagement.complaints.policy.api import router as complaint_policy
from services.engagement.complaints.reports.api import router as complaint_report
from services.engagement.complaints.terms.api import categories as complaint_categories
from services.engagement.complaints.terms.api import causes as root_causes
from services.engagement.completions.api import router as completions
from services.engagement.credits.api import router as credits
from services.engagement.customer360.api import router as customer360
from services.engagement.holdings import HOLDINGS
from services.engagement.lifts.api import router as lifts
from services.engagement.messages.api import router as messages
from services.engagement.occurrences.api import router as occurrences
from services.engagement.policies.api import router as policies
from services.engagement.receipts.api import followed as followed_links
from services.engagement.receipts.api import router as receipts
from services.engagement.rendering.api import router as rendering
from services.engagement.sending.api import router as sending
from services.engagement.slas.policies.api import router as sla_policies
from services.engagement.suppressions.api import router as suppressions
from services.engagement.surveys.answers.api import customers as customer_answers
from services.engagement.surveys.answers.api import listed as survey_answers
from services.engagement.surveys.answers.api import router as answer_page
from services.engagement.surveys.api import router as surveys
from services.engagement.surveys.improvements.api import router as improvements
from services.engagement.surveys.invitations.api import router as survey_invitations
from services.engagement.surveys.posters.api import router as survey_posters
from services.engagement.surveys.results.api import reports as satisfaction
from services.engagement.surveys.results.api import router as survey_results
from services.engagement.task_outcomes.api import router as task_outcomes
from services.engagement.task_policies.api import router as task_policies
from services.engagement.tasks.api import router as tasks
from services.engagement.tasks.comments.api import router as task_comments
from services.engagement.templates.api import router as templates
from services.engagement.winback.api import reports as winback_report
from services.engagement.winback.api import router as winback
from services.engagement.winback_offers.api import router as winback_offers
from shared import linking
from shared.runtime import Runtime
from shared.web import app, exports
from shared.web.erasures import router as erasures
from shared.web.jobs import router as jobs
from shared.web.retention import router as retention

ROUTERS = (
    *(templates, rendering, channels, suppressions, credits, receipts, followed_links, policies),
    *(sending, messages, care, occurrences, agenda, calendars, customer360),
    *(surveys, survey_invitations, survey_answers, answer_page, customer_answers),
    *(survey_posters, survey_results, satisfaction, improvements),
    *(campaigns, broadcasts, lifts),
    *(winback, winback_report, winback_offers),
    *(business_hours, sla_policies),
    *(complaints, complaint_verbs, complaint_comments, complaint_policy, complaint_categories, root_causes),
    *(corrective_actions, complaint_report, complaint_compensations, compensations),
    *(alert_routes, alert_trials, staff_alerts),
    *(tasks, task_comments, briefs, completions, task_outcomes, task_policies),
    *(appointments, customer_appointments, appointment_services, appointment_hosts),
    exports.router(HOLDINGS, linking.person),
    erasures,
    retention,
)


def create_app(runtime: Runtime) -> FastAPI:
    """The application of engagement."""
    return app.create_app(runtime, title="Guanxi engagement", routers=[*ROUTERS, jobs("engagement")])
