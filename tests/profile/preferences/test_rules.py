"""What a sent page changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.consents.schemas import GRANTED, WITHDRAWN
from services.profile.preferences.pages import WORDS
from services.profile.preferences.rules import wishes
from services.profile.preferences.schemas import PlaceOut, PreferencesOut, TopicOut

pytestmark = pytest.mark.capability("C-07")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PURPOSES, CHANNELS = ("care", "newsletter"), ("email", "sms")
CELLS = [f"{purpose}/{channel}" for purpose in PURPOSES for channel in CHANNELS]


def present(on: set[str], **fields: Any) -> PreferencesOut:
    topics = [
        TopicOut(purpose=purpose, titles={}, channel=channel, state=GRANTED if cell in on else WITHDRAWN)
        for cell in CELLS
        for purpose, channel in [cell.split("/")]
    ]
    places = [PlaceOut(channel=channel, address="a***") for channel in CHANNELS]
    known = {"locale": "zh-CN", "preferred_channel": None, "pause_until": None}
    return PreferencesOut(**{**known, **fields}, places=places, topics=topics)


@given(st.sets(st.sampled_from(CELLS)), st.sets(st.sampled_from(CELLS)), st.sets(st.sampled_from(CELLS)))
def test_only_boxes_that_were_shown_change_and_end_as_they_were_left(
    on: set[str], shown: set[str], ticked: set[str]
) -> None:
    form = {"shown": sorted(shown), "topic": sorted(ticked), "pause": ["none"], "locale": ["zh-CN"]}
    wanted = wishes(form, present(on), NOW)
    changed = {f"{one.purpose}/{one.channel}": one.state for one in wanted.topics}
    after = {cell: changed.get(cell, GRANTED if cell in on else WITHDRAWN) == GRANTED for cell in CELLS}
    assert after == {cell: cell in ticked if cell in shown else cell in on for cell in CELLS}
    assert wanted.model_fields_set == {"topics"}


def test_fields_change_to_known_values_only() -> None:
    paused = present(set(), pause_until=NOW + timedelta(days=3), preferred_channel="sms")
    kept = {"locale": ["xx"], "preferred_channel": ["pigeon"], "pause": ["keep"]}
    assert wishes(kept, paused, NOW).model_fields_set == {"topics"}
    wanted = wishes({"locale": ["en"], "preferred_channel": [""], "pause": ["none"]}, paused, NOW)
    assert (wanted.locale, wanted.preferred_channel, wanted.pause_until) == ("en", None, None)
    assert wanted.model_fields_set == {"topics", "locale", "preferred_channel", "pause_until"}
    assert wishes({"pause": ["30"]}, paused, NOW).pause_until == NOW + timedelta(days=30)


def test_a_locale_is_kept_while_its_language_is() -> None:
    british = present(set(), locale="en-GB")
    assert wishes({"locale": ["en"]}, british, NOW).model_fields_set == {"topics"}
    assert wishes({"locale": ["zh-CN"]}, british, NOW).locale == "zh-CN"


def test_one_button_leaves_all_marketing() -> None:
    (choice,) = wishes({"leave": ["marketing"]}, present(set()), NOW).topics
    assert (choice.purpose, choice.channel, choice.state) == ("marketing", "any", WITHDRAWN)


def test_both_languages_say_the_same() -> None:
    assert set(WORDS["zh"]) == set(WORDS["en"])
    assert all(WORDS["zh"].values())
    assert all(WORDS["en"].values())
