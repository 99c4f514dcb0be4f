"""Files sent as multipart/form-data: small fields whole, the one file piece by piece and never all of it in memory."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from shared.errors import FieldError, Invalid, Malformed, TooLarge, UnsupportedMediaType
from shared.web import idempotency

PIECE = 256 * 1024
MOST_FIELDS = 20
LONGEST_FIELD = 64 * 1024
FILE = "file"
MULTIPART = "multipart/form-data"


@dataclass(slots=True)
class Form:
    """What a multipart body says beside its file, and how many bytes that has."""

    fields: dict[str, str] = field(default_factory=dict)
    size: int = 0


Take = Callable[[bytes, Form], Awaitable[None]]


@dataclass(slots=True)
class _Part:
    """One part on its way in."""

    disposition: bytes = b""
    name: str = ""
    content: bytearray = field(default_factory=bytearray)


class _Parts:
    """What the parser of the library tells, collected until somebody takes it."""

    def __init__(self, boundary: bytes) -> None:
        self.form = Form()
        self.file = bytearray()
        self.has_file = False
        self.ended = False
        self._part = _Part()
        self._header = (bytearray(), bytearray())
        names = ("part_begin", "header_field", "header_value", "header_end", "headers_finished")
        told = {f"on_{name}": getattr(self, f"_{name}") for name in (*names, "part_data", "part_end", "end")}
        self.parser = MultipartParser(boundary, told)  # type: ignore[arg-type]

    def _part_begin(self) -> None:
        self._part = _Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _header_end(self) -> None:
        if self._header[0].lower() == b"content-disposition":
            self._part.disposition = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def _headers_finished(self) -> None:
        self._part.name = parse_options_header(self._part.disposition)[1].get(b"name", b"").decode("utf-8", "replace")
        known = self._part.name in self.form.fields or (self._part.name == FILE and self.has_file)
        if not self._part.name or known or len(self.form.fields) >= MOST_FIELDS:
            raise Malformed("Each part of the form needs a name of its own, and there are at most 20.")
        self.has_file = self.has_file or self._part.name == FILE

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part.name == FILE:
            self.file += data[start:end]
            return
        self._part.content += data[start:end]
        if len(self._part.content) > LONGEST_FIELD:
            raise TooLarge(f"The field {self._part.name[:64]} has more than {LONGEST_FIELD:,} bytes.")

    def _part_end(self) -> None:
        if self._part.name != FILE:
            try:
                self.form.fields[self._part.name] = self._part.content.decode()
            except UnicodeDecodeError:
                raise Malformed("A field of the form is not in UTF-8.") from None

    def _end(self) -> None:
        self.ended = True


def form_body(fields: type[BaseModel], example: str, description: str) -> dict[str, Any]:
    """How a document describes such a body: the fields, and the file with an example and what may be in it."""
    schema = fields.model_json_schema()
    definitions = schema.pop("$defs", {})
    content = {"type": "string", "format": "binary", "description": description, "examples": [example]}
    properties = {name: _resolved(one, definitions) for name, one in schema["properties"].items()}
    form = {
        "type": "object",
        "description": schema["description"],
        "required": [*schema.get("required", ()), FILE],
        "properties": properties | {FILE: content},
    }
    return {"requestBody": {"required": True, "content": {MULTIPART: {"schema": form}}}}


async def read_form(request: Request, limit: int, take: Take) -> Form:
    """Read the body; `take` gets the part named `file` in pieces of 256 KiB, and the fields that came before it.

    The request's Idempotency-Key is bound to what the form says, whatever its boundary. Raises TooLarge above `limit`
    bytes, Malformed, UnsupportedMediaType, and Invalid when there is no file.
    """
    parts = _Parts(_boundary(request))
    digest = hashlib.sha256()
    async for piece in _pieces(request, parts, limit):
        digest.update(piece)
        await take(piece, parts.form)
    form = parts.form
    for name, value in sorted(form.fields.items()):
        digest.update(f"\x1f{name}\x1f{value}".encode())
    idempotency.bind(request, digest.digest())
    return form


async def _pieces(request: Request, parts: _Parts, limit: int) -> AsyncIterator[bytes]:
    declared, received = request.headers.get("content-length", ""), 0
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise _too_large(limit)
        _write(parts, chunk)
        while len(parts.file) >= PIECE:
            yield _taken(parts, PIECE)
    if not parts.ended:
        raise Malformed("The form is cut off.")
    if parts.file:
        yield _taken(parts, len(parts.file))
    if parts.form.size == 0:
        raise Invalid("Not valid: file.", errors=[FieldError(FILE, "required", "send the file as the part `file`")])


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return {**definitions.get(name, {}), **{key: value for key, value in schema.items() if key != "$ref"}}


def _taken(parts: _Parts, size: int) -> bytes:
    piece = bytes(parts.file[:size])
    del parts.file[:size]
    parts.form.size += size
    return piece


def _write(parts: _Parts, chunk: bytes) -> None:
    try:
        parts.parser.write(chunk)
    except FormParserError:
        raise Malformed("The body is not valid multipart/form-data.") from None


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind.decode("latin-1").lower() != MULTIPART or request.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMediaType("Send the file as multipart/form-data, not packed.")
    if not options.get(b"boundary"):
        raise Malformed("The header Content-Type names no boundary.")
    return options[b"boundary"]


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The form has more than {limit:,} bytes; send several files.")
