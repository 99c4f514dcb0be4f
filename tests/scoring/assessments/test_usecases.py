"""From facts to an assessment, on the real database."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.scoring.assessments import usecases
from services.scoring.customers import usecases as customers
from services.scoring.facts import usecases as facts
from services.scoring.facts.contacts import usecases as contacts
from services.scoring.rfm import usecases as rfm
from services.scoring.rfm.tables import Rfm, RfmHistory
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.tables import Scheme
from services.scoring.statistics import repository as statistics
from shared import due, linking
from shared.contracts.base import Event, Origin
from shared.contracts.engagement import ComplaintRecorded
from shared.contracts.examples import examples
from shared.contracts.profile import CustomerLinked, OrderRecorded
from shared.contracts.scoring import AssessmentChanged, WarningRaised
from shared.db import put
from shared.due import CustomerDue
from shared.ids import new_id
from shared.jobs import JobRun
from shared.messaging import outbox
from shared.runtime import Runtime
from shared.testing.statements import statements
from shared.testing.waiting import wait_until
from tests.scoring.events import PEOPLE, START, link, order

ZONE = ZoneInfo("Asia/Shanghai")
Published = Callable[..., Sequence[Any]]
WEI, MEI, LI, _ = PEOPLE


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def assess(session: Session, now: datetime, *people: UUID) -> dict[UUID, datetime | None]:
    return usecases.assess(session, people or PEOPLE, ZONE, now)


def handle(session: Session, events: Sequence[Event], now: datetime) -> None:
    for event in events:
        if isinstance(event, OrderRecorded):
            facts.record_orders(session, [event], now)
        elif isinstance(event, CustomerLinked):
            customers.link(session, [event], now)


@pytest.mark.capability("C-10")
def test_an_order_counts_once_it_is_paid_and_until_nothing_is_left_of_it(scoring: Session, now: datetime) -> None:
    orders = [
        order(WEI, 1, day=1, total="100"),
        order(WEI, 2, day=5, total="50", refunded="20"),
        order(WEI, 3, day=6, total="70", refunded="70", status="refunded"),
        order(WEI, 4, day=7, total="80", status="cancelled"),
        order(WEI, 5, day=8, total="90", status="placed"),
        order(WEI, 6, day=9, total="40", test=True),
        order(WEI, 7, day=3, total="0"),
    ]
    facts.record_orders(scoring, orders, now)
    assess(scoring, now, WEI)
    row = statistics.of(scoring, [WEI])[WEI]
    assert (row["orders"], row["net_spend"]) == (3, Decimal(130))
    assert (row["first_order_at"], row["last_order_at"]) == (START + timedelta(days=1), START + timedelta(days=5))
    assert (row["cancelled_orders"], row["refunded_orders"], row["refunded"]) == (1, 1, Decimal(90))
    assert row["gap_mean"] == 2.0


@pytest.mark.capability("C-11")
def test_the_first_buyer_freezes_bands_and_is_told_of(scoring: Session, now: datetime, published: Published) -> None:
    facts.record_orders(scoring, [order(WEI)], now)
    next_looks = assess(scoring, now, WEI)
    (event,) = published(scoring, AssessmentChanged)
    assert event.rfm is not None
    assert (event.customer_id, event.version, event.origin) == (WEI, 1, Origin.LIVE)
    assert {"r", "f", "m", "rfm_class", "lifecycle", "value_class"} <= {change.name for change in event.changes}
    assert scoring.scalar(select(Scheme.cause).where(Scheme.kind == rfm.BANDS)) == "first"
    assert next_looks[WEI] is not None


def test_looking_again_tells_nobody_anything_new(scoring: Session, now: datetime, published: Published) -> None:
    facts.record_orders(scoring, [order(WEI)], now)
    for _ in range(3):
        assess(scoring, now, WEI)
    assert len(published(scoring, AssessmentChanged)) == 1


def test_of_whom_nothing_is_told_each_thing_is_read_once_and_no_row_is_locked(scoring: Session, now: datetime) -> None:
    facts.record_orders(scoring, [order(who, number) for number, who in enumerate(PEOPLE)], now)
    assess(scoring, now)
    with statements(scoring) as sent:
        assess(scoring, now)
    read = [name for name in ("assessment", "score", "rfm", "tier") for one in sent if f"FROM {name} " in f"{one} "]
    assert sorted(read) == ["assessment", "tier"]
    assert not [one for one in sent if one.endswith("FOR UPDATE")]


def test_time_alone_lowers_recency_at_the_said_instant(scoring: Session, now: datetime, published: Published) -> None:
    facts.record_orders(scoring, [order(WEI, 1, day=10), order(MEI, 2, day=200), order(LI, 3, day=300)], now)
    until = assess(scoring, now)[LI]
    assert until is not None
    before = published(scoring, AssessmentChanged)
    assess(scoring, until - timedelta(seconds=1), LI)
    assert len(published(scoring, AssessmentChanged)) == len(before)
    assess(scoring, until, LI)
    assert [event.customer_id for event in published(scoring, AssessmentChanged)[len(before) :]] == [LI]


def test_who_lost_the_last_order_has_no_class_any_more(scoring: Session, now: datetime, published: Published) -> None:
    facts.record_orders(scoring, [order(WEI)], now)
    assess(scoring, now, WEI)
    facts.record_orders(scoring, [order(WEI, version=2, status="cancelled")], now)
    assess(scoring, now + timedelta(hours=1), WEI)
    assert published(scoring, AssessmentChanged)[-1].rfm is None
    assert scoring.get(Rfm, WEI) is None
    history = scoring.scalars(select(RfmHistory.rfm_class).order_by(RfmHistory.since)).all()
    assert history[-1] is None


def test_what_only_an_import_says_is_not_live(scoring: Session, now: datetime, published: Published) -> None:
    facts.record_orders(scoring, [order(WEI, origin="import")], now)
    assess(scoring, now, WEI)
    (event,) = published(scoring, AssessmentChanged)
    assert (event.origin, event.occurred_at) == (Origin.IMPORT, START)


@pytest.mark.capability("C-18", "C-30")
@pytest.mark.parametrize("origin", [Origin.LIVE, Origin.IMPORT])
def test_a_live_complaint_of_an_imported_customer_is_warned_of_live(
    scoring: Session, now: datetime, published: Published, origin: Origin
) -> None:
    lately = [now - timedelta(days=ago) for ago in (40, 20)]
    told = [order(WEI, at, origin="import", placed_at=when, occurred_at=when) for at, when in enumerate(lately)]
    facts.record_orders(scoring, told, now)
    assess(scoring, now, WEI)
    assert published(scoring, WarningRaised) == []
    standing = {"customer_id": WEI, "origin": origin, "occurred_at": now, "opened_at": now}
    complaint = examples(ComplaintRecorded)[0].model_copy(update=standing)
    contacts.record_complaints(scoring, [complaint], now)
    assess(scoring, now, WEI)
    (warning,) = published(scoring, WarningRaised)
    assert (warning.reasons, warning.origin) == (["complaint"], origin)


# --- bands against an independent oracle ------------------------------------------------------------------------


def _mid_rank_scores(values: Sequence[float]) -> list[int]:
    """1 + floor(5p), by definition: p counts who is below and half of who is equal, the customer included."""
    shares = [(sum(v < value for v in values) + values.count(value) / 2) / len(values) for value in values]
    return [min(5, 1 + int(5 * share)) for share in shares]


@pytest.mark.capability("C-11")
@pytest.mark.parametrize("seed", range(3))
def test_frozen_bands_score_the_base_as_mid_ranks_do(scoring: Session, now: datetime, seed: int) -> None:
    random = Random(seed)
    base = [linking_id(number) for number in range(60)]
    orders = [
        order(person, at * 100 + number, day=random.randrange(200), total=str(random.choice((10, 10, 25, 80))))
        for at, person in enumerate(base)
        for number in range(random.choice((1, 1, 1, 2, 3, 7)))
    ]
    facts.record_orders(scoring, orders, now)
    usecases.assess(scoring, base, ZONE, now)
    rows = statistics.of(scoring, base)
    scores = {row.customer_id: row for row in scoring.scalars(select(Rfm))}
    expected = {
        "f": _mid_rank_scores([rows[one]["orders"] for one in base]),
        "m": _mid_rank_scores([float(rows[one]["net_spend"]) for one in base]),
        "r": _mid_rank_scores([rows[one]["last_order_on"].toordinal() for one in base]),
    }
    for name, wanted in expected.items():
        assert [getattr(scores[one], name) for one in base] == wanted, name


def linking_id(number: int) -> UUID:
    return order(WEI, number).order_id


# --- any interleaving of facts, merges and undos ------------------------------------------------------------------

EVERYTHING = (
    *("order_fact", "customer_ref", "statistics", "rfm", "rfm_history", "assessment", "scheme", "customer_due"),
    *("score", "level_history", "model"),
)
histories = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 9), st.booleans()), min_size=1, max_size=12
)


def _events(history: list[tuple[int, int, int, bool]]) -> tuple[list[OrderRecorded], list[CustomerLinked]]:
    """Orders of four people; and links as profile would tell them: a star, each id's versions counting up."""
    orders = [order(PEOPLE[who], at, day=at, total=str(amount * 10)) for at, (who, _, amount, _) in enumerate(history)]
    links, canonical, versions = (
        list[CustomerLinked](),
        dict(zip(PEOPLE, PEOPLE, strict=True)),
        dict.fromkeys(PEOPLE, 0),
    )

    def point(member: UUID, target: UUID) -> None:
        canonical[member] = target
        versions[member] += 1
        links.append(link(member, target, versions[member]))

    for who, whom, _, is_undo in history:
        member, target = PEOPLE[who], canonical[PEOPLE[whom]]
        followers = [one for one in PEOPLE if canonical[one] == member]
        if is_undo and canonical[member] != member:
            point(member, member)
        elif not is_undo and target != canonical[member]:
            for one in followers or [member]:
                point(one, target)
    return orders, links


