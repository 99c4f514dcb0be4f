"""The send decision: ten gates in order, pure. Each says pass, defer, refuse or bypass, and why."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.engagement.decisions.schemas import Case, Decision, Gate
from services.engagement.messages.schemas import GateName, Verdict
from services.engagement.policies.schemas import Cap
from services.engagement.reach.schemas import Agreement, Contact, Person

ANY = "any"
UNADDRESSED = ("visit", "webhook")  # staff know where, or arrange it; a system of the merchant's knows its customers
DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONTACT_HOURS = re.compile(r"((?P<first>[a-z]{3})(-(?P<last>[a-z]{3}))?/)?(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")
WITHDRAWN = "withdrawn"
# An address that is dead is so for every purpose; the other reasons are a wish, which a receipt may overrule.
DEAD = {"hard_bounce", "invalid", "complaint"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gate says."""

    verdict: Verdict = "pass"
    reason: str | None = None
    until: datetime | None = None


PASS, BYPASS = Answer(), Answer("bypass")


def decide(case: Case) -> Decision:
    """The first channel that no gate refuses, now or later; else why none may be used."""
    said: list[Gate] = []
    for channel in case.channels:
        gates = _through(case, channel)
        said += gates
        if gates[-1].verdict != "refuse":
            until = max((gate.until for gate in gates if gate.until), default=None)
            return Decision("deferred" if until else "queued", said, channel, until)
    ended = [gate for gate in said if gate.gate == "expiry" and gate.verdict == "refuse"]
    last = ended[-1] if ended else said[-1]
    return Decision("expired" if ended else "skipped", said, reason=f"{last.gate}.{last.reason}")


def stored(gates: Sequence[Gate]) -> list[dict[str, Any]]:
    """Gates as they are kept with a message."""
    return [
        {
            "gate": gate.gate,
            "channel": gate.channel,
            "verdict": gate.verdict,
            "reason": gate.reason,
            "until": gate.until and gate.until.isoformat(),
        }
        for gate in gates
    ]


def _through(case: Case, channel: str) -> list[Gate]:
    said: list[Gate] = []
    for name, gate in GATES.items():
        answer = gate(case, channel)
        said.append(Gate(name, channel, answer.verdict, answer.reason, answer.until))
        if answer.verdict == "refuse":
            break
    return said


def _template(case: Case, channel: str) -> Answer:
    reason = case.unwritable.get(channel)
    return Answer("refuse", reason) if reason else PASS


def _address(case: Case, channel: str) -> Answer:
    if case.person is None or case.person.status == "erased":
        return Answer("refuse", "erased" if case.person else "none")
    if channel in case.switched_off:
        return Answer("refuse", "channel_off")
    return PASS if channel in UNADDRESSED or contacts(case.person, channel) else Answer("refuse", "none")


def _suppression(case: Case, channel: str) -> Answer:
    if channel in UNADDRESSED or usable(case, channel):
        return PASS
    return Answer("refuse", next(iter(case.suppressed[channel].values())))


def _consent(case: Case, channel: str) -> Answer:
    if case.purpose == "transactional":
        return BYPASS
    agreed = agreement(case.person.consents if case.person else [], case.purpose, case.topic, channel)
    if agreed == WITHDRAWN:
        return Answer("refuse", WITHDRAWN)
    return Answer("refuse", "missing") if agreed is None and case.purpose == "marketing" else PASS


def _preference(case: Case, channel: str) -> Answer:
    if case.purpose == "transactional":
        return BYPASS
    asked = case.person.preferences if case.person else None
    if asked is None:
        return PASS
    if asked.pause_until and asked.pause_until > case.at:
        return Answer("refuse", "paused")
    off = any(
        one.purpose == case.topic and one.channel in (channel, ANY) and one.state in ("off", WITHDRAWN)
        for one in asked.topics
    )
    return Answer("refuse", "topic_off") if off else PASS


def _credit(case: Case, channel: str) -> Answer:
    """Where each message needs a permission of its own, the address that is used must have one left."""
    contact = usable(case, channel)
    if channel not in case.credits or (contact and case.credits[channel].get(contact.value, 0) > 0):
        return PASS
    return Answer("refuse", "exhausted")


def _cap(case: Case, channel: str) -> Answer:
    if case.purpose != "marketing":
        return BYPASS
    untils = [until for cap in case.policy.caps if (until := cap_until(cap, channel, case.counted, case.at))]
    if not untils:
        return PASS
    until = max(untils)
    return Answer("defer", "reached", until) if until < case.expires_at else Answer("refuse", "reached")


