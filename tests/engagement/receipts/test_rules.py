"""Receipts move a message forwards only, and one word is enough to be left alone."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.channels.schemas import Heard
from services.engagement.messages.tables import Message
from services.engagement.receipts.rules import FAR, moved, wants_no_more

pytestmark = pytest.mark.capability("C-23")

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
WORDS = ("delivered", "read", "clicked", "bounced", "complained")


def message(status: str, *results: str | None, **more: Any) -> Message:
    attempts = [{"channel": "sms", "provider": "aliyun", "result": result} for result in results]
    known: dict[str, Any] = {"message_id": uuid4(), "status": status, "attempts": attempts}
    return Message(**known | {"sent_at": None, "counted_at": NOW, "due_at": NOW} | more)


def tell(one: Message, word: Any, provider: str = "aliyun") -> bool:
    changes = moved(one, Heard("k", word), provider, NOW)
    for name, value in (changes or {}).items():
        setattr(one, name, value)
    return changes is not None


@given(st.lists(st.sampled_from(WORDS), max_size=8))
def test_no_order_of_receipts_moves_a_message_backwards(words: list[str]) -> None:
    one = message("sent", "accepted", sent_at=NOW)
    seen = [one.status]
    for word in words:
        tell(one, word)
        seen.append(one.status)
    ranks = [FAR.get(status, 9) for status in seen]
    assert ranks == sorted(ranks)
    if "complained" in words and "bounced" not in words:
        assert one.status == "complained"


@pytest.mark.parametrize("status", ["sending", "unknown"])
def test_a_receipt_ends_the_uncertainty(status: str) -> None:
    one = message(status, "later", None)
    assert tell(one, "delivered")
    assert (one.status, one.sent_at, one.due_at, one.attempts[-1]["result"]) == ("delivered", NOW, None, "accepted")


def test_a_receipt_stops_what_somebody_wrongly_said_was_not_sent() -> None:
    one = message("queued", "later")
    assert tell(one, "delivered")
    assert (one.status, one.due_at) == ("delivered", None)


@pytest.mark.parametrize(
    "one",
    [message("queued"), message("cancelled", "later"), message("failed", "refused"), message("expired", "later")],
)
def test_a_message_that_was_never_taken_or_has_ended_is_not_moved(one: Message) -> None:
    assert not tell(one, "delivered")


def test_only_who_was_asked_last_may_tell() -> None:
    assert not tell(message("sent", "accepted"), "bounced", provider="webhook")


@pytest.mark.parametrize(
    "said", ["STOP", " stop. ", "Stop!", "退订", "退訂", "“退订”", "TD", "td", "T", "unsubscribe", "ｓｔｏｐ", "拒收"]
)
def test_words_that_stop_messages(said: str) -> None:
    assert wants_no_more(said)


@pytest.mark.parametrize("said", ["", "please stop by tomorrow", "不退订", "谢谢", "1", "to", "我要退货"])
def test_words_that_do_not(said: str) -> None:
    assert not wants_no_more(said)
