"""Reports of mail servers about a mail: what was not delivered (RFC 3464), and who complained of it (RFC 5965)."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from uuid import UUID

from services.engagement.channels.schemas import Callback, Heard, Word

OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
# Enhanced status codes (RFC 3463) that say that there is no such mailbox or domain.
DEAD = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10)}
MOST_RECIPIENTS = 20


def heard(key: str, callback: Callback) -> list[Heard]:
    """What a report says of the mail it is about; nothing where it is no report, or not about one of ours."""
    mail = message_from_bytes(callback.raw, policy=default)
    message_id = _mail_of(mail)
    if message_id is None or not isinstance(mail, EmailMessage):
        return []
    if any(part.get_content_type() == "message/feedback-report" for part in mail.walk()):
        return [Heard(key, "complained", message_id)]
    told = [one for fields in _recipients(mail) if (one := _of(key, message_id, fields)) is not None]
    return told[:1]  # each mail of ours has one recipient


def _of(key: str, message_id: UUID, fields: Message) -> Heard | None:
    words: dict[str, Word] = {"failed": "bounced", "delivered": "delivered"}
    word = words.get(str(fields.get("Action", "")).strip().lower())
    found = STATUS.search(str(fields.get("Status", "")))
    if word is None:
        return None
    dead = found is not None and found[1] == "5" and (int(found[2]), int(found[3])) in DEAD
    return Heard(key, word, message_id, reason=found and f"status_{found[0]}", dead=dead)


def _recipients(mail: EmailMessage) -> Iterator[Message]:
    """The fields of each recipient of a delivery status; the first group of fields is about the mail as a whole."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            yield from (one for one in list(groups)[1 : 1 + MOST_RECIPIENTS] if isinstance(one, Message))


def _mail_of(mail: Message) -> UUID | None:
    """Our message, by the Message-ID of the mail that is returned with the report."""
    for part in mail.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else inner
            text = str(first.get("Message-ID", "")) if isinstance(first, Message) else str(first)
            if found := OURS.search(text):
                return UUID(found[1])
    return None