@pytest.mark.capability("C-04")
@settings(max_examples=25)
@given(histories, st.randoms(use_true_random=False))
def test_any_order_of_facts_and_links_equals_links_first(
    session_of: Callable[[str], Session], history: list[tuple[int, int, int, bool]], random: Random
) -> None:
    session, now = session_of("scoring"), START + timedelta(days=100)
    orders, links = _events(history)
    shuffled = [*orders, *links] * 2
    random.shuffle(shuffled)
    found = []
    for events in ([*links, *orders], shuffled):
        for table in EVERYTHING:
            session.execute(text(f"DELETE FROM {table}"))
        handle(session, events, now)
        assess(session, now)
        canonical = set(linking.canonical(session, PEOPLE).values())
        found.append(statistics.of(session, canonical))
    assert found[0] == found[1]
    assert sum(row["orders"] for row in found[0].values()) == len(orders)


# --- the due queue, jobs, checks ------------------------------------------------------------------------------------


def test_due_customers_are_worked_off_and_looked_at_again_in_time(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(WEI, 1), order(MEI, 2, day=50)], now)
        customers.link(session, [link(WEI, MEI, 1)], now)
    assert usecases.assess_due(runtime) == 2
    assert usecases.assess_due(runtime) == 0
    with runtime.database.reading() as session:
        assert statistics.of(session, [MEI])[MEI]["orders"] == 2
        times = dict(session.execute(select(CustomerDue.customer_id, CustomerDue.next_at)).all())
    assert times[WEI] is None
    later = times[MEI]
    assert later is None or later > now


