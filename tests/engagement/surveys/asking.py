"""Short ways to make surveys, hear of deliveries, run the ticks and read what came of it."""

import re
from collections.abc import Sequence
from datetime import timedelta
from email import message_from_string, policy
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from services.engagement.orders import usecases as orders
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.asking import usecases as asking
from services.engagement.surveys.invitations import usecases as invitations
from services.engagement.surveys.invitations.tables import SurveyInvitation
from services.engagement.surveys.schemas import NewSurvey
from shared.contracts.base import Origin
from shared.contracts.examples import examples
from shared.contracts.profile import OrderRecorded
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.conftest import Api
from tests.engagement.posting import mails, send

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def survey(**fields: Any) -> dict[str, Any]:
    """The body of a survey about a delivery, asked at once."""
    return {
        "code": "after-delivery",
        "titles": {"zh": "这次购物怎么样？", "en": "How was it?"},
        "questions": [
            {"code": "csat", "kind": "csat", "required": True},
            {"code": "nps", "kind": "nps"},
            {"code": "speed", "kind": "rating", "aspect": "logistics"},
            {
                "code": "why",
                "kind": "choice",
                "multiple": True,
                "titles": {"zh": "哪里不满意？", "en": "What was wrong?"},
                "options": [
                    {"code": "late", "titles": {"zh": "太慢", "en": "Late"}},
                    {"code": "broken", "titles": {"zh": "破损", "en": "Broken"}},
                ],
            },
            {"code": "more", "kind": "text"},
        ],
        "trigger": {"kind": "delivered", "after_days": 0},
        "template": "survey",
        "channels": ["email"],
        "valid_days": 14,
        "reminder_days": [3],
        "cooldown_days": 30,
    } | fields


PUBLIC: dict[str, Any] = {"kind": "public", "trigger": {"kind": "manual"}, "template": None, "channels": []}
PUBLIC |= {"reminder_days": []}


def live(runtime: Runtime, **fields: Any) -> UUID:
    """A published survey, live for an hour."""
    with runtime.database.transaction() as session:
        made = surveys.create(session, NewSurvey.model_validate(survey(**fields)), runtime.now())
        surveys.publish(session, made.survey_id, runtime.now() - timedelta(hours=1))
        return made.survey_id


def hear(runtime: Runtime, customer_id: UUID, **fields: Any) -> OrderRecorded:
    """Apply a live order of a customer that was delivered ten minutes ago, as the worker does."""
    now = runtime.now()
    known = {
        "customer_id": customer_id,
        "order_id": new_id(),
        "shop_order_id": "A-1001",
        "version": 2,
        "status": "delivered",
        "delivered_at": now - timedelta(minutes=10),
        "occurred_at": now - timedelta(minutes=10),
        "recorded_at": now,
        "origin": Origin.LIVE,
        "test": False,
    }
    event = examples(OrderRecorded)[0].model_copy(update=known | fields)
    with runtime.database.transaction() as session:
        orders.record(session, [event], now)
        invitations.consider_orders(session, [event], now)
    return event


def work(runtime: Runtime) -> None:
    """Everything the clock would do now."""
    invitations.plan_periodic(runtime)
    while asking.ask_due(runtime):
        pass
    send(runtime)
    asking.heed_messages(runtime)


def kept(runtime: Runtime) -> Sequence[SurveyInvitation]:
    """All invitations, oldest first."""
    wanted = select(SurveyInvitation).order_by(SurveyInvitation.happens_at, SurveyInvitation.invitation_id)
    with runtime.database.reading() as session:
        return session.scalars(wanted).all()


def states(runtime: Runtime) -> list[tuple[str, str | None]]:
    """How far each invitation is, and why."""
    return [(one.status, one.reason) for one in kept(runtime)]


def links(runtime: Runtime) -> list[str]:
    """The paths of the answer pages in the mails of the sink, oldest first."""
    found = [re.search(r"/v1/public/surveys/[\w.-]+", html) for html in letters(runtime)]
    return [one[0] for one in found if one]


def letters(runtime: Runtime) -> list[str]:
    """The HTML of the mails in the sink, oldest first."""
    read = [message_from_string(mail, policy=policy.default) for mail in mails(runtime)]
    bodies = [mail.get_body(["html"]) for mail in read]
    return [body.get_content() for body in bodies if body is not None]


def invited(api: Api, customer_id: UUID, **fields: Any) -> str:
    """The path of the answer page that a customer was mailed about a delivery."""
    live(api.runtime, **fields)
    hear(api.runtime, customer_id)
    work(api.runtime)
    return links(api.runtime)[-1]


def answer(api: Api, path: str, body: Any) -> httpx.Response:
    """Answers as a front end sends them."""
    return api.http.post(f"{path}/answers", json=body)


def fill(api: Api, path: str, fields: list[tuple[str, str]], locale: str = "zh") -> httpx.Response:
    """Answers as the page sends them."""
    pairs = "&".join(str(httpx.QueryParams([pair])) for pair in fields)
    return api.http.post(f"{path}/answers?locale={locale}", content=pairs, headers=BROWSER | FORM)
