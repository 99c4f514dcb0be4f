"""Versions after a restore: above all that were told before the loss, so that nobody takes them for old.

A restored database counts on from where its backup stood, while the others have seen higher versions. `GUANXI_EPOCH`
says how often that happened; it stands with the other settings, for what is kept in a database is restored with it.
Each database keeps in which epochs it told something, so that a relay refuses to begin in one that is too low.
"""

from datetime import datetime

import orjson
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.contracts.base import Label
from shared.db import SharedBase

SPAN = 10**9  # so many versions of one subject are told in an epoch at most


def stamped(payload: bytes, epoch: int) -> bytes:
    """An event as it is told in an epoch: version n of a subject becomes epoch·10⁹ + n."""
    if not epoch:
        return payload
    document = orjson.loads(payload)
    document["version"] = epoch * SPAN + document["version"] % SPAN
    return orjson.dumps(document)


class ToldEpoch(SharedBase):
    """An epoch in which this database told events, and which database it was: a copy of it is another one."""

    __tablename__ = "told_epoch"
    epoch: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[Label]
    began_at: Mapped[datetime]


class EpochTooLow(Exception):
    """What would be told now, the others would take for old."""


TOLD = ToldEpoch.__table__
HERE = text(
    "SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)


def begin(connection: Connection, epoch: int, now: datetime) -> None:
    """Note that events are told in an epoch from now on.

    Raises EpochTooLow when a later one was told before, and when this is a copy that tells on in the epoch of its
    original: a restored backup for which nobody raised it. A copy of all files of a server is not told from it.
    """
    here = connection.scalar(HERE)
    last = connection.execute(select(TOLD).order_by(TOLD.c.epoch.desc()).limit(1)).one_or_none()
    if last is not None and last.epoch > epoch:
        raise EpochTooLow(
            f"GUANXI_EPOCH is {epoch}, but events were told in epoch {last.epoch}: it may not be lowered."
        )
    if last is not None and last.epoch == epoch and last.place != here:
        raise EpochTooLow(
            f"This database is a copy of the one that told events in epoch {epoch}: set GUANXI_EPOCH to {epoch + 1} "
            "for all services, then republish."
        )
    if last is None or last.epoch < epoch:
        connection.execute(insert(ToldEpoch).values(epoch=epoch, place=here, began_at=now))
