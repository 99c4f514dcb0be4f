"""Products on the real database: told by many doors, priced by the time, kept by version."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.categories.tables import ProductCategory
from services.profile.exchange_rates import usecases as exchange_rates
from services.profile.ingestion.rejections.tables import RejectedEvent
from services.profile.ingestion.usecases import receive, resubmit
from services.profile.products import repository, usecases
from services.profile.products.republish import page
from services.profile.products.schemas import ProductPatch
from services.profile.products.tables import Product, ProductVersion
from shared.contracts.base import Origin
from shared.contracts.profile import ProductRecorded
from shared.errors import Conflict, Invalid, NotFound, PreconditionFailed
from shared.messaging.handlers import Message
from shared.messaging.republish import Selection
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from shared.testing.statements import statements
from tests.profile.products.documents import period, product

pytestmark = pytest.mark.capability("C-50")
Published = Callable[..., Sequence[Any]]
HOUR = timedelta(hours=1)


def statuses(outcomes: Sequence[usecases.Outcome]) -> list[str]:
    return [one.status for one in outcomes]


def tick(session: Session, at: datetime) -> int:
    return usecases.change_prices(Runtime("profile", Settings(env="test"), Within(session), lambda: at))


def stored(session: Session, sku: str = "tea-01") -> Any:
    return repository.found(session, sku)


def test_a_product_is_published_once_for_each_thing_said_of_it(
    profile: Session, now: datetime, published: Published
) -> None:
    first = product(updated_at=now - 3 * HOUR, unit_cost="20", flags=["consumable"], use_days=30)
    dearer = product(updated_at=now - HOUR, price="55")
    for told, status in ((first, "created"), (first, "unchanged"), (dearer, "updated"), (first, "unchanged")):
        assert statuses(usecases.report(profile, [told], source="shop", now=now)) == [status]
    one, two = published(profile, ProductRecorded)
    assert (one.version, one.price, one.unit_cost, one.use_days) == (1, 50, 20, 30)
    assert (two.version, two.price, two.unit_cost, two.occurred_at) == (2, 55, None, now - HOUR)
    assert (one.key, one.subject, one.origin) == ("tea-01", "product/tea-01", Origin.LIVE)
    assert stored(profile).source == "shop"


def test_of_several_reports_in_one_batch_the_newest_decides(
    profile: Session, now: datetime, published: Published
) -> None:
    batch = [product(updated_at=now - hours * HOUR, price=hours) for hours in (2, 1, 3)]
    assert statuses(usecases.report(profile, [*batch, product("pot")], now=now)) == [
        *("unchanged", "created", "unchanged", "created"),
    ]
    assert [(one.sku, one.price) for one in published(profile, ProductRecorded)] == [("tea-01", 1), ("pot", 50)]


def test_another_currency_needs_a_rate_of_the_day(profile: Session, now: datetime, published: Published) -> None:
    foreign = product(currency="USD", price="20", unit_cost="9.99")
    (refused,) = usecases.report(profile, [foreign], now=now)
    assert refused.problem is not None
    assert (refused.status, refused.problem.code) == ("refused", "currency_unsupported")
    exchange_rates.put_rate(profile, "USD", now.date(), Decimal("7.1"), now)
    assert statuses(usecases.report(profile, [foreign], now=now)) == ["created"]
    (told,) = published(profile, ProductRecorded)
    assert (told.price, told.unit_cost) == (Decimal("142.00"), Decimal("70.93"))
    exchange_rates.put_rate(profile, "USD", now.date(), Decimal("7.2"), now)
    assert statuses(usecases.report(profile, [foreign], now=now + HOUR)) == ["unchanged"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"updated_at": datetime.fromisoformat("1999-01-01T00:00:00Z")}, "validation_failed"),
        ({"updated_at": datetime.fromisoformat("2099-01-01T00:00:00Z")}, "validation_failed"),
        ({"currency": "QQQ"}, "currency_unsupported"),
    ],
)
def test_a_report_is_refused_by_itself(profile: Session, now: datetime, fields: dict[str, Any], code: str) -> None:
    bad, good = usecases.report(profile, [product(**fields), product("pot")], now=now)
    assert bad.problem is not None
    assert (bad.status, bad.problem.code, good.status) == ("refused", code, "created")


def test_a_price_begins_and_ends_by_time_alone(profile: Session, now: datetime, published: Published) -> None:
    sale = period(now + HOUR, now + 2 * HOUR, "39")
    usecases.report(profile, [product(prices=[sale], margin="0.4"), product("pot")], now=now)
    for hours, looked_at, price in ((0, 0, 50), (1, 1, 39), (1.5, 0, 39), (2, 1, 50), (9, 0, 50)):
        assert tick(profile, now + hours * HOUR) == looked_at
        assert stored(profile).price == price
    told = [one for one in published(profile, ProductRecorded) if one.sku == "tea-01"]
    assert [(one.version, one.price, one.unit_cost) for one in told] == [(1, 50, 30), (2, 39, 30), (3, 50, 30)]
    assert [one.occurred_at for one in told] == [now, now + HOUR, now + 2 * HOUR]


def test_a_boundary_without_another_price_publishes_nothing(
    profile: Session, now: datetime, published: Published
) -> None:
    usecases.report(profile, [product(prices=[period(now + HOUR, now + 2 * HOUR, "50.00")])], now=now)
    assert tick(profile, now + HOUR) == 1
    assert len(published(profile, ProductRecorded)) == 1
    assert stored(profile).due_at == now + 2 * HOUR


def test_what_is_archived_is_for_sale_nowhere_until_a_newer_report(
    profile: Session, now: datetime, published: Published
) -> None:
    usecases.report(profile, [product(updated_at=now - 2 * HOUR, prices=[period(now + HOUR, None, "1")])], now=now)
    assert statuses(usecases.archive(profile, ["tea-01", "nothing"], at=now - HOUR, now=now)) == [
        *("updated", "unchanged"),
    ]
    assert published(profile, ProductRecorded)[-1].available == []
    assert (stored(profile).archived_at, stored(profile).due_at) == (now, None)
    late = [product(updated_at=now - 1.5 * HOUR, price="1")]
    assert statuses(usecases.report(profile, late, now=now)) == ["unchanged"]
    assert statuses(usecases.archive(profile, ["tea-01"], at=now - HOUR, now=now)) == ["unchanged"]
    assert statuses(usecases.report(profile, [product(updated_at=now)], now=now)) == ["updated"]
    assert published(profile, ProductRecorded)[-1].available[0].channel == "any"


def test_a_patch_counts_later_than_all_that_was_told(profile: Session, now: datetime) -> None:
    usecases.report(profile, [product(updated_at=now + 2 * timedelta(minutes=1), brand="West Lake")], now=now)
    patch = ProductPatch.model_validate({"titles": {"en": "Longjing"}, "brand": None})
    usecases.edit(profile, "tea-01", patch, 1, now)
    row = stored(profile)
    assert (row.titles, row.brand, row.version) == ({"zh": "龙井茶", "en": "Longjing"}, None, 2)
    assert statuses(usecases.report(profile, [product(updated_at=now)], now=now)) == ["unchanged"]
    with pytest.raises(PreconditionFailed):
        usecases.edit(profile, "tea-01", patch, 1, now)
    with pytest.raises(Invalid):
        usecases.edit(profile, "tea-01", ProductPatch.model_validate({"price": None}), 2, now)
    with pytest.raises(Invalid):
        usecases.edit(profile, "tea-01", ProductPatch(currency="USD"), 2, now)
    with pytest.raises(NotFound):
        usecases.edit(profile, "pot", patch, 1, now)


def test_a_product_is_created_once_and_again_when_it_was_archived(profile: Session, now: datetime) -> None:
    usecases.create(profile, product(), now)
    with pytest.raises(Conflict):
        usecases.create(profile, product(), now)
    usecases.remove(profile, "tea-01", now)
    usecases.create(profile, product(price="60"), now)
    assert (stored(profile).version, stored(profile).price, stored(profile).archived_at) == (3, 60, None)
    with pytest.raises(NotFound):
        usecases.remove(profile, "pot", now)


def test_every_version_is_kept_and_knows_since_when_it_counts(profile: Session, now: datetime) -> None:
    for hours, cost in ((5, "20"), (3, None), (1, "22")):
        usecases.report(profile, [product(updated_at=now - hours * HOUR, unit_cost=cost)], now=now)
    kept = profile.scalars(select(ProductVersion).order_by(ProductVersion.version)).all()
    assert [(one.version, one.unit_cost, one.since) for one in kept] == [
        *((1, 20, now - 5 * HOUR), (2, None, now - 3 * HOUR), (3, 22, now - HOUR)),
    ]
    asked = [("tea-01", now - hours * HOUR) for hours in (6, 5, 4, 3, 1)]
    costs = [one.unit_cost for one in usecases.known(profile, [*asked, ("pot", now)], now).values()]
    assert sorted(map(str, costs)) == ["20.0000", "20.0000", "22.0000", "None", "None"]


def test_orders_of_a_shop_without_a_catalogue_ask_once_a_second(profile: Session, now: datetime) -> None:
    asked = [("tea-01", now)]
    usecases.known(profile, asked, now)
    with statements(profile) as sent:
        usecases.known(profile, asked, now + timedelta(seconds=0.9))
    assert sent == []
    usecases.report(profile, [product(updated_at=now - HOUR)], now=now)
    assert list(usecases.known(profile, asked, now)) == asked


def test_two_hundred_products_take_as_many_statements_as_one(profile: Session, now: datetime) -> None:
    def told(skus: range, hours: int) -> list[Any]:
        return [product(f"sku-{at}", updated_at=now - hours * HOUR, price=hours) for at in skus]

    usecases.report(profile, told(range(3), 9), now=now)
    with statements(profile) as for_one:
        usecases.report(profile, [*told(range(1), 8), *told(range(900, 901), 8)], now=now)
    with statements(profile) as for_many:
        usecases.report(profile, told(range(200), 7), now=now)
    assert len(for_many) <= len(for_one)


def test_products_are_sent_again_in_pages(profile: Session, now: datetime) -> None:
    usecases.report(profile, [product(sku) for sku in ("a", "b", "c")], now=now)
    usecases.archive(profile, ["b"], now=now)
    first = page(profile, Selection(None, None, None, 2))
    assert [(one.sku, one.version, one.origin, one.available == []) for one in first] == [
        *(("a", 1, "republish", False), ("b", 2, "republish", True)),
    ]
    assert [one.sku for one in page(profile, Selection(now, None, "b", 2))] == ["c"]
    assert page(profile, Selection(now + HOUR, None, None, 2)) == []


def test_an_unknown_category_becomes_a_root_and_an_archived_one_comes_back(profile: Session, now: datetime) -> None:
    usecases.report(profile, [product(), product("pot", category="teaware")], now=now)
    tea = profile.scalars(select(ProductCategory).where(ProductCategory.code == "tea")).one()
    assert (tea.parent, tea.titles, tea.version) == (None, {}, 1)
    tea.archived_at = now
    profile.flush()
    usecases.report(profile, [product("tea-02")], now=now)
    back = profile.execute(
        select(ProductCategory.archived_at, ProductCategory.version).where(ProductCategory.code == "tea")
    ).one()
    assert tuple(back) == (None, 2)


# --- the topic -------------------------------------------------------------------------------------------------------


def message(body: Any, **headers: str) -> Message:
    value = body if isinstance(body, bytes) else orjson.dumps(body)
    name = "commerce.product.reported"
    return Message("commerce.events", 0, 0, "tea-01", name, {"ce_type": name, **headers}, value)


BODY = {"source": "shop", "sku": "tea-01", "titles": {"en": "Tea"}, "category": "tea", "price": "50.00"}


def test_the_topic_takes_products_and_what_is_refused_can_be_mended(
    profile: Session, now: datetime, published: Published
) -> None:
    times = [(now - hours * HOUR).isoformat() for hours in (1, 2)]
    some = [
        message(BODY | {"updated_at": times[0], "price": "52"}),
        message(BODY | {"updated_at": times[1]}),
        message(BODY | {"sku": "pot", "currency": "USD"}, ce_time=times[1]),
        message(b"{"),
    ]
    receive(profile, some, now)
    assert [(one.sku, one.price) for one in published(profile, ProductRecorded)] == [("tea-01", 52)]
    refused = profile.scalars(select(RejectedEvent).order_by(RejectedEvent.code)).all()
    assert [(one.kind, one.source, one.code) for one in refused] == [
        *(("product", "shop", "currency_unsupported"), ("product", None, "malformed_request")),
    ]
    resubmit(profile, refused[0].rejection_id, BODY | {"sku": "pot"}, now)
    assert stored(profile, "pot").told_at == refused[0].received_at


def test_a_record_without_a_time_counts_from_its_own(profile: Session, now: datetime) -> None:
    new, old = (message(BODY | {"price": hours}, ce_time=(now - hours * HOUR).isoformat()) for hours in (1, 2))
    for one in (new, old, new):
        receive(profile, [one], now)
    assert list(map(int, profile.scalars(select(Product.price)))) == [1]


def test_an_import_by_the_topic_says_so(profile: Session, now: datetime, published: Published) -> None:
    receive(profile, [message(BODY, ce_origin="import")], now)
    assert [one.origin for one in published(profile)] == ["import"]
