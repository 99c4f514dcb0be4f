"""Suppressing addresses, lifting that, and asking which of some are suppressed."""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, LargeBinary, Text, column, delete, func, literal, select, tuple_
from sqlalchemy.orm import Session

from services.engagement.suppressions.tables import Suppression
from shared import crypto
from shared.db import NOTHING, put
from shared.errors import NotFound
from shared.ids import derived_id

UNPROVEN = ("hard_bounce", "invalid")  # reasons that a verified address refutes
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


def lift_proven(
    session: Session, proven: Collection[tuple[str, bytes, datetime]], *, reasons: Collection[str] = UNPROVEN
) -> None:
    """Allow addresses (channel, hash, proven at) that were suppressed before for one of `reasons`: as not working.

    What somebody decided for another reason stands.
    """
    latest: dict[tuple[str, bytes], datetime] = {}
    for channel, hash_, at in proven:
        latest[channel, hash_] = max(at, latest.get((channel, hash_), at))
    if not latest:
        return
    given = func.unnest(
        literal([key[0] for key in latest], ARRAY(Text)),
        literal([key[1] for key in latest], ARRAY(LargeBinary)),
        literal(list(latest.values()), ARRAY(DateTime(timezone=True))),
    ).table_valued(column("channel", Text), column("hash", LargeBinary), column("at", DateTime), name="given")
    given = given.render_derived()
    session.execute(
        delete(Suppression).where(
            Suppression.channel == given.c.channel,
            Suppression.address_hash == given.c.hash,
            Suppression.created_at < given.c.at,
            Suppression.reason.in_(reasons),
        )
    )


def among(session: Session, addresses: Collection[Address]) -> dict[Address, str]:
    """Which of these addresses are suppressed, each with its gravest reason."""
    by_hash = {(channel, hash_of(channel, address)): (channel, address) for channel, address in addresses}
    wanted = select(Suppression).where(tuple_(Suppression.channel, Suppression.address_hash).in_(list(by_hash)))
    rows = sorted(session.scalars(wanted), key=lambda row: row.reason in ("unsubscribe", "manual"), reverse=True)
    return {by_hash[row.channel, row.address_hash]: row.reason for row in rows} if by_hash else {}
