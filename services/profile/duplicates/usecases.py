"""Proposing duplicates, by identities named together and by archives that agree, and judging them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.duplicates import repository, rules
from services.profile.links import usecases as links
from shared.errors import Conflict, NotFound
from shared.runtime import Runtime

BATCH = 500


def propose(session: Session, reasons: Mapping[tuple[UUID, UUID, str], float], now: datetime) -> None:
    """Propose pairs of customers, the lower id first, each for a kind of reason and how sure it makes us.

    Saying it again changes nothing, and what staff judged stays judged.
    """
    if reasons:
        repository.propose(session, reasons, now)


def compare(runtime: Runtime) -> int:
    """Compare archives that changed with those that share a key with them, up to 500; how many changed."""
    with runtime.database.transaction() as session:
        records = {record["customer_id"]: rules.keys(dict(record)) for record in repository.unmatched(session, BATCH)}
        if not records:
            return 0
        repository.index(session, records)
        repository.withdraw(session, records, rules.SIMILAR)
        propose(session, _kept(session, repository.alike(session, records, rules.MOST_ALIKE)), runtime.now())
        repository.matched(session, records)
    return len(records)


def dismiss(session: Session, duplicate_id: UUID) -> Any:
    """Judge that two customers are two people. Raises NotFound, and Conflict when it was judged before."""
    dismissed = repository.dismiss(session, duplicate_id)
    found = repository.get(session, duplicate_id)
    if found is None:
        raise NotFound(f"There is no proposed duplicate {duplicate_id}.")
    if not dismissed:
        raise Conflict("It was judged already.", code="invalid_transition")
    return found


def _kept(session: Session, pairs: Iterable[tuple[UUID, UUID, str]]) -> dict[tuple[UUID, UUID, str], float]:
    """All but those whom staff separated."""
    found = list(pairs)
    apart = links.separated(session, {end for one, other, _ in found for end in (one, other)})
    return {
        (one, other, kind): rules.SIMILAR[kind] for one, other, kind in found if frozenset((one, other)) not in apart
    }
