"""HTTP: `/messages` as they are, and a customer's own."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.engagement.channels.schemas import Way
from services.engagement.messages import repository, usecases
from services.engagement.messages.repository import Filter
from services.engagement.messages.schemas import MessageOut, Settlement, Status
from services.engagement.messages.tables import Message
from services.engagement.templates.schemas import Purpose
from shared import linking
from shared.contracts.base import Code, Instant
from shared.web.dependencies import CurrentCaller, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, Router
from shared.web.schemas import Listing, Many

router = Router("", tag="Messages")


def _filter(
    *,
    status: Annotated[Many[Status] | None, Query()] = None,
    channel: Annotated[Many[Way] | None, Query()] = None,
    purpose: Annotated[Many[Purpose] | None, Query()] = None,
    template: Code | None = None,
    care_rule_id: UUID | None = None,
    campaign_id: UUID | None = None,
    created_from: Instant | None = None,
    created_to: Instant | None = None,
) -> Filter:
    return Filter(status, channel, purpose, template, care_rule_id, campaign_id, created_from, created_to)


@router.get("/messages", scope="engagement:read", managers=OWN)
def list_messages(
    session: ReadSession,
    page: Page,
    wanted: Annotated[Filter, Depends(_filter)],
    caller: CurrentCaller,
    customer_id: UUID | None = None,
) -> Listing[MessageOut]:
    """Messages, newest first."""
    members = linking.person(session, customer_id) if customer_id else None
    return repository.listed(session, page, wanted, members, caller=caller)


@router.get("/messages/{message_id}", scope="engagement:read", managers=OWN, response_model=MessageOut)
def read_message(message_id: UUID, session: ReadSession, caller: CurrentCaller) -> Message:
    """One message, with the verdict of every gate and every attempt."""
    return usecases.read(session, message_id, caller)


@router.post("/messages/{message_id}/cancel", scope="engagement:send", managers=OWN, response_model=MessageOut)
def cancel_message(message_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> Message:
    """Stop a message that waits."""
    usecases.read(session, message_id, caller)
    return usecases.cancel(session, message_id, now)


@router.post("/messages/{message_id}/settle", scope="engagement:send", managers=OWN, response_model=MessageOut)
def settle_message(
    message_id: UUID, body: Settlement, session: WriteSession, caller: CurrentCaller, now: Now
) -> Message:
    """Say what became of an `unknown` message: `sent`, or `not_sent` and to be tried again."""
    usecases.read(session, message_id, caller)
    return usecases.settle(session, message_id, body.outcome, now)


@router.get("/customers/{customer_id}/messages", scope="engagement:read", member=OWN)
def list_of_customer(customer_id: UUID, session: ReadSession, page: Page) -> Listing[MessageOut]:
    """Everything that was or will be sent to a person, whatever id it was written to."""
    return repository.listed(session, page, Filter(), linking.person(session, customer_id))
