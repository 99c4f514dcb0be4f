"""The preference centre and the way out over HTTP, for whoever holds a signed link."""

from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Header, Path, Query
from starlette.responses import Response

from services.profile.base import deployment
from services.profile.preferences import pages, rules, usecases
from services.profile.preferences.schemas import (
    OWN_FRONT_END,
    PREFERENCES,
    STAFF,
    UNSUBSCRIBE,
    PreferencesOut,
    Subscription,
    Wishes,
)
from shared.web.dependencies import CurrentCaller, Now, ReadSession, WriteSession
from shared.web.pages import FORM_BODY, HTML, SentForm, WantsPage, elsewhere, language, plain, shown
from shared.web.routing import OWN, PUBLIC, Router

router = Router("/public", tag="Preferences")
customers = Router("/customers/{customer_id}/preferences", tag="Preferences")
Token = Annotated[str, Path(max_length=1000, description="From the link.")]
PageLocale = Annotated[Literal["zh", "en"] | None, Query(description="Language of the page.")]
Spoken = Annotated[str | None, Header(max_length=500, alias="Accept-Language")]
PAGE: dict[str, Any] = {HTML: {"schema": {"type": "string"}}}


@router.get(
    "/preferences/{token}",
    scope=PUBLIC,
    response_model=None,
    responses={200: {"model": PreferencesOut, "content": PAGE}},
)
def read_preferences(
    token: Token,
    session: ReadSession,
    now: Now,
    as_page: WantsPage,
    *,
    locale: PageLocale = None,
    saved: Annotated[bool, Query(description="Whether the page says that it was saved.")] = False,
    spoken: Spoken = None,
) -> Response:
    """What a customer hears, where and when; for `Accept: text/html` the preference centre. Changes nothing."""

    def present() -> PreferencesOut:
        return usecases.read(session, usecases.opened(PREFERENCES, token, now).customer_id, now)

    def page() -> str:
        found = present()
        return pages.centre(found, token, locale or language(found.locale), deployment().zone, saved=saved)

    return shown(page, _language(locale, spoken)) if as_page else plain(present().model_dump_json())


@router.put("/preferences/{token}", scope=PUBLIC)
def change_preferences(token: Token, body: Wishes, session: WriteSession, now: Now) -> PreferencesOut:
    """Have it otherwise. Topics become grants and withdrawals in the ledger of consents; what is absent stays."""
    link = usecases.opened(PREFERENCES, token, now)
    usecases.change(session, link.customer_id, body, now)
    return usecases.read(session, link.customer_id, now)


@router.post("/preferences/{token}", scope=PUBLIC, status_code=303, response_model=None, openapi_extra=FORM_BODY)
def send_preferences(token: Token, form: SentForm, session: WriteSession, now: Now) -> Response:
    """The form of the page: changes what was changed on it, and leads back to it."""
    link = usecases.opened(PREFERENCES, token, now)
    wishes = rules.wishes(form, usecases.read(session, link.customer_id, now), now)
    usecases.change(session, link.customer_id, wishes, now)
    return elsewhere(f"/v1/public/preferences/{quote(token)}?saved=true")


@router.get(
    "/unsubscribe/{token}",
    scope=PUBLIC,
    response_model=None,
    responses={200: {"model": Subscription, "content": PAGE}},
)
def read_unsubscription(
    token: Token,
    session: ReadSession,
    now: Now,
    as_page: WantsPage,
    *,
    locale: PageLocale = None,
    spoken: Spoken = None,
) -> Response:
    """What the link leads out of; for `Accept: text/html` a page that asks whether to. Changes nothing."""

    def page() -> str:
        link = usecases.opened(UNSUBSCRIBE, token, now)
        known = locale or language(usecases.read(session, link.customer_id, now).locale)
        elsewhere_ = usecases.address(link.customer_id, now)
        return pages.way_out(usecases.subscription(session, link), elsewhere_, token, known)

    if as_page:
        return shown(page, _language(locale, spoken))
    return plain(usecases.subscription(session, usecases.opened(UNSUBSCRIBE, token, now)).model_dump_json())


@router.post(
    "/unsubscribe/{token}",
    scope=PUBLIC,
    response_model=None,
    responses={200: {"model": Subscription}, 303: {"description": "To the page, for a browser."}},
    openapi_extra=FORM_BODY,
)
def unsubscribe(token: Token, session: WriteSession, now: Now, as_page: WantsPage) -> Response:
    """One click (RFC 8058): a withdrawal of this topic on this channel, at once. A repetition changes nothing."""
    link = usecases.opened(UNSUBSCRIBE, token, now)
    usecases.leave(session, link, now)
    if as_page:
        return elsewhere(f"/v1/public/unsubscribe/{quote(token)}")
    return plain(usecases.subscription(session, link).model_dump_json())


@customers.get("", scope="profile:read", member=OWN)
def read_customer_preferences(customer_id: UUID, session: ReadSession, now: Now) -> PreferencesOut:
    """What a customer hears, where and when."""
    return usecases.read(session, customer_id, now)


@customers.put("", scope="profile:write", member=OWN)
def change_customer_preferences(
    customer_id: UUID, body: Wishes, session: WriteSession, caller: CurrentCaller, now: Now
) -> PreferencesOut:
    """Have it otherwise, in the customer's own front end or on their word to staff."""
    source = OWN_FRONT_END if caller.kind == "member" else STAFF
    usecases.change(session, customer_id, body, now, source=source)
    return usecases.read(session, customer_id, now)


def _language(locale: str | None, spoken: str | None) -> str:
    """Of a refusal: nobody is known, so the browser says it."""
    return locale or language(spoken, deployment().default_locale)
