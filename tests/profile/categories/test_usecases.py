"""The tree of categories on the real database."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.categories import usecases
from services.profile.categories.schemas import CategoryPatch, NewCategory
from services.profile.categories.tables import ProductCategory
from shared.errors import Conflict, Invalid, NotFound, PreconditionFailed
from shared.ids import derived_id

pytestmark = pytest.mark.capability("C-50")
CODES = ("a", "b", "c", "d", "e")


def row(session: Session, code: str) -> ProductCategory:
    return session.scalars(select(ProductCategory).where(ProductCategory.code == code)).one()


def move(session: Session, code: str, parent: str | None, now: datetime) -> None:
    present = row(session, code)
    usecases.edit(session, present.category_id, CategoryPatch(parent=parent), present.version, now)


def within(session: Session, *codes: str) -> list[str]:
    return sorted(session.scalars(usecases.within(codes)))


def test_a_category_is_its_subtree(profile: Session, now: datetime) -> None:
    for code, parent in (("tea", None), ("green", "tea"), ("longjing", "green"), ("black", "tea"), ("pots", None)):
        usecases.create(profile, NewCategory(code=code, parent=parent), now)
    assert within(profile, "tea") == ["black", "green", "longjing", "tea"]
    assert within(profile, "green", "pots") == ["green", "longjing", "pots"]
    assert within(profile, "of orders only") == ["of orders only"]
    assert within(profile) == []


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from((*CODES, None))), max_size=8))
def test_no_moves_close_a_circle(profile: Session, now: datetime, moves: list[tuple[str, str | None]]) -> None:
    with profile.begin_nested() as attempt:
        usecases.meet(profile, CODES, now)
        parents: dict[str, str | None] = dict.fromkeys(CODES)
        for code, parent in moves:
            higher, at = set(), parent
            while at is not None:
                higher.add(at)
                at = parents[at]
            if code in higher:
                with pytest.raises(Invalid):
                    move(profile, code, parent, now)
            else:
                move(profile, code, parent, now)
                parents[code] = parent
        assert dict(profile.execute(select(ProductCategory.code, ProductCategory.parent)).all()) == parents
        attempt.rollback()


def test_meeting_again_changes_nothing(profile: Session, now: datetime) -> None:
    usecases.create(profile, NewCategory(code="tea", titles={"zh": "茶"}), now)
    usecases.meet(profile, ["tea", "pots", "tea"], now)
    assert (row(profile, "tea").titles, row(profile, "tea").version) == ({"zh": "茶"}, 1)
    assert row(profile, "pots").titles == {}


def test_a_patch_names_moves_and_makes_a_root(profile: Session, now: datetime) -> None:
    usecases.meet(profile, ["tea", "green"], now)
    who = row(profile, "green").category_id
    patch = CategoryPatch.model_validate({"parent": "tea", "titles": {"zh": "绿茶", "en": "Green"}})
    assert usecases.edit(profile, who, patch, 1, now).parent == "tea"
    patch = CategoryPatch.model_validate({"parent": None, "titles": {"en": None}})
    changed = usecases.edit(profile, who, patch, 2, now)
    assert (changed.parent, changed.titles, changed.version) == (None, {"zh": "绿茶"}, 3)
    with pytest.raises(PreconditionFailed):
        usecases.edit(profile, who, patch, 2, now)
    with pytest.raises(Invalid) as refusal:
        usecases.edit(profile, who, CategoryPatch(parent="nothing"), 3, now)
    assert refusal.value.errors[0].code == "reference_not_found"
    with pytest.raises(Invalid):
        usecases.create(profile, NewCategory(code="x", parent="x"), now)


def test_what_others_lie_in_stays(profile: Session, now: datetime) -> None:
    usecases.create(profile, NewCategory(code="tea"), now)
    usecases.create(profile, NewCategory(code="green", parent="tea"), now)
    with pytest.raises(Conflict) as refusal:
        usecases.archive(profile, row(profile, "tea").category_id, now)
    assert refusal.value.code == "in_use"
    for code in ("green", "tea"):
        usecases.archive(profile, row(profile, code).category_id, now)
    assert row(profile, "tea").archived_at == now
    with pytest.raises(Conflict):
        usecases.create(profile, NewCategory(code="tea"), now)
    move(profile, "tea", None, now)
    assert row(profile, "tea").archived_at is None
    with pytest.raises(NotFound):
        usecases.archive(profile, derived_id("product-category", "nothing"), now)
