"""What changes on a message at each step of its sending. Pure: the use case writes it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from services.engagement.campaigns.tables import Campaign
from services.engagement.channels.schemas import Outcome, Outgoing
from services.engagement.decisions.rules import stored
from services.engagement.decisions.schemas import Decision, Subject
from services.engagement.deliveries.schemas import People
from services.engagement.messages.schemas import HELD
from services.engagement.messages.tables import Message

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
# Longer than any provider takes for a handful of messages: whoever has not settled by then has died.
GIVEN_UP_AFTER = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
FRESH = timedelta(seconds=5)  # how old what profile said, and a decision that nobody acted on yet, may be

Attempts = Sequence[Mapping[str, Any]]
Changes = dict[str, Any]


def start(message: Message, now: datetime) -> datetime:
    """When a message may go out at the earliest."""
    return max(now, message.not_before or now)


def subject(message: Message, people: People, told: Collection[UUID], now: datetime) -> Subject:
    """A message as the gates judge it again; `told` are those whose person was told already."""
    return Subject(
        customer_id=message.customer_id,
        person=people.get((message.topic, message.customer_id)),
        purpose=message.purpose,
        topic=message.topic,
        channels=untried(message.channels, message.attempts),
        template=(message.template_id, message.template_version),
        variables=orjson.loads(message.variables) if message.variables else {},
        at=start(message, now),
        expires_at=message.expires_at,
        duplicate=message.message_id in told,
        twin=_twin(message),
    )


def decided(message: Message, decision: Decision, at: datetime) -> Changes:
    """After the gates spoke: when it is looked at next, or how it ended. What was tried and cannot go on has failed.

    One that they let pass goes out from `at` on.
    """
    tried = decision.status == "skipped" and message.attempts
    due_at = {"queued": at, "deferred": decision.until}.get(decision.status)
    return {
        "status": "failed" if tried else decision.status,
        "channel": decision.channel or message.channel,
        "reason": decision.reason,
        "gates": stored(decision.gates),
        "due_at": due_at,
    }


def stayed(campaign: Campaign) -> Changes | None:
    """What becomes of a message whose campaign does not run: held while it is paused, cancelled once it is stopped."""
    if campaign.status == "paused":
        return {"status": "deferred", "reason": HELD, "due_at": None}
    if campaign.status == "stopped":
        return {"status": "cancelled", "reason": "campaign_stopped", "due_at": None}
    return None


def postponed(message: Message, waiting: int, per_minute: int, now: datetime) -> Changes:
    """Too many of its campaign in this minute: spread over the time that all who wait will take."""
    share = (message.message_id.int & 0xFFFFFFFF) / 0xFFFFFFFF
    return {"due_at": now + max(timedelta(seconds=1), MINUTE * (share * waiting / per_minute))}


def begun(
    message: Message, outgoing: Outgoing, provider: str, *, credit: str | None, skus: Sequence[str], now: datetime
) -> Changes:
    """Before the provider hears: from here on it counts, and silence makes it `unknown`.

    `credit` is used up; `skus` are recommended in these words.
    """
    attempt: dict[str, Any] = {"channel": outgoing.channel, "provider": provider, "at": now.isoformat()}
    attempt |= {"result": None, "reason": None}
    attempt |= ({"credit": credit} if credit else {}) | ({"skus": list(skus)} if skus else {})
    return {
        "status": "sending",
        "due_at": now + GIVEN_UP_AFTER,
        "counted_at": now,
        "attempts": [*message.attempts, attempt],
    }


def handed_over(message: Message, channel: str, now: datetime) -> Changes:
    """A person has the task of saying it: for the message that is the end, and it counts as a contact."""
    attempt = {"channel": channel, "provider": "staff", "at": now.isoformat(), "result": None, "reason": None}
    attempts = answered([*message.attempts, attempt], Outcome("accepted"))
    return {"status": "handed_over", "due_at": None, "counted_at": now, "reason": None, "attempts": attempts}


def is_stale(outgoing: Outgoing, now: datetime) -> bool:
    """Whether a message that was decided and marked is not handed over any more but decided anew."""
    return now - outgoing.at > FRESH or (outgoing.until is not None and now >= outgoing.until)


def taken_back(message: Message, now: datetime) -> Changes:
    """It was marked and never handed over: as it was before, to be decided again at once."""
    return {"status": "queued", "due_at": now, "counted_at": None, "attempts": list(message.attempts[:-1])}


def given_up(message: Message) -> Changes:
    """Whoever sent it died before it could say what the provider answered."""
    return {
        "status": "unknown",
        "due_at": None,
        "attempts": answered(message.attempts, Outcome("unknown", "no_answer")),
    }


def unwritten(message: Message, channel: str, fallback_hours: int, now: datetime) -> Changes:
    """Its text failed for this person: as if the channel had refused it."""
    attempt = {"channel": channel, "provider": "none", "at": now.isoformat(), "result": None, "reason": None}
    attempts = answered([*message.attempts, attempt], Outcome("refused", "template_failed"))
    return {"attempts": attempts, **_refused(message, attempts, "template_failed", fallback_hours, now)}


def settled(message: Message, outcome: Outcome, fallback_hours: int, now: datetime) -> Changes:
    """After the provider answered."""
    attempts = answered(message.attempts, outcome)
    if outcome.result == "accepted":
        ended = {"status": "sent", "sent_at": now, "due_at": None, "provider_id": outcome.provider_id, "reason": None}
        return {"attempts": attempts, **ended}
    if outcome.result == "unknown":
        return {"attempts": attempts, "status": "unknown", "due_at": None}
    if outcome.result == "later":
        waiting = {"status": "queued", "due_at": retry_at(attempts, now), "counted_at": None}
        return {"attempts": attempts, **waiting}
    return {"attempts": attempts, **_refused(message, attempts, outcome.reason, fallback_hours, now)}


def answered(attempts: Attempts, outcome: Outcome) -> list[Any]:
    """The attempts, the last one answered."""
    return [*attempts[:-1], {**attempts[-1], "result": outcome.result, "reason": outcome.reason}]


def untried(channels: Sequence[str], attempts: Attempts) -> list[str]:
    """Channels that have not refused the message for good."""
    refused = {attempt["channel"] for attempt in attempts if attempt["result"] == "refused"}
    return [channel for channel in channels if channel not in refused]


def retry_at(attempts: Attempts, now: datetime) -> datetime:
    """When to ask again a provider that could not take it: later each time."""
    failures = sum(attempt["result"] == "later" for attempt in attempts)
    return now + BACK_OFF[min(failures, len(BACK_OFF)) - 1]


def _refused(message: Message, attempts: Attempts, reason: str | None, fallback_hours: int, now: datetime) -> Changes:
    """The next channel, not too long after the first attempt; else the end."""
    until = datetime.fromisoformat(attempts[0]["at"]) + timedelta(hours=fallback_hours)
    if untried(message.channels, attempts) and now <= until:
        return {"status": "queued", "due_at": now, "counted_at": None}
    return {"status": "failed", "due_at": None, "counted_at": None, "reason": reason}


def _twin(message: Message) -> str | None:
    """What a person gets once, whichever of their ids it was meant for."""
    cause = message.campaign_id or message.care_rule_id
    return f"{cause}:{orjson.dumps(message.context, option=orjson.OPT_SORT_KEYS).decode()}" if cause else None
