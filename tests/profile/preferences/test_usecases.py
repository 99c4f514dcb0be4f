"""What customers want to hear, and what becomes of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.consents import usecases as consents
from services.profile.consents.schemas import GRANTED, WITHDRAWN, Entry
from services.profile.consents.tables import ConsentEntry
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import SHOP, Change
from services.profile.links import usecases as links
from services.profile.preferences import usecases
from services.profile.preferences.schemas import PREFERENCES, UNSUBSCRIBE, Link, Wishes
from services.profile.reach import usecases as reach
from shared.auth.links import LIFETIME
from shared.contracts.profile import ConsentRecorded, CustomerRecorded
from shared.errors import Forbidden, Gone, Invalid
from tests.profile.conftest import NewCustomer

pytestmark = pytest.mark.capability("C-07")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def ada(customer: NewCustomer) -> UUID:
    return customer(("email", "ada@example.com"), ("phone", "13800138000"))


def states(profile: Session, customer_id: UUID, now: datetime) -> dict[tuple[str, str], str]:
    read = usecases.read(profile, customer_id, now)
    return {(one.purpose, one.channel): one.state for one in read.topics}


def wish(profile: Session, customer_id: UUID, now: datetime, **said: Any) -> None:
    usecases.change(profile, customer_id, Wishes.model_validate(said), now)


def topic(purpose: str, channel: str, state: str) -> dict[str, str]:
    return {"purpose": purpose, "channel": channel, "state": state}


def test_where_nothing_was_said_marketing_is_off_and_service_on(profile: Session, ada: UUID, now: datetime) -> None:
    assert usecases.read(profile, ada, now).places[0].address == "a***@example.com"
    assert states(profile, ada, now) == {
        (purpose, channel): GRANTED if purpose == "service" else WITHDRAWN
        for purpose in ("care", "newsletter", "offers", "service")
        for channel in ("email", "sms", "phone")
    }


def test_choices_become_entries_of_the_ledger_and_what_is_so_already_is_not_said_again(
    profile: Session, ada: UUID, now: datetime, published: Any
) -> None:
    for _ in range(2):
        wish(profile, ada, now, topics=[topic("newsletter", "email", GRANTED)])
    assert [(one.purpose, one.state, one.source) for one in published(profile, ConsentRecorded)] == [
        ("newsletter", GRANTED, "preference-centre")
    ]
    wish(profile, ada, now + HOUR, topics=[topic("marketing", "any", WITHDRAWN)])
    assert states(profile, ada, now)["newsletter", "email"] == WITHDRAWN
    wish(profile, ada, now + 2 * HOUR, topics=[topic("newsletter", "email", GRANTED)])
    assert states(profile, ada, now)["newsletter", "email"] == GRANTED
    wish(profile, ada, now + 3 * HOUR, topics=[topic("marketing", "any", WITHDRAWN)])
    assert states(profile, ada, now)["newsletter", "email"] == WITHDRAWN


def test_one_click_leaves_one_topic_on_one_channel_once(profile: Session, ada: UUID, now: datetime) -> None:
    granted = [Entry(ada, "marketing", "any", GRANTED, "checkout", now - DAY)]
    consents.record(profile, granted, now=now)
    link = Link(ada, "newsletter", "email")
    for later in (0, 1, 2):
        usecases.leave(profile, link, now + later * HOUR)
    assert usecases.subscription(profile, link).state == WITHDRAWN
    assert {cell for cell, state in states(profile, ada, now).items() if state == WITHDRAWN} == {
        ("newsletter", "email")
    }
    assert len(profile.scalars(select(ConsentEntry)).all()) == 2


def test_locale_and_channel_go_to_the_record_whatever_the_clock_of_a_shop(
    profile: Session, ada: UUID, now: datetime, published: Any
) -> None:
    ahead = Change(ada, {"locale": "fr"}, SHOP, now + timedelta(minutes=4))
    customers.change(profile, [ahead], now)
    wish(profile, ada, now, locale="en", preferred_channel="sms")
    read = usecases.read(profile, ada, now)
    assert (read.locale, read.preferred_channel) == ("en", "sms")
    assert published(profile, CustomerRecorded)[-1].locale == "en"
    wish(profile, ada, now + HOUR, preferred_channel=None)
    assert usecases.read(profile, ada, now).preferred_channel is None


def test_a_pause_ends_by_itself_is_lifted_and_lasts_a_year_at_most(profile: Session, ada: UUID, now: datetime) -> None:
    wish(profile, ada, now, pause_until=now + DAY)
    wish(profile, ada, now, locale="en")
    assert usecases.read(profile, ada, now).pause_until == now + DAY
    assert usecases.read(profile, ada, now + DAY).pause_until is None
    wish(profile, ada, now + HOUR, pause_until=None)
    assert usecases.read(profile, ada, now + HOUR).pause_until is None
    with pytest.raises(Invalid):
        wish(profile, ada, now, pause_until=now + 400 * DAY)


def test_of_linked_ids_the_last_word_about_a_pause_counts(
    profile: Session, ada: UUID, customer: NewCustomer, now: datetime
) -> None:
    other = customer(("email", "other@example.com"))
    wish(profile, ada, now, pause_until=now + 9 * DAY)
    wish(profile, other, now + HOUR, pause_until=now + 3 * DAY)
    merge = links.join(profile, ada, [other], now + 2 * HOUR)
    assert usecases.pauses(profile, [ada], now) == {ada: now + 3 * DAY}
    links.undo(profile, merge, now + 3 * HOUR)
    assert usecases.pauses(profile, [ada, other], now) == {ada: now + 9 * DAY, other: now + 3 * DAY}


def test_a_link_opens_its_own_kind_for_180_days(profile: Session, ada: UUID, now: datetime) -> None:
    token = usecases.way_out(Link(ada, "offers", "sms"), now).rpartition("/")[2]
    assert usecases.opened(UNSUBSCRIBE, token, now + LIFETIME - HOUR) == Link(ada, "offers", "sms")
    with pytest.raises(Gone) as ended:
        usecases.opened(UNSUBSCRIBE, token, now + LIFETIME)
    assert ended.value.code == "link_expired"
    head, said, seal = token.split(".")
    for bad in (f"{head}.{said[:-2]}.{seal}", f"{head}.{said}.{seal[:-6]}", "", "x.y.z", "é"):
        with pytest.raises(Forbidden):
            usecases.opened(UNSUBSCRIBE, bad, now)
    with pytest.raises(Forbidden) as refused:
        usecases.opened(PREFERENCES, token, now)
    assert refused.value.code == "link_invalid"


def test_a_sender_is_told_of_the_pause_the_choices_and_the_ways_out(profile: Session, ada: UUID, now: datetime) -> None:
    wish(profile, ada, now, pause_until=now + DAY, topics=[topic("care", "sms", WITHDRAWN)])
    (person,) = reach.people(profile, [ada], "care", now)
    assert person.preferences is not None
    assert person.preferences.pause_until == now + DAY
    assert [(one.purpose, one.channel, one.state) for one in person.preferences.topics] == [("care", "sms", WITHDRAWN)]
    assert set(person.links.unsubscribe) == {"email", "sms", "phone"}
    token = person.links.unsubscribe["email"].rpartition("/")[2]
    assert usecases.opened(UNSUBSCRIBE, token, now) == Link(ada, "care", "email")
    assert person.links.preferences is not None
    assert usecases.opened(PREFERENCES, person.links.preferences.rpartition("/")[2], now).customer_id == ada
