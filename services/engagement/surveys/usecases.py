"""Drafting, publishing, pausing and closing surveys."""

from collections.abc import Collection, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.audiences import usecases as audiences
from services.engagement.audiences.schemas import Answer, Working
from services.engagement.messages import usecases as messages
from services.engagement.surveys import repository, rules
from services.engagement.surveys.schemas import NewSurvey, SurveyPatch
from services.engagement.surveys.tables import Survey, SurveyVersion
from services.engagement.templates import usecases as templates
from shared.db import NOTHING, put
from shared.errors import Conflict, FieldError, Gone, Invalid, NotFound
from shared.ids import new_id
from shared.runtime import Runtime
from shared.settings import Settings
from shared.web.versioned import archived, moved_on, patched, stamps

EDITED = (
    *("titles", "questions", "trigger", "audience", "template", "channels"),
    *("valid_days", "reminder_days", "cooldown_days", "low_score"),
)
FROZEN = ("titles", "questions", "low_score")


def create(session: Session, draft: NewSurvey, now: datetime) -> Survey:
    """Store a draft. Raises Invalid, or `already_exists` for a code in use."""
    row = {
        **_values(session, draft),
        "survey_id": new_id(),
        "code": draft.code,
        "kind": draft.kind,
        "link_code": token_hex(12) if draft.kind == "public" else None,
        "status": "draft",
        **stamps(now),
    }
    if not put(session, Survey, [row], on_conflict=NOTHING, key=["code"], returning=["survey_id"]):
        raise Conflict("There is a survey of that code already.", code="already_exists")
    return session.get_one(Survey, row["survey_id"])


def edit(session: Session, survey_id: UUID, patch: SurveyPatch, if_match: int, now: datetime) -> Survey:
    """Change a draft by a JSON Merge Patch. Whoever was asked already answers the version they were asked with."""
    survey = get(session, survey_id, locked=True)
    if survey.status == "closed" or survey.archived_at:
        raise Conflict("A survey that is closed stays as it was.", code="invalid_transition")
    draft = patched(survey, NewSurvey, patch, if_match)
    return moved_on(session, survey, now, **_values(session, draft))


def publish(session: Session, survey_id: UUID, now: datetime) -> Survey:
    """Freeze the draft and go live with it, also after a pause. What happened before is not asked about."""
    survey = _stepping(session, survey_id, "publish")
    if survey.kind == "invited":
        _require_template(session, survey)
    if survey.status != "live":
        survey.status, survey.live_since = "live", now
    moved_on(session, survey, now, hindrance=None)
    if _asks_something_new(session, survey):
        survey.published_version = survey.version
        frozen = {name: getattr(survey, name) for name in ("survey_id", "version", *FROZEN)}
        put(session, SurveyVersion, [{**frozen, "published_at": now}])
        session.flush()
    return survey


def pause(session: Session, survey_id: UUID, now: datetime) -> Survey:
    """Invite and remind nobody for a while; who was invited may answer."""
    survey = _stepping(session, survey_id, "pause")
    survey.status = "paused"
    return moved_on(session, survey, now)


def heed_segments(runtime: Runtime) -> int:
    """Look whether the segments of surveys at work still count; how many surveys are paused since they do not."""
    return audiences.heed(runtime, WORKING)


def hinder(runtime: Runtime, segment_ids: Collection[UUID]) -> int:
    """Pause the surveys at work that name segments which do not count, and have staff told; how many there are."""
    return audiences.hinder(runtime, WORKING, segment_ids)


def close(session: Session, survey_id: UUID, now: datetime) -> Survey:
    """End a survey for ever: nobody is invited, and no answer is taken any more."""
    survey = _stepping(session, survey_id, "close")
    survey.status = "closed"
    _unsay(session, survey_id, now)
    return moved_on(session, survey, now)


def archive(session: Session, survey_id: UUID, now: datetime) -> None:
    """Take a survey out of the list; it is closed with that, and stays readable."""
    if archived(session, get(session, survey_id, locked=True), now, status="closed"):
        _unsay(session, survey_id, now)


def hear(runtime: Runtime, survey_id: UUID) -> Answer:
    """What profile says of the segments of a stored survey. Asked before a transaction begins."""
    with runtime.database.reading() as session:
        survey = session.get(Survey, survey_id)
        audience = survey.audience if survey else {}
    return audiences.hear(runtime.settings, audience)


