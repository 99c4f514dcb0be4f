"""Entering the ledger, and asking it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.identities import rules
from services.profile.identities.ledger import repository
from services.profile.identities.schemas import Claim
from shared.errors import Gone


def enter(session: Session, customer_ids: Collection[UUID], at: datetime) -> None:
    """Enter everything that these ids are recognised by."""
    repository.enter(session, customer_ids, at)


def barred(session: Session, claims: Sequence[Claim]) -> dict[int, Gone]:
    """Why some claims, by their place, must not be taken in: they tell of the past of somebody who was erased.

    Whoever comes back afterwards is a stranger. ValueError on an identity that is none of its kind.
    """
    keyed = [rules.keyed(claim, deployment().default_region)[1] for claim in claims]
    erased = repository.erased(session, {key for keys in keyed for key in keys})
    if not erased:
        return {}
    return {
        at: refusal()
        for at, (claim, keys) in enumerate(zip(claims, keyed, strict=True))
        if rules.is_barred(claim, keys, erased)
    }


def refusal() -> Gone:
    """What the door is told."""
    return Gone("It is about somebody who was erased.")


def returned(session: Session) -> list[UUID]:
    """Whose identities are in the ledger and yet here, from before: a restored backup brought them back."""
    return repository.returned(session)
