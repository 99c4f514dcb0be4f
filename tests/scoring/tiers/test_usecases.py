"""Tiers on the real database: moved with the assessment, given by hand, told once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scoring.appraisals.rules import Appraisal
from services.scoring.evidence.rules import Evidence
from services.scoring.levels.tables import LevelHistory
from services.scoring.republish import REPUBLISH
from services.scoring.schemes import usecases as schemes
from services.scoring.tiers import usecases
from services.scoring.tiers.schemas import NewTier, TiersScheme
from services.scoring.tiers.tables import Tier
from shared import linking
from shared.contracts.base import Origin
from shared.contracts.scoring import TierChanged
from shared.errors import Invalid, NotFound
from shared.messaging.republish import Selection
from tests.scoring.events import PEOPLE
from tests.scoring.people import horizons

WEI, MEI, LI, _ = PEOPLE
Published = Callable[..., Sequence[Any]]
YEAR = timedelta(days=365)

pytestmark = pytest.mark.capability("C-16")
BEST = {"value_class": "key", "frequency": "high", "loyalty": "high", "orders_12m": 9.0}
GOOD = {"value_class": "medium", "frequency": "low", "loyalty": "low", "orders_12m": 2.0}
NOTHING = {"value_class": "unknown", "frequency": "unknown", "loyalty": "unknown", "orders_12m": 0.0}


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    session = session_of("scoring")
    linking.ensure(session, PEOPLE)
    return session


def appraisal(people: Mapping[UUID, Mapping[str, Any]], now: datetime, *, live: bool = True) -> Appraisal:
    """What customers are worth, as far as tiers look at it."""
    numbers = {
        "orders_12m": np.array([one["orders_12m"] for one in people.values()]),
        "live_fact_at": np.full(len(people), 20_000.0 if live else np.nan),
    }
    evidence = Evidence(list(people), now, ZoneInfo("Asia/Shanghai"), numbers, horizons(*[90.0] * len(people)))
    levels = {
        name: np.array([one[name] for one in people.values()]) for name in ("value_class", "frequency", "loyalty")
    }
    return Appraisal(evidence=evidence, numbers={}, dimensions={}, declared={}, levels=levels, method=[])


def look(session: Session, people: Mapping[UUID, Mapping[str, Any]], now: datetime, **more: bool) -> dict[UUID, str]:
    found = usecases.reassess(session, appraisal(people, now, **more), usecases.in_force(session), now)
    return {one: tier for one, (tier, _) in found.items()}


def test_everybody_holds_the_tier_that_is_earned(scoring: Session, now: datetime, published: Published) -> None:
    assert look(scoring, {WEI: BEST, MEI: GOOD, LI: NOTHING}, now) == {WEI: "diamond", MEI: "silver", LI: "member"}
    events = {event.customer_id: event for event in published(scoring, TierChanged)}
    assert (events[WEI].tier, events[WEI].cause, events[WEI].version, events[WEI].origin) == (
        *("diamond", "upgrade", 1),
        Origin.LIVE,
    )
    assert (events[WEI].points_multiplier, events[WEI].valid_until) == (2, now + YEAR)
    assert events[LI].valid_until is None


def test_looking_again_tells_nobody_anything(scoring: Session, now: datetime, published: Published) -> None:
    for _ in range(3):
        looks = usecases.reassess(scoring, appraisal({WEI: GOOD}, now), usecases.in_force(scoring), now)
    assert looks == {WEI: ("silver", now + YEAR)}
    assert len(published(scoring, TierChanged)) == 1


def test_a_tier_is_lost_after_review_and_grace_and_each_step_is_told(
    scoring: Session, now: datetime, published: Published
) -> None:
    look(scoring, {WEI: BEST}, now)
    assert look(scoring, {WEI: GOOD}, now + timedelta(days=100)) == {WEI: "diamond"}
    assert look(scoring, {WEI: GOOD}, now + YEAR) == {WEI: "diamond"}
    assert look(scoring, {WEI: GOOD}, now + YEAR + timedelta(days=60)) == {WEI: "silver"}
    told = [(event.version, event.tier, event.cause) for event in published(scoring, TierChanged)]
    assert told == [(1, "diamond", "upgrade"), (2, "diamond", "grace"), (3, "silver", "review")]
    lines = scoring.execute(select(LevelHistory.level, LevelHistory.since).order_by(LevelHistory.since)).all()
    assert [tuple(line) for line in lines] == [("diamond", now), ("silver", now + YEAR + timedelta(days=60))]


def test_what_only_an_import_says_is_told_as_such_and_not_kept(
    scoring: Session, now: datetime, published: Published
) -> None:
    look(scoring, {WEI: BEST}, now, live=False)
    assert look(scoring, {WEI: GOOD}, now + timedelta(days=1), live=False) == {WEI: "silver"}
    assert {event.origin for event in published(scoring, TierChanged)} == {Origin.IMPORT}


def test_a_new_scheme_is_looked_at_without_telling_those_who_stay(
    scoring: Session, now: datetime, published: Published
) -> None:
    look(scoring, {WEI: GOOD}, now)
    scheme = schemes.publish(scoring, "tiers", TiersScheme(grace_days=5).model_dump(mode="json"), "staff", now)
    look(scoring, {WEI: GOOD}, now)
    assert len(published(scoring, TierChanged)) == 1
    assert scoring.scalar(select(Tier.scheme_version)) == scheme.scheme_version


def test_staff_give_a_tier_for_some_time(scoring: Session, now: datetime, published: Published) -> None:
    until = now + timedelta(days=30)
    look(scoring, {WEI: GOOD}, now)
    usecases.pin(scoring, WEI, NewTier(tier="gold", reason="服务补救", until=until), now)
    usecases.pin(scoring, MEI, NewTier(tier="gold", reason="内部员工", until=until), now)
    assert look(scoring, {WEI: BEST, MEI: NOTHING}, now + timedelta(days=1)) == {WEI: "gold", MEI: "gold"}
    found = usecases.get(scoring, WEI, with_reason=True)
    assert (found["reason"], found["cause"], found["previous"]) == ("服务补救", "staff", "silver")
    assert usecases.get(scoring, WEI, with_reason=False)["reason"] is None
    assert look(scoring, {WEI: BEST, MEI: NOTHING}, until) == {WEI: "diamond", MEI: "member"}
    assert usecases.get(scoring, WEI, with_reason=True)["reason"] is None
    assert [event.cause for event in published(scoring, TierChanged)] == [
        *("upgrade", "staff", "staff"),
        *("upgrade", "review"),
    ]


def test_giving_the_same_tier_again_changes_nothing(scoring: Session, now: datetime, published: Published) -> None:
    given = NewTier(tier="gold", reason="服务补救", until=now + timedelta(days=30))
    look(scoring, {WEI: GOOD}, now)
    usecases.pin(scoring, WEI, given, now)
    usecases.pin(scoring, WEI, given, now)
    assert [event.version for event in published(scoring, TierChanged)] == [1, 2]
    usecases.pin(scoring, WEI, given.model_copy(update={"reason": "更正"}), now)
    assert usecases.get(scoring, WEI, with_reason=True)["reason"] == "更正"


@pytest.mark.parametrize(("tier", "days", "field"), [("emerald", 1, "tier"), ("gold", 0, "until")])
def test_what_cannot_be_given_is_refused(scoring: Session, now: datetime, tier: str, days: int, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        usecases.pin(scoring, WEI, NewTier(tier=tier, reason="x", until=now + timedelta(days=days)), now)
    assert [error.field for error in refusal.value.errors] == [field]


def test_nobody_has_a_tier_before_the_first_look(scoring: Session) -> None:
    with pytest.raises(NotFound):
        usecases.get(scoring, WEI, with_reason=True)


def test_tiers_can_be_sent_again(scoring: Session, now: datetime, published: Published) -> None:
    look(scoring, {WEI: BEST, MEI: GOOD}, now)
    page = REPUBLISH[TierChanged](scoring, Selection(None, None, None, 10))
    assert sorted(page, key=lambda event: event.subject) == sorted(
        published(scoring, TierChanged), key=lambda event: event.subject
    )
    assert len(REPUBLISH[TierChanged](scoring, Selection(None, None, min(WEI, MEI), 10))) == 1
