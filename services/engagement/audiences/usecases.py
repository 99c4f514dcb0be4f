"""Asking audiences, and asking profile about the segments they name."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.audiences import repository, rules
from services.engagement.audiences.rules import Audience
from services.engagement.audiences.schemas import Answer
from services.engagement.segments import usecases as segments
from shared.errors import DeadlineExceeded, FieldError, Invalid, Unavailable
from shared.settings import Settings

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


def require(answer: Answer) -> None:
    """Raise Invalid for a segment that does not count; who is left out by it would be written to.

    Raises Unavailable or DeadlineExceeded when profile did not answer.
    """
    if answer.failure:
        raise answer.failure
    if answer.faults:
        raise Invalid("The audience names segments that are not published.", errors=answer.faults)
