"""Statements about permissions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, LargeBinary, Text, column, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from services.engagement.credits.schemas import Key
from services.engagement.credits.tables import ChannelCredit
from shared.db import NOTHING, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

KEY = tuple_(ChannelCredit.channel, ChannelCredit.address_hash, ChannelCredit.provider_template)


def left(session: Session, keys: Collection[Key]) -> dict[Key, int]:
    """How many are left under each key; what is not there has none."""
    rows = session.execute(select(*KEY.clauses, ChannelCredit.remaining).where(KEY.in_(list(keys)))) if keys else ()
    return {Key(*row[:3]): row[3] for row in rows}


def add(session: Session, by: Mapping[Key, int]) -> None:
    """Move what is left up or down, in the order of the keys, never below zero."""
    if not by:
        return
    keys = sorted(by)
    put(session, ChannelCredit, [{**key._asdict(), "remaining": 0} for key in keys], on_conflict=NOTHING)
    columns = (column("channel", Text), column("hash", LargeBinary), column("template", Text), column("by", BigInteger))
    given = (
        func.unnest(
            literal([key.channel for key in keys], ARRAY(Text)),
            literal([key.address_hash for key in keys], ARRAY(LargeBinary)),
            literal([key.provider_template for key in keys], ARRAY(Text)),
            literal([by[key] for key in keys], ARRAY(BigInteger)),
        )
        .table_valued(*columns, name="given")
        .render_derived()
    )
    locked = select(ChannelCredit).where(KEY.in_(keys)).order_by(*KEY.clauses).with_for_update()
    session.execute(locked)
    session.execute(
        update(ChannelCredit)
        .where(
            ChannelCredit.channel == given.c.channel,
            ChannelCredit.address_hash == given.c.hash,
            ChannelCredit.provider_template == given.c.template,
        )
        .values(remaining=func.greatest(ChannelCredit.remaining + given.c.by, 0))
        .execution_options(synchronize_session=False)
    )


def end(session: Session, keys: Collection[Key]) -> None:
    """Leave nothing under these keys."""
    ended = update(ChannelCredit).where(KEY.in_(list(keys))).values(remaining=0)
    session.execute(ended.execution_options(synchronize_session=False))


def listed(session: Session, hashes: Sequence[tuple[str, bytes]], page: PageRequest) -> Listing[Any]:
    """What is left at these addresses, by channel and registered template."""
    place = tuple_(ChannelCredit.channel, ChannelCredit.address_hash)
    sums = (
        select(
            ChannelCredit.channel,
            ChannelCredit.provider_template,
            func.sum(ChannelCredit.remaining).cast(BigInteger).label("remaining"),
        )
        .where(place.in_(hashes))
        .group_by(ChannelCredit.channel, ChannelCredit.provider_template)
        .subquery()
    )
    sorts = {"channel": (sums.c.channel, sums.c.provider_template)}
    return paginate(session, select(sums), page, sorts, default="channel")
