"""From what tracking libraries send to events and reports of customers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from services.profile.behaviour.schemas import NewEvent
from services.profile.ingestion.schemas import CustomerReported
from services.profile.ingestion.touches.rules import of_campaign, of_visit
from services.profile.ingestion.traits.rules import identities_of
from shared.crypto import blind_index
from shared.errors import FieldError, Invalid, Malformed, TooLarge

LARGEST_EVENT = 32 * 1024
MOST_EVENTS = 2_500
DEEPEST = 250  # what the writer of JSON can bear
DEFAULT_SOURCE = "shop"
SHARED = ("context", "integrations")  # of a batch, merged into each of its messages


@dataclass(frozen=True, slots=True)
class Report:
    """What a message says of a person; only one with a user id or a personal identity makes a customer."""

    report: CustomerReported
    known: bool


def document_of(body: bytes) -> Any:
    """The JSON value of a body; one odd message is for `translated` to refuse. Raises Malformed."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"The body is not valid JSON in UTF-8 (line {error.lineno}, column {error.colno}).") from None
    if body.count(b"{") + body.count(b"[") > DEEPEST:
        try:
            orjson.dumps(document)
        except orjson.JSONEncodeError:
            raise Malformed("The body is nested too deep.") from None
    return document


def messages(document: Any, kind: str) -> list[Any]:
    """The messages of a body: those of its batch, or itself as a message of the path's kind.

    Raises Malformed and TooLarge.
    """
    if not isinstance(document, dict):
        raise Malformed("The body must be a JSON object.")
    if kind != "batch":
        return [document | {"type": kind}]
    batch = document.get("batch")
    if not isinstance(batch, list):
        raise Malformed("The body must have an array batch.")
    if len(batch) > MOST_EVENTS:
        raise TooLarge(f"A batch has at most {MOST_EVENTS} events.", code="batch_too_large")
    shared = {name: document[name] for name in SHARED if isinstance(document.get(name), dict)}
    sent = {"sentAt": document["sentAt"]} if document.get("sentAt") else {}
    return [_merged(one, shared, sent) for one in batch]


def translated(message: Any, received_at: datetime) -> NewEvent | Report:
    """The event or report that a message is. Raises Invalid and TooLarge."""
    if not isinstance(message, dict):
        raise _invalid("", "type", "a message is a JSON object")
    if len(orjson.dumps(message)) > LARGEST_EVENT:
        raise TooLarge("An event has at most 32 KB.")
    translate = BY_TYPE.get(message.get("type"))
    if translate is None:
        raise _invalid("type", "not_allowed", "one of " + ", ".join(BY_TYPE))
    return translate(message, happened_at(message, received_at))


def happened_at(message: Mapping[str, Any], received_at: datetime) -> datetime:
    """When it happened by our clock: what the sender's clock said, less what it was off by when it sent."""
    said = _time(message, "originalTimestamp") or _time(message, "timestamp")
    sent = _time(message, "sentAt")
    if said is None:
        return received_at
    try:
        return said if sent is None else received_at - (sent - said)
    except OverflowError:
        raise _invalid("sentAt", "format", "centuries away from the timestamp") from None


def _merged(message: Any, shared: Mapping[str, Any], sent: Mapping[str, Any]) -> Any:
    if not isinstance(message, dict):
        return message
    both = {name: value | own for name, value in shared.items() if isinstance(own := message.get(name) or {}, dict)}
    return {**sent, **{name: value for name, value in message.items() if value is not None}, **both}


def _track(message: Mapping[str, Any], at: datetime) -> NewEvent:
    name = message.get("event")
    if not isinstance(name, str) or not name.strip():
        raise _invalid("event", "required", "the name of what happened")
    return _event(message, at, name, _object(message, "properties"))


def _page(message: Mapping[str, Any], at: datetime) -> NewEvent:
    return _event(message, at, "Page Viewed", _named(message))


def _screen(message: Mapping[str, Any], at: datetime) -> NewEvent:
    return _event(message, at, "Screen Viewed", _named(message))