def _quiet_hours(case: Case, channel: str) -> Answer:
    if case.purpose == "transactional" or (case.purpose == "service" and channel == "email"):
        return BYPASS
    quiet = case.policy.quiet_hours
    if quiet and (until := quiet_until(case.at, case.zone, *quiet.window)):
        return Answer("defer", "quiet", until)
    asked = case.person.preferences if case.person else None
    later = contact_hours_until(case.at, case.zone, asked.contact_hours if asked else [])
    return Answer("defer", "outside_contact_hours", later) if later else PASS


def _expiry(case: Case, channel: str) -> Answer:
    if case.at >= case.expires_at:
        return Answer("refuse", "expired")
    waits = [gate(case, channel).until for gate in (_cap, _quiet_hours)]
    late = any(until and until >= case.expires_at for until in waits)
    return Answer("refuse", "would_expire") if late else PASS


def _dedupe(case: Case, channel: str) -> Answer:
    return Answer("refuse", "duplicate") if case.duplicate else PASS


GATES: Mapping[GateName, Callable[[Case, str], Answer]] = {
    "template": _template,
    "address": _address,
    "suppression": _suppression,
    "consent": _consent,
    "preference": _preference,
    "credit": _credit,
    "cap": _cap,
    "quiet_hours": _quiet_hours,
    "expiry": _expiry,
    "dedupe": _dedupe,
}


def contacts(person: Person, channel: str) -> list[Contact]:
    """The person's addresses for a channel."""
    return [contact for contact in person.contacts if contact.channel == channel]


def usable(case: Case, channel: str) -> Contact | None:
    """The first address of the channel that no suppression stops."""
    stopped = case.suppressed.get(channel, {})
    for contact in contacts(case.person, channel) if case.person else []:
        reason = stopped.get(contact.value)
        if reason is None or (case.purpose == "transactional" and reason not in DEAD):
            return contact
    return None


def agreement(decided: Sequence[Agreement], purpose: str, topic: str, channel: str) -> str | None:
    """What profile decided about a topic on a channel, else about its purpose; None when nothing was ever said."""
    states = {(one.purpose, one.channel): one.state for one in decided}
    return states.get((topic, channel)) or states.get((purpose, channel))


def cap_until(cap: Cap, channel: str, counted: Sequence[tuple[str, datetime]], at: datetime) -> datetime | None:
    """When one more message fits under the cap again; None when it does now. The window rolls with the clock."""
    if cap.channel not in (ANY, channel):
        return None
    window = cap.days * DAY
    inside = sorted(when for kind, when in counted if cap.channel in (ANY, kind) and when > at - window)
    return inside[-cap.limit] + window if len(inside) >= cap.limit else None


def quiet_until(at: datetime, zone: ZoneInfo, start: time, end: time) -> datetime | None:
    """When the quiet hours around `at` end, in UTC; None outside them. `start` counts, `end` does not."""
    local = at.astimezone(zone)
    if not is_quiet(local.time(), start, end):
        return None
    day = local.date() + DAY if start > end and local.time() >= start else local.date()
    ends = datetime.combine(day, end, zone).replace(fold=local.fold).astimezone(UTC)
    if ends <= at:  # the clock went back over `end`: its second coming counts
        ends = datetime.combine(day, end, zone).replace(fold=1).astimezone(UTC)
    return quiet_until(ends, zone, start, end) or ends  # the clock may jump over the whole open hour


def is_quiet(clock: time, start: time, end: time) -> bool:
    """Whether a time of day lies in `start` (included) to `end` (excluded), which may wrap midnight."""
    return (clock >= start or clock < end) if start > end else start <= clock < end


def contact_hours_until(at: datetime, zone: ZoneInfo, hours: Sequence[str]) -> datetime | None:
    """When a customer may be disturbed next who named hours such as `mon-fri/09:00-12:00`; None when now or always."""
    today = at.astimezone(zone).date()
    windows = [match for text in hours if (match := CONTACT_HOURS.fullmatch(text))]
    spans = [span for late in range(-1, 8) for window in windows if (span := _span(window, today + late * DAY, zone))]
    if any(start <= at < end for start, end in spans):
        return None
    return min((start for start, _ in spans if start > at), default=None)


def _span(window: re.Match[str], day: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Begin and end of a window that begins on `day`; None when it is not of that weekday."""
    first, last = window["first"] or "mon", window["last"] or window["first"] or "sun"
    begin, finish = WEEKDAYS.index(first), WEEKDAYS.index(last)
    if (day.weekday() - begin) % 7 > (finish - begin) % 7:
        return None
    start, end = time.fromisoformat(window["start"]), time.fromisoformat(window["end"])
    after = day + DAY if end <= start else day
    return datetime.combine(day, start, zone).astimezone(UTC), datetime.combine(after, end, zone).astimezone(UTC)
