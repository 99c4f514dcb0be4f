"""The doors for batches and for events in our own form, and what they refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Body as FromBody
from fastapi import Depends
from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.profile.behaviour.schemas import NewEvent
from services.profile.ingestion import usecases
from services.profile.ingestion.rejections import usecases as rejections
from services.profile.ingestion.rejections.schemas import RejectionDetail, RejectionFilter, RejectionOut
from services.profile.ingestion.rules import Item, Kind
from services.profile.ingestion.schemas import (
    MOST_EVENTS,
    MOST_ORDERS,
    MOST_PRODUCTS,
    Batch,
    EventOut,
    ProblemOut,
    ResultOut,
    Results,
)
from services.profile.ingestion.usecases import Result
from shared.contracts.base import Origin
from shared.errors import TooLarge
from shared.web.bodies import BATCH_LIMIT
from shared.web.dependencies import CurrentCaller, Now, Page, ReadSession, WriteSession
from shared.web.grouping import Grouped
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("", tag="Ingestion")


def take_in(session: Session, items: Sequence[Item], now: datetime) -> list[Result]:
    """Single live events as one group."""
    return usecases.ingest(session, items, door=None, origin=Origin.LIVE, now=now)


EVENTS = Grouped(take_in)


@router.post("/orders/batch", scope="profile:write", max_body=BATCH_LIMIT)
def report_orders(body: Batch, session: WriteSession, now: Now) -> Results:
    """Report up to 500 orders. Each is accepted or refused by itself; what is refused is kept as a rejection."""
    return _taken_in(session, Kind.ORDER, _within(body.items, MOST_ORDERS), now)


@router.post("/products/batch", scope="profile:write", max_body=BATCH_LIMIT)
def report_products(body: Batch, session: WriteSession, now: Now) -> Results:
    """Report up to 500 products, new ones and known ones, each as for `POST /products`; the newest `updated_at` wins.

    Each is accepted or refused by itself; what is refused is kept as a rejection.
    """
    return _taken_in(session, Kind.PRODUCT, _within(body.items, MOST_PRODUCTS), now)


@router.post("/events", scope="ingest")
async def report_event(body: NewEvent, now: Now) -> EventOut:
    """Report something a customer or visitor did. Order events go through the order use case.

    Idempotent by source and message id.
    """
    result = await EVENTS.submit(Item(Kind.EVENT, body, now))
    if result.problem is not None:
        raise result.problem
    return EventOut(message_id=body.message_id, outcome=result.status)


@router.post("/events/batch", scope="ingest", max_body=BATCH_LIMIT)
def report_events(body: Batch, session: WriteSession, now: Now) -> Results:
    """Report up to 2,500 events. Each is accepted or refused by itself; what is refused is kept as a rejection."""
    return _taken_in(session, Kind.EVENT, _within(body.items, MOST_EVENTS), now)


@router.get("/rejections", scope="profile:read")
def list_rejections(
    session: ReadSession, page: Page, wanted: Annotated[RejectionFilter, Depends()]
) -> Listing[RejectionOut]:
    """What was refused, newest first, without what was sent."""
    found = rejections.listed(session, wanted, page)
    return Listing(items=[RejectionOut(**_plain(row)) for row in found.items], next_cursor=found.next_cursor)


@router.get("/rejections/{rejection_id}", scope="profile:read")
def get_rejection(rejection_id: UUID, session: ReadSession, caller: CurrentCaller) -> RejectionDetail:
    """One refused item; with the scope `profile:pii` also what was sent."""
    return _detail(rejections.found(session, rejection_id), caller.may("profile:pii"))


@router.post("/rejections/{rejection_id}/resubmit", scope="profile:write")
def resubmit_rejection(
    rejection_id: UUID,
    body: Annotated[dict[str, Any], FromBody()],
    session: WriteSession,
    now: Now,
    caller: CurrentCaller,
) -> RejectionDetail:
    """Take in the corrected item. When it is refused again nothing changes."""
    return _detail(usecases.resubmit(session, rejection_id, body, now), caller.may("profile:pii"))


@router.post("/rejections/{rejection_id}/discard", scope="profile:write")
def discard_rejection(rejection_id: UUID, session: WriteSession, now: Now, caller: CurrentCaller) -> RejectionDetail:
    """Give a refused item up."""
    return _detail(rejections.discard(session, rejection_id, now), caller.may("profile:pii"))


def _within(items: list[Any], most: int) -> list[Any]:
    if len(items) > most:
        raise TooLarge(f"A batch has at most {most:,} items.", code="batch_too_large")
    return items


def _taken_in(session: Session, kind: Kind, bodies: Sequence[Any], now: datetime) -> Results:
    items = [Item(kind, body, now) for body in bodies]
    results = usecases.ingest(session, items, door="batch", origin=Origin.LIVE, now=now)
    return Results(results=[_result(at, result) for at, result in enumerate(results)])


def _result(index: int, result: Result) -> ResultOut:
    return ResultOut(index=index, status=result.status, id=result.id, problem=ProblemOut.of(result.problem))


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {**row._mapping, "id": row.rejection_id}


def _detail(row: Row[Any], pii: bool) -> RejectionDetail:
    return RejectionDetail(**{**_plain(row), "body": _value(row.body) if pii else None})


def _value(body: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
