"""Every service ends the same, whatever the order and repetition of the events it gets."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.care import usecases as care
from services.engagement.care.tables import CareRule
from services.profile.segments import usecases as segments
from services.profile.segments.evaluations import usecases as evaluations
from services.profile.segments.publications import usecases as publications
from services.profile.segments.schemas import NewSegment
from services.scoring.assessments import usecases as assessments
from services.scoring.models import usecases as models
from services.scoring.rfm import usecases as rfm
from services.scoring.scales import usecases as scales
from services.scoring.schemes import usecases as schemes
from shared.contracts.commerce import BEHAVIOUR_REPORTED, CUSTOMER_REPORTED
from shared.db import Database
from shared.jobs import JobRun
from shared.messaging.dispatch import Item, run
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from shared.testing.examples import example_items
from shared.testing.harness import WHOLE, Subject, converges
from shared.testing.tables import metadata_of
from tests.contracts.services import handlers_of

CANONICAL = "customer_id IN (SELECT canonical_id FROM customer_ref)"


def meet_customers(session: Session, now: datetime) -> None:
    """Whoever is first seen by their behaviour begins as a visitor: that depends on the order, and shall."""
    items = example_items(handlers_of("profile"))
    run(session, handlers_of("profile"), [one for one in items if one.message.type == CUSTOMER_REPORTED.type], now)


def publish_segments(session: Session, now: datetime) -> None:
    """Of buyers, and of those whom scoring or engagement said something of."""
    runtime = Runtime("profile", Settings(env="test"), Within(session), lambda: now)
    buyers = {"field": "orders.count", "op": "at_least", "value": 1, "window": {"days": 30}}
    spoken_of = {"any": [{"field": name, "op": "is_known"} for name in ("rfm.class", "tier")]}
    for code, rule in (("buyers", buyers), ("spoken-of", {"not": {"not": spoken_of}})):
        segment = segments.create(session, NewSegment(code=code, name=code, rule=rule), now)
        job = publications.publish(session, "profile", segment.segment_id, now)
        publications.settle(runtime, JobRun(runtime, job.id, job.args))
        job.status = "succeeded"
        session.flush()


def judge_all(session: Session, now: datetime) -> None:
    runtime = Runtime("profile", Settings(env="test"), Within(session), lambda: now)
    while evaluations.evaluate_due(runtime):
        pass


def meet_and_publish(session: Session, now: datetime) -> None:
    meet_customers(session, now)
    publish_segments(session, now)


def assess_all(session: Session, now: datetime) -> None:
    runtime = Runtime("scoring", Settings(env="test"), Within(session), lambda: now)
    while assessments.assess_due(runtime):
        pass


def freeze(session: Session, now: datetime) -> None:
    """Cuts and scales are frozen from whoever is there at that moment: here from the whole of the examples."""
    with session.begin_nested() as attempt:
        run(session, handlers_of("scoring"), example_items(handlers_of("scoring")), now)
        assess_all(session, now)
        bands, measured = schemes.current(session, rfm.BANDS), models.in_force(session, scales.SCALES)
        assert bands is not None
        assert measured is not None
        cuts, content = dict(bands.content), dict(measured.content)
        attempt.rollback()
    schemes.publish(session, rfm.BANDS, cuts, "first", now)
    models.put_in_force(session, scales.SCALES, content, {}, now)


def activate_care(session: Session, now: datetime) -> None:
    for rule_id in session.scalars(select(CareRule.rule_id)).all():
        care.activate(session, rule_id, now)


def facts_without_behaviour() -> list[Item]:
    items = example_items(handlers_of("profile"))
    return [item for item in items if item.message.type != BEHAVIOUR_REPORTED.type]


PROFILE_OWN = {
    "customer": {"version", "occurred_at", "number"},
    "customer_order": {"version"},
    "consent": {"version"},
    "activity_day": {"version"},
    # Whoever was in a segment on the way is told so; who is in it in the end is the same.
    **dict.fromkeys(("segment_state", "segment_move", "quiet_mark", "job"), WHOLE),
    "customer_change": WHOLE,  # what was said on the way
    "product": {"version"},
    "product_version": WHOLE,  # what was recorded on the way
}
TOLD_WITH_THE_LAST_CHANGE = {
    *("version", "plan", "details", "clv_12m", "churn_probability", "expected_orders_90d", "composite", "occurred_at"),
}
# What happened on the way: histories, moves, tiers, which once earned are kept until their review, warnings as raised.
REMEMBERED = dict.fromkeys(("rfm_history", "level_history", "grouping_move", "tier", "warning"), WHOLE)
SUBJECTS: dict[str, Callable[[], Subject]] = {
    "profile": lambda: Subject(
        handlers_of("profile"),
        metadata_of("profile"),
        prepare=meet_and_publish,
        settle=judge_all,
        ignoring=PROFILE_OWN,
    ),
    "profile, customers unknown": lambda: Subject(
        handlers_of("profile"),
        metadata_of("profile"),
        items=facts_without_behaviour(),
        prepare=publish_segments,
        settle=judge_all,
        ignoring=PROFILE_OWN,
    ),
    "scoring": lambda: Subject(
        handlers_of("scoring"),
        metadata_of("scoring"),
        prepare=freeze,
        settle=assess_all,
        ignoring={"assessment": TOLD_WITH_THE_LAST_CHANGE, **REMEMBERED},
        only=dict.fromkeys(("statistics", "rfm", "score", "assessment"), CANONICAL),
    ),
    "engagement": lambda: Subject(handlers_of("engagement"), metadata_of("engagement"), prepare=activate_care),
}


@pytest.mark.timeout(600)  # on a busy machine the one that assesses after every batch takes minutes
@pytest.mark.parametrize("service", SUBJECTS)
def test_a_service_ends_the_same_whatever_the_order(
    database_of: Callable[[str], Database], service: str, now: datetime
) -> None:
    examples = 4 if service == "scoring" else 6  # it assesses after every batch
    converges(database_of(service.split(",", maxsplit=1)[0]), SUBJECTS[service](), now, examples=examples)