@pytest.mark.capability("C-10")
def test_a_rebuild_equals_what_was_computed_as_it_came(runtime_of: Callable[..., Runtime], now: datetime) -> None:
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(person, at, day=at) for at, person in enumerate(PEOPLE * 3)], now)
    usecases.assess_due(runtime)
    with runtime.database.transaction() as session:
        before = statistics.of(session, PEOPLE)
        session.execute(text("UPDATE statistics SET orders = 99"))
    assert usecases.rescore(runtime, JobRun(runtime, "scr_none", {})) == {"customers": 4}
    with runtime.database.reading() as session:
        assert statistics.of(session, PEOPLE) == before


def test_whoever_is_scored_by_new_cuts_is_looked_at_when_these_say_so(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    runtime = runtime_of("scoring")
    marks = {"orders": [1.0, 2.0, 3.0, 4.0], "spend": [1.0, 2.0, 3.0, 4.0], "customers": 1, "as_of": "2026-11-25"}
    with runtime.database.transaction() as session:
        schemes.publish(session, rfm.BANDS, marks | {"days": [400.0, 300.0, 200.0, 100.0]}, "first", now)
        facts.record_orders(session, [order(WEI, day=300)], now)
    usecases.assess_due(runtime)
    with runtime.database.transaction() as session:
        schemes.publish(session, rfm.BANDS, marks | {"days": [400.0, 300.0, 200.0, 24.0]}, "review", now)
    usecases.rescore(runtime, JobRun(runtime, "scr_none", {}))
    with runtime.database.reading() as session:
        last = statistics.of(session, [WEI])[WEI]["last_order_on"]
        expected = datetime.combine(last + timedelta(days=25), time(), ZONE)
        assert session.get_one(CustomerDue, WEI).next_at == expected


def _waiting(runtime: Runtime) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with runtime.database.reading() as session:
        return int(session.execute(text(query)).scalar_one())


def test_who_read_the_facts_earlier_never_writes_later(runtime_of: Callable[..., Runtime], now: datetime) -> None:
    runtime = runtime_of("scoring")
    first, second = sorted([WEI, MEI])
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(first, 1), order(second, 2)], now)
    usecases.assess_due(runtime)
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE statistics SET orders = 99 WHERE customer_id = :id"), {"id": first})

    def rebuild() -> None:
        usecases.rescore(runtime, JobRun(runtime, "scr_none", {}))

    with ThreadPoolExecutor(2) as pool:
        with runtime.database.transaction() as holder:
            # The rebuild has read everybody's facts and is held up at the first row, which it must mend, while the
            # second gets an order.
            holder.execute(text("UPDATE statistics SET orders = 7 WHERE customer_id = :id"), {"id": first})
            early = pool.submit(rebuild)
            wait_until(lambda: _waiting(runtime) == 1)
            with runtime.database.transaction() as session:
                facts.record_orders(session, [order(second, 3, day=1)], now)
            late = pool.submit(usecases.assess_due, runtime)
            wait_until(lambda: late.done() or _waiting(runtime) == 2)
        early.result()
        assert late.result() == 1
    with runtime.database.reading() as session:
        assert {one: row["orders"] for one, row in statistics.of(session, [first, second]).items()} == {
            first: 1,
            second: 2,
        }


