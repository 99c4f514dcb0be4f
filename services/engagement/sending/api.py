"""HTTP: `POST /messages` and the dry run of the decision."""

from typing import Annotated

from fastapi import Depends, Response

from services.engagement.decisions.schemas import Decision
from services.engagement.messages.schemas import MessageOut
from services.engagement.messages.tables import Message
from services.engagement.reach.schemas import Answer
from services.engagement.sending import usecases
from services.engagement.sending.schemas import DecisionOut, NewMessage
from shared import ownership
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, ReadSession, WriteSession
from shared.web.routing import IGNORED, OWN, REQUIRED, Router

router = Router("/messages", tag="Sending")


def _heard(body: NewMessage, runtime: CurrentRuntime) -> Answer:
    return usecases.hear(runtime.settings, body)


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Heard = Annotated[Answer, Depends(_heard)]


@router.post(
    "", scope="engagement:send", managers=OWN, idempotency=REQUIRED, status_code=202, response_model=MessageOut
)
def send_message(
    body: NewMessage,
    heard: Heard,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
    response: Response,
) -> Message:
    """Have a message sent: decided now and again when it goes out. A known `dedupe_key` answers 200, the first one."""
    ownership.require(session, caller, body.customer_id)
    message, is_new = usecases.ask(session, runtime.settings, body, heard, now)
    ownership.require(session, caller, message.customer_id)  # a known key may be of a message to somebody else
    response.status_code = 202 if is_new else 200
    return message


@router.post("/decision", scope="engagement:read", managers=OWN, idempotency=IGNORED, response_model=DecisionOut)
def rehearse_message(
    body: NewMessage, heard: Heard, *, session: ReadSession, runtime: CurrentRuntime, caller: CurrentCaller, now: Now
) -> Decision:
    """What every gate would say to a message now. Nothing is stored or sent."""
    ownership.require(session, caller, body.customer_id)
    return usecases.rehearse(session, runtime.settings, body, heard, now)
