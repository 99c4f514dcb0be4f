"""By what archives are compared."""

from typing import Any

import pytest

from services.profile.duplicates.rules import SIMILAR, keys

pytestmark = pytest.mark.capability("C-04")
BIRTHDAY = {"calendar": "solar", "month": 5, "day": 20, "leap": False}
WHOLE = {"name": "王 小明", "birth_year": "1988", "address": "上海市静安区南京西路 1 号", "birthday": BIRTHDAY}


def test_a_whole_archive_is_compared_in_every_way() -> None:
    assert set(keys(WHOLE)) == set(SIMILAR)


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("name", {"address_birthday"}),
        ("birth_year", {"name_address", "name_birthday", "address_birthday"}),
        ("address", {"name_birth_date", "name_birthday"}),
        ("birthday", {"name_address"}),
    ],
)
def test_what_is_not_known_agrees_with_nobody(missing: str, left: set[str]) -> None:
    assert set(keys(WHOLE | {missing: None})) == left


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "  王   小明 "), ("address", "上海市静安区，南京西路１号"), ("birthday", {"month": 5, "day": 20})],
)
def test_other_ways_to_write_the_same_agree(field: str, value: Any) -> None:
    assert keys(WHOLE | {field: value}) == keys(WHOLE)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "王小红"), ("address", "上海市静安区南京西路 2 号"), ("birthday", BIRTHDAY | {"calendar": "lunar"})],
)
def test_other_facts_do_not_agree(field: str, value: Any) -> None:
    ours, theirs = keys(WHOLE), keys(WHOLE | {field: value})
    word = {"name": "name", "address": "address", "birthday": "birth"}[field]
    assert {kind for kind in SIMILAR if ours[kind] == theirs[kind]} == {kind for kind in SIMILAR if word not in kind}
