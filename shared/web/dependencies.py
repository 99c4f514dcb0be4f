"""What an endpoint may ask for by annotation."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from sqlalchemy.orm import Session

from shared.auth.caller import Caller
from shared.errors import PreconditionFailed, PreconditionRequired
from shared.runtime import Runtime
from shared.web.exchange import exchange_of

DEFAULT_LIMIT = 50
HIGHEST_LIMIT = 200
VERSION = re.compile(r'(?:W/)?"(\d{1,18})"')


async def write_session(request: Request) -> Session:
    """The session of the request's transaction, committed before the answer is sent."""
    return exchange_of(request.scope).work.session


async def read_session(request: Request) -> Session:
    """The session of the request's transaction, which may not write."""
    return exchange_of(request.scope).work.session


async def _now(request: Request) -> datetime:
    return exchange_of(request.scope).runtime.now()


async def _caller(request: Request) -> Caller:
    return exchange_of(request.scope).caller


async def _runtime(request: Request) -> Runtime:
    return exchange_of(request.scope).runtime


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list. `ceiling` is set where all pages are read at once, as for CSV."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    sort: str | None = None
    ceiling: int | None = None

    def following(self, cursor: str) -> "PageRequest":
        """The page that begins at a cursor."""
        return replace(self, cursor=cursor)


async def page_of(
    limit: Annotated[int, Query(ge=1, le=HIGHEST_LIMIT, description="How many items.")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")] = None,
    sort: Annotated[str | None, Query(max_length=64, description="A field, with `-` for descending.")] = None,
) -> PageRequest:
    """The page that the query asks for."""
    return PageRequest(limit, cursor, sort)


async def _if_match(
    if_match: Annotated[str | None, Header(description='The `ETag` that was read, such as `"3"`.')] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired("Send If-Match with the ETag of the version that you read.")
    found = VERSION.fullmatch(if_match.strip())
    if found is None:
        raise PreconditionFailed('If-Match is not an ETag of this resource; it looks like "3".')
    return int(found[1])


def require_version(current: int, if_match: int) -> None:
    """Raise PreconditionFailed unless the caller saw the present version."""
    if current != if_match:
        raise PreconditionFailed("It was changed since you read it; read it again.")


ReadSession = Annotated[Session, Depends(read_session)]
WriteSession = Annotated[Session, Depends(write_session)]
Now = Annotated[datetime, Depends(_now)]
CurrentCaller = Annotated[Caller, Depends(_caller)]
CurrentRuntime = Annotated[Runtime, Depends(_runtime)]
Page = Annotated[PageRequest, Depends(page_of)]
IfMatch = Annotated[int, Depends(_if_match)]


@dataclass(frozen=True, slots=True)
class Acting:
    """Who changes something, when, and in which transaction."""

    session: Session
    runtime: Runtime
    caller: Caller
    now: datetime


async def _acting(session: WriteSession, runtime: CurrentRuntime, caller: CurrentCaller, now: Now) -> Acting:
    return Acting(session, runtime, caller, now)


Act = Annotated[Acting, Depends(_acting)]
