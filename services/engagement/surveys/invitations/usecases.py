"""Planning invitations, from orders, by the calendar and by hand, and opening them by their links."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.audiences import usecases as audiences
from services.engagement.formats.rules import zone_of
from services.engagement.messages import usecases as messages
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.invitations import repository, rules
from services.engagement.surveys.invitations.schemas import Invited, Invitees
from services.engagement.surveys.invitations.tables import SurveyInvitation
from services.engagement.surveys.tables import Survey
from shared import jobs, linking
from shared.contracts.profile import OrderRecorded
from shared.errors import Conflict, FieldError, Forbidden, Invalid
from shared.ids import derived_id, new_id
from shared.jobs import JobRun
from shared.runtime import Runtime

INVITE = "surveys.invite"
LONGEST_SLEEP = timedelta(days=2)
# What is not planned from a fact that may change has the highest version: nothing plans it again.
SETTLED = 2**62


def consider_orders(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
    """Plan an invitation for every survey that a delivered order counts for; whether it is sent is decided then."""
    live = surveys.live(session, "delivered")
    rows = [
        _planned(survey, event.customer_id, f"delivered:{event.order_id}", at, now)
        | {"version": event.version, "order_id": event.order_id}
        for survey in live
        for event in events
        if rules.counts(survey, event, now)
        for at in [rules.delivered_at(event) + survey.trigger["after_days"] * rules.DAY]
    ]
    repository.plan(session, rows)


def plan_cases(runtime: Runtime) -> int:
    """Plan an invitation for every complaint that was closed lately; how many there are."""
    now, planned = runtime.now(), 0
    with runtime.database.transaction() as session:
        for survey in surveys.live(session, "case_closed"):
            since = max(survey.live_since or now, now - rules.FRESH)
            found = repository.closed_cases(session, survey, since)
            planned += repository.add(session, [_of_case(survey, one, now) for one in found])
    return planned


def plan_periodic(runtime: Runtime) -> int:
    """Plan today's turns of periodic surveys, and those of days over which everything slept; how many there are."""
    with runtime.database.reading() as session:
        live = [survey.survey_id for survey in surveys.live(session, "periodic")]
    return sum(_plan_turns(runtime, survey_id) for survey_id in live)


def invite(session: Session, service: str, survey_id: UUID, body: Invitees, now: datetime) -> Invited:
    """Invite people now: named ones at once, an audience by a job.

    Raises Conflict for a survey that is not live and Invalid for a public one.
    """
    survey = _require_inviting(surveys.get(session, survey_id))
    occasion = body.occasion or str(new_id())
    if body.audience is None:
        return Invited(planned=_add(session, survey, body.customer_ids, occasion, now), job_id=None)
    args = {"survey_id": str(survey_id), "audience": body.audience.model_dump(mode="json"), "occasion": occasion}
    return Invited(planned=None, job_id=jobs.start(session, service, INVITE, args, now))


