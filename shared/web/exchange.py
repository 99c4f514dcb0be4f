"""What one request carries besides its body: who asks, its transaction, its key, its end of time."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType

from opentelemetry.trace import INVALID_SPAN, Span
from sqlalchemy.orm import Session
from starlette.types import Scope

from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.auth.tokens import Verifier
from shared.errors import DeadlineExceeded
from shared.runtime import Runtime

KEY = "guanxi.exchange"


class Work:
    """The one transaction of a request: opened when first asked for, ended by the block that holds the work."""

    def __init__(self, opener: Callable[[], AbstractContextManager[Session]]) -> None:
        self.opener = opener
        self._transaction: AbstractContextManager[Session] | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The session of the request."""
        if self._session is None:
            self._transaction = self.opener()
            self._session = self._transaction.__enter__()
        return self._session

    def __enter__(self) -> "Work":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit what was written, or roll it back when the block raised."""
        transaction, self._transaction, self._session = self._transaction, None, None
        if transaction is not None:
            transaction.__exit__(kind, error, trace)

    def roll_back(self) -> None:
        """Undo what was done until now; the transaction begins again with the next statement."""
        if self._session is not None:
            self._session.rollback()

    @property
    def is_open(self) -> bool:
        """Whether a transaction was opened and is not ended."""
        return self._transaction is not None


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A key with the credential, method and path it is bound to, as one hash, and the hash of its body."""

    key_hash: bytes
    body_hash: bytes
    at: datetime
    service: str


@dataclass(slots=True)
class Exchange:
    """One request on its way through the service."""

    runtime: Runtime
    verifier: Verifier
    request_id: str
    ends_at: float | None = None  # of time.monotonic()
    work: Work = field(init=False)
    caller: Caller = PUBLIC_CALLER
    key: IdempotencyKey | None = None
    span: Span = INVALID_SPAN
    media: str | None = None

    def __post_init__(self) -> None:
        self.work = Work(self.runtime.database.reading)

    def require_time(self) -> None:
        """Raise DeadlineExceeded when nobody waits for the answer any more."""
        if self.ends_at is not None and time.monotonic() >= self.ends_at:
            raise DeadlineExceeded("The request waited too long to be begun; nothing was done.")


def exchange_of(scope: Scope) -> Exchange:
    """The exchange of a request."""
    found: Exchange = scope[KEY]
    return found
