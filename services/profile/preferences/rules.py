"""What customers are offered to choose, what their choices change, and what a form says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.profile.addresses.schemas import Address
from services.profile.consents.schemas import ANY, CHANNELS, GRANTED, MARKETING, SERVICE, WITHDRAWN, Purpose, State
from services.profile.identities.schemas import ADDRESS_KINDS
from services.profile.personal.rules import masked
from services.profile.preferences.schemas import PlaceOut, PreferencesOut, TopicChoice, TopicOut, Wishes
from shared.errors import FieldError, Invalid

LONGEST_PAUSE = timedelta(days=366)
LOCALES = ("zh-CN", "en")
PAUSES: Mapping[str, int | None] = {"none": None, "30": 30, "90": 90, "180": 180}  # days
KEEP = "keep"  # a value that is none: all stays as it is

Form = Mapping[str, Sequence[str]]
Decided = Mapping[tuple[str, str], State]  # by purpose and channel


def places(addresses: Iterable[Address]) -> list[PlaceOut]:
    """Where somebody can be reached, the best address of each channel."""
    best: dict[str, str] = {}
    for one in addresses:
        best.setdefault(one.channel, masked(ADDRESS_KINDS[one.channel], one.value))
    return [PlaceOut(channel=one, address=best[one]) for one in sorted(best, key=CHANNELS.index)]


def offered(purposes: Sequence[Purpose]) -> list[Purpose]:
    """What can be chosen singly: topics, and classes that have none."""
    divided = {one.purpose_class for one in purposes if one.purpose != one.purpose_class}
    return [one for one in purposes if one.purpose not in divided]


def topics(purposes: Sequence[Purpose], channels: Iterable[str], decided: Decided) -> list[TopicOut]:
    """What counts now for everything that can be chosen."""
    cells = [(one, channel) for one in offered(purposes) for channel in channels]
    return [
        TopicOut(purpose=one.purpose, titles=one.titles, channel=channel, state=standing(one, channel, decided))
        for one, channel in cells
    ]


def standing(purpose: Purpose, channel: str, decided: Decided) -> str:
    """What counts: the word that decides, else service is allowed and anything else is not."""
    deciding = decided.get((purpose.purpose, channel))
    return deciding.state if deciding else GRANTED if purpose.purpose_class == SERVICE else WITHDRAWN


def news(choices: Iterable[TopicChoice], purposes: Sequence[Purpose], decided: Decided) -> list[TopicChoice]:
    """The choices that are not what counts already. A withdrawal reaches down to the topics of a class."""
    return [one for one in choices if any(state != one.state for state in _reached(one, purposes, decided))]


def _reached(choice: TopicChoice, purposes: Sequence[Purpose], decided: Decided) -> Iterator[str]:
    channels = CHANNELS if choice.channel == ANY else (choice.channel,)
    for one in purposes:
        below = choice.state == WITHDRAWN and one.purpose_class == choice.purpose
        if one.purpose == choice.purpose or below:
            for channel in channels:
                deciding = decided.get((one.purpose, channel))
                yield deciding.state if deciding else "unsaid"


def wishes(form: Form, present: PreferencesOut, now: datetime) -> Wishes:
    """What a sent page asks to change: boxes that were shown and differ from what counts, and known values only."""
    if MARKETING in form.get("leave", []):
        return Wishes(topics=[TopicChoice(purpose=MARKETING, channel=ANY, state="withdrawn")])
    shown, ticked = form.get("shown", []), form.get("topic", [])
    changed = [
        one for one in present.topics if (cell := cell_of(one)) in shown and (one.state == GRANTED) != (cell in ticked)
    ]
    wanted: dict[str, Any] = {
        "topics": [
            {"purpose": one.purpose, "channel": one.channel, "state": WITHDRAWN if one.state == GRANTED else GRANTED}
            for one in changed
        ]
    }
    locale, channel, pause = (form.get(name, [KEEP])[0] for name in ("locale", "preferred_channel", "pause"))
    if locale in LOCALES and not present.locale.startswith(locale[:2]):  # en-GB is not made en by being shown as en
        wanted["locale"] = locale
    if channel in ("", *CHANNELS) and (channel or None) != present.preferred_channel:
        wanted["preferred_channel"] = channel or None
    if pause in PAUSES and (PAUSES[pause] is not None or present.pause_until is not None):
        wanted["pause_until"] = (days := PAUSES[pause]) and now + timedelta(days=days)
    return Wishes.model_validate(wanted)


def cell_of(topic: TopicOut) -> str:
    """The name of a box on the page."""
    return f"{topic.purpose}/{topic.channel}"


def refuse_long(until: datetime | None, now: datetime) -> None:
    """Raise Invalid for a pause of more than a year: that is a withdrawal."""
    if until is not None and until > now + LONGEST_PAUSE:
        message = "A pause lasts a year at most; withdraw consent instead."
        raise Invalid("Not valid: pause_until.", errors=[FieldError("pause_until", "too_large", message)])