def run(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Plan the invitations of an audience, a page of people a transaction; repeating it adds nothing.

    Raises Invalid once a segment of the audience does not count any more: nobody of a page read since is invited.
    """
    planned = done = 0
    for ids in _pages(runtime, job.args["audience"]):
        with runtime.database.transaction() as session:
            survey = _require_inviting(surveys.get(session, UUID(job.args["survey_id"])))
            planned += _add(session, survey, ids, job.args["occasion"], runtime.now())
        done += len(ids)
        job.progress(done)
    return {"people": done, "planned": planned}


def get(session: Session, invitation_id: UUID, *, locked: bool = False) -> SurveyInvitation:
    """One invitation. Raises Forbidden `link_invalid` for one that is gone."""
    found = repository.by_id(session, invitation_id, locked=locked)
    if found is None:
        raise Forbidden(
            "The link is damaged, or made for something else. Open it anew from the message that you received.",
            code="link_invalid",
        )
    return found


def open_of(session: Session, survey_id: UUID, customer_ids: Collection[UUID]) -> SurveyInvitation | None:
    """The newest invitation of a person to a survey that waits for an answer, under lock."""
    return repository.open_of(session, survey_id, customer_ids)


def end(session: Session, invitation: SurveyInvitation, status: str, now: datetime) -> None:
    """Let an invitation end: answered or declined. Nothing is sent about it any more."""
    repository.end(session, invitation.invitation_id, status, now)
    asked = [rules.message(invitation.invitation_id, number) for number in range(invitation.reminders + 1)]
    messages.cancel_asked(session, asked, f"survey_{status}", now)


def locale_of(session: Session, customer_id: UUID) -> str | None:
    """The language of a customer, as far as it is known."""
    return repository.locale_of(session, customer_id)


def _pages(runtime: Runtime, audience: dict[str, Any]) -> Iterator[list[UUID]]:
    """The people of an audience, each page followed by the word of profile that its segments count."""
    after: UUID | None = None
    while True:
        with runtime.database.reading() as session:
            page = [one for one, _ in repository.page_of(session, audience, after)]
        if not page:
            return
        audiences.require(audiences.hear(runtime.settings, audience))
        yield page
        after = page[-1]


def _require_inviting(survey: Survey) -> Survey:
    if survey.kind == "public":
        fault = FieldError("survey_id", "not_allowed", "nobody is invited to a public survey")
        raise Invalid("Nobody is invited to a public survey.", errors=[fault])
    if survey.status != "live":
        raise Conflict(f"A survey that is {survey.status} invites nobody.", code="invalid_transition")
    return survey


def _plan_turns(runtime: Runtime, survey_id: UUID) -> int:
    now, zone = runtime.now(), zone_of(None, runtime.settings.business_time_zone)
    today = now.astimezone(zone).date()
    with runtime.database.reading() as session:
        survey = surveys.get(session, survey_id)
        if survey.planned_on == today:
            return 0
        started = (survey.live_since or now).astimezone(zone).date()
        first = max(survey.planned_on or started - rules.DAY, started - rules.DAY, today - LONGEST_SLEEP)
        days = [first + number * rules.DAY for number in range(1, (today - first).days + 1)]
        planned = 0
        for page in repository.people(session, survey.audience):
            rows = [row for day in days for row in _turns(runtime, survey, page, day)]
            with runtime.database.transaction() as writer:
                planned += repository.add(writer, rows)
    with runtime.database.transaction() as session:
        surveys.get(session, survey_id, locked=True).planned_on = today
        session.flush()
    return planned


def _turns(runtime: Runtime, survey: Survey, page: Sequence[tuple[UUID, str]], day: date) -> list[dict[str, Any]]:
    now, default = runtime.now(), runtime.settings.business_time_zone
    return [
        _planned(survey, customer_id, f"periodic:{day}", at, now)
        for customer_id, zone in page
        if rules.is_turn(survey, customer_id, day)
        for at in [rules.morning(day, zone_of(zone, default))]
        if survey.live_since is not None and at >= survey.live_since
    ]


def _of_case(survey: Survey, case: Any, now: datetime) -> dict[str, Any]:
    at = case.closed_at + survey.trigger["after_days"] * rules.DAY
    occasion = f"case_closed:{case.complaint_id}:{case.reopen_count}"
    row = _planned(survey, case.customer_id, occasion, at, now)
    row |= {"complaint_id": case.complaint_id, "agent_id": case.owner_id}
    if not rules.drawn(survey.survey_id, case.complaint_id, survey.trigger["sample"]):
        row |= {"status": "failed", "reason": "not_in_sample", "due_at": None}
    return row


def _add(session: Session, survey: Survey, customer_ids: Iterable[UUID], occasion: str, now: datetime) -> int:
    wanted = sorted(set(customer_ids))
    linking.ensure(session, wanted)
    gone = linking.erased(session, wanted)
    rows = [_planned(survey, one, f"manual:{occasion}", now, now) for one in wanted if one not in gone]
    return repository.add(session, rows)


def _planned(survey: Survey, customer_id: UUID, occasion: str, at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "invitation_id": derived_id("survey", str(survey.survey_id), str(customer_id), occasion),
        "survey_id": survey.survey_id,
        "customer_id": customer_id,
        "trigger": occasion.partition(":")[0],
        "trigger_ref": occasion,
        "version": SETTLED,
        "order_id": None,
        "complaint_id": None,
        "agent_id": None,
        "reason": None,
        "happens_at": at,
        "status": "pending",
        "reminders": 0,
        "due_at": at,
        "planned_at": now,
    }