def test_nothing_is_assessed_while_the_outbox_is_full(
    runtime_of: Callable[..., Runtime], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(WEI)], now)
        waiting = {"topic": "t", "key": "k", "event_id": new_id(), "headers": {}, "payload": b"{}"}
        put(session, outbox.OutboxRow, [waiting])
    monkeypatch.setattr(usecases, "ROOM", outbox.has_room(0))
    assert usecases.assess_due(runtime) == 0
    with runtime.database.transaction() as session:
        assert due.claim(session, CustomerDue.next_at, now)[0] == [WEI]


def test_who_cannot_be_assessed_keeps_nobody_else_waiting(
    runtime_of: Callable[..., Runtime], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, assess = runtime_of("scoring"), usecases.assess
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(who) for who in (WEI, MEI, LI)], now)

    def fails(session: Session, people: Sequence[UUID], *more: Any) -> dict[UUID, datetime | None]:
        if MEI in people:
            raise ZeroDivisionError
        return assess(session, people, *more)

    monkeypatch.setattr(usecases, "assess", fails)
    assert usecases.assess_due(runtime) == 3
    with runtime.database.transaction() as session:
        assert {one for one in (WEI, MEI, LI) if statistics.of(session, [one])} == {WEI, LI}
        again = session.scalar(select(CustomerDue.next_at).where(CustomerDue.customer_id == MEI))
    assert again == now + due.AFTER_FAULT
