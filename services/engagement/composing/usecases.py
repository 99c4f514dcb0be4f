"""Gathering what a batch needs, and writing one message of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from services.engagement.channels import usecases as channels
from services.engagement.channels.schemas import Outgoing
from services.engagement.composing import rules
from services.engagement.composing.schemas import CLICK, SURVEY, Desk
from services.engagement.customers import usecases as customers
from services.engagement.decisions.schemas import Route
from services.engagement.messages.tables import Message
from services.engagement.orders import usecases as orders
from services.engagement.policies import usecases as policies
from services.engagement.recommendations.schemas import Offered
from services.engagement.rendering import rules as texts
from services.engagement.rendering.schemas import Facts
from services.engagement.rendering.usecases import formats_of
from services.engagement.task_policies import usecases as task_policies
from services.engagement.tasks.schemas import Cause, Opening
from shared import linking
from shared.auth import links
from shared.settings import Settings

ERRANDS: Mapping[str, str] = {"phone": "call", "visit": "visit"}

Offers = Mapping[UUID, Sequence[Offered]]


def desk(session: Session, settings: Settings, messages: Sequence[Message], offered: Offers, now: datetime) -> Desk:
    """All that these messages speak of; what scoring offers was asked for before, outside of any transaction."""
    canonical_ids = set(linking.canonical(session, {message.customer_id for message in messages}).values())
    order_ids = {UUID(message.context["order_id"]) for message in messages if "order_id" in message.context}
    return Desk(
        settings=settings,
        merchant=policies.current(session).merchant,
        ways=channels.all_of(session),
        orders=orders.states(session, order_ids),
        pace=task_policies.current(session).by_hand,
        tiers=customers.tiers(session, canonical_ids),
        offered=offered,
        at=now,
    )


def write(desk: Desk, message: Message, route: Route) -> Outgoing:
    """One message that the gates let pass, in its words and to its address. Raises TemplateFailed."""
    facts = _facts(desk, message, route)
    words = texts.words(route.text, texts.context(facts), facts)
    if words.html and desk.settings.count_clicks:
        words = words.model_copy(update={"html": _counted(desk, message, route.channel, words.html)})
    sender, contact = desk.ways[route.channel].sender, route.contact
    return Outgoing(
        message_id=message.message_id,
        channel=route.channel,
        to=contact.value if contact else str(message.customer_id),
        to_name=route.person.name or "",
        sender_name=sender["name"],
        sender_address=sender.get("address") or "",
        locale=route.locale,
        at=desk.at,
        until=message.expires_at,
        unsubscribe=route.person.links.unsubscribe.get(route.channel) if message.purpose == "marketing" else None,
        **words.model_dump(),
    )


def errand(desk: Desk, message: Message, route: Route) -> Opening:
    """The task of saying a message in person, with what to say. Raises TemplateFailed."""
    facts, wanted = _facts(desk, message, route), message.context.get("task", {})
    days, case_id = wanted.get("due_days"), message.context.get("case_id")
    return Opening(
        customer_id=message.customer_id,
        kind=wanted.get("kind") or ERRANDS[route.channel],
        cause=_cause(message),
        key=f"message:{message.message_id}",
        due_at=desk.at + (timedelta(days=days) if days else timedelta(hours=desk.pace.due_hours)),
        opened_at=desk.at,
        priority=wanted.get("priority") or desk.pace.priority,
        facts={"message_id": str(message.message_id), "template": message.template, "topic": message.topic},
        script=texts.words(route.text, texts.context(facts), facts).text or None,
        case_id=UUID(case_id) if case_id else message.campaign_id,
    )


def _cause(message: Message) -> Cause:
    if message.care_rule_id:
        return "care"
    if message.campaign_id:
        return "campaign"
    return "winback" if "case_id" in message.context else "message"


def _facts(desk: Desk, message: Message, route: Route) -> Facts:
    variables: Mapping[str, Any] = orjson.loads(message.variables) if message.variables else {}
    order_id = message.context.get("order_id")
    return Facts(
        person=route.person,
        merchant=desk.merchant,
        formats=formats_of(route.person, route.locale, desk.settings),
        at=desk.at,
        channel=route.channel,
        tier=desk.tiers.get(route.person.canonical_id),
        variables=dict(variables),
        occasion=message.context.get("occasion", {}),
        order=desk.orders.get(UUID(order_id)) if order_id else None,
        case=message.context.get("case", {}),
        survey=_survey(desk, message.context.get("survey")),
        products=desk.offered.get(route.person.canonical_id, ()),
    )


def _survey(desk: Desk, invitation: Mapping[str, Any] | None) -> dict[str, Any]:
    """The link to an answer page: made when it is written, so that it stands nowhere but in the message."""
    if invitation is None:
        return {}
    token = links.seal(SURVEY, {"sub": invitation["invitation_id"]}, desk.at)
    return {"url": f"{_own(desk)}/v1/public/surveys/{token}", "until": invitation["until"]}


def _counted(desk: Desk, message: Message, channel: str, html: str) -> str:
    """HTML whose links lead on by way of ours. Like those to surveys, they are made when it is written."""
    about = {"sub": str(message.message_id), "via": channel}

    def seal(address: str) -> str:
        token = links.seal(CLICK, {**about, "to": address}, desk.at)
        return f"{_own(desk)}/v1/public/clicks/{token}"

    return rules.through(html, _own(desk), seal)


def _own(desk: Desk) -> str:
    return desk.settings.public_url.rstrip("/")
