"""Schemes over HTTP: drafted, tried, published, taken back and reviewed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.scoring.assessments import usecases as assessments
from services.scoring.facts import usecases as facts
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.schemas import KINDS
from shared.contracts.scoring import SchemePublished
from shared.ids import derived_id
from shared.runtime import Runtime
from tests.scoring.events import START, order
from tests.scoring.publishing.served import Api, served

Published = Callable[..., Sequence[Any]]
PEOPLE = [derived_id("buyer", str(at)) for at in range(30)]

pytestmark = pytest.mark.capability("C-22")


def sale(first: str, last: str) -> dict[str, Any]:
    return {"code": "sale", "titles": {"zh": "大促", "en": "Sale"}, "first": first, "last": last}


@pytest.fixture
def clock(now: datetime) -> list[datetime]:
    return [now]


@pytest.fixture
def api(runtime_of: Callable[..., Runtime], clock: list[datetime]) -> Iterator[Api]:
    """Scoring with thirty customers of one to thirty orders, all assessed."""
    runtime = runtime_of("scoring", lambda: clock[0])
    orders = [
        order(one, at * 100 + number, day=200 + number * 3, total=str(50 + 10 * at))
        for at, one in enumerate(PEOPLE)
        for number in range(1 + at // 3)
    ]
    with runtime.database.transaction() as session:
        facts.record_orders(session, orders, clock[0])
    while assessments.assess_due(runtime):
        pass
    with served(runtime) as found:
        yield found


def drafted(api: Api, kind: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = api.post(f"/schemes/{kind}/drafts", body or {})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/v1/schemes/{kind}/drafts/{made['id']}"
    return made


def published(api: Api, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    made = drafted(api, kind, body)
    job = api.done(api.post(f"/schemes/{kind}/drafts/{made['id']}/publish"))
    assert job["status"] == "succeeded", job
    found: dict[str, Any] = job["result"]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_begins_with_what_is_in_force_and_can_be_discarded(api: Api, kind: str) -> None:
    made = drafted(api, kind)
    path = f"/schemes/{kind}/drafts/{made['id']}"
    assert api.get(path).headers["ETag"] == '"1"'
    assert [one["id"] for one in api.get(f"/schemes/{kind}/drafts").json()["items"]] == [made["id"]]
    assert api.call("DELETE", path).status_code == 204
    assert api.get(path).json()["status"] == "discarded"
    assert api.get(f"/schemes/{kind}/drafts").json()["items"] == []
    assert api.call("DELETE", path).json()["code"] == "invalid_transition"


def test_a_draft_is_changed_by_merge_patch_against_its_version(api: Api) -> None:
    made = drafted(api, "dimensions", {"content": {"power": {"high": 0.9}}})
    path = f"/schemes/dimensions/drafts/{made['id']}"
    changed = api.patch(path, {"content": {"power": {"high": None, "low": 0.5}, "horizon_days": 90}}, 1)
    assert changed.json()["content"]["power"] == {"on": True, "high": 0.8, "low": 0.5}
    assert changed.headers["ETag"] == '"2"'
    assert api.patch(path, {"content": {}}, 1).status_code == 412
    assert api.call("PATCH", path, {"content": {}}).status_code == 428


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        ("dimensions", {"power": {"high": 2}}, "content.power.high"),
        ("criteria", {"keys": 1}, "content.keys"),
        ("tiers", {"tiers": [{"code": "a", "rank": "x", "titles": {"zh": "一", "en": "A"}}]}, "content.tiers.0.rank"),
        ("lifecycle", {"lost_after": 0}, "content.lost_after"),
        ("bands", {"days": [1, 2, 3, 4], "orders": [1, 2, 3], "spend": [1, 2, 3, 4]}, "content.orders"),
        ("strategies", {"items": [{"code": "x"}]}, "content.items.0.applies_to"),
        ("warnings", {"surprise": 1.5}, "content.surprise"),
        ("warnings", {"off": ["boredom"]}, "content.off.0"),
        ("dimensions", {"category_horizon_days": {"tea": 1}}, "content.category_horizon_days.tea"),
        ("promotions", {"periods": [sale("2026-02-02", "2026-02-01")]}, "content.periods.0"),
        ("promotions", {"periods": [sale("2026-02-02", "2026-02-03")] * 2}, "content"),
    ],
)
def test_a_fault_of_a_draft_is_named_by_its_path(api: Api, kind: str, content: dict[str, Any], field: str) -> None:
    answer = api.post(f"/schemes/{kind}/drafts", {"content": content})
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.capability("C-13")
def test_a_preset_sets_horizons_cuts_and_floor(api: Api) -> None:
    presets = {one["code"]: one for one in api.get("/scheme-presets").json()["items"]}
    assert (presets["consumer_goods"]["horizon_days"], presets["cars"]["value_horizon_days"]) == (60, 3650)
    content = drafted(api, "dimensions", {"preset": "luxury"})["content"]
    assert (content["preset"], content["horizon_days"], content["value_horizon_days"]) == ("luxury", 270, 1095)
    assert content["power"] == {"on": True, "high": 0.9, "low": 0.6}
    assert content["high_order_value"] == 10_000
    assert content["satisfaction"] == {"on": True, "high": 0.8, "low": 0.5}
    assert api.post("/schemes/dimensions/drafts", {"preset": "ships"}).status_code == 422
    assert api.post("/schemes/criteria/drafts", {"preset": "luxury"}).status_code == 422


@pytest.mark.capability("C-18")
def test_h_may_be_that_of_a_category_or_of_the_own_rhythm_and_churn_says_which(api: Api) -> None:
    """The last of the customers bought ten times, every three days; the first one furniture, once."""
    line = {"line_id": "1", "category": "furniture", "quantity": 1, "unit_price": "50", "net": "50", "discount": 0}
    line |= {"refunded_quantity": 0, "returned_quantity": 0}
    with api.runtime.database.transaction() as session:
        facts.record_orders(session, [order(PEOPLE[0], 0, day=200, version=2, lines=[line])], api.runtime.now())
    rhythm = {"multiple": 3, "shortest_days": 7, "longest_days": 60, "least_gaps": 8}
    content = {"horizon_days": 90, "category_horizon_days": {"furniture": 365}, "rhythm": rhythm}
    published(api, "dimensions", {"content": content})
    first, usual, last = (api.get(f"/customers/{PEOPLE[at]}/churn").json() for at in (0, 9, 29))
    assert [one["horizon"]["source"] for one in (first, usual, last)] == ["category", "scheme", "rhythm"]
    assert [one["horizon_days"] for one in (first, usual, last)] == [365, 90, 14]
    assert (first["horizon"]["category"], last["horizon"]["usual_gap_days"]) == ("furniture", 3.0)
    assert api.get(f"/customers/{PEOPLE[29]}/propensity").json()["horizon_days"] == 14


@pytest.mark.capability("C-10")
def test_orders_of_a_promotion_period_count_as_bought_in_promotion(api: Api) -> None:
    """The last of the customers bought ten times, every three days from the first day of the period on."""

    def shares() -> list[float | None]:
        found = [api.get(f"/customers/{PEOPLE[at]}/statistics").json() for at in (0, 29)]
        return [one[name] for name in ("promotion_share", "full_price_share") for one in found]

    def percentiles() -> list[float]:
        found = [api.get(f"/customers/{PEOPLE[at]}/dimensions").json() for at in (0, 29)]
        return [one["dimensions"]["keen"]["percentile"] for one in found]

    first = (START + timedelta(days=200)).date()
    keen = {"code": "keen", "titles": {"zh": "促销", "en": "Keen"}, "parts": [bought_in_promotion(0.5)]}
    published(api, "dimensions", {"content": {"declared": [keen]}})
    period = sale(str(first), str(first + timedelta(days=5)))
    assert shares() == [0.0, 0.0, 1.0, 1.0]
    assert percentiles() == [0.5, 0.5]
    made = drafted(api, "promotions", {"content": {"periods": [period]}})
    path = f"/schemes/promotions/drafts/{made['id']}"
    moves = api.done(api.post(f"{path}/preview"))["result"]["moves"]
    assert [(one["name"], one["from"], one["to"], one["customers"]) for one in moves] == [("keen", "low", "high", 12)]
    assert shares()[:2] == [0.0, 0.0]
    assert api.done(api.post(f"{path}/publish"))["status"] == "succeeded"
    assert shares() == [1.0, 0.2, 1.0, 1.0]
    assert percentiles() == [0.8, 0.3]
    assert api.get("/statistics/check").json()["differences"] == []
    assert api.done(api.post("/schemes/promotions/rollback"))["status"] == "succeeded"
    assert shares() == [0.0, 0.0, 1.0, 1.0]
    assert percentiles() == [0.5, 0.5]


@pytest.mark.capability("C-16")
def test_a_preview_counts_who_would_move_and_changes_nothing(api: Api) -> None:
    made = drafted(api, "tiers", {"content": {"tiers": [member(), gold({"orders_12m": 3})]}})
    before = api.get("/schemes/tiers").json()
    job = api.done(api.post(f"/schemes/tiers/drafts/{made['id']}/preview"))
    result = job["result"]
    assert (job["done"], job["total"], result["customers"]) == (30, 30, 30)
    for name in ("tier", "tier_at_once"):  # nobody earns less, so nobody has a review to wait for
        levels = [one for one in result["levels"] if one["name"] == name]
        after = {one["level"]: one["after"] for one in levels}
        assert after["gold"] == sum(1 + at // 3 >= 3 for at in range(30))
        assert sum(one["before"] for one in levels) == sum(after.values()) == 30
        assert sum(one["customers"] for one in result["moves"] if one["name"] == name) == result["movers"]
    assert len(result["examples"]) == min(50, 2 * result["movers"])
    assert api.get("/schemes/tiers").json() == before


@pytest.mark.capability("C-16")
def test_a_preview_tells_who_earns_less_and_that_nobody_loses_a_tier_at_once(api: Api) -> None:
    published(api, "tiers", {"content": {"tiers": [member(), gold({"orders_12m": 3})]}})
    made = drafted(api, "tiers", {"content": {"tiers": [member(), gold({"orders_12m": 9})]}})
    moves = api.done(api.post(f"/schemes/tiers/drafts/{made['id']}/preview"))["result"]["moves"]
    lose = sum(3 <= 1 + at // 3 < 9 for at in range(30))
    assert moves == [{"name": "tier", "from": "gold", "to": "member", "customers": lose}]


@pytest.mark.parametrize(
    ("kind", "content", "name"),
    [
        ("dimensions", {"power": {"high": 0.5, "low": 0.1}, "horizon_days": 30}, "power"),
        ("criteria", {"key": 0.6, "high": 0.5}, "value_class"),
        ("lifecycle", {"lost_after": 0.5, "lost_from": 0.1}, "lifecycle"),
        ("bands", {"days": [400, 300, 200, 100], "orders": [1, 1, 1, 1], "spend": [1, 1, 1, 1]}, "rfm_class"),
        ("strategies", {"items": []}, "plan"),
    ],
)
def test_a_preview_of_any_kind_says_from_where_to_where(
    api: Api, kind: str, content: dict[str, Any], name: str
) -> None:
    made = drafted(api, kind, {"content": content})
    result = api.done(api.post(f"/schemes/{kind}/drafts/{made['id']}/preview"))["result"]
    assert result["customers"] == 30
    assert any(move["name"] == name and move["from"] != move["to"] for move in result["moves"])


def test_a_draft_of_what_is_in_force_moves_nobody(api: Api) -> None:
    for kind in KINDS:
        made = drafted(api, kind)
        assert api.done(api.post(f"/schemes/{kind}/drafts/{made['id']}/preview"))["result"]["movers"] == 0, kind


def test_publishing_puts_in_force_tells_and_assesses_everybody(api: Api, published_events: Published) -> None:
    result = published(api, "tiers", {"content": {"tiers": [member(), gold({"orders_12m": 3})]}})
    version = result["scheme_version"]
    assert result == {"kind": "tiers", "scheme_version": version, "customers": 30}
    (newest, *_) = api.get("/schemes/tiers").json()["items"]
    assert (newest["scheme_version"], newest["cause"]) == (version, "staff")
    assert api.get(f"/schemes/tiers/{version}").json()["content"]["tiers"][1]["code"] == "gold"
    event = [one for one in published_events() if one.scheme_kind == "tiers"][-1]
    assert (event.subject, event.scheme_version, [one.tier for one in event.tiers]) == (
        "scheme/tiers",
        version,
        ["member", "gold"],
    )
    assert [one["code"] for one in api.get("/tiers").json()["items"]] == ["member", "gold"]
    assert api.get("/tiers/gold").json()["points_multiplier"] == "1.5"
    assert api.get("/tiers/diamond").status_code == 404


def test_a_job_that_is_run_twice_publishes_once(api: Api) -> None:
    made = drafted(api, "criteria", {"content": {"key": 0.9}})
    answer = api.post(f"/schemes/criteria/drafts/{made['id']}/publish")
    first, second = api.done(answer), api.done(answer)
    assert first["result"] == second["result"]
    assert [one["cause"] for one in api.get("/schemes/criteria").json()["items"]] == ["staff", "seed"]
    assert api.get(f"/schemes/criteria/drafts/{made['id']}").json()["status"] == "published"


def test_one_publication_at_a_time_and_only_of_what_was_seen(api: Api) -> None:
    made, other = (drafted(api, "criteria", {"content": {"key": key}}) for key in (0.9, 0.97))
    answer = api.post(f"/schemes/criteria/drafts/{made['id']}/publish")
    assert api.post(f"/schemes/criteria/drafts/{other['id']}/publish").json()["code"] == "job_running"
    api.patch(f"/schemes/criteria/drafts/{made['id']}", {"content": {"key": 0.99}}, 1)
    assert api.done(answer)["problem"]["code"] == "version_conflict"
    assert [one["cause"] for one in api.get("/schemes/criteria").json()["items"]] == ["seed"]


def test_a_rollback_returns_to_the_version_before(api: Api) -> None:
    for key in (0.9, 0.97):
        published(api, "criteria", {"content": {"key": key}})
    answer = api.post("/schemes/criteria/rollback")
    result = api.done(answer)["result"]
    assert api.done(answer)["result"] == result
    items = api.get("/schemes/criteria").json()["items"]
    assert [one["cause"] for one in items] == ["rollback", "staff", "staff", "seed"]
    assert api.get(f"/schemes/criteria/{result['scheme_version']}").json()["content"]["key"] == 0.9


def test_after_a_rollback_everybody_stands_where_they_stood(api: Api) -> None:
    def spread() -> Any:
        return api.get("/dimensions/distribution?by=power").json()["items"]

    before = spread()
    told = published(api, "dimensions", {"content": {"power": {"high": 0.6, "low": 0.2}}})
    assert spread() != before
    api.done(api.post("/schemes/dimensions/rollback"))
    assert spread() == before, told


def test_history_tells_what_was_held_before_between_and_after(api: Api, clock: list[datetime]) -> None:
    def held(as_of: datetime) -> Any:
        stamp = as_of.isoformat().replace("+00:00", "Z")
        return [
            {one["name"]: one["level"] for one in api.get(f"/customers/{who}/levels?as_of={stamp}").json()["levels"]}
            for who in PEOPLE
        ]

    before = held(clock[0])
    moments = [clock[0]]
    for change in (lambda: published(api, "criteria", {"content": {"key": 0.6, "high": 0.5}}), None):
        clock[0] += timedelta(minutes=1)
        if change:
            change()
        else:
            api.done(api.post("/schemes/criteria/rollback"))
        moments.append(clock[0])
    then, between, after = (held(moment) for moment in moments)
    assert then == before
    assert [one["value_class"] for one in then] == [one["value_class"] for one in after]
    assert [one["value_class"] for one in between] != [one["value_class"] for one in after]
    assert held(clock[0] + timedelta(days=300)) == after
    mover = next(at for at in range(30) if then[at]["value_class"] != between[at]["value_class"])
    steps = api.get(f"/customers/{PEOPLE[mover]}/levels/history?name=value_class").json()["items"]
    assert [one["level"] for one in steps] == [some[mover]["value_class"] for some in (after, between, then)]
    assert len({one["scheme_version"] for one in steps}) == 3


def test_a_rollback_gives_way_to_a_version_that_came_meanwhile(api: Api, clock: list[datetime]) -> None:
    published(api, "criteria", {"content": {"key": 0.9}})
    answer = api.post("/schemes/criteria/rollback")
    with api.runtime.database.transaction() as session:
        schemes.publish(session, "criteria", {"key": 0.97}, "staff", clock[0])
    assert api.done(answer)["problem"]["code"] == "version_conflict"
    assert api.get("/schemes/criteria").json()["items"][0]["cause"] == "staff"


def test_a_rollback_of_the_first_edited_version_returns_to_the_defaults(api: Api) -> None:
    published(api, "lifecycle", {"content": {"recovered_days": 10}})
    version = api.done(api.post("/schemes/lifecycle/rollback"))["result"]["scheme_version"]
    assert api.get(f"/schemes/lifecycle/{version}").json()["content"]["recovered_days"] == 90


@pytest.mark.capability("C-15")
def test_publishing_strategies_replaces_them_and_a_rollback_brings_them_back(api: Api) -> None:
    seeded = api.get("/strategies?limit=200").json()["items"]
    assert len(seeded) == 36
    kept = {name: seeded[0][name] for name in ("code", "applies_to", "priority", "titles", "texts")}
    published(api, "strategies", {"content": {"items": [kept]}})
    assert [one["id"] for one in api.get("/strategies").json()["items"]] == [seeded[0]["id"]]
    api.done(api.post("/schemes/strategies/rollback"))
    again = api.get("/strategies?limit=200").json()["items"]
    assert {one["id"] for one in again} == {one["id"] for one in seeded}
    assert {one["code"]: one["actions"] for one in again} == {one["code"]: one["actions"] for one in seeded}


@pytest.mark.capability("C-15")
def test_strategies_that_nobody_edited_are_no_version_of_their_own(api: Api) -> None:
    items = api.get("/strategies?limit=200").json()["items"]
    names = ("code", "applies_to", "priority", "titles", "texts", "actions")
    body = [{name: one[name] for name in names} | {"spend_cap": "50"} for one in items]
    published(api, "strategies", {"content": {"items": body}})
    published(api, "strategies", {"content": {"items": body[:5]}})
    causes = [one["cause"] for one in api.get("/schemes/strategies").json()["items"]]
    assert causes == ["staff", "staff", "edited"]
    first = api.get("/strategies").json()["items"][0]
    api.patch(f"/strategies/{first['id']}", {"priority": 999}, first["version"])
    published(api, "strategies", {"content": {"items": body[:4]}})
    causes = [one["cause"] for one in api.get("/schemes/strategies").json()["items"]]
    assert causes == ["staff", "edited", "staff", "staff", "edited"]


def test_the_review_tells_drift_edges_and_age(api: Api, clock: list[datetime]) -> None:
    published(api, "dimensions", {"content": {"horizon_days": 400}})
    report = api.get("/schemes/dimensions/review").json()
    assert (report["age_days"], report["stale"], report["moves"]) == (0, False, [])
    churn = {one["level"]: (one["then"], one["now"]) for one in report["levels"] if one["name"] == "churn"}
    assert sum(now for _, now in churn.values()) == 30
    assert all(then == now for then, now in churn.values())
    assert 0 <= report["edge_share"] <= 1
    assert {one["spend_per_head"] for one in report["outcomes"]} == {0.0}
    before = {one["level"]: one["customers"] for one in report["outcomes"] if one["name"] == "frequency"}
    level = api.get(f"/customers/{PEOPLE[29]}/dimensions").json()["dimensions"]["frequency"]["level"]
    clock[0] += timedelta(days=200)
    placed: dict[str, Any] = {"placed_at": clock[0] - timedelta(days=1), "occurred_at": clock[0]}
    with api.runtime.database.transaction() as session:
        facts.record_orders(session, [order(PEOPLE[29], 9_000 + at, total="30", **placed) for at in (1, 2)], clock[0])
    while assessments.assess_due(api.runtime):
        pass
    later = api.get("/schemes/dimensions/review").json()
    came = {one["level"]: one for one in later["outcomes"] if one["name"] == "frequency"}
    assert {level: one["customers"] for level, one in came.items()} == before  # by the level then, not by that now
    its, alike = came[level], before[level]
    assert (its["ordered_share"], its["spend_per_head"]) == pytest.approx((1 / alike, 60 / alike))
    assert its["orders_per_head"] == pytest.approx(2 / alike)
    assert {one["spend_per_head"] for name, one in came.items() if name != level} == {0.0}
    assert (later["age_days"], later["stale"]) == (200, True)
    assert any(move["name"] == "frequency" and move["to"] == "low" for move in later["moves"]), later["moves"]
    for kind in KINDS:
        assert api.get(f"/schemes/{kind}/review").status_code in {200, 404}
    bands = api.get("/schemes/bands/review").json()
    assert sum(one["now"] for one in bands["levels"]) == 30
    assert sum(one["customers"] for one in bands["outcomes"]) == 30
    assert bands["edge_share"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/drafts"), ("POST", f"/drafts/{PEOPLE[0]}/publish"), ("POST", "/rollback")],
)
def test_changing_schemes_needs_an_administrator(api: Api, method: str, path: str) -> None:
    answer = api.call(method, f"/schemes/tiers{path}", {}, scopes=("scoring:write",))
    assert answer.status_code == 403


def test_what_there_is_not_is_not_found(api: Api) -> None:
    for path in ("/schemes/tiers/99", f"/schemes/tiers/drafts/{PEOPLE[0]}"):
        assert api.get(path).status_code == 404
    made = drafted(api, "tiers")
    assert api.get(f"/schemes/criteria/drafts/{made['id']}").status_code == 404
    assert api.post(f"/schemes/tiers/drafts/{PEOPLE[0]}/preview").status_code == 404
    assert api.get("/schemes/shoes").status_code == 422


def member() -> dict[str, Any]:
    return {"code": "member", "rank": 0, "titles": {"zh": "会员", "en": "Member"}}


def bought_in_promotion(share: float) -> dict[str, Any]:
    return {"code": "sales", "when": {"field": "statistics.promotion_share", "op": "at_least", "value": share}}


def gold(when: dict[str, Any]) -> dict[str, Any]:
    titles = {"zh": "金卡", "en": "Gold"}
    return {"code": "gold", "rank": 1, "titles": titles, "when": when, "points_multiplier": "1.5"}


@pytest.fixture
def published_events(api: Api, published: Published) -> Published:
    def read() -> Sequence[Any]:
        with api.runtime.database.reading() as session:
            return published(session, SchemePublished)

    return read
