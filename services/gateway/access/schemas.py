"""Bodies about keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.gateway.access.rules import kind_of
from services.gateway.access.tables import ApiKey, Issued
from shared.auth.caller import Kind
from shared.auth.scopes import ADMIN, SCOPES
from shared.web.schemas import Body, Instant, Label, Out

GRANTED = (*SCOPES, ADMIN)


def _known(scope: str) -> str:
    if scope not in GRANTED:
        raise PydanticCustomError("literal_error", "Input should be one of the scopes that GET /v1/scopes lists")
    return scope


Scope = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(GRANTED)})]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=len(GRANTED), examples=[["profile:read"]])]


class NewKey(Body):
    """A key to make. With the scope `ingest` alone it is a write key, which may stand in a web page."""

    name: Label = Field(examples=["shop back end"])
    scopes: Scopes
    expires_at: Instant | None = Field(default=None, description="When it stops to open; never by default.")
    manager_id: UUID | None = Field(default=None, description="Whose customers alone it sees; a lead's: the subtree's.")


class KeyChange(Body):
    """What to change of a key; absent = unchanged."""

    name: Label = Field(default_factory=str)
    scopes: Scopes = Field(default_factory=list)
    expires_at: Instant | None = None
    manager_id: UUID | None = None


class Rotation(Body):
    """How long the former secret still opens."""

    overlap_hours: int = Field(default=24, ge=0, le=168)


class KeyOut(Out):
    """A key without its secret."""

    id: UUID
    name: str = Field(examples=["shop back end"])
    kind: Kind = Field(examples=["api_key"])
    scopes: Sequence[str] = Field(examples=[["profile:read"]])
    manager_id: UUID | None = None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    version: int

    @classmethod
    def of(cls, key: ApiKey) -> "KeyOut":
        """From its row."""
        return cls.model_validate(_fields(key))


class IssuedKeyOut(KeyOut):
    """A key with its text, shown this once."""

    key: str = Field(examples=["gx_0190f6a07d4e7c3a9b1e2f4d5a6b7c8d_…"])

    @classmethod
    def of_issued(cls, issued: Issued) -> "IssuedKeyOut":
        """From what a use case issued."""
        return cls.model_validate(_fields(issued.key) | {"key": issued.text})


class ScopeOut(Out):
    """A scope and what it opens."""

    scope: str = Field(examples=["profile:read"])
    implies: Sequence[str]


class ScopesOut(Out):
    """All scopes there are."""

    scopes: Sequence[ScopeOut]


class WhoOut(Out):
    """Who asks, and how this deployment speaks."""

    id: str
    kind: Kind
    name: str | None = Field(examples=["shop back end"])
    scopes: Sequence[str]
    manager_id: UUID | None
    locale: str = Field(examples=["zh-CN"])
    time_zone: str = Field(examples=["Asia/Shanghai"])


def _fields(key: ApiKey) -> dict[str, object]:
    own = {name: getattr(key, name) for name in KeyOut.model_fields if name != "kind"}
    return own | {"kind": kind_of(key.scopes)}
