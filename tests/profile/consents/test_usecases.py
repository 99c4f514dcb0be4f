"""Granting and withdrawing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.consents.schemas import GRANTED, WITHDRAWN, Entry
from services.profile.consents.tables import Consent, ConsentEntry
from services.profile.consents.usecases import effective, record, record_optouts
from services.profile.links.usecases import join, undo
from shared.contracts.engagement import OptoutReceived
from shared.contracts.profile import ConsentRecorded
from shared.errors import Invalid, NotFound
from tests.profile.conftest import NewCustomer

DAY = timedelta(days=1)


def entry(customer_id: UUID, state: str, at: datetime, purpose: str = "marketing") -> Entry:
    return Entry(customer_id, purpose, "email", state, "checkout", at, evidence="box ticked")


@pytest.mark.capability("C-07")
def test_a_grant_and_its_withdrawal_are_published_with_rising_versions(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    one = customer()
    record(profile, [entry(one, GRANTED, now - DAY)], now=now)
    record(profile, [entry(one, WITHDRAWN, now)], now=now)
    told = [(event.state, event.version, event.effective_at) for event in published(profile, ConsentRecorded)]
    assert told == [(GRANTED, 1, now - DAY), (WITHDRAWN, 2, now)]


def test_repeating_an_entry_publishes_nothing(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    one = customer()
    for _ in range(2):
        record(profile, [entry(one, GRANTED, now)], now=now)
    assert len(published(profile, ConsentRecorded)) == 1
    assert len(profile.scalars(select(ConsentEntry)).all()) == 1


@pytest.mark.capability("C-07")
def test_a_withdrawal_wins_over_a_grant_at_the_same_instant(
    profile: Session, now: datetime, customer: NewCustomer
) -> None:
    first, second = customer(), customer()
    record(profile, [entry(first, GRANTED, now)], now=now)
    record(profile, [entry(first, WITHDRAWN, now)], now=now)
    record(profile, [entry(second, WITHDRAWN, now)], now=now)
    record(profile, [entry(second, GRANTED, now)], now=now)
    assert set(profile.scalars(select(Consent.state))) == {WITHDRAWN}


def test_the_evidence_is_unreadable_at_rest_and_never_published(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    record(profile, [entry(customer(), GRANTED, now)], now=now)
    stored = profile.connection().exec_driver_sql("SELECT evidence FROM consent_entry").scalar_one()
    assert b"ticked" not in bytes(stored)
    assert "ticked" not in published(profile, ConsentRecorded)[0].model_dump_json()
    assert profile.scalars(select(ConsentEntry.evidence)).one() == "box ticked"


def test_an_unknown_purpose_and_an_unknown_customer_are_refused(
    profile: Session, now: datetime, customer: NewCustomer
) -> None:
    with pytest.raises(Invalid) as refused:
        record(profile, [entry(customer(), GRANTED, now, purpose="marketting")], now=now)
    assert refused.value.errors[0].code == "reference_not_found"
    with pytest.raises(NotFound):
        record(profile, [entry(uuid4(), GRANTED, now)], now=now)


@settings(max_examples=20, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    said=st.lists(st.tuples(st.sampled_from([GRANTED, WITHDRAWN]), st.integers(0, 2)), min_size=1, max_size=6),
    random=st.randoms(use_true_random=False),
)
def test_any_order_and_grouping_of_entries_ends_the_same(
    profile: Session, now: datetime, customer: NewCustomer, said: list[tuple[str, int]], random: Any
) -> None:
    def ends(order: list[tuple[str, int]], size: int) -> tuple[str, UUID]:
        with profile.begin_nested() as savepoint:
            entries = [entry(one, state, now - at * DAY) for state, at in order]
            for start in range(0, len(entries), size):
                record(profile, entries[start : start + size], now=now)
            found = profile.execute(select(Consent.state, Consent.entry_id)).one()
            savepoint.rollback()
        return found[0], found[1]

    one = customer()
    shuffled = said * 2
    random.shuffle(shuffled)
    assert ends(said, len(said)) == ends(shuffled, random.randint(1, 3))


@pytest.mark.capability("C-07")
def test_merged_customers_are_asked_for_no_more_than_the_stricter_allowed(
    profile: Session, now: datetime, customer: NewCustomer
) -> None:
    one, other = customer(), customer()
    record(profile, [entry(one, GRANTED, now - DAY), entry(other, WITHDRAWN, now - 2 * DAY)], now=now)
    merge_id = join(profile, one, [other], now)
    assert [state.state for state in effective(profile, [one])[one]] == [WITHDRAWN]
    record(profile, [entry(other, GRANTED, now + DAY)], now=now + DAY)
    assert [state.state for state in effective(profile, [one])[one]] == [GRANTED]
    undo(profile, merge_id, now + DAY)
    assert [state.state for state in effective(profile, [one])[one]] == [GRANTED]


@pytest.mark.capability("C-23")
def test_who_says_stop_on_a_channel_has_withdrawn_there(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    one = customer()
    record(profile, [Entry(one, "marketing", on, GRANTED, "checkout", now - DAY) for on in ("sms", "email")], now=now)

    def said(who: UUID, **more: Any) -> OptoutReceived:
        known = {"customer_id": who, "version": 1, "occurred_at": now, "recorded_at": now, "optout_id": uuid4()}
        return OptoutReceived.model_validate(known | {"channel": "sms"} | more)

    once = said(one)
    record_optouts(profile, [once, once, said(uuid4()), said(one, purpose="gone"), said(one, channel="fax")], now)
    record_optouts(profile, [once], now)
    states = {(state.channel, state.state, state.source) for state in effective(profile, [one])[one]}
    assert states == {("sms", WITHDRAWN, "reply"), ("email", GRANTED, "checkout")}
    assert [event.state for event in published(profile, ConsentRecorded)] == [GRANTED, GRANTED, WITHDRAWN]
