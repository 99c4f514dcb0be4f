"""The paths of the Segment contract. They answer exactly 200, and errors as `{"code", "message"}`."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from services.profile.ingestion import usecases
from services.profile.ingestion.rules import Item, Kind
from services.profile.ingestion.tracking.rules import document_of, messages
from shared.contracts.base import Origin
from shared.errors import GuanxiError
from shared.web import bodies
from shared.web.dependencies import Now
from shared.web.grouping import Grouped
from shared.web.routing import IGNORED, Router

LIMIT = 4 * bodies.MIB
GZIP = b"\x1f\x8b"
SUCCESS = b'{"success":true}'
CALLS = ("batch", "track", "identify", "page", "screen", "group", "alias")

Reader = Callable[[], Awaitable[bytes]]

router = Router("", tag="Tracking")


def take_in(session: Session, requests: Sequence[Sequence[Item]], now: datetime) -> list[None]:
    """The messages of several requests at once. Refused ones become rejections, so there is nothing to answer."""
    items = [item for request in requests for item in request]
    usecases.ingest(session, items, door="sdk", origin=Origin.LIVE, now=now)
    return [None] * len(requests)


REQUESTS = Grouped(take_in)


async def reader(request: Request) -> Reader:
    """What reads the bytes of a body, when the endpoint is ready for what that may raise."""
    return partial(bodies.read_limited, request, LIMIT)


RawBody = Annotated[Reader, Depends(reader)]


def _endpoint(kind: str) -> Callable[..., Awaitable[Response]]:
    async def receive(read: RawBody, now: Now) -> Response:
        try:
            found = messages(_document(await read()), kind)
            if found:
                await REQUESTS.submit([Item(Kind.TRACKING, message, now) for message in found])
        except GuanxiError as error:
            content = orjson.dumps({"code": error.code, "message": error.detail})
            return Response(content, error.status, error.headers, "application/json")
        return Response(SUCCESS, 200, media_type="application/json")

    receive.__doc__ = f"The call `{kind}` of the Segment contract, whatever content type the library declares."
    return receive


def _document(raw: bytes) -> Any:
    """The JSON of a body that may be packed, and may say so or not."""
    return document_of(bodies.unzip_limited(raw, LIMIT) if raw.startswith(GZIP) else raw)


for _call in CALLS:
    for _path in (_call, _call[0]):
        # Messages are told apart by their own ids, so a key of the request would add nothing.
        declared = router.post(
            f"/{_path}", scope="ingest", idempotency=IGNORED, operation_id=f"tracking_{_path}", summary=_call
        )
        declared(_endpoint(_call))
