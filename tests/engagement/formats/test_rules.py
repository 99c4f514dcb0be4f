"""Where a text is looked for, and which zone counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.formats.rules import fallbacks, zone_of

LOCALES = st.sampled_from(["zh", "zh-CN", "zh-Hans-CN", "en", "en-GB", "pt-BR", "x"])


@pytest.mark.capability("C-24")
def test_the_locale_falls_back_to_its_language_then_to_the_default() -> None:
    assert fallbacks("en-GB", "zh-CN") == ["en-GB", "en", "zh-CN", "zh"]
    assert fallbacks("zh-Hans-CN", "zh-CN") == ["zh-Hans-CN", "zh-Hans", "zh", "zh-CN"]


@given(LOCALES, LOCALES)
def test_the_nearest_text_comes_first_and_none_twice(locale: str, default: str) -> None:
    found = fallbacks(locale, default)
    assert found[0] == locale
    assert default in found
    assert len(found) == len(set(found))


def test_an_unknown_zone_counts_as_the_default() -> None:
    assert zone_of("Mars/Olympus", "Asia/Shanghai").key == "Asia/Shanghai"
    assert zone_of("../etc/passwd", "Asia/Shanghai").key == "Asia/Shanghai"
    assert zone_of(None, "Asia/Shanghai").key == "Asia/Shanghai"
    assert zone_of("Europe/London", "Asia/Shanghai").key == "Europe/London"
