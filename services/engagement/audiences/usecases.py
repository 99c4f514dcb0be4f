"""Asking audiences, and asking profile about the segments they name."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.alerts import usecases as alerts
from services.engagement.audiences import repository, rules
from services.engagement.audiences.rules import Audience
from services.engagement.audiences.schemas import Answer, Working
from services.engagement.segments import usecases as segments
from shared.errors import DeadlineExceeded, FieldError, Invalid, Unavailable
from shared.runtime import Runtime
from shared.settings import Settings
from shared.telemetry import log

UNKNOWN = "there is no such published segment"


def among(session: Session, audience: Audience, canonical_ids: Collection[UUID]) -> set[UUID]:
    """Which of these people an audience means now."""
    return repository.among(session, audience, canonical_ids)


def hear(settings: Settings, audience: Audience) -> Answer:
    """What profile says of the segments of an audience. Asked before a transaction begins, so that none waits."""
    named = rules.named(audience)
    if not named:
        return Answer()
    try:
        known = segments.counting(settings, named.values())
    except (Unavailable, DeadlineExceeded) as failure:
        return Answer(failure=failure)
    missing = [field for field, one in named.items() if one not in known]
    return Answer(tuple(FieldError(field, "reference_not_found", UNKNOWN) for field in missing))


def gone(settings: Settings, some: Iterable[Audience]) -> set[UUID]:
    """Segments of audiences at work that do not count any more. Asked before a transaction begins, so that none waits.

    Who was left out by one of them would be written to as soon as its members are told, so nobody may be.

    Raises Unavailable or DeadlineExceeded when profile did not answer.
    """
    named = {one for audience in some for one in rules.named(audience).values()}
    return named - segments.counting(settings, named)


def heed(runtime: Runtime, working: Working) -> int:
    """Look whether the segments of audiences at work still count, and stop what names one that does not.

    How many were stopped; none while profile does not answer, for it is asked again.
    """
    with runtime.database.reading() as session:
        some = repository.at_work(session, working)
    try:
        missing = gone(runtime.settings, some)
    except (Unavailable, DeadlineExceeded) as error:
        log.warning("segments of audiences are not known", code=error.code)
        return 0
    return hinder(runtime, working, missing) if missing else 0


def hinder(runtime: Runtime, working: Working, segment_ids: Collection[UUID]) -> int:
    """Stop what works over segments that do not count, and have staff told; how many there are."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        hindered = repository.naming(session, working, segment_ids)
        for one in hindered:
            working.stop(session, one, hindrance(one.audience, segment_ids) or {}, now)
        alerts.raise_all(session, [working.escalation(one, now) for one in hindered], now)
    return len(hindered)


def hindrance(audience: Audience, segment_ids: Collection[UUID]) -> dict[str, Any] | None:
    """What keeps an audience from being asked once these segments do not count; None: it names none of them."""
    fields = [field for field, one in rules.named(audience).items() if one in segment_ids]
    return rules.hindrance(fields) if fields else None


def require(answer: Answer) -> None:
    """Raise Invalid for a segment that does not count; who is left out by it would be written to.

    Raises Unavailable or DeadlineExceeded when profile did not answer.
    """
    if answer.failure:
        raise answer.failure
    if answer.faults:
        raise Invalid("The audience names segments that are not published.", errors=answer.faults)
