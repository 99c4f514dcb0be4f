"""What tracking libraries send, read as the specification says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.profile.behaviour.schemas import NewEvent
from services.profile.ingestion.purchases.rules import Purchase, is_about_an_order, purchase_of
from services.profile.ingestion.tracking.rules import Report, document_of, happened_at, messages, translated
from services.profile.ingestion.traits.rules import archive_of, identities_of
from services.profile.orders.schemas import NewRefund
from services.profile.orders.standing.rules import standing
from shared.errors import GuanxiError, Invalid, Malformed, TooLarge

pytestmark = pytest.mark.capability("C-01")
MINUTE = timedelta(minutes=1)
RECEIVED = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def track(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "u-1", "messageId": "m-1", "event": "Product Viewed"} | fields


def event(message: Any) -> NewEvent:
    made = translated(message, RECEIVED)
    assert isinstance(made, NewEvent)
    return made


def report(message: Any) -> Report:
    made = translated(message, RECEIVED)
    assert isinstance(made, Report)
    return made


def test_a_single_call_is_a_message_of_its_paths_kind() -> None:
    assert messages({"event": "x"}, "track") == [{"event": "x", "type": "track"}]


def test_context_integrations_and_sending_time_of_a_batch_belong_to_each_message() -> None:
    body = {
        "batch": [track(context={"ip": "1"}, anonymousId=None), track(sentAt="2026-11-25T07:00:00Z")],
        "context": {"locale": "zh", "ip": "0"},
        "sentAt": "2026-11-25T08:00:00Z",
    }
    first, second = messages(body, "batch")
    assert first["context"] == {"locale": "zh", "ip": "1"}
    assert (first["sentAt"], second["sentAt"]) == ("2026-11-25T08:00:00Z", "2026-11-25T07:00:00Z")
    assert second["context"] == {"locale": "zh", "ip": "0"}


def test_a_message_whose_own_context_is_no_object_is_left_to_be_refused_alone() -> None:
    both = messages({"batch": [track(context="x"), track()], "context": {"locale": "zh"}}, "batch")
    with pytest.raises(Invalid):
        translated(both[0], RECEIVED)
    assert both[1]["context"] == {"locale": "zh"}


@pytest.mark.parametrize("document", [[], "text", {}, {"batch": {}}, {"batch": None}])
def test_a_body_without_a_batch_is_malformed(document: Any) -> None:
    with pytest.raises(Malformed):
        messages(document, "batch")


def test_a_batch_has_at_most_2500_events() -> None:
    assert len(messages({"batch": [{}] * 2500}, "batch")) == 2500
    with pytest.raises(TooLarge) as refused:
        messages({"batch": [{}] * 2501}, "batch")
    assert refused.value.code == "batch_too_large"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a":' * 300 + b"1" + b"}" * 300])
def test_a_body_that_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        document_of(body)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({}, RECEIVED),
        ({"timestamp": "2026-11-25T07:00:00.000Z"}, RECEIVED - timedelta(hours=1)),
        ({"timestamp": "2026-11-25T07:00:00.000Z", "sentAt": "2026-11-25T07:30:00Z"}, RECEIVED - timedelta(minutes=30)),
        ({"originalTimestamp": "2026-11-25T16:10:00+08:00", "sentAt": "2026-11-25T08:11:00Z"}, RECEIVED - MINUTE),
        ({"timestamp": "2026-11-25T07:00:00.123456+00:00", "sentAt": None}, RECEIVED - timedelta(seconds=3599.876544)),
        ({"sentAt": "2026-11-25T07:30:00.000Z"}, RECEIVED),
    ],
)
def test_a_wrong_clock_is_corrected_by_what_it_was_off_when_it_sent(times: dict[str, Any], expected: datetime) -> None:
    assert happened_at(times, RECEIVED) == expected


def test_a_track_call_names_the_user_and_the_visitor() -> None:
    made = event(track(userId=77, anonymousId="a-1", properties=None))
    assert [(one.kind, one.value) for one in made.identities] == [("external", "77"), ("anonymous", "a-1")]
    assert (made.source, made.message_id, made.properties) == ("shop", "m-1", {})


def test_a_sender_may_name_its_shop_in_the_context() -> None:
    assert event(track(context={"source": "outlet"})).source == "outlet"


def test_a_message_without_an_id_gets_one_that_its_repetition_shares() -> None:
    one, again, other = (event(track(messageId=None, event=name)).message_id for name in ("A", "A", "B"))
    assert one == again != other


def test_pages_screens_and_groups_are_events() -> None:
    page = event({"type": "page", "anonymousId": "a", "messageId": "1", "name": "Home", "category": "Docs"})
    screen = event({"type": "screen", "anonymousId": "a", "messageId": "2", "name": "Home"})
    group = event({"type": "group", "userId": "u", "messageId": "3", "groupId": "g", "traits": {"plan": "gold"}})
    assert (page.name, page.properties) == ("Page Viewed", {"name": "Home", "category": "Docs"})
    assert screen.name == "Screen Viewed"
    assert (group.name, group.properties) == ("Group Joined", {"plan": "gold", "group_id": "g"})


def test_identify_reads_traits_wherever_they_stand_and_makes_a_customer_of_a_user() -> None:
    message = {"type": "identify", "userId": "u", "anonymousId": "a", "context": {"traits": {"name": "A", "city": "B"}}}
    made = report(message | {"traits": {"name": "C"}})
    assert (made.known, made.report.traits) == (True, {"name": "C", "city": "B"})
    assert not report(message | {"userId": None}).known
    assert report(message | {"userId": None, "traits": {"email": "a@example.com"}}).known


def test_alias_joins_the_previous_id_to_the_user() -> None:
    made = report({"type": "alias", "previousId": "a-1", "userId": "u-1"})
    assert [(one.kind, one.value) for one in made.report.identities] == [("external", "u-1"), ("anonymous", "a-1")]


@pytest.mark.parametrize(
    ("message", "field", "code"),
    [
        (3, "", "type"),
        ({"type": "shout", "userId": "u"}, "type", "not_allowed"),
        ({"userId": "u"}, "type", "not_allowed"),
        (track(userId=None), "userId", "required"),
        (track(userId="", anonymousId=" "), "userId", "required"),
        (track(event=None), "event", "required"),
        (track(timestamp="yesterday"), "timestamp", "format"),
        (track(sentAt=12), "sentAt", "format"),
        (track(timestamp="0001-01-01T00:00:00+08:00"), "timestamp", "format"),
        (track(timestamp="9999-01-01T00:00:00Z", sentAt="0002-01-01T00:00:00Z"), "sentAt", "format"),
        (track(properties=[1]), "properties", "type"),
        ({"type": "group", "userId": "u"}, "groupId", "required"),
        ({"type": "alias", "userId": "u"}, "previousId", "required"),
    ],
)
def test_a_message_is_refused_for(message: Any, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        translated(message, RECEIVED)
    assert [(one.field, one.code) for one in refused.value.errors] == [(field, code)]


def test_an_event_has_at_most_32_kilobytes() -> None:
    assert event(track(properties={"text": "x" * 32_000})).name == "Product Viewed"
    with pytest.raises(TooLarge):
        translated(track(properties={"text": "x" * 33_000}), RECEIVED)


PRODUCTS = [
    {"product_id": "t-1", "sku": "tea", "name": "Tea", "category": "tea", "price": 19.99, "quantity": 2, "coupon": "P"},
    {"product_id": 7, "price": "5"},
]


def bought(name: str = "Order Completed", **properties: Any) -> Purchase:
    return purchase_of(event(track(event=name, properties={"order_id": "A-1"} | properties)), RECEIVED)


def test_a_completed_order_is_a_paid_order_with_its_lines_and_totals() -> None:
    purchase = bought(
        products=PRODUCTS, revenue=44.98, shipping=3, tax=2.000000001, currency="usd", coupon="C", affiliation="Store"
    )
    assert purchase.order is not None
    document = purchase.order.document
    stands = standing(document, list(purchase.order.additions), RECEIVED)
    assert (document.source, document.order_id, document.currency, stands.status) == ("shop", "A-1", "USD", "paid")
    assert stands.totals["total"] == Decimal("49.98")
    lines = [(one.sku, one.quantity, str(one.unit_price)) for one in document.lines]
    assert lines == [("tea", Decimal(2), "19.99"), ("7", Decimal(1), "5.00")]
    assert (document.coupon_codes, document.store_id, stands.discrepancy) == (["C", "P"], "Store", {})


def test_the_total_wins_over_the_revenue() -> None:
    purchase = bought(total=50, revenue=1)
    assert purchase.order is not None
    assert purchase.order.document.totals.total == Decimal("50.00")


def test_the_old_name_of_a_completed_order_counts_as_well() -> None:
    assert is_about_an_order("Completed Order")
    assert bought("Completed Order", total=1).order is not None


def test_an_update_after_the_purchase_leaves_it_paid_and_placed_when_it_was() -> None:
    completed, updated = bought(total=10), bought("Order Updated", total=12)
    assert completed.order is not None
    assert updated.order is not None
    later = updated.order.document.model_copy(update={"placed_at": RECEIVED + timedelta(hours=1)})
    stands = standing(later, list(completed.order.additions), RECEIVED)
    assert (stands.status, stands.placed_at, stands.totals["paid"]) == ("paid", RECEIVED, Decimal("12.00"))


def test_a_refund_may_name_an_amount_or_mean_all_that_is_left() -> None:
    partial, full = bought("Order Refunded", total="-3.5", currency="CNY"), bought("Order Refunded")
    assert partial.told is not None
    assert full.told is not None
    bodies = [one.told.additions[0].body for one in (partial, full) if one.told]
    assert [one.amount for one in bodies if isinstance(one, NewRefund)] == [Decimal("3.50"), None]
    assert [one.refund_id for one in bodies if isinstance(one, NewRefund)] == ["m-1", "m-1"]


def test_a_cancellation_needs_nothing_but_the_order() -> None:
    cancelled = bought("Order Cancelled")
    assert cancelled.told is not None
    assert [one.key for one in cancelled.told.additions] == [("step", "cancelled")]


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"order_id": None, "total": 1}, "properties.order_id"),
        ({"total": "much"}, "properties"),
        ({"total": -1}, "properties.total"),
        ({"products": [{"price": 1, "quantity": 0}]}, "properties.products.0.quantity"),
    ],
)
def test_an_order_event_is_refused_when_it_tells_too_little(properties: dict[str, Any], field: str) -> None:
    with pytest.raises(GuanxiError) as refused:
        bought(**properties)
    assert [one.field for one in refused.value.errors] == [field]


def test_traits_become_archive_fields() -> None:
    said, errors = archive_of(
        {
            "firstName": "Lei",
            "lastName": "Li",
            "gender": "Female",
            "birthday": "1986-11-26T00:00:00Z",
            "address": {"street": "Road 1", "city": "Hangzhou", "country": "CN"},
            "createdAt": "2026-01-01T00:00:00Z",
            "plan": "gold",
            "email": "a@example.com",
            "city": None,
        }
    )
    assert errors == []
    assert said["name"] == "Lei Li"
    assert (said["gender"], said["birth_year"], said["city"]) == ("f", "1986", "Hangzhou")
    assert (said["birthday"]["month"], said["birthday"]["day"]) == (11, 26)
    assert said["address"] == "Road 1, Hangzhou, CN"
    assert "plan" not in said
    assert "email" not in said


def test_wrong_traits_are_named() -> None:
    assert [(one.field, one.code) for one in archive_of({"birth_year": 3})[1]] == [("traits.birth_year", "too_small")]
    assert [one.field for one in identities_of({"email": "nobody", "phone": "12"})[1]] == [
        "traits.email",
        "traits.phone",
    ]
