"""Meeting sources."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from services.profile.sources.tables import Source
from shared.db import NOTHING, put
from shared.ids import derived_id

# By database: codes that were stored for certain. Every report names one, and a source is never deleted.
STORED: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def meet(session: Session, codes: Collection[str], now: datetime) -> None:
    """Record the sources of these codes that are not known yet."""
    stored = STORED.setdefault(session.get_bind(), set())
    new = sorted(set(codes) - stored)
    if new:
        rows = [{"source_id": derived_id("source", code), "code": code, "created_at": now} for code in new]
        put(session, Source, rows, on_conflict=NOTHING)
        listen(session, "after_commit", lambda _: stored.update(new), once=True)
