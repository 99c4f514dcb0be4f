"""Giving customers to managers."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.profile.assignments import repository, usecases
from services.profile.assignments.handovers.schemas import NewHandover
from services.profile.assignments.handovers.usecases import hand_over
from services.profile.assignments.handovers.usecases import start as start_handover
from services.profile.assignments.republish import page
from services.profile.assignments.runs.schemas import DiffOut, Trial
from services.profile.assignments.runs.usecases import RUN, TRY, preview, run, try_out
from services.profile.assignments.schemas import Pin
from services.profile.assignments.tables import AssignmentPeriod
from services.profile.links.usecases import join
from services.profile.managers import usecases as managers
from services.profile.managers.schemas import Absence
from services.profile.segments import usecases as segments
from services.profile.segments.evaluations.tables import SegmentMember
from services.profile.segments.schemas import NewSegment
from services.profile.signals.usecases import note_tiers
from shared import jobs
from shared.contracts.profile import AssignmentChanged
from shared.contracts.scoring import TierChanged
from shared.db import put
from shared.errors import Conflict, Invalid
from shared.jobs import JobRun
from shared.messaging.republish import Selection
from shared.ownership import CustomerOwner
from shared.testing.plugin import Published
from tests.profile.assignments.conftest import Merchant

ROLE = "account_manager"
DAY = timedelta(days=1)


def owner(session: Session, customer_id: UUID) -> UUID | None:
    found = session.scalars(
        select(CustomerOwner.manager_id).where(CustomerOwner.customer_id == customer_id, CustomerOwner.role == ROLE)
    )
    return found.one_or_none()


def history(session: Session, customer_id: UUID) -> list[AssignmentPeriod]:
    wanted = select(AssignmentPeriod).where(AssignmentPeriod.customer_id == customer_id)
    return list(session.scalars(wanted.order_by(AssignmentPeriod.valid_from, AssignmentPeriod.period_id)))


@pytest.mark.capability("C-08")
def test_a_customer_who_comes_is_given_to_whom_the_rules_mean(merchant: Merchant, published: Published) -> None:
    east, west = merchant.team("east"), merchant.team("west")
    li, han = merchant.manager("li", east), merchant.manager("han", west)
    merchant.rule("east", regions=["330000"], team_id=east, priority=20)
    merchant.rule("rest", team_id=west)
    here, there = merchant.customer("330106"), merchant.customer("110000")
    assert usecases.place_due(merchant.runtime()) == 2
    assert (owner(merchant.session, here), owner(merchant.session, there)) == (li, han)
    told = published(merchant.session, AssignmentChanged)
    assert {(one.customer_id, one.manager_id, one.version, one.cause) for one in told} == {
        (here, li, 1, "rule"),
        (there, han, 1, "rule"),
    }
    assert usecases.place_due(merchant.runtime()) == 0


@pytest.mark.capability("C-08")
def test_a_customer_whose_region_or_tier_changes_is_looked_at_again(merchant: Merchant, now: datetime) -> None:
    east, west = merchant.team("east"), merchant.team("west")
    li, han, vip = merchant.manager("li", east), merchant.manager("han", west), merchant.manager("vip", west)
    merchant.rule("gold", tiers=["gold"], manager_id=vip, priority=30)
    merchant.rule("east", regions=["330000"], manager_id=li)
    merchant.rule("north", regions=["110000"], manager_id=han)
    one = merchant.customer("330106")
    usecases.place_due(merchant.runtime())
    assert owner(merchant.session, one) == li
    merchant.now += timedelta(hours=1)
    merchant.move(one, "110000")
    usecases.place_due(merchant.runtime())
    assert owner(merchant.session, one) == han
    merchant.now += timedelta(hours=1)
    upgrade = TierChanged(
        customer_id=one, occurred_at=now, recorded_at=now, tier="gold", cause="upgrade", points_multiplier=Decimal(1)
    )
    note_tiers(merchant.session, [upgrade], merchant.now)
    usecases.place_due(merchant.runtime())
    assert owner(merchant.session, one) == vip
    periods = history(merchant.session, one)
    assert [period.manager_id for period in periods] == [li, han, vip]
    assert [period.valid_until for period in periods] == [*(period.valid_from for period in periods[1:]), None]


def test_a_customer_who_enters_a_segment_is_given_to_whom_that_rule_means(merchant: Merchant) -> None:
    east = merchant.team("east")
    li, vip = merchant.manager("li", east), merchant.manager("vip", east)
    body = NewSegment.model_validate({"code": "vip", "name": "vip", "kind": "static"})
    segment = segments.create(merchant.session, body, merchant.now)
    segment.published_version = 1
    merchant.session.flush()
    merchant.rule("vip", segment_ids=[segment.segment_id], manager_id=vip, priority=30)
    merchant.rule("rest", manager_id=li)
    one, other = merchant.customer(), merchant.customer()
    row = {"customer_id": one, "segment_id": segment.segment_id, "segment_version": 1, "entered_at": merchant.now}
    put(merchant.session, SegmentMember, [row])
    usecases.place_due(merchant.runtime())
    assert (owner(merchant.session, one), owner(merchant.session, other)) == (vip, li)
    with pytest.raises(Invalid):
        merchant.rule("lost", segment_ids=[uuid4()])


@pytest.mark.capability("C-08")
def test_an_absence_gives_customers_to_others_but_leaves_pinned_ones(merchant: Merchant) -> None:
    east = merchant.team("east")
    li = merchant.manager("li", east)
    merchant.rule("east", team_id=east)
    moving, pinned = merchant.customer(), merchant.customer()
    usecases.place_due(merchant.runtime())
    usecases.pin(merchant.session, pinned, ROLE, Pin(manager_id=li), merchant.now)
    han = merchant.manager("han", east)
    managers.be_away(merchant.session, li, Absence(absent_from=merchant.now + DAY, absent_until=None), merchant.now)
    assert usecases.reassign_absent(merchant.runtime()) == 0
    merchant.now += DAY
    assert usecases.reassign_absent(merchant.runtime()) == 1
    usecases.place_due(merchant.runtime())
    assert (owner(merchant.session, moving), owner(merchant.session, pinned)) == (han, li)
    assert history(merchant.session, moving)[-1].cause == "absence"


def test_who_waits_for_a_team_is_given_to_who_returns(merchant: Merchant) -> None:
    east = merchant.team("east")
    li = merchant.manager("li", east)
    merchant.rule("east", team_id=east)
    absence = Absence(absent_from=merchant.now, absent_until=merchant.now + DAY)
    managers.be_away(merchant.session, li, absence, merchant.now)
    one = merchant.customer()
    usecases.reassign_absent(merchant.runtime())
    usecases.place_due(merchant.runtime())
    assert owner(merchant.session, one) is None
    merchant.now += DAY
    assert usecases.reassign_absent(merchant.runtime()) == 1
    usecases.place_due(merchant.runtime())
    assert owner(merchant.session, one) == li


def test_who_is_archived_loses_even_pinned_customers(merchant: Merchant) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east), merchant.manager("han", east)
    merchant.rule("east", team_id=east)
    one = merchant.customer()
    usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li), merchant.now)
    managers.archive(merchant.session, li, merchant.now)
    usecases.reassign_absent(merchant.runtime())
    usecases.place_due(merchant.runtime())
    assert owner(merchant.session, one) == han


def test_nobody_gets_more_than_they_can_hold(merchant: Merchant) -> None:
    east = merchant.team("east")
    li = merchant.manager("li", east, capacity=2)
    merchant.rule("east", team_id=east)
    people = [merchant.customer() for _ in range(3)]
    usecases.place_due(merchant.runtime())
    assert sorted(map(str, (owner(merchant.session, one) for one in people))) == sorted([str(li), str(li), "None"])


@pytest.mark.capability("C-08")
def test_the_database_refuses_two_owners_at_one_instant(merchant: Merchant, now: datetime) -> None:
    one = merchant.customer()
    usecases.pin(merchant.session, one, ROLE, Pin(team_id=merchant.team("east")), now)
    twice = text(
        "INSERT INTO assignment_period (period_id, customer_id, role, team_id, valid_from, pinned, cause) "
        "SELECT :id, customer_id, role, team_id, valid_from + interval '1 hour', pinned, cause FROM assignment_period"
    )
    with pytest.raises(IntegrityError, match="ex_assignment_period_owner"), merchant.session.begin_nested():
        merchant.session.execute(twice, {"id": uuid4()})


def test_a_preview_says_who_would_move_and_changes_nothing(merchant: Merchant, published: Published) -> None:
    east = merchant.team("east")
    li = merchant.manager("li", east, capacity=10)
    rule = merchant.rule("east", regions=["330000"], team_id=east)
    here = merchant.customer("330106")
    merchant.customer("110000")
    told = preview(merchant.session, "profile", Trial(), merchant.now)
    assert isinstance(told, DiffOut)
    assert (told.considered, told.moved, told.unassigned, told.complete) == (2, 1, 0, True)
    assert [(one.manager_id, one.before, one.after) for one in told.managers] == [(li, 0, 1)]
    assert [(one.customer_id, one.before, one.rule_id) for one in told.sample] == [(here, None, rule)]
    assert merchant.session.scalars(select(CustomerOwner)).all() == []
    assert published(merchant.session, AssignmentChanged) == []


@pytest.mark.capability("C-08")
@pytest.mark.parametrize("method", ["least_loaded", "round_robin"])
def test_a_preview_of_more_than_one_can_wait_for_is_a_job_over_everybody_that_tells_what_a_run_does(
    merchant: Merchant, published: Published, method: str
) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east, capacity=3), merchant.manager("han", east, capacity=1)
    people = [merchant.customer() for _ in range(7)]
    usecases.pin(merchant.session, people[3], ROLE, Pin(manager_id=li, pinned=False), merchant.now)
    merchant.rule("east", team_id=east, method=method)
    told_before = len(published(merchant.session, AssignmentChanged))
    queued = preview(merchant.session, "profile", Trial(), merchant.now, at_once=2)
    assert isinstance(queued, jobs.Job)
    assert preview(merchant.session, "profile", Trial(limit=7), merchant.now, at_once=2).complete  # type: ignore[union-attr]
    job = JobRun(merchant.runtime(), queued.id, queued.args)
    found = DiffOut.model_validate(try_out(job.runtime, job, at_once=2))
    assert (found.considered, found.moved, found.unassigned, found.complete) == (7, 6, 3, True)
    assert found == preview(merchant.session, "profile", Trial(), merchant.now, at_once=7)
    assert (queued.kind, jobs.get(merchant.session, queued.id).done) == (TRY, 7)
    assert len(published(merchant.session, AssignmentChanged)) == told_before
    usecases.place(merchant.session, people, merchant.now)
    held = {one: repository.load(merchant.session, one) for one in (li, han)}
    assert {one.manager_id: one.after for one in found.managers} == held == {li: 3, han: 1}


@pytest.mark.capability("C-08")
def test_a_run_gives_everybody_and_repeated_moves_nobody(merchant: Merchant) -> None:
    east = merchant.team("east")
    merchant.manager("li", east)
    merchant.rule("east", team_id=east)
    for _ in range(3):
        merchant.customer()
    job_id = jobs.start(merchant.session, "profile", RUN, {}, merchant.now)
    job = JobRun(merchant.runtime(), job_id, {})
    assert run(job.runtime, job) == {"considered": 3, "moved": 3}
    assert run(job.runtime, job) == {"considered": 3, "moved": 0}
    assert jobs.get(merchant.session, job_id).total == 3


@pytest.mark.capability("C-08")
def test_a_handover_has_no_gap_and_keeps_what_was_pinned(merchant: Merchant, published: Published) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east), merchant.manager("han", east)
    people = [merchant.customer() for _ in range(2)]
    for one in people:
        usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li), merchant.now)
    merchant.now += DAY
    body = NewHandover(from_manager_id=li, to_manager_id=han)
    assert hand_over(merchant.session, body, people, merchant.now) == 2
    assert hand_over(merchant.session, body, people, merchant.now) == 0
    for one in people:
        first, second = history(merchant.session, one)
        assert (first.manager_id, second.manager_id, second.cause) == (li, han, "handover")
        assert first.valid_until == second.valid_from == merchant.now
        assert second.pinned
    told = published(merchant.session, AssignmentChanged)
    assert [one.version for one in told if one.customer_id == people[0]] == [1, 2]


@pytest.mark.parametrize("pinned", [None, True])
def test_a_handover_lasts_against_rules_where_it_pins(merchant: Merchant, pinned: bool | None) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east), merchant.manager("han", east)
    merchant.rule("east", manager_id=li)
    one = merchant.customer()
    usecases.place_due(merchant.runtime())
    merchant.now += DAY
    body = NewHandover(from_manager_id=li, to_manager_id=han, pinned=pinned)
    assert hand_over(merchant.session, body, [one], merchant.now) == 1
    assert owner(merchant.session, one) == han
    merchant.now += DAY
    usecases.place(merchant.session, [one], merchant.now)
    assert owner(merchant.session, one) == (han if pinned else li)


def test_nobody_is_handed_over_to_who_left_meanwhile(merchant: Merchant) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east), merchant.manager("han", east)
    one = merchant.customer()
    usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li), merchant.now)
    managers.archive(merchant.session, han, merchant.now)
    with pytest.raises(Invalid):
        hand_over(merchant.session, NewHandover(from_manager_id=li, to_manager_id=han), [one], merchant.now)
    assert owner(merchant.session, one) == li


def test_a_handover_of_somebody_elses_customer_or_to_who_is_full_is_refused(merchant: Merchant) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east), merchant.manager("han", east, capacity=0)
    one, other = merchant.customer(), merchant.customer()
    usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li), merchant.now)
    for wanted, code in (([other], "owner_conflict"), ([one], "capacity_full")):
        body = NewHandover(from_manager_id=li, to_manager_id=han, customer_ids=wanted)
        with pytest.raises(Conflict) as refused:
            start_handover(merchant.session, "profile", body, merchant.now)
        assert refused.value.code == code


@pytest.mark.capability("C-08")
@pytest.mark.parametrize(
    ("until", "said"), [(DAY, "until 2026-"), (None, "until further notice"), (timedelta(0), None)], ids=str
)
def test_a_handover_to_who_is_away_is_refused_unless_it_is_meant(
    merchant: Merchant, until: timedelta | None, said: str | None
) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east), merchant.manager("han", east)
    usecases.pin(merchant.session, merchant.customer(), ROLE, Pin(manager_id=li), merchant.now)
    absent_until = None if until is None else merchant.now + until
    absence = Absence(absent_from=merchant.now - DAY, absent_until=absent_until)
    managers.be_away(merchant.session, han, absence, merchant.now)
    body = NewHandover(from_manager_id=li, to_manager_id=han)
    if said is not None:
        with pytest.raises(Invalid) as refused:
            start_handover(merchant.session, "profile", body, merchant.now)
        (error,) = refused.value.errors
        assert (error.field, error.code, said in error.message) == ("to_manager_id", "not_allowed", True)
        body = body.model_copy(update={"although_absent": True})
    assert start_handover(merchant.session, "profile", body, merchant.now).status == "queued"


@pytest.mark.capability("C-08")
def test_a_customer_is_given_to_who_is_away_only_where_it_is_meant(merchant: Merchant) -> None:
    li, one = merchant.manager("li", merchant.team("east")), merchant.customer()
    absence = Absence(absent_from=merchant.now - DAY, absent_until=merchant.now + DAY)
    managers.be_away(merchant.session, li, absence, merchant.now)
    with pytest.raises(Invalid) as refused:
        usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li), merchant.now)
    (error,) = refused.value.errors
    assert (error.field, error.code, "although_absent" in error.message) == ("manager_id", "not_allowed", True)
    assert owner(merchant.session, one) is None
    usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li, although_absent=True), merchant.now)
    assert owner(merchant.session, one) == li


@pytest.mark.capability("C-08")
def test_who_is_away_may_be_told_to_keep_a_customer(merchant: Merchant) -> None:
    li, one = merchant.manager("li", merchant.team("east")), merchant.customer()
    usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li, pinned=False), merchant.now)
    managers.be_away(merchant.session, li, Absence(absent_from=merchant.now), merchant.now)
    assert usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li), merchant.now).pinned


def test_a_merged_customer_has_the_owner_of_whom_they_count_as(merchant: Merchant) -> None:
    east = merchant.team("east")
    li = merchant.manager("li", east)
    survivor, absorbed = merchant.customer(), merchant.customer()
    usecases.place_due(merchant.runtime())
    join(merchant.session, survivor, [absorbed], merchant.now)
    usecases.pin(merchant.session, absorbed, ROLE, Pin(manager_id=li), merchant.now)
    assert (owner(merchant.session, survivor), owner(merchant.session, absorbed)) == (li, None)


@pytest.mark.capability("C-08")
def test_a_merged_customer_takes_no_place_of_their_former_manager(merchant: Merchant) -> None:
    east = merchant.team("east")
    li, han = merchant.manager("li", east, capacity=1), merchant.manager("han", east)
    survivor, absorbed, third = (merchant.customer() for _ in range(3))
    usecases.place_due(merchant.runtime())
    for one, manager_id in ((survivor, han), (absorbed, li)):
        usecases.pin(merchant.session, one, ROLE, Pin(manager_id=manager_id), merchant.now)
    join(merchant.session, survivor, [absorbed], merchant.now)
    merchant.rule("li", manager_id=li)
    usecases.place(merchant.session, [third], merchant.now)
    assert owner(merchant.session, third) == li


def test_an_owner_who_is_not_in_use_is_refused(merchant: Merchant) -> None:
    li = merchant.manager("li", merchant.team("east"))
    managers.archive(merchant.session, li, merchant.now)
    with pytest.raises(Invalid) as refused:
        usecases.pin(merchant.session, merchant.customer(), ROLE, Pin(manager_id=li), merchant.now)
    assert refused.value.errors[0].code == "reference_not_found"


def test_owners_are_sent_again_in_their_present_version(merchant: Merchant) -> None:
    li = merchant.manager("li", merchant.team("east"))
    one = merchant.customer()
    for pinned in (True, False):
        usecases.pin(merchant.session, one, ROLE, Pin(manager_id=li, pinned=pinned), merchant.now)
    told = page(merchant.session, Selection(None, None, None, 10))
    assert [(event.customer_id, event.version, event.manager_id) for event in told] == [(one, 2, li)]
    assert page(merchant.session, Selection(None, None, (one, ROLE), 10)) == []