def _group(message: Mapping[str, Any], at: datetime) -> NewEvent:
    if not _id(message, "groupId"):
        raise _invalid("groupId", "required", "the group that was joined")
    return _event(message, at, "Group Joined", {**_object(message, "traits"), "group_id": _id(message, "groupId")})


def _identify(message: Mapping[str, Any], at: datetime) -> Report:
    context = _object(message, "context")
    traits = {**_touches(context), **_object(context, "traits"), **_object(message, "traits")}
    known = bool(_id(message, "userId")) or bool(identities_of(traits)[0])
    return Report(_report(message, at, _identities(message), traits), known)


def _touches(context: Mapping[str, Any]) -> dict[str, Any]:
    """What brought the person here is the last touch, and the first unless an earlier one is known."""
    page = _object(context, "page")
    touch = of_campaign(_object(context, "campaign")) or of_visit(page.get("url"), page.get("referrer"))
    return {"first_touch": touch, "last_touch": touch} if touch else {}


def _alias(message: Mapping[str, Any], at: datetime) -> Report:
    """The previous id is nearly always an anonymous one."""
    user, previous = _id(message, "userId"), _id(message, "previousId")
    for name, value in (("userId", user), ("previousId", previous)):
        if not value:
            raise _invalid(name, "required", "alias joins two ids")
    who = [{"kind": "external", "value": user}, {"kind": "anonymous", "value": previous}]
    return Report(_report(message, at, who, {}), True)


BY_TYPE: Mapping[Any, Callable[[Mapping[str, Any], datetime], NewEvent | Report]] = {
    "track": _track,
    "page": _page,
    "screen": _screen,
    "group": _group,
    "identify": _identify,
    "alias": _alias,
}


def _event(message: Mapping[str, Any], at: datetime, name: str, properties: Mapping[str, Any]) -> NewEvent:
    return NewEvent.model_validate(
        {
            "source": _source(message),
            "message_id": _message_id(message),
            "identities": _identities(message),
            "name": name,
            "occurred_at": at,
            "properties": properties,
        }
    )


def _report(
    message: Mapping[str, Any], at: datetime, who: Sequence[Any], traits: Mapping[str, Any]
) -> CustomerReported:
    body = {"source": _source(message), "identities": who, "updated_at": at, "traits": traits}
    return CustomerReported.model_validate(body)


def _identities(message: Mapping[str, Any]) -> list[dict[str, str]]:
    found = [("external", _id(message, "userId")), ("anonymous", _id(message, "anonymousId"))]
    who = [{"kind": kind, "value": value} for kind, value in found if value]
    if not who:
        raise _invalid("userId", "required", "a message names a user or an anonymous id")
    return who


def _source(message: Mapping[str, Any]) -> str:
    """The shop whose user ids these are: the deployment's one shop, unless the sender names another in the context."""
    source = _object(message, "context").get("source")
    return source if isinstance(source, str) and source else DEFAULT_SOURCE


def _message_id(message: Mapping[str, Any]) -> str:
    """The sender's, else one by which the very same message is recognised."""
    given = _id(message, "messageId")
    return given or blind_index("message", orjson.dumps(message, option=orjson.OPT_SORT_KEYS).decode()).hex()[:32]


def _named(message: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: message[name] for name in ("name", "category") if message.get(name)}
    return {**_object(message, "properties"), **named}


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _invalid(name, "type", "an object")
    return value


def _id(message: Mapping[str, Any], name: str) -> str | None:
    """An id as text; some libraries send numbers."""
    value = message.get(name)
    return str(value).strip() or None if isinstance(value, str | int) else None


def _time(message: Mapping[str, Any], name: str) -> datetime | None:
    value = message.get(name)
    if value is None or value == "":
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise _invalid(name, "format", "an instant such as 2026-11-25T08:00:00.000Z") from None


def _invalid(field: str, code: str, message: str) -> Invalid:
    return Invalid(f"Not valid: {field or 'the message'}.", errors=[FieldError(field, code, message)])
