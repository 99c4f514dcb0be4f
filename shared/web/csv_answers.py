"""Lists as CSV: all pages of the same filter in one read transaction, written as they are read."""

import csv
import io
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from itertools import chain
from types import UnionType
from typing import Any, Union, get_args, get_origin

import anyio
import orjson
from pydantic import BaseModel
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.errors import Invalid
from shared.web.dependencies import PageRequest
from shared.web.exchange import Work
from shared.web.schemas import Listing

MOST = 100_000
PAGE = 500
BY_FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-\d+(\.\d+)?")
Pages = Generator[list[dict[str, Any]], None, None]
ONE_VIEW = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def stream(
    work: Work, read: Callable[[PageRequest], Listing[Any]], sort: str | None, columns: list[str]
) -> "CsvAnswer":
    """The whole list. Faults of the first page are raised here, before the answer begins."""
    pages = _pages(work, read, PageRequest(PAGE, None, sort, MOST))
    first = next(pages)
    head = dict(zip(columns, columns, strict=True))
    content = (_written(columns, rows) for rows in chain([[head], first], pages))
    return CsvAnswer(content, pages)


class CsvAnswer(StreamingResponse):
    """A streamed table that gives its transaction back also when the reader goes away."""

    def __init__(self, content: Iterator[bytes], pages: Pages) -> None:
        super().__init__(content, media_type="text/csv")
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._pages.close)


def _pages(work: Work, read: Callable[[PageRequest], Listing[Any]], page: PageRequest) -> Pages:
    with work:
        work.session.execute(ONE_VIEW)
        total = 0
        while True:
            listing = read(page)
            total += len(listing.items)
            if total > MOST:
                raise too_many()
            yield [_flat(item.model_dump(mode="json"), "") for item in listing.items]
            if listing.next_cursor is None:
                return
            page = page.following(listing.next_cursor)


def too_many() -> Invalid:
    """The refusal of a list that is too long for one answer."""
    return Invalid(f"The list has more than {MOST:,} rows; narrow the filter or use POST /exports.")


def columns_of(model: type[BaseModel], prefix: str = "") -> list[str]:
    """The names of all leaves; a nested object's are joined by dots."""
    names: list[str] = []
    for name, field in model.model_fields.items():
        title = prefix + (field.serialization_alias or name)
        nested = _nested(field.annotation)
        names += columns_of(nested, f"{title}.") if nested is not None else [title]
    names += [prefix + (field.alias or name) for name, field in model.model_computed_fields.items()]
    return names


def _nested(annotation: Any) -> type[BaseModel] | None:
    candidates = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    models = [one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)]
    others = [one for one in candidates if one is not type(None) and one not in models]
    return models[0] if len(models) == 1 and not others else None


def _flat(value: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, inner in value.items():
        flat[prefix + name] = inner
        if isinstance(inner, dict):
            flat |= _flat(inner, f"{prefix}{name}.")
    return flat


def _written(columns: list[str], rows: list[dict[str, Any]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return buffer.getvalue().encode()


def _cell(value: Any) -> Any:
    """The value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return orjson.dumps(value).decode()
    if isinstance(value, str) and value.startswith(BY_FORMULA) and not NUMBER.fullmatch(value):
        return f"'{value}"
    return value
