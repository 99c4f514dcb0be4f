"""What rules name that others keep: declared attributes, and who looks after customers."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.profile.assignments import usecases as assignments
from services.profile.assignments.schemas import Pin
from services.profile.attributes import usecases as attributes
from services.profile.attributes.schemas import NewAttribute
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import STAFF, Change
from services.profile.segments import usecases as segments
from services.profile.segments.publications import usecases as publications
from services.profile.segments.references.usecases import words_known
from services.profile.segments.schemas import SegmentPatch
from services.profile.signals import usecases as signals
from shared.contracts.examples import examples
from shared.contracts.scoring import AssessmentChanged, DimensionLevel, OwnDimension, SchemePublished, SchemeTitles
from shared.errors import Conflict, Invalid
from tests.profile.assignments.conftest import Merchant
from tests.profile.segments.people import BUYERS, DAY, World

pytestmark = pytest.mark.capability("C-06")
LEVEL = DimensionLevel(level="high", confidence=Decimal("0.5"))
TITLES = {"zh": "鞋码", "en": "Shoe size"}


def declare(world: World, key: str, **fields: Any) -> None:
    body = NewAttribute.model_validate({"key": key, "type": "choice", "titles": TITLES, **fields})
    attributes.declare(world.session, body, world.now)


@pytest.fixture
def shop(world: World) -> World:
    declare(world, "size", values=["38", "39"])
    declare(world, "cups", type="number")
    declare(world, "asks", type="bool")
    declare(world, "words", type="text")
    declare(world, "diet", values=["none"], pii=True)
    return world


@pytest.mark.parametrize(
    ("leaf", "fault"),
    [
        ({"field": "attribute.height", "op": "is", "value": "x"}, ("/field", "unknown")),
        ({"field": "attribute.words", "op": "is", "value": "x"}, ("/field", "not_allowed")),
        ({"field": "attribute.diet", "op": "is_known"}, ("/field", "not_allowed")),
        ({"field": "attribute.cups", "op": "is", "value": "3"}, ("/op", "not_allowed")),
        ({"field": "attribute.size", "op": "at_least", "value": 3}, ("/op", "not_allowed")),
        ({"field": "attribute.size", "op": "is", "value": True}, ("/value", "type")),
        ({"field": "attribute.asks", "op": "is", "value": "yes"}, ("/value", "type")),
        ({"field": "attribute.size", "op": "is_any_of", "value": ["38", "40"]}, ("/value", "not_allowed")),
        (
            {"field": "assignment.manager_id", "op": "has_any_of", "value": [str(uuid4())]},
            ("/value", "reference_not_found"),
        ),
    ],
)
def test_what_an_attribute_is_not_cannot_be_asked(shop: World, leaf: Any, fault: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        shop.draft("x", {"all": [BUYERS, leaf]})
    assert [(one.field, one.code) for one in refused.value.errors] == [(f"/all/1{fault[0]}", fault[1])]


def test_a_region_that_is_not_there_is_refused_and_one_abroad_is_believed(world: World) -> None:
    leaf = {"field": "customer.region", "op": "in_region", "value": ["310000", "319999", "DE-BY"]}
    with pytest.raises(Invalid) as refused:
        world.draft("x", {"all": [BUYERS, leaf]})
    assert [(one.field, one.code, one.message) for one in refused.value.errors] == [
        ("/all/1/value", "reference_not_found", "There is no region 319999.")
    ]
    world.draft("x", {"all": [BUYERS, leaf | {"value": ["310000", "DE-BY"]}]})


def test_every_attribute_is_a_word_with_its_names_and_values(shop: World) -> None:
    words = {one.field: one for one in words_known(shop.session) if one.field.startswith("attribute.")}
    assert set(words) == {f"attribute.{key}" for key in ("asks", "cups", "diet", "size", "words")}
    assert {name for name, one in words.items() if not one.available} == {"attribute.diet", "attribute.words"}
    size = words["attribute.size"]
    assert (size.type, size.values, size.titles.zh) == ("code", ["38", "39"], "鞋码")
    assert words["attribute.cups"].operators[0] == "at_least"


def declared(world: World, *codes: str, version: int) -> None:
    """What scoring tells of its scheme of dimensions."""
    told = next(one for one in examples(SchemePublished) if one.scheme_kind == "dimensions")
    own = [OwnDimension(dimension=code, titles=SchemeTitles(zh="参与度", en="Engagement")) for code in codes]
    signals.note_schemes(world.session, [told.model_copy(update={"dimensions": own, "version": version})], world.now)


def test_a_declared_dimension_is_a_word_while_it_is_declared(world: World) -> None:
    leaf = {"field": "dimension.engagement", "op": "is", "value": "high"}
    with pytest.raises(Invalid) as refused:
        world.draft("early", leaf)
    assert [(one.field, one.code) for one in refused.value.errors] == [("/field", "unknown")]
    declared(world, "engagement", version=3)
    declared(world, "older", version=2)
    (word,) = [one for one in words_known(world.session) if one.field == "dimension.engagement"]
    assert (word.titles.zh, word.values[0], word.available) == ("参与度", "high", True)
    one, other = (world.order(name, world.now) for name in ("u-1", "u-2"))
    assessed(world, one, "high")
    segment_id = world.publish("engaged", leaf)
    assert world.members(segment_id) == {one}
    assessed(world, other, "high", version=8)
    world.look()
    assert world.members(segment_id) == {one, other}


def assessed(world: World, who: UUID, level: str, version: int = 7) -> None:
    event = examples(AssessmentChanged)[0].model_copy(
        update={
            "customer_id": who,
            "version": version,
            "dimensions": {"engagement": LEVEL.model_copy(update={"level": level})},
        }
    )
    signals.note_assessments(world.session, [event], world.now)


def test_a_value_that_is_told_lets_enter_and_another_lets_leave(shop: World) -> None:
    one = shop.order("u-1", shop.now)
    segment_id = shop.publish("small", {"field": "attribute.size", "op": "is", "value": "38"})
    for size, members in (("38", {one}), ("39", set())):
        shop.now += DAY
        customers.change(shop.session, [Change(one, {"attributes.size": size}, STAFF, shop.now)], shop.now)
        shop.look()
        assert shop.members(segment_id) == members


def test_who_gets_a_manager_enters_and_with_another_leaves(world: World, merchant: Merchant) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east), merchant.manager("han", east)
    one = world.order("u-1", world.now)
    segment_id = world.publish("lis", {"field": "assignment.manager_id", "op": "has_any_of", "value": [str(li)]})
    for manager_id, members in ((li, {one}), (han, set())):
        assignments.pin(world.session, one, "account_manager", Pin(manager_id=manager_id), world.now)
        world.look()
        assert world.members(segment_id) == members


def owned(manager_id: UUID) -> dict[str, Any]:
    return {"field": "assignment.manager_id", "op": "has_any_of", "value": [str(manager_id)]}


@pytest.mark.capability("C-08")
def test_owners_never_depend_on_themselves(world: World, merchant: Merchant) -> None:
    li = merchant.manager("li", merchant.team("east"))
    own = world.publish("own", owned(li))
    over = world.publish("over", {"not": {"field": "segment", "op": "is", "value": str(own)}})
    for segment_id in (own, over):
        with pytest.raises(Invalid) as refused:
            merchant.rule("r", segment_ids=[segment_id], manager_id=li)
        assert [(one.field, one.code) for one in refused.value.errors] == [("segment_ids", "not_allowed")]


@pytest.mark.capability("C-08")
def test_a_segment_that_decides_about_owners_cannot_come_to_ask_for_them(world: World, merchant: Merchant) -> None:
    li = merchant.manager("li", merchant.team("east"))
    below = world.publish("below", BUYERS)
    used = world.publish("used", {"field": "segment", "op": "is", "value": str(below)})
    merchant.rule("r", segment_ids=[used], manager_id=li)
    draft = segments.get(world.session, below)
    segments.edit(world.session, below, SegmentPatch(rule=owned(li)), draft.version, world.now)
    with pytest.raises(Invalid) as refused:
        publications.publish(world.session, "profile", below, world.now)
    assert [(one.field, one.code) for one in refused.value.errors] == [("", "not_allowed")]
    with pytest.raises(Conflict) as in_use:
        segments.archive(world.session, used, world.now)
    assert in_use.value.code == "in_use"
