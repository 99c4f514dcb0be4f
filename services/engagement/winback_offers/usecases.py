"""Keeping the offers of winning back, and finding the one that fits."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.templates import usecases as templates
from services.engagement.winback_offers.schemas import UNBUILT, NewOffer, OfferPatch
from services.engagement.winback_offers.tables import WinbackOffer
from shared.db import NOTHING, put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, patched, stamps

SORTS = {"rank": (WinbackOffer.rank, WinbackOffer.offer_id), "code": (WinbackOffer.code,)}


def listed(session: Session, page: PageRequest) -> Listing[WinbackOffer]:
    """Offers that are made, by rank."""
    wanted = select(WinbackOffer).where(WinbackOffer.archived_at.is_(None))
    return paginate(session, wanted, page, SORTS, default="rank")


def create(session: Session, draft: NewOffer, now: datetime) -> WinbackOffer:
    """Store an offer. Raises `already_exists` for a code in use."""
    row = _values(session, draft) | {"offer_id": new_id(), **stamps(now)}
    if not put(session, WinbackOffer, [row], on_conflict=NOTHING, key=["code"], returning=["offer_id"]):
        raise Conflict("There is an offer of that code already.", code="already_exists")
    return session.get_one(WinbackOffer, row["offer_id"])


def get(session: Session, offer_id: UUID, *, locked: bool = False) -> WinbackOffer:
    """One offer, archived or not."""
    if (found := session.get(WinbackOffer, offer_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such offer.")
    return found


def edit(session: Session, offer_id: UUID, patch: OfferPatch, if_match: int, now: datetime) -> WinbackOffer:
    """Change an offer; what was offered already stays as it was."""
    offer = get(session, offer_id, locked=True)
    return moved_on(session, offer, now, **_values(session, patched(offer, NewOffer, patch, if_match)))


def archive(session: Session, offer_id: UUID, now: datetime) -> None:
    """Make an offer no more; it stays readable."""
    archived(session, get(session, offer_id, locked=True), now)


def fitting(session: Session, value: Decimal, reason: str | None) -> Sequence[WinbackOffer]:
    """Offers for a value at stake and a reason, the best first. Without a reason only those for any."""
    wanted = select(WinbackOffer).where(WinbackOffer.archived_at.is_(None), WinbackOffer.value_from <= value)
    rows = session.scalars(wanted.order_by(WinbackOffer.rank, WinbackOffer.code))
    return [row for row in rows if not row.reasons or reason in row.reasons]


def ensure(session: Session, drafts: Sequence[NewOffer], now: datetime) -> None:
    """Add offers whose code was never in use."""
    known = set(session.scalars(select(WinbackOffer.code)))
    for draft in drafts:
        if draft.code not in known:
            create(session, draft, now)


def _values(session: Session, draft: NewOffer) -> dict[str, Any]:
    if draft.kind in UNBUILT:
        raise _refused("kind", "not_allowed", "not available yet")
    if draft.kind == "message":
        if draft.template is None or not draft.channels:
            raise _refused("channels" if draft.template else "template", "required", "a message needs it")
        template = templates.by_code(session, [draft.template]).get(draft.template)
        if template is None or template.published_version is None:
            raise _refused("template", "reference_not_found", "there is no published template of that code")
        if template.purpose != draft.purpose:
            raise _refused("purpose", "not_allowed", f"the template is for {template.purpose}")
    return draft.model_dump()


def _refused(field: str, code: str, message: str) -> Invalid:
    return Invalid("The offer is not valid.", errors=[FieldError(field, code, message)])
