"""The answer page over HTTP for whoever holds a link, answers in a front end of the shop's, and what was answered."""

from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Header, Path, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.answers import pages, repository, rules, usecases
from services.engagement.surveys.answers.schemas import Answers, Door, PublicSurvey, Received, ResponseOut
from services.engagement.surveys.answers.tables import SurveyResponse
from services.engagement.surveys.invitations import usecases as invitations
from shared.errors import GuanxiError, Invalid
from shared.web.dependencies import CurrentCaller, Now, Page, ReadSession, WriteSession
from shared.web.pages import FORM_BODY, HTML, FormOrJson, Sent, WantsPage, elsewhere, language, plain, refused, shown
from shared.web.routing import OWN, PUBLIC, Router
from shared.web.schemas import Listing
from shared.web.validation import checked

router = Router("/public/surveys", tag="Survey answers")
customers = Router("/customers/{customer_id}/surveys/{survey_id}/answers", tag="Survey answers")
listed = Router("/surveys/{survey_id}/answers", tag="Survey answers")
Token = Annotated[str, Path(max_length=1000, description="From the link.")]
PageLocale = Annotated[Literal["zh", "en"] | None, Query(description="Language of the page.")]
Spoken = Annotated[str | None, Header(max_length=500)]
PAGE: dict[str, Any] = {HTML: {"schema": {"type": "string"}}}
JSON_BODY = {"application/json": {"schema": Answers.model_json_schema()}}
BODY = {"requestBody": {"content": {**JSON_BODY, **FORM_BODY["requestBody"]["content"]}}}


@router.get("/{token}", scope=PUBLIC, response_model=None, responses={200: {"model": PublicSurvey, "content": PAGE}})
def read_public_survey(
    token: Token,
    session: ReadSession,
    now: Now,
    as_page: WantsPage,
    *,
    locale: PageLocale = None,
    answered: Annotated[bool, Query(description="Whether the page says thank you.")] = False,
    accept_language: Spoken = None,
) -> Response:
    """What a survey asks; for `Accept: text/html` the answer page. Changes nothing, and does not use up the link."""
    if not as_page:
        return plain(usecases.present(usecases.opened(session, token, now), now).model_dump_json())

    def page() -> str:
        door = usecases.opened(session, token, now)
        survey, spoken = usecases.present(door, now), locale or _language(session, door, accept_language)
        if door.status != "open" or answered:
            return pages.thanks_page(survey, spoken, status="answered" if answered else door.status)
        return pages.answer_page(survey, token, spoken)

    return shown(page, locale or language(accept_language))


@router.post(
    "/{token}/answers",
    scope=PUBLIC,
    response_model=None,
    status_code=201,
    responses={201: {"model": Received}, 303: {"description": "To the page, for a browser."}},
    openapi_extra=BODY,
)
def answer_survey(
    token: Token, sent: FormOrJson, session: WriteSession, now: Now, *, locale: PageLocale = None
) -> Response:
    """Answer a survey, once: 409 `already_answered`, 410 `link_expired` or `survey_closed`. Answers are never edited.

    A form leads back to the page; with mistakes it is shown again with them, and with what was filled in.
    """
    if sent.form is None:
        response = usecases.answer(session, token, _body(sent.value), now)
        received = Received(id=response.response_id) if response else Received(id=None, status="declined")
        return plain(received.model_dump_json(), 201)
    return _take_form(session, token, sent, now, locale or "zh")


@customers.post("", scope="engagement:write", member=OWN, status_code=201)
def answer_as_customer(
    customer_id: UUID, survey_id: UUID, body: Answers, *, session: WriteSession, caller: CurrentCaller, now: Now
) -> Received:
    """Answer in the customer's own front end, or fill the form in for them in a call or visit."""
    source = "member" if caller.kind == "member" else "staff"
    return Received(id=usecases.answer_as(session, customer_id, survey_id, body, now, source=source).response_id)


@listed.get("", scope="engagement:read", managers=OWN)
def list_answers(survey_id: UUID, session: ReadSession, page: Page, caller: CurrentCaller) -> Listing[ResponseOut]:
    """What was answered, the latest first; the customers' own words with `profile:pii` only."""
    surveys.get(session, survey_id)
    found: Listing[SurveyResponse] = repository.listed(session, survey_id, page, caller)
    items = [ResponseOut.model_validate(row) for row in found.items]
    if not caller.may("profile:pii"):
        items = [item.model_copy(update={"texts": None}) for item in items]
    return Listing(items=items, next_cursor=found.next_cursor)


def _take_form(session: Session, token: str, sent: Sent, now: Any, locale: str) -> Response:
    form = sent.form or {}
    page = f"/v1/public/surveys/{quote(token)}?locale={locale}"

    def take() -> str:
        door = usecases.opened(session, token, now)
        ticket, decline = next(iter(form.get("ticket", ())), None), "decline" in form
        given = {} if decline else rules.from_form(rules.questions_of(door.version.questions), form)
        usecases.answer(session, token, Answers.model_construct(answers=given, ticket=ticket, decline=decline), now)
        return "answered=true" if door.invitation is None else ""

    try:
        more = take()
    except Invalid as error:
        faults = error.errors

        def again() -> str:
            survey = usecases.present(usecases.opened(session, token, now), now)
            return pages.answer_page(survey, token, locale, given=form, faults=faults)

        return shown(again, locale, error.status)
    except GuanxiError as error:
        return refused(error, locale)
    return elsewhere(f"{page}&{more}" if more else page)


def _body(value: Any) -> Answers:
    return checked(Answers, value)


def _language(session: Session, door: Door, accept_language: str | None) -> str:
    known = invitations.locale_of(session, door.invitation.customer_id) if door.invitation else None
    return language(known or accept_language)
