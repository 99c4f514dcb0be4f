"""Warnings on the real database: raised once, joined, closed by what came, told once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from services.scoring.customers import usecases as customers
from services.scoring.customers.tables import Customer
from services.scoring.facts import usecases as facts
from services.scoring.republish import REPUBLISH
from services.scoring.signs.schemas import WarningsScheme
from services.scoring.warnings import repository, usecases
from services.scoring.warnings.schemas import Dismissal, WarningFilter
from services.scoring.warnings.tables import ChurnWarning
from shared import linking
from shared.auth.caller import PUBLIC_CALLER
from shared.contracts.base import Origin
from shared.contracts.scoring import WarningClosed, WarningRaised
from shared.db import put
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import derived_id, new_id
from shared.messaging.republish import Selection
from shared.ownership import CustomerOwner
from shared.web.dependencies import PageRequest
from tests.scoring.events import PEOPLE, link, order
from tests.scoring.warnings.worlds import BOOK, H, appraisal

pytestmark = pytest.mark.capability("C-18")
Published = Callable[..., Sequence[Any]]
WEI, MEI, LI, _ = PEOPLE
DAY = timedelta(days=1)
CONTENT: Mapping[str, Any] = {}
SILENT = {"silence": 110, "age": 447, "orders_in_h": 0, "spend_in_h": 0.0}
COMPLAINS = {"complaint_opened_28d": 1, "open_complaints": 1}
SILENCE = {"silence", "order_shortfall", "spend_shortfall"}


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    session = session_of("scoring")
    linking.ensure(session, PEOPLE)
    return session


def look(session: Session, people: Mapping[UUID, Mapping[str, Any]], now: datetime) -> dict[UUID, datetime]:
    return usecases.reassess(session, appraisal(people, now), BOOK, now)


def stored(session: Session) -> list[ChurnWarning]:
    session.expire_all()
    return list(session.scalars(select(ChurnWarning).order_by(ChurnWarning.raised_at, ChurnWarning.warning_id)))


def bought(session: Session, who: UUID, at: datetime, number: int = 1, now: datetime | None = None) -> None:
    facts.record_orders(session, [order(who, number, placed_at=at, occurred_at=at, recorded_at=at)], now or at)


def test_who_is_about_to_leave_is_warned_of_once(scoring: Session, now: datetime, published: Published) -> None:
    people = {WEI: SILENT, MEI: CONTENT, LI: {**SILENT, "live": False}}
    for _ in range(3):
        looks = look(scoring, people, now)
    assert looks == dict.fromkeys([WEI, LI], now + H * DAY)
    told = {one.customer_id: one for one in published(scoring, WarningRaised)}
    assert len(published(scoring, WarningRaised)) == 2
    assert (set(told[WEI].reasons), told[WEI].origin, told[LI].origin) == (SILENCE, Origin.LIVE, Origin.IMPORT)
    row = scoring.get_one(ChurnWarning, told[WEI].warning_id)
    assert (row.value, row.priority, row.horizon_days) == (told[WEI].value, told[WEI].priority, H)
    assert {one["code"] for one in row.reasons} == SILENCE


def test_further_reasons_join_the_open_warning_and_are_not_told(
    scoring: Session, now: datetime, published: Published
) -> None:
    look(scoring, {WEI: SILENT}, now)
    for _ in range(2):
        look(scoring, {WEI: {**SILENT, **COMPLAINS}}, now + DAY)
    look(scoring, {WEI: CONTENT}, now + 2 * DAY)
    (row,) = stored(scoring)
    since = {one["code"]: datetime.fromisoformat(one["first_at"]) for one in row.reasons}
    assert since == dict.fromkeys(SILENCE, now) | {"complaint": now + DAY}
    assert (len(published(scoring, WarningRaised)), published(scoring, WarningClosed)) == (1, [])


@pytest.mark.parametrize(("waited", "origin"), [(timedelta(hours=1), Origin.IMPORT), (2 * DAY, Origin.LIVE)])
def test_an_imported_customer_who_falls_silent_long_after_the_import_is_warned_of_live(
    scoring: Session, now: datetime, published: Published, waited: timedelta, origin: Origin
) -> None:
    facts.record_orders(scoring, [order(WEI, origin="import", placed_at=now, occurred_at=now)], now)
    look(scoring, {WEI: {**CONTENT, "live": False}}, now)
    look(scoring, {WEI: {**SILENT, "live": False}}, now + waited)
    (raised,) = published(scoring, WarningRaised)
    assert raised.origin is origin


def test_a_live_reason_takes_the_place_of_a_warning_that_only_an_import_stands_behind(
    scoring: Session, now: datetime, published: Published
) -> None:
    look(scoring, {WEI: {**SILENT, "live": False}}, now)
    look(scoring, {WEI: SILENT}, now + DAY)  # heard of, but nothing more to warn of
    assert [one.origin for one in published(scoring, WarningRaised)] == [Origin.IMPORT]
    for _ in range(3):
        look(scoring, {WEI: {**SILENT, **COMPLAINS}}, now + 2 * DAY)
    old, new = published(scoring, WarningRaised)
    assert (set(new.reasons), new.origin, new.occurred_at) == (SILENCE | {"complaint"}, Origin.LIVE, now + 2 * DAY)
    (closed,) = published(scoring, WarningClosed)
    assert (closed.warning_id, closed.outcome) == (old.warning_id, "superseded")
    assert [(one.status, one.origin) for one in stored(scoring)] == [("closed", "import"), ("open", "live")]


def test_one_order_closes_the_warning_and_is_told_once(scoring: Session, now: datetime, published: Published) -> None:
    look(scoring, {WEI: SILENT}, now)
    bought(scoring, WEI, now + DAY)
    again = {"orders": 13, "silence": 1}
    for _ in range(3):
        assert look(scoring, {WEI: again}, now + 2 * DAY) == {}
    (event_,) = published(scoring, WarningClosed)
    (row,) = stored(scoring)
    assert (event_.outcome, event_.warning_id, event_.origin) == ("ordered", row.warning_id, Origin.LIVE)
    assert (row.status, row.outcome, row.closed_at) == ("closed", "ordered", now + 2 * DAY)


def test_a_warning_waits_and_an_answered_reason_rests_as_long_as_the_h_of_the_customer(
    scoring: Session, now: datetime
) -> None:
    quick, slow = {**COMPLAINS, "horizon": 30}, {**COMPLAINS, "horizon": 365}
    assert look(scoring, {WEI: quick, MEI: slow}, now) == {WEI: now + 30 * DAY, MEI: now + 365 * DAY}
    for one in stored(scoring):
        usecases.dismiss(scoring, one.warning_id, Dismissal(reason="known"), now)
    assert {one.customer_id: one.horizon_days for one in stored(scoring)} == {WEI: 30, MEI: 365}
    assert look(scoring, {WEI: quick, MEI: slow}, now + 29 * DAY) == {}
    assert look(scoring, {WEI: quick, MEI: slow}, now + 30 * DAY) == {WEI: now + 60 * DAY}


def test_an_order_that_does_not_count_closes_nothing(scoring: Session, now: datetime) -> None:
    look(scoring, {WEI: SILENT}, now)
    facts.record_orders(scoring, [order(WEI, placed_at=now + DAY, status="cancelled")], now + DAY)
    assert look(scoring, {WEI: {**SILENT, "silence": 111}}, now + DAY) == {WEI: now + H * DAY}


def test_without_an_order_in_time_it_ends_lost(scoring: Session, now: datetime, published: Published) -> None:
    (until,) = look(scoring, {WEI: SILENT}, now).values()
    look(scoring, {WEI: {**SILENT, "lifecycle": "lost"}}, until - timedelta(seconds=1))
    assert published(scoring, WarningClosed) == []
    look(scoring, {WEI: {**SILENT, "lifecycle": "lost"}}, until)
    assert [one.outcome for one in published(scoring, WarningClosed)] == ["lost"]


def test_an_order_that_came_too_late_does_not_mend_it(scoring: Session, now: datetime) -> None:
    look(scoring, {WEI: SILENT}, now)
    bought(scoring, WEI, now + (H + 1) * DAY)
    look(scoring, {WEI: {"silence": 1}}, now + (H + 2) * DAY)
    assert [one.outcome for one in stored(scoring)] == ["lost"]


def test_what_was_raised_on_data_that_vanished_is_superseded(
    scoring: Session, now: datetime, published: Published
) -> None:
    look(scoring, {WEI: SILENT, MEI: SILENT, LI: SILENT}, now)
    look(scoring, {WEI: {"orders": 0}, MEI: {"orders": 13, "silence": 40}, LI: {**SILENT, "orders": 11}}, now + DAY)
    told = {one.customer_id: one.outcome for one in published(scoring, WarningClosed)}
    assert told == {WEI: "superseded", MEI: "superseded"}


def test_the_warning_of_an_absorbed_customer_ends_and_the_person_has_one(
    scoring: Session, now: datetime, published: Published
) -> None:
    look(scoring, {WEI: SILENT}, now)
    customers.link(scoring, [link(WEI, MEI, 1)], now)
    for _ in range(2):
        assert look(scoring, {MEI: SILENT}, now + DAY) == {MEI: now + (H + 1) * DAY}
    assert [(one.customer_id, one.outcome) for one in published(scoring, WarningClosed)] == [(WEI, "merged")]
    customers.link(scoring, [link(WEI, WEI, 2)], now)
    looks = look(scoring, {WEI: SILENT, MEI: CONTENT}, now + 2 * DAY)
    assert looks == {WEI: now + (H + 2) * DAY, MEI: now + (H + 1) * DAY}


def test_reasons_that_were_answered_are_not_raised_again_within_h_unless_another_comes(
    scoring: Session, now: datetime
) -> None:
    look(scoring, {WEI: COMPLAINS}, now)
    bought(scoring, WEI, now + DAY)
    after = now + 2 * DAY
    content = {**COMPLAINS, "orders": 13, "silence": 1}
    assert look(scoring, {WEI: content}, after) == {}
    assert look(scoring, {WEI: content}, after + (H - 1) * DAY) == {}
    assert look(scoring, {WEI: content | {"refund_28d": 1}}, after + (H - 1) * DAY) != {}
    assert {one["code"] for one in stored(scoring)[-1].reasons} == {"complaint", "refund"}


def test_after_h_the_same_reason_counts_again(scoring: Session, now: datetime) -> None:
    look(scoring, {WEI: COMPLAINS}, now)
    bought(scoring, WEI, now + DAY)
    content = {**COMPLAINS, "orders": 13, "silence": 1}
    look(scoring, {WEI: content}, now + 2 * DAY)
    assert look(scoring, {WEI: content}, now + (H + 2) * DAY) == {WEI: now + 2 * (H + 1) * DAY}


def test_staff_dismiss_a_warning_once_and_it_rests(scoring: Session, now: datetime, published: Published) -> None:
    look(scoring, {WEI: SILENT}, now)
    (row,) = stored(scoring)
    usecases.dismiss(scoring, row.warning_id, Dismissal(reason="已电话联系"), now + DAY)
    with pytest.raises(Conflict) as refusal:
        usecases.dismiss(scoring, row.warning_id, Dismissal(reason="再次"), now + DAY)
    assert refusal.value.code == "invalid_transition"
    assert look(scoring, {WEI: {**SILENT, "silence": 112}}, now + 2 * DAY) == {}
    assert [one.outcome for one in published(scoring, WarningClosed)] == ["dismissed"]
    assert stored(scoring)[0].dismissal == "已电话联系"


def test_a_warning_that_is_not_there_cannot_be_dismissed(scoring: Session, now: datetime) -> None:
    with pytest.raises(NotFound):
        usecases.dismiss(scoring, new_id(), Dismissal(reason="x"), now)


states = st.fixed_dictionaries(
    {
        "orders": st.integers(0, 14),
        "silence": st.integers(0, 300),
        "age": st.integers(300, 500),
        "orders_in_h": st.integers(0, 5),
        "spend_in_h": st.sampled_from([0.0, 50.0, 500.0]),
        "refund_28d": st.integers(0, 1),
        "complaint_opened_28d": st.integers(0, 1),
        "open_complaints": st.integers(0, 1),
        "visits_before_28d": st.integers(0, 8),
        "lifecycle": st.sampled_from(["active", "lost"]),
    }
)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 60), states), min_size=1, max_size=6))
def test_looking_twice_at_one_instant_moves_nothing(
    session_of: Callable[[str], Session], now: datetime, published: Published, days: list[tuple[int, Any]]
) -> None:
    session, at = session_of("scoring"), now
    linking.ensure(session, [WEI])
    session.execute(text("DELETE FROM warning"))
    for later, state in days:
        at += later * DAY
        looks = look(session, {WEI: state}, at)
        before = [(one.warning_id, one.reasons, one.outcome) for one in stored(session)]
        told = len(published(session))
        assert look(session, {WEI: state}, at) == looks
        assert [(one.warning_id, one.reasons, one.outcome) for one in stored(session)] == before
        assert len(published(session)) == told


def test_new_thresholds_end_warnings_that_lost_their_reasons_and_an_old_look_does_not(
    scoring: Session, now: datetime, published: Published
) -> None:
    look(scoring, {WEI: SILENT, MEI: COMPLAINS, LI: SILENT | COMPLAINS}, now)
    stricter = replace(BOOK, warnings=WarningsScheme(off=["complaint"]), scheme_version=8)
    found = appraisal({WEI: SILENT, MEI: COMPLAINS, LI: SILENT | COMPLAINS}, now + DAY)
    assert len(usecases.reassess(scoring, found, stricter, now + DAY)) == 3
    assert published(scoring, WarningClosed) == []
    looks = usecases.reassess(scoring, found, stricter, now + DAY, afresh=True)
    assert set(looks) == {WEI, LI}
    assert [(one.customer_id, one.outcome) for one in published(scoring, WarningClosed)] == [(MEI, "superseded")]
    assert set(usecases.reassess(scoring, found, BOOK, now + DAY, afresh=True)) == {WEI, MEI, LI}
    versions = [(one.customer_id, one.scheme_version, one.status) for one in stored(scoring)]
    assert sorted(versions) == sorted([(WEI, 7, "open"), (MEI, 7, "closed"), (LI, 7, "open"), (MEI, 7, "open")])


def test_where_nothing_changes_one_statement_is_enough(scoring: Session, now: datetime) -> None:
    people = {derived_id("crowd", str(at)): (SILENT if at % 3 == 0 else CONTENT) for at in range(500)}
    linking.ensure(scoring, people)
    look(scoring, people, now)
    statements: list[str] = []
    engine = scoring.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *some: statements.append(some[2]))
    found = appraisal(people, now + DAY)
    usecases.reassess(scoring, found, BOOK, now + DAY)
    assert len(statements) == 1


def test_lists_are_filtered_and_sorted(scoring: Session, now: datetime) -> None:
    look(scoring, {WEI: SILENT, MEI: COMPLAINS}, now)
    look(scoring, {LI: {**SILENT, "silence": 130}}, now + DAY)

    def of(sort: str | None = None, **wanted: Any) -> list[UUID]:
        page = PageRequest(10, None, sort)
        return [
            one.customer_id
            for one in usecases.listed(scoring, WarningFilter(**wanted), page, "CNY", PUBLIC_CALLER).items
        ]

    assert of() == sorted([WEI, MEI, LI], key=lambda one: -_of(scoring, one).priority)
    assert of("raised_at")[-1] == LI
    assert of(reason=["complaint", "refund"]) == [MEI]
    assert of(status=["closed"]) == []
    assert of(raised_from=now + DAY) == [LI]
    assert set(of(raised_to=now + DAY)) == {WEI, MEI}
    assert MEI not in of(priority_from=_of(scoring, WEI).priority)
    assert of(region=["CN-31"]) == []
    archive = {"customer_id": LI, "version": 1, "status": "active", "kind": "person", "registered_at": now}
    more: dict[str, Any] = {
        "source": "shop",
        "region": "CN-31",
        "income_band": None,
        "standing": 0,
        "followers": 0,
        "referrer_id": None,
        "facts": {},
    }
    put(scoring, Customer, [archive | more])
    assert of(region=["CN-31", "CN-44"]) == [LI]
    manager = new_id()
    owner = {"customer_id": MEI, "role": "account", "manager_id": manager, "valid_from": now, "version": 1}
    put(scoring, CustomerOwner, [owner | {"team_id": None, "territory_id": None, "pinned": False, "cause": "rule"}])
    assert (of(manager_id=[manager]), of(manager_id=[new_id()])) == ([MEI], [])
    with pytest.raises(Invalid):
        of("value")


def _of(session: Session, who: UUID) -> ChurnWarning:
    return next(one for one in stored(session) if one.customer_id == who)


def test_warnings_can_be_sent_again_as_they_were_told(scoring: Session, now: datetime, published: Published) -> None:
    look(scoring, {WEI: SILENT, MEI: COMPLAINS}, now)
    bought(scoring, WEI, now + DAY)
    look(scoring, {WEI: {"silence": 1}, MEI: {**COMPLAINS, "refund_28d": 1}}, now + 2 * DAY)
    for kind in (WarningRaised, WarningClosed):
        page = REPUBLISH[kind](scoring, Selection(None, None, None, 10))
        assert {one.subject: one for one in page} == {one.subject: one for one in published(scoring, kind)}
    first = min(one.warning_id for one in stored(scoring))
    assert len(repository.page(scoring, Selection(now, None, first, 10), closed=False)) == 1
    assert [one["customer_id"] for one in repository.page(scoring, Selection(None, WEI, None, 10), closed=True)] == [
        WEI
    ]
