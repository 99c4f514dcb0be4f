"""What lies in a region."""

import re

from hypothesis import given
from hypothesis import strategies as st

from services.profile.regions.rules import ancestors, level, patterns

codes = st.from_regex(r"[1-8][0-9]{5}", fullmatch=True)


def lies_in(code: str, regions: list[str]) -> bool:
    return any(re.fullmatch(pattern.replace("%", ".*"), code) for pattern in patterns(regions))


@given(codes)
def test_a_region_lies_in_itself_in_what_its_digits_name_and_in_the_country(code: str) -> None:
    for region in (code, *ancestors(code), "CN"):
        assert lies_in(code, [region])


@given(codes, codes)
def test_a_region_lies_in_nothing_else(code: str, other: str) -> None:
    assert lies_in(code, [other]) == (other == code or other in ancestors(code))


def test_a_country_holds_its_subdivisions_and_no_other() -> None:
    assert lies_in("JP-13", ["JP"])
    assert not lies_in("JP", ["JP-13"])
    assert not lies_in("310000", ["JP"])


def test_levels_are_told_by_trailing_zeros() -> None:
    assert [level(code) for code in ("330000", "330100", "330106")] == [1, 2, 3]
    assert ancestors("330106") == ["330100", "330000"]
    assert ancestors("330000") == []