def get(session: Session, survey_id: UUID, *, locked: bool = False) -> Survey:
    """One survey, archived or not."""
    if (survey := session.get(Survey, survey_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such survey.")
    return survey


def address(session: Session, settings: Settings, survey_id: UUID) -> str:
    """Where anybody answers a public survey. Raises NotFound for one that invites."""
    survey = get(session, survey_id)
    if survey.link_code is None:
        raise NotFound("Who is invited has a link of their own.")
    return f"{settings.public_url.rstrip('/')}/v1/public/surveys/{survey.link_code}"


def open_now(session: Session, survey_id: UUID) -> Survey:
    """A survey that takes answers. Raises NotFound for one that never was published, Gone `survey_closed`."""
    survey = get(session, survey_id)
    if survey.published_version is None:
        raise NotFound("There is no such survey.")
    if survey.status == "closed":
        raise Gone("The survey is closed.", code="survey_closed")
    return survey


def live(session: Session, trigger: str) -> Sequence[Survey]:
    """Surveys at work that are set off this way."""
    return repository.live(session, trigger)


def by_id(session: Session, survey_ids: Collection[UUID]) -> dict[UUID, Survey]:
    """Surveys by id."""
    return repository.by_id(session, survey_ids)


def by_link_code(session: Session, link_code: str) -> Survey | None:
    """The public survey behind a link."""
    return repository.by_link_code(session, link_code)


def version_of(session: Session, survey_id: UUID, version: int) -> SurveyVersion:
    """What a survey asked in a version."""
    return repository.frozen(session, [(survey_id, version)])[survey_id, version]


def ensure(session: Session, drafts: Sequence[NewSurvey], now: datetime, *, live: bool) -> None:
    """Make surveys whose code is not in use yet, at work if `live`."""
    known = repository.by_code(session, [draft.code for draft in drafts])
    for draft in drafts:
        if draft.code not in known:
            survey = create(session, draft, now)
            if live:
                publish(session, survey.survey_id, now)


def _unsay(session: Session, survey_id: UUID, now: datetime) -> None:
    """Lead nobody to a survey that takes no answer any more."""
    messages.cancel_asked(session, repository.messages_of(survey_id), "survey_closed", now)


def _values(session: Session, draft: NewSurvey) -> dict[str, Any]:
    """The draft as it is stored, checked against templates and itself."""
    if errors := [*rules.faults(draft), *_template_faults(session, draft)]:
        raise Invalid("The survey is not valid.", errors=errors)
    return draft.model_dump(mode="json", include=set(EDITED))


def _template_faults(session: Session, draft: NewSurvey) -> list[FieldError]:
    if draft.kind == "public" or draft.template is None:
        return []
    template = templates.by_code(session, [draft.template]).get(draft.template)
    if template is None:
        return [FieldError("template", "reference_not_found", "there is no such template")]
    if template.purpose != "service" or "survey" not in template.context:
        return [FieldError("template", "not_allowed", "the template must be for service and declare survey")]
    return []


def _require_template(session: Session, survey: Survey) -> None:
    template = templates.by_code(session, [survey.template or ""]).get(survey.template or "")
    if template is None or template.published_version is None:
        fault = FieldError("template", "reference_not_found", "the template is not published")
        raise Invalid("The survey is not valid.", errors=[fault])


def _stepping(session: Session, survey_id: UUID, step: str) -> Survey:
    survey = get(session, survey_id, locked=True)
    if survey.status not in rules.STEPS[step] or survey.archived_at:
        raise Conflict(f"A survey that is {survey.status} cannot do that.", code="invalid_transition")
    return survey


def _asks_something_new(session: Session, survey: Survey) -> bool:
    if survey.published_version is None:
        return True
    asked = version_of(session, survey.survey_id, survey.published_version)
    return any(getattr(asked, name) != getattr(survey, name) for name in FROZEN)


def _hindered(session: Session, survey: Survey, hindrance: dict[str, Any], now: datetime) -> None:
    moved_on(session, survey, now, status="paused", hindrance=hindrance)


WORKING = Working(Survey, Survey.status == "live", _hindered, rules.escalation)
