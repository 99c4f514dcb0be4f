"""Orders, refunds, merges and undos in whatever order: every service says of a person what a plain reading says."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.engagement.orders.tables import OrderState
from services.profile.ingestion.usecases import receive
from services.profile.links import usecases as links
from services.profile.orders.tables import CustomerOrder
from services.profile.seeding import seed
from services.scoring.assessments import usecases as assessments
from services.scoring.statistics.tables import Statistics
from shared import linking
from shared.db import among
from shared.errors import Conflict
from shared.messaging.dispatch import apply, decode, wanted
from shared.messaging.handlers import Message
from shared.messaging.outbox import OutboxRow
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from tests.contracts.services import handlers_of
from tests.profile.conftest import claim, owners

PEOPLE, ORDERS = range(3), range(2)
ORDER, REFUND, MERGE, UNDO = "order", "refund", "merge", "undo"
STEPS = st.lists(
    st.tuples(st.sampled_from((ORDER, REFUND, MERGE, UNDO)), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)),
    min_size=4,
    max_size=12,
)
AT = "2026-11-20T04:00:00Z"
PAID, GIVEN_BACK = Decimal(100), Decimal(40)

Step = tuple[str, int, int]
Told = dict[UUID, tuple[int, Decimal]]  # counted orders and what is left of them, by canonical customer


class Shop:
    """What was told to profile, and what a plain reading of it says."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.people = [self._meet(one) for one in PEOPLE]
        self.ordered: set[tuple[int, int]] = set()
        self.refunded: set[tuple[int, int]] = set()
        self.merges: dict[UUID, tuple[UUID, UUID]] = {}

    def take(self, step: Step) -> None:
        """Let something happen; what profile refuses did not."""
        kind, one, other = step
        self.now += timedelta(seconds=1)
        if kind == ORDER:
            self._order(one, other % len(ORDERS))
        elif kind == REFUND:
            self._refund(one, other % len(ORDERS))
        elif kind == MERGE and one != other:
            self._merge(self.people[one], self.people[other])
        elif kind == UNDO and self.merges:
            merge_id = sorted(self.merges)[one % len(self.merges)]
            links.undo(self.session, merge_id, self.now)
            del self.merges[merge_id]

    def expected(self) -> Told:
        """As if the merges that remain had come first."""
        to = {absorbed: survivor for survivor, absorbed in self.merges.values()}
        found: Told = {one: (0, Decimal(0)) for one in self.people if one not in to}
        for order in self.ordered:
            root = self.people[order[0]]
            while root in to:
                root = to[root]
            count, net = found[root]
            found[root] = count + 1, net + PAID - (GIVEN_BACK if order in self.refunded else 0)
        return found

    def _meet(self, one: int) -> UUID:
        return owners(self.session, [claim(("external", f"merged-{one}"), at=self.now)], self.now)[0]

    def _order(self, one: int, number: int) -> None:
        self.ordered.add((one, number))
        said = {"source": "shop", "order_id": f"{one}-{number}", "status": "paid", "placed_at": AT, "paid_at": AT}
        whole = {"currency": "CNY", "identities": self._who(one), "totals": {"total": str(PAID)}}
        self._tell("order", said | whole)

    def _refund(self, one: int, number: int) -> None:
        """Also before its order, and again and again."""
        self.refunded.add((one, number))
        said = {"source": "shop", "order_id": f"{one}-{number}", "refund_id": "r-1", "amount": str(GIVEN_BACK)}
        self._tell("refund", said | {"currency": "CNY", "refunded_at": AT})

    def _merge(self, survivor: UUID, absorbed: UUID) -> None:
        try:
            self.merges[links.join(self.session, survivor, [absorbed], self.now)] = (survivor, absorbed)
        except Conflict as refusal:
            assert refusal.code == "merge_conflict"

    def _who(self, one: int) -> list[dict[str, str]]:
        return [{"kind": "external", "value": f"merged-{one}"}]

    def _tell(self, kind: str, said: Any) -> None:
        headers = {"ce_time": self.now.isoformat()}
        told = Message("commerce.events", 0, 0, None, f"commerce.{kind}.reported", headers, orjson.dumps(said))
        receive(self.session, [told], self.now)


def published(session: Session) -> list[Message]:
    rows: Any = session.scalars(delete(OutboxRow).returning(OutboxRow)).all()
    return [
        Message(row.topic, 0, row.id, row.key, row.headers["ce_type"], row.headers, bytes(row.payload)) for row in rows
    ]


def hear(session: Session, service: str, messages: Sequence[Message], now: datetime) -> None:
    handlers = handlers_of(service)
    items, faults = decode(handlers, [one for one in messages if wanted(handlers, one)])
    assert faults + apply(session, handlers, items, now) == []


def of_profile(session: Session, people: Sequence[UUID]) -> Told:
    found = {}
    for root in people:
        own = among(CustomerOrder.customer_id, links.person(session, root).member_ids)
        nets = session.scalars(select(CustomerOrder.base_net).where(own, CustomerOrder.status != "held")).all()
        found[root] = len(nets), sum(nets, Decimal(0))
    return found


def of_scoring(session: Session, people: Sequence[UUID]) -> Told:
    rows = session.scalars(select(Statistics).where(among(Statistics.customer_id, people)))
    stored = {row.customer_id: (row.orders, row.net_spend) for row in rows}
    return {one: stored.get(one, (0, Decimal(0))) for one in people}


def of_engagement(session: Session, people: Sequence[UUID]) -> dict[UUID, int]:
    members = linking.members(session, people)
    count = {
        one: session.scalars(select(OrderState.order_id).where(among(OrderState.customer_id, ids))).all()
        for one, ids in members.items()
    }
    return {one: len(rows) for one, rows in count.items()}


@pytest.mark.capability("C-04")
@settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(steps=STEPS, random=st.randoms(use_true_random=False))
def test_every_service_says_the_same_of_a_person_whatever_came_when(
    session_of: Callable[[str], Session], now: datetime, steps: list[Step], random: Any
) -> None:
    sessions = {service: session_of(service) for service in ("profile", "scoring", "engagement")}
    undone = [session.begin_nested() for session in sessions.values()]
    try:
        seed(sessions["profile"], now, Settings())
        shop = Shop(sessions["profile"], now)
        for step in steps:
            shop.take(step)
        messages = published(sessions["profile"]) * 2
        for service in ("scoring", "engagement"):
            random.shuffle(messages)
            hear(sessions[service], service, messages[: len(messages) // 2], shop.now)
            hear(sessions[service], service, messages[len(messages) // 2 :], shop.now)
        assessments.assess_due(Runtime("scoring", Settings(env="test"), Within(sessions["scoring"]), lambda: shop.now))
        expected = shop.expected()
        roots = sorted(expected)
        for session in sessions.values():
            assert set(linking.canonical(session, shop.people).values()) == set(roots)
        assert of_profile(sessions["profile"], roots) == expected
        assert of_scoring(sessions["scoring"], roots) == expected
        assert of_engagement(sessions["engagement"], roots) == {one: said[0] for one, said in expected.items()}
    finally:
        for savepoint in undone:
            savepoint.rollback()
