"""The send decision: every gate, and the rules of time that hold in every zone."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.decisions.rules import (
    agreement,
    cap_until,
    contact_hours_until,
    decide,
    quiet_until,
    usable,
)
from services.engagement.decisions.schemas import Case
from services.engagement.policies.schemas import Cap, Merchant, Policy, QuietHours
from services.engagement.reach.schemas import Agreement, Contact, Person, Preferences, TopicChoice

pytestmark = pytest.mark.capability("C-25")

ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "UTC")]
)
CLOCK_CHANGES = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York forward, back
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # London forward, back
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe back, forward, by half an hour
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
]
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)) | st.builds(  # noqa: DTZ001
    lambda change, minutes: change + timedelta(minutes=minutes), st.sampled_from(CLOCK_CHANGES), st.integers(-300, 300)
)
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = Policy(
    caps=[Cap(limit=3, days=7)],
    quiet_hours=QuietHours.model_validate({"from": "21:00", "to": "09:00"}),
    fallback_hours=24,
    merchant=Merchant(name="Tea"),
    version=1,
)
ADA = UUID(int=1)


def agreed(purpose: str, channel: str, state: str = "granted", days_ago: int = 10) -> Agreement:
    return Agreement(purpose=purpose, channel=channel, state=state, effective_at=NOON - timedelta(days=days_ago))


def person(**fields: object) -> Person:
    known = {
        "customer_id": ADA,
        "canonical_id": ADA,
        "status": "active",
        "contacts": [
            Contact(contact_id=UUID(int=2), channel="email", value="ada@example.com"),
            Contact(contact_id=UUID(int=3), channel="sms", value="+8613800138000"),
        ],
        "consents": [agreed("marketing", channel) for channel in ("email", "sms", "push")],
    }
    return Person.model_validate(known | fields)


def case(**fields: object) -> Case:
    made = Case(
        purpose="marketing",
        topic="care",
        channels=["email"],
        at=NOON,
        expires_at=NOON + timedelta(hours=72),
        zone=SHANGHAI,
        policy=POLICY,
        person=person(),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def said(made: Case) -> tuple[str, str | None]:
    decision = decide(made)
    return decision.status, decision.reason


def test_a_message_that_passes_shows_all_ten_gates_in_order() -> None:
    decision = decide(case())
    assert (decision.status, decision.channel) == ("queued", "email")
    assert [gate.gate for gate in decision.gates] == [
        *("template", "address", "suppression", "consent", "preference"),
        *("credit", "cap", "quiet_hours", "expiry", "dedupe"),
    ]


REFUSALS = [
    ({"unwritable": {"email": "unpublished"}}, "template.unpublished"),
    ({"unwritable": {"email": "variable_missing"}}, "template.variable_missing"),
    ({"person": person(contacts=[])}, "address.none"),
    ({"person": None}, "address.none"),
    ({"person": person(status="erased")}, "address.erased"),
    ({"switched_off": ["email"]}, "address.channel_off"),
    ({"suppressed": {"email": {"ada@example.com": "hard_bounce"}}}, "suppression.hard_bounce"),
    ({"suppressed": {"email": {"ada@example.com": "unsubscribe"}}}, "suppression.unsubscribe"),
    ({"person": person(consents=[])}, "consent.missing"),
    ({"person": person(consents=[agreed("care", "email", "withdrawn")])}, "consent.withdrawn"),
    ({"person": person(preferences=Preferences(pause_until=NOON + timedelta(days=1)))}, "preference.paused"),
    (
        {"person": person(preferences=Preferences(topics=[TopicChoice(purpose="care", channel="any", state="off")]))},
        "preference.topic_off",
    ),
    ({"duplicate": True}, "dedupe.duplicate"),
]


@pytest.mark.parametrize(("fields", "reason"), REFUSALS)
def test_a_marketing_message_is_refused_with_its_reason(fields: dict[str, object], reason: str) -> None:
    assert said(case(**fields)) == ("skipped", reason)


@pytest.mark.parametrize(("fields", "reason"), REFUSALS)
def test_a_receipt_is_stopped_only_by_what_makes_it_impossible(fields: dict[str, object], reason: str) -> None:
    impossible = reason.startswith(("template.", "address.", "dedupe.")) or reason == "suppression.hard_bounce"
    assert said(case(**fields, purpose="transactional")) == (("skipped", reason) if impossible else ("queued", None))


def test_service_needs_no_grant_but_heeds_a_withdrawal() -> None:
    service = case(purpose="service", topic="service")
    assert said(replace(service, person=person(consents=[]))) == ("queued", None)
    withdrawn = person(consents=[agreed("service", "email", "withdrawn")])
    assert said(replace(service, person=withdrawn)) == ("skipped", "consent.withdrawn")


def test_a_reached_cap_defers_until_the_oldest_counted_message_leaves_the_window() -> None:
    counted = [("email", NOON - timedelta(days=7) + timedelta(hours=hours)) for hours in (5, 10, 20)]
    decision = decide(case(counted=counted))
    assert (decision.status, decision.until) == ("deferred", NOON + timedelta(hours=5))


def test_a_cap_that_lifts_too_late_refuses() -> None:
    assert said(case(counted=[("sms", NOON)] * 3)) == ("skipped", "cap.reached")


@pytest.mark.parametrize("purpose", ["service", "transactional"])
def test_caps_are_for_marketing_only(purpose: str) -> None:
    assert said(case(purpose=purpose, counted=[("email", NOON)] * 9)) == ("queued", None)


def test_quiet_hours_defer_to_the_customers_own_morning() -> None:
    evening = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
    assert decide(case(at=evening)).until == datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
    london = decide(case(at=evening, zone=ZoneInfo("Europe/London")))
    assert london.status == "queued"


def test_service_mail_and_receipts_ignore_quiet_hours_but_a_service_sms_does_not() -> None:
    night = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
    assert decide(case(purpose="service", at=night)).status == "queued"
    assert decide(case(purpose="service", at=night, channels=["sms"])).status == "deferred"
    assert decide(case(purpose="transactional", at=night, channels=["sms"])).status == "queued"


def test_what_would_be_late_after_waiting_expires_now() -> None:
    evening = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
    assert said(case(at=evening, expires_at=evening + timedelta(hours=2))) == ("expired", "expiry.would_expire")
    assert said(case(at=NOON, expires_at=NOON)) == ("expired", "expiry.expired")


def test_the_next_channel_is_taken_when_the_first_is_refused() -> None:
    decision = decide(case(channels=["push", "email"]))
    assert (decision.status, decision.channel) == ("queued", "email")
    assert [(gate.channel, gate.reason) for gate in decision.gates if gate.verdict == "refuse"] == [("push", "none")]


def test_another_address_of_the_channel_is_used_when_one_is_suppressed() -> None:
    two = [
        Contact(contact_id=UUID(int=2), channel="email", value="old@example.com"),
        Contact(contact_id=UUID(int=4), channel="email", value="new@example.com"),
    ]
    made = case(person=person(contacts=two), suppressed={"email": {"old@example.com": "hard_bounce"}})
    assert decide(made).status == "queued"
    assert (found := usable(made, "email")) and found.value == "new@example.com"


CONSENTS = [
    ([], None),
    ([agreed("care", "email")], "granted"),
    ([agreed("marketing", "email")], "granted"),
    ([agreed("care", "email", "withdrawn"), agreed("marketing", "email")], "withdrawn"),
    ([agreed("offers", "email"), agreed("care", "sms")], None),
]


@pytest.mark.parametrize(("entries", "counts"), CONSENTS)
def test_what_profile_decided_about_the_topic_goes_before_its_purpose(
    entries: list[Agreement], counts: str | None
) -> None:
    assert agreement(entries, "marketing", "care", "email") == counts
    assert agreement(entries[::-1], "marketing", "care", "email") == counts


@given(INSTANTS, ZONES, CLOCKS, CLOCKS)
def test_quiet_hours_end_at_the_first_instant_outside_them(
    at: datetime, zone: ZoneInfo, start: time, end: time
) -> None:
    until = quiet_until(at, zone, start, end)
    if until is None:
        return
    assert at < until <= at + timedelta(hours=50)
    assert until.astimezone(zone).time() >= end or until.astimezone(zone).time() < start
    assert quiet_until(until, zone, start, end) is None


@given(INSTANTS, ZONES, CLOCKS, CLOCKS)
def test_an_instant_is_quiet_exactly_when_its_wall_clock_says_so(
    at: datetime, zone: ZoneInfo, start: time, end: time
) -> None:
    clock = at.astimezone(zone).time()
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    assert (quiet_until(at, zone, start, end) is not None) == inside


def test_quiet_hours_over_the_changes_of_summer_time() -> None:
    new_york, night = ZoneInfo("America/New_York"), (time(21), time(9))
    before_spring = datetime(2026, 3, 8, 4, 0, tzinfo=UTC)  # 23:00; clocks go forward at 2:00
    assert quiet_until(before_spring, new_york, *night) == datetime(2026, 3, 8, 13, 0, tzinfo=UTC)
    before_autumn = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)  # 23:00; clocks go back at 2:00
    assert quiet_until(before_autumn, new_york, *night) == datetime(2026, 11, 1, 14, 0, tzinfo=UTC)


@given(st.lists(st.integers(0, 20 * 24), max_size=12), st.integers(1, 4), st.integers(1, 9))
def test_a_cap_is_never_exceeded_in_any_window(hours_ago: list[int], limit: int, days: int) -> None:
    cap = Cap(limit=limit, days=days)
    counted = [("email", NOON - timedelta(hours=hours)) for hours in hours_ago]
    until = cap_until(cap, "email", counted, NOON)
    at = until or NOON
    inside = [when for _, when in counted if at - timedelta(days=days) < when]
    assert len(inside) < limit
    if until:
        just_before = until - timedelta(seconds=1)
        assert len([when for _, when in counted if just_before - timedelta(days=days) < when]) >= limit


def test_a_cap_of_one_channel_does_not_count_others() -> None:
    cap = Cap(limit=1, days=7, channel="sms")
    assert cap_until(cap, "email", [("sms", NOON)], NOON) is None
    assert cap_until(cap, "sms", [("email", NOON)], NOON) is None
    assert cap_until(cap, "sms", [("sms", NOON)], NOON) == NOON + timedelta(days=7)


@pytest.mark.parametrize(
    ("hours", "local"),
    [
        ([], None),
        (["19:00-21:00"], "2026-11-25T19:00"),
        (["09:00-18:00"], None),
        (["mon-tue/09:00-18:00"], "2026-11-30T09:00"),
        (["wed/13:00-14:00", "sat/10:00-11:00"], "2026-11-25T13:00"),
        (["sat-mon/10:00-11:00"], "2026-11-28T10:00"),
        (["20:00-01:00"], "2026-11-25T20:00"),
        (["anything else"], None),
    ],
)
def test_hours_that_a_customer_named_are_kept(hours: list[str], local: str | None) -> None:
    until = contact_hours_until(NOON, SHANGHAI, hours)
    assert (until and until.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")) == local


@given(INSTANTS, ZONES, st.lists(st.tuples(CLOCKS, CLOCKS), min_size=1, max_size=3))
def test_the_next_contact_hour_is_one(at: datetime, zone: ZoneInfo, windows: list[tuple[time, time]]) -> None:
    hours = [f"{start:%H:%M}-{end:%H:%M}" for start, end in windows]
    until = contact_hours_until(at, zone, hours)
    if until:
        assert at < until <= at + timedelta(hours=50)
        assert contact_hours_until(until, zone, hours) is None
