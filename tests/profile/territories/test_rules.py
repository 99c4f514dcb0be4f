"""Which territory holds a region."""

from hypothesis import given
from hypothesis import strategies as st

from services.profile.regions.rules import COUNTRY
from services.profile.territories.rules import by_region, enclosing, of_region

codes = st.from_regex(r"[1-3][0-2]0[01]0[01]", fullmatch=True)
territories = st.dictionaries(st.sampled_from("abcd"), st.lists(codes, max_size=4))


@given(territories, codes)
def test_the_most_precise_territory_that_holds_a_region_counts(known: dict[str, list[str]], region: str) -> None:
    found = of_region(region, by_region(known.items()))
    holding = [at for at, code in enumerate(enclosing(region)) if any(code in some for some in known.values())]
    if found is None:
        assert holding == []
    else:
        assert enclosing(region)[holding[0]] in known[found]


def test_a_country_is_the_widest_territory_and_the_unknown_is_in_none() -> None:
    known = by_region([("home", [COUNTRY]), ("east", ["330000"]), ("japan", ["JP"])])
    assert [of_region(one, known) for one in ("330106", "310000", "JP-13", "US", None)] == [
        *("east", "home", "japan"),
        *(None, None),
    ]
