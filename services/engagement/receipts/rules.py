"""What a word of a provider changes on a message, and which answers mean that somebody wants no more. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.engagement.channels.schemas import Heard
from services.engagement.messages.schemas import WAITING
from services.engagement.messages.tables import Message

# How far a message is; a receipt never moves it backwards.
FAR = {"sending": 0, "unknown": 0, "sent": 1, "delivered": 2, "read": 3, "clicked": 4}
BOUNCES_UP_TO = 1  # what was delivered did not bounce
STOP_WORDS = {
    *("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT"),
    *("T", "TD", "R", "退订", "退訂", "拒收", "取消订阅", "停止", "不要再发"),
}
NOISE = re.compile(r"[^\w\s]", re.UNICODE)


def wants_no_more(said: str) -> bool:
    """Whether an answer is one of the words by which messages are stopped, and nothing else."""
    plain = NOISE.sub(" ", unicodedata.normalize("NFKC", said)).upper()
    return " ".join(plain.split()) in STOP_WORDS


def moved(message: Message, heard: Heard, provider: str, now: datetime) -> Mapping[str, Any] | None:
    """What changes; None where it was known or comes too late. Only who was asked last may say anything.

    Somebody who was told that a message was not sent may have been wrong: a receipt ends the waiting to try again.
    """
    if not message.attempts or message.attempts[-1]["provider"] != provider:
        return None
    waits = message.status in WAITING and message.attempts[-1]["result"] in ("later", "unknown")
    far = 0 if waits else FAR.get(message.status)
    if far is None:
        return None
    if heard.word == "bounced":
        return _ended(message, heard, now) if far <= BOUNCES_UP_TO else None
    if heard.word == "complained":
        return _ended(message, heard, now)
    return _reached(message, heard.word, now) if FAR[heard.word] > far else None


def _reached(message: Message, status: str, now: datetime) -> Mapping[str, Any]:
    *earlier, last = message.attempts
    sent_at = message.sent_at or message.counted_at or now
    known = {"attempts": [*earlier, {**last, "result": "accepted", "reason": None}]} if message.sent_at is None else {}
    return {"status": status, "sent_at": sent_at, "counted_at": sent_at, "due_at": None, "reason": None} | known


def _ended(message: Message, heard: Heard, now: datetime) -> Mapping[str, Any]:
    return {**_reached(message, heard.word, now), "reason": heard.reason or heard.word}
