"""Opening cases of disclosure, and answering them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.disclosures import repository
from services.profile.disclosures.schemas import OPEN
from services.profile.disclosures.tables import DisclosureCase
from shared.errors import Conflict, NotFound
from shared.ids import derived_id

TIME_TO_ANSWER = timedelta(days=30)


def begin(
    session: Session,
    source_id: UUID,
    request_id: str,
    customer_id: UUID | None,
    *,
    order_ids: Sequence[str],
    now: datetime,
) -> UUID:
    """Open a case, also where nobody is recognised; the same request is one case."""
    row = {
        "disclosure_id": derived_id("disclosure", str(source_id), request_id),
        "source_id": source_id,
        "request_id": request_id,
        "customer_id": customer_id,
        "order_ids": list(order_ids),
        "status": OPEN,
        "requested_at": now,
        "due_at": now + TIME_TO_ANSWER,
        "answered_at": None,
        "version": 1,
    }
    repository.add(session, row)
    return UUID(str(row["disclosure_id"]))


def get(session: Session, disclosure_id: UUID) -> DisclosureCase:
    """One case; raises NotFound."""
    found = repository.get(session, disclosure_id)
    if found is None:
        raise NotFound("There is no such case of disclosure.")
    return found


def answer(session: Session, disclosure_id: UUID, now: datetime) -> DisclosureCase:
    """Note that the customer was told. Raises NotFound, and Conflict when the case was answered before."""
    answered = repository.answer(session, disclosure_id, now)
    found = get(session, disclosure_id)
    if not answered:
        raise Conflict("The case was answered already.", code="invalid_transition")
    return found
