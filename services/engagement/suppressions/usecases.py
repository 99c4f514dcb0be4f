"""Suppressing addresses, lifting that, and asking which of some are suppressed."""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from services.engagement.suppressions.tables import Suppression
from shared import crypto
from shared.db import NOTHING, put
from shared.errors import NotFound
from shared.ids import derived_id

Address = tuple[str, str]  # channel, address


def hash_of(channel: str, address: str) -> bytes:
    """The keyed hash by which an address of a channel is known."""
    return crypto.blind_index(f"suppression:{channel}", unicodedata.normalize("NFKC", address).strip().lower())


def suppress(session: Session, entries: Sequence[tuple[str, bytes, str]], now: datetime) -> list[UUID]:
    """Suppress (channel, hash, reason); the ids, also of what was suppressed before."""
    rows = [
        {
            "suppression_id": derived_id("suppression", channel, hashed.hex(), reason),
            "channel": channel,
            "address_hash": hashed,
            "reason": reason,
            "created_at": now,
            "version": 1,
        }
        for channel, hashed, reason in entries
    ]
    put(session, Suppression, rows, on_conflict=NOTHING)
    return [row["suppression_id"] for row in rows]  # type: ignore[misc]


def lift(session: Session, suppression_id: UUID) -> None:
    """Allow an address again."""
    found = session.scalars(
        delete(Suppression).where(Suppression.suppression_id == suppression_id).returning(Suppression.suppression_id)
    )
    if found.one_or_none() is None:
        raise NotFound("There is no such suppression.")


def among(session: Session, addresses: Collection[Address]) -> dict[Address, str]:
    """Which of these addresses are suppressed, each with its gravest reason."""
    by_hash = {(channel, hash_of(channel, address)): (channel, address) for channel, address in addresses}
    wanted = select(Suppression).where(tuple_(Suppression.channel, Suppression.address_hash).in_(list(by_hash)))
    rows = sorted(session.scalars(wanted), key=lambda row: row.reason in ("unsubscribe", "manual"), reverse=True)
    return {by_hash[row.channel, row.address_hash]: row.reason for row in rows} if by_hash else {}
