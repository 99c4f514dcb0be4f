"""All doors on the real database: each item by itself, nothing lost, the same end in any order."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.profile.behaviour.tables import ActivityDay, BehaviourEvent
from services.profile.consents.tables import Consent
from services.profile.customers.tables import Customer
from services.profile.identities.tables import IdentityRow, Visitor
from services.profile.ingestion.rejections.tables import RejectedEvent
from services.profile.ingestion.rules import Item, Kind
from services.profile.ingestion.usecases import Result, ingest, receive, resubmit
from services.profile.orders.schemas import EXAMPLE
from services.profile.orders.tables import CustomerOrder
from shared.contracts.base import Origin
from shared.contracts.profile import CustomerLinked, OrderRecorded
from shared.errors import Conflict, Invalid
from shared.messaging.handlers import Message

pytestmark = pytest.mark.capability("C-01")
Published = Callable[..., Sequence[Any]]


def take_in(session: Session, now: datetime, kind: Kind, *bodies: Any, door: str | None = "batch") -> list[Result]:
    return ingest(session, [Item(kind, body, now) for body in bodies], door=door, origin=Origin.LIVE, now=now)


def event(**fields: Any) -> dict[str, Any]:
    return {
        "source": "shop",
        "message_id": "m-1",
        "identities": [{"kind": "anonymous", "value": "a-1"}],
        "name": "Product Viewed",
        "occurred_at": "2026-11-24T04:00:00Z",
    } | fields


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def rejected(session: Session) -> list[RejectedEvent]:
    return list(session.scalars(select(RejectedEvent)))


def test_one_bad_event_of_2500_is_refused_and_kept_and_the_others_are_stored(profile: Session, now: datetime) -> None:
    bodies = [event(message_id=f"m-{at}") for at in range(2500)]
    bodies[1234] = event(message_id="m-bad", colour="red")
    results = take_in(profile, now, Kind.EVENT, *bodies)
    assert [at for at, one in enumerate(results) if one.status != "created"] == [1234]
    (kept,) = rejected(profile)
    assert (kept.code, kept.source, kept.errors[0]["field"], kept.status) == ("unknown_field", "shop", "colour", "open")
    assert orjson.loads(kept.body) == bodies[1234]
    assert count(profile, BehaviourEvent) == 2499


def test_the_same_batch_again_changes_nothing(profile: Session, now: datetime) -> None:
    bodies = [event(message_id=f"m-{at}") for at in range(10)]
    take_in(profile, now, Kind.EVENT, *bodies)
    assert {one.status for one in take_in(profile, now, Kind.EVENT, *bodies)} == {"unchanged"}
    assert profile.scalars(select(ActivityDay.counts)).all() == [{"view": 10}]


def test_a_refusal_of_a_single_post_is_not_kept(profile: Session, now: datetime) -> None:
    (result,) = take_in(profile, now, Kind.EVENT, event(name=""), door=None)
    assert result.problem is not None
    assert rejected(profile) == []


def test_a_visitor_who_buys_becomes_a_customer_and_keeps_what_was_seen(
    profile: Session, now: datetime, published: Published
) -> None:
    bought = event(
        message_id="m-2",
        identities=[{"kind": "external", "value": "u-1"}, {"kind": "anonymous", "value": "a-1"}],
        name="Order Completed",
        properties={"order_id": "A-1", "total": 50},
    )
    take_in(profile, now, Kind.EVENT, event(), bought)
    (visitor,) = profile.scalars(select(Visitor.visitor_id))
    (customer,) = profile.scalars(select(Customer.customer_id))
    (link,) = published(profile, CustomerLinked)
    assert (link.customer_id, link.canonical_id) == (visitor, customer)
    assert published(profile, OrderRecorded)[0].customer_id == customer
    assert set(profile.scalars(select(BehaviourEvent.customer_id))) == {visitor, customer}


def test_an_order_event_sent_again_by_a_library_is_not_looked_at_again(
    profile: Session, now: datetime, published: Published
) -> None:
    bought = event(name="Order Completed", properties={"order_id": "A-1", "total": 50})
    assert [one.status for one in take_in(profile, now, Kind.EVENT, bought)] == ["created"]
    moved = bought | {"occurred_at": "2026-11-24T04:00:01Z"}
    assert [one.status for one in take_in(profile, now, Kind.EVENT, moved)] == ["unchanged"]
    assert len(published(profile, OrderRecorded)) == 1


def test_identify_fills_the_archive_and_the_identities(profile: Session, now: datetime) -> None:
    message = {
        "type": "identify",
        "userId": "u-1",
        "anonymousId": "a-1",
        "timestamp": "2026-11-25T07:00:00Z",
        "traits": {"name": "Li Lei", "email": "lei@example.com", "birthday": "1986-11-26"},
    }
    take_in(profile, now, Kind.TRACKING, message, door="sdk")
    (customer,) = profile.scalars(select(Customer))
    assert (customer.name, (customer.birthday or {})["month"]) == ("Li Lei", 11)
    assert sorted(profile.scalars(select(IdentityRow.kind))) == ["anonymous", "email", "external"]


def test_a_report_of_a_customer_records_consents_and_refuses_unknown_purposes(profile: Session, now: datetime) -> None:
    consent = {"channel": "email", "state": "granted", "source": "account", "effective_at": "2026-11-20T06:00:00Z"}
    body = {
        "source": "shop",
        "identities": [{"kind": "external", "value": "u-1"}],
        "updated_at": "2026-11-20T06:00:00Z",
    }
    good, bad = (body | {"consents": [consent | {"purpose": name}]} for name in ("marketing", "gossip"))
    results = take_in(profile, now, Kind.CUSTOMER, good, bad)
    assert [one.status for one in results] == ["updated", "refused"]
    assert rejected(profile)[0].errors[0]["field"] == "consents.0.purpose"
    assert list(profile.scalars(select(Consent.purpose))) == ["marketing"]


def test_a_rejection_is_corrected_and_taken_in(profile: Session, now: datetime) -> None:
    take_in(profile, now, Kind.ORDER, EXAMPLE | {"currency": "XXX"})
    (kept,) = rejected(profile)
    with pytest.raises(Invalid):
        resubmit(profile, kept.rejection_id, EXAMPLE | {"status": "lost"}, now)
    assert resubmit(profile, kept.rejection_id, EXAMPLE, now).status == "resubmitted"
    assert count(profile, CustomerOrder) == 1
    with pytest.raises(Conflict) as refused:
        resubmit(profile, kept.rejection_id, EXAMPLE, now)
    assert refused.value.code == "invalid_transition"


def test_the_body_of_a_rejection_is_encrypted(profile: Session, now: datetime) -> None:
    take_in(profile, now, Kind.ORDER, EXAMPLE | {"currency": "XXX"})
    raw = profile.connection().exec_driver_sql("SELECT body FROM rejected_event").scalar_one()
    assert b"13800138000" not in bytes(raw)


def message(kind: str, value: Any, **headers: str) -> Message:
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return Message("commerce.events", 0, 0, None, kind, {"ce_time": "2026-11-25T07:00:00Z", **headers}, body)


def test_the_topic_brings_orders_refunds_customers_and_behaviour(
    profile: Session, now: datetime, published: Published
) -> None:
    refund = {
        "source": "shop",
        "order_id": "A-1001",
        "refund_id": "r-2",
        "amount": "5",
        "currency": "CNY",
        "refunded_at": "2026-11-24T08:00:00Z",
    }
    customer = {
        "source": "shop",
        "identities": [{"kind": "external", "value": "u-77"}],
        "updated_at": "2026-11-20T06:00:00Z",
        "traits": {"city": "X"},
    }
    some = [
        message("commerce.refund.reported", refund),
        message("commerce.order.reported", EXAMPLE),
        message("commerce.customer.reported", customer),
        message("commerce.behaviour.reported", event(identities=EXAMPLE["identities"])),
        message("commerce.weather.reported", {}),
    ]
    receive(profile, some, now)
    (order,) = published(profile, OrderRecorded)
    assert (order.totals.refunded, order.origin) == (15, "live")
    assert (count(profile, Customer), count(profile, BehaviourEvent), rejected(profile)) == (1, 1, [])


def test_an_import_by_the_topic_says_so(profile: Session, now: datetime, published: Published) -> None:
    receive(profile, [message("commerce.order.reported", EXAMPLE, ce_origin="import")], now)
    assert {one.origin for one in published(profile)} == {"import"}


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("commerce.order.reported", b"\xff\xfe", "malformed_request"),
        ("commerce.order.reported", b'{"source": "shop"', "malformed_request"),
        ("commerce.order.reported", b'{"a":' * 500, "malformed_request"),
        ("commerce.order.reported", b"[]", "validation_failed"),
        ("commerce.order.reported", EXAMPLE | {"colour": "red"}, "unknown_field"),
        ("commerce.order.reported", EXAMPLE | {"order_id": "A\x00"}, "validation_failed"),
        ("commerce.order.reported", EXAMPLE | {"currency": "QQQ"}, "currency_unsupported"),
        ("commerce.refund.reported", {"source": "shop", "order_id": "A", "refund_id": "r"}, "validation_failed"),
        ("commerce.customer.reported", {"source": "shop", "identities": []}, "validation_failed"),
        ("commerce.behaviour.reported", event(occurred_at="1999-01-01T00:00:00Z"), "validation_failed"),
        ("", b"{", "malformed_request"),
    ],
)
def test_a_bad_record_becomes_a_rejection_and_the_rest_is_taken_in(
    profile: Session, now: datetime, kind: str, value: Any, code: str
) -> None:
    receive(profile, [message(kind, value), message("commerce.order.reported", EXAMPLE)], now)
    assert [(one.code, one.door) for one in rejected(profile)] == [(code, "kafka")]
    assert count(profile, CustomerOrder) == 1


def test_a_report_without_versions_is_newer_by_the_time_of_its_record(profile: Session, now: datetime) -> None:
    plain = {name: value for name, value in EXAMPLE.items() if name not in {"order_version", "updated_at"}}
    new = message("commerce.order.reported", plain | {"channel": "new"}, ce_time=(now - timedelta(hours=1)).isoformat())
    old = message("commerce.order.reported", plain | {"channel": "old"}, ce_time=(now - timedelta(hours=2)).isoformat())
    for one in (new, old, new):
        receive(profile, [one], now)
    assert list(profile.scalars(select(CustomerOrder.channel))) == ["new"]
