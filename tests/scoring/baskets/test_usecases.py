"""Mining over HTTP and by night: what is found, what is answered meanwhile, and when it is done again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.scoring.__main__ import SERVICE
from services.scoring.baskets import repository, usecases
from services.scoring.baskets.tables import Level, ProductRule
from services.scoring.facts import usecases as facts
from services.scoring.facts.catalogue import usecases as catalogue
from shared import jobs
from shared.contracts.base import Origin
from shared.contracts.profile import OrderRecorded
from shared.jobs import Job
from shared.runtime import Runtime
from tests.scoring.baskets.orders import basket, product
from tests.scoring.events import PEOPLE
from tests.scoring.publishing.served import Api, served

WEI, *_ = PEOPLE
pytestmark = pytest.mark.capability("C-21")
SOME = [["tea", "cup"]] * 12 + [["tea", "cup", "pot"]] * 6 + [["tea"]] * 2 + [["milk"]] * 10
PRODUCTS = [
    product("tea"),
    *(product("cup", "ware"), product("pot", "ware", available=[]), product("taster", flags=["sample"])),
]


def orders(first: int = 0, **fields: Any) -> list[OrderRecorded]:
    return [basket(WEI, first + at, skus, day=300, **fields) for at, skus in enumerate(SOME)]


def record(runtime: Runtime, some: list[OrderRecorded], now: datetime) -> None:
    with runtime.database.transaction() as session:
        facts.record_orders(session, some, now)
        catalogue.record_products(session, PRODUCTS, now)


def run_queued(runtime: Runtime) -> Job:
    with runtime.database.reading() as session:
        (queued,) = session.scalars(select(Job.id).where(Job.status == "queued")).all()
    jobs.run(runtime, SERVICE.jobs, queued)
    with runtime.database.reading() as session:
        return jobs.get(session, queued)


@pytest.fixture
def clock(now: datetime) -> list[datetime]:
    return [now]


@pytest.fixture
def runtime(runtime_of: Callable[..., Runtime], clock: list[datetime]) -> Runtime:
    made: Runtime = runtime_of("scoring", lambda: clock[0])
    record(made, orders(), clock[0])
    return made


@pytest.fixture
def api(runtime: Runtime) -> Iterator[Api]:
    with served(runtime) as found:
        yield found


def test_rules_of_products_and_categories_are_mined_and_listed(api: Api) -> None:
    job = api.done(api.post("/product-rules/mine", {"min_support": 0.1, "min_confidence": 0.2}))
    assert job["status"] == "succeeded", job
    assert {name: found["baskets"] for name, found in job["result"].items()} == {"sku": 30, "category": 20}
    best = api.get("/product-rules?sku=pot&min_confidence=0.9").json()["items"]
    assert {("+".join(sorted(one["items"])), one["consequent"]) for one in best} == {
        *(("pot", "tea"), ("pot", "cup"), ("cup+pot", "tea"), ("pot+tea", "cup")),
    }
    first = api.get("/product-rules?sort=-support&limit=1").json()["items"][0]
    numbers = {"baskets": 18, "support": 0.6, "lift": 1.5}
    assert {name: first[name] for name in numbers} == numbers
    ware = api.get("/product-rules?level=category&item=ware").json()["items"]
    assert next((one["items"], one["consequent"], one["confidence"]) for one in ware) == (["ware"], "tea", 1.0)


def test_rules_come_page_by_page(api: Api) -> None:
    api.done(api.post("/product-rules/mine", {"level": "sku", "min_support": 0.1}))
    everything = api.get("/product-rules?sort=-lift").json()["items"]
    first = api.get("/product-rules?sort=-lift&limit=3").json()
    rest = api.get(f"/product-rules?sort=-lift&cursor={first['next_cursor']}").json()["items"]
    assert first["items"] + rest == everything
    assert [one["lift"] for one in everything] == sorted((one["lift"] for one in everything), reverse=True)


def test_what_is_bought_together_and_for_sale_is_told_to_members_too(api: Api) -> None:
    assert api.get("/products/tea/bought-together").json() == {"sku": "tea", "items": [], "as_of": None}
    api.done(api.post("/product-rules/mine", {}))
    (cup,) = api.get("/products/tea/bought-together", member=WEI).json()["items"]
    assert (cup["sku"], cup["confidence"], cup["lift"], cup["support"]) == ("cup", 0.9, 1.5, 0.6)
    assert cup["titles"] == {"zh": "品 cup", "en": "Product cup"}
    assert cup["reasons"] == [
        {"code": "bought_with", "values": {"confidence": 0.9, "lift": 1.5, "support": 0.6, "baskets": 18.0}}
    ]
    assert api.get("/products/nothing/bought-together").status_code == 404


def test_only_kept_lines_of_counted_orders_within_the_window_are_read(
    runtime: Runtime, clock: list[datetime], now: datetime
) -> None:
    gone = [basket(WEI, 500 + at, ["milk", "pot"], day=300, refunded_quantity=1) for at in range(5)]
    cancelled = [one.model_copy(update={"status": "cancelled", "version": 2}) for one in orders()[:2]]
    record(runtime, [*gone, *cancelled, basket(WEI, 600, ["milk", "pot"], day=-400)], now)
    with runtime.database.reading() as session:
        portions = list(repository.baskets(session, Level.SKU, now - timedelta(days=365), now))
    assert sorted(one for portion in portions for one in portion) == sorted(
        "\x1f".join(sorted(skus)) for skus in SOME[2:]
    )


def test_a_new_generation_takes_the_place_of_the_one_before(runtime: Runtime, api: Api) -> None:
    for support in (0.1, 0.9):
        api.done(api.post("/product-rules/mine", {"level": "sku", "min_support": support}))
    with runtime.database.reading() as session:
        assert session.scalars(select(ProductRule.generation)).all() == []
        latest = repository.latest(session, Level.SKU)
        assert latest is not None
        assert (latest.generation, latest.rules) == (2, 0)
    assert api.get("/products/tea/bought-together").json()["items"] != []


def test_two_minings_do_not_run_at_a_time(api: Api) -> None:
    assert api.post("/product-rules/mine", {}).status_code == 202
    assert api.post("/product-rules/mine", {}).json()["code"] == "job_running"
    assert api.post("/product-rules/mine", {}, scopes=("scoring:read",)).status_code == 403


def test_mining_is_due_at_first_and_each_night_that_follows_new_orders(runtime: Runtime, clock: list[datetime]) -> None:
    assert usecases.consider(runtime) == 1
    assert usecases.consider(runtime) == 0  # one is queued
    assert run_queued(runtime).status == "succeeded"
    clock[0] = datetime(2026, 11, 25, 19, tzinfo=UTC)  # three in the morning in Shanghai
    assert usecases.consider(runtime) == 0  # nothing came
    record(runtime, [basket(WEI, 700, ["tea"], day=324).model_copy(update={"occurred_at": clock[0]})], clock[0])
    clock[0] += timedelta(hours=6)
    assert usecases.consider(runtime) == 0  # it is day
    clock[0] += timedelta(hours=18)
    assert usecases.consider(runtime) == 1
    assert run_queued(runtime).status == "succeeded"
    assert usecases.consider(runtime) == 0


def test_nothing_is_mined_while_an_import_comes_in_or_from_hardly_any_orders(
    runtime_of: Callable[..., Runtime], clock: list[datetime]
) -> None:
    runtime = runtime_of("scoring", lambda: clock[0])
    record(runtime, orders()[:19], clock[0])
    assert usecases.consider(runtime) == 0
    record(runtime, [one.model_copy(update={"origin": Origin.IMPORT}) for one in orders()], clock[0])
    assert usecases.consider(runtime) == 0
    clock[0] += timedelta(minutes=1)
    assert usecases.consider(runtime) == 1
