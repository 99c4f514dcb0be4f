"""Texts in which nothing says whose they are: they have to be read to find whom they mention."""

import re
from base64 import b64decode
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.db import among
from shared.holdings import Counts, readable
from shared.messaging.dead_letters import DeadLetter
from shared.web.idempotency import IdempotentAnswer


def _nobody(text: str) -> Collection[str]:
    return ()


@dataclass(frozen=True)
class Searched:
    """A table of short-lived texts in which nothing says whose they are: they have to be read to be found.

    `named` tells, where a text has a known form, whom it says it is about: that may be as short as it likes.
    """

    texts: tuple[InstrumentedAttribute[Any], ...]
    opened: Callable[[str], str] = str
    named: Callable[[str], Collection[str]] = _nobody

    @property
    def table(self) -> Table:
        """Where the texts are."""
        found: Table = self.texts[0].class_.__table__
        return found


def _unpacked(text: str) -> str:
    """The value of a parked message is kept in base 64."""
    try:
        return text + b64decode(text, validate=True).decode(errors="replace")
    except ValueError:
        return text


SEARCHED = (
    Searched((IdempotentAnswer.answer,)),
    Searched((DeadLetter.key, DeadLetter.headers, DeadLetter.payload), _unpacked),
)
PAGE = 200
SHORTEST_TRACE = 6
BETWEEN = re.compile(r"[\W_]+")


def sweep(session: Session, tables: Sequence[Searched], traces: Collection[str]) -> Counts:
    """Delete the rows whose texts mention one of the traces, page by page; how many."""
    return {str(one.table.name): sum(_sweep(session, one, traces)) for one in [*SEARCHED, *tables]}


def traceable(traces: Collection[str], shortest: int = SHORTEST_TRACE) -> set[str]:
    """Traces as they are looked for; a short one would be found everywhere."""
    return {one for one in map(plain, traces) if len(one) >= shortest}


def _sweep(session: Session, searched: Searched, traces: Collection[str]) -> Iterator[int]:
    (key,) = searched.table.primary_key
    for rows in _pages(session, searched):
        keys = [row[0] for row in rows if _mentions(searched, row[1:], traces)]
        if keys:
            session.execute(delete(searched.table).where(among(key, keys)))
        yield len(keys)


def _pages(session: Session, searched: Searched) -> Iterator[Sequence[Any]]:
    """Key and texts of all rows, by key."""
    (key,) = searched.table.primary_key
    rows: Sequence[Any] = session.execute(select(key, *searched.texts).order_by(key).limit(PAGE)).all()
    while rows:
        yield rows
        after = key > literal(rows[-1][0], key.type)
        rows = session.execute(select(key, *searched.texts).where(after).order_by(key).limit(PAGE)).all()


def _mentions(searched: Searched, texts: Sequence[str | None], traces: Collection[str]) -> bool:
    said = [one for one in texts if one is not None]
    if mentions(" ".join(map(searched.opened, said)), traceable(traces)):
        return True
    named = {plain(name) for text in said for name in searched.named(text)}
    return bool(named & set(map(plain, traces)) - {""})


def mentions(text: str, traces: Collection[str]) -> bool:
    """Whether a text mentions one of the traces, which are as `traceable` gives them."""
    whole = plain(text)
    return any(trace in whole for trace in traces)


def plain(text: str) -> str:
    """Letters and digits alone, so that a number is found however it was written."""
    return BETWEEN.sub("", text.casefold())


def found(session: Session, tables: Sequence[Searched], traces: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Rows whose texts mention one of the traces, secrets opened: (table, row) one by one."""
    for one in [*SEARCHED, *tables]:
        columns = readable(one.table)
        for rows in _pages(session, one):
            keys = [row[0] for row in rows if _mentions(one, row[1:], traces)]
            (key,) = one.table.primary_key
            for row in session.execute(select(*columns).where(among(key, keys))).mappings() if keys else ():
                yield one.table.name, dict(row)
