"""What a system of the merchant's own tells of messages, in our own form."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from services.engagement.channels.adapters.signatures import require_standard
from services.engagement.channels.schemas import Callback, Heard, Word
from shared.contracts.base import Code
from shared.errors import FieldError, Invalid
from shared.web.bodies import parse_json
from shared.web.validation import field_errors

WORDS: dict[str, Word] = {
    "message.delivered": "delivered",
    "message.read": "read",
    "message.clicked": "clicked",
    "message.bounced": "bounced",
    "message.complained": "complained",
    "customer.replied": "reply",
    "customer.unsubscribed": "optout",
}


class _Told(BaseModel):
    """What it says of a message or an address; more may stand there."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    message_id: UUID | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    reason: Code | None = None
    permanent: bool = False
    text: Annotated[str, StringConstraints(max_length=4_000)] = ""


class _Receipt(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    type: Literal[
        "message.delivered",
        "message.read",
        "message.clicked",
        "message.bounced",
        "message.complained",
        "customer.replied",
        "customer.unsubscribed",
    ]
    data: _Told


def heard(secret: str | None, callback: Callback) -> list[Heard]:
    """The receipt of a signed callback. Raises Unauthenticated, Malformed, Invalid."""
    key = require_standard(secret, callback)
    try:
        receipt = _Receipt.model_validate(parse_json(callback.raw))
    except ValidationError as error:
        raise Invalid("The callback is not in our form.", errors=field_errors(error.errors())) from None
    told = receipt.data
    if told.message_id is None and told.address is None:
        message = "name the message_id or the address"
        raise Invalid(f"data: {message}.", errors=[FieldError("data.message_id", "required", message)])
    return [
        Heard(
            key=key,
            word=WORDS[receipt.type],
            message_id=told.message_id,
            address=told.address,
            reason=told.reason,
            dead=told.permanent,
            said=told.text,
        )
    ]
