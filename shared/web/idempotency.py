"""One effect per Idempotency-Key: the answer is stored in the effect's transaction, and given again for 48 hours."""

import hashlib
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy import LargeBinary, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shared.crypto import Secret, blind_index
from shared.db import REPLACE, SharedBase, put
from shared.errors import Conflict, FieldError, Invalid
from shared.runtime import Runtime
from shared.telemetry import metrics
from shared.web.exchange import Exchange, IdempotencyKey, exchange_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=48)
LONGEST = 255
PURGED_AT_ONCE = 1_000
NOT_STORED = frozenset({"content-length"})

# The transaction of a request with a key, for what runs a use case outside the endpoint (shared.web.grouping).
KEYED: ContextVar[Session | None] = ContextVar("keyed", default=None)


class IdempotentAnswer(SharedBase):
    """The answer to a request with a key. It may hold personal data, so it is a secret."""

    __tablename__ = "idempotent_answer"
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[str] = mapped_column(Secret)
    created_at: Mapped[datetime] = mapped_column(index=True)


def key_of(request: Request, exchange: Exchange, body: bytes, required: bool) -> IdempotencyKey | None:
    """The key the caller sent. Raises Invalid when it is required and absent, or too long to be one."""
    key = request.headers.get(HEADER)
    if key is None and not required:
        return None
    if not key:
        raise _refused("required", f"Send a fresh {HEADER} with each new request, and the same with a repetition.")
    if len(key) > LONGEST:
        raise _refused("too_long", f"{HEADER} has at most {LONGEST} characters.")
    caller = exchange.caller
    place = "\x1f".join((caller.kind, caller.id, request.method, request.url.path, key))
    now = exchange.runtime.now()
    return IdempotencyKey(hashlib.sha256(place.encode()).digest(), _body_hash(body), now, exchange.runtime.service)


def for_body(key: IdempotencyKey, digest: bytes) -> IdempotencyKey:
    """The key of a request whose body was not read beforehand, once a digest of what it says is known."""
    return replace(key, body_hash=_body_hash(digest))


def bind(request: Request, content: bytes) -> None:
    """Let the key of a request that reads its own body count for what it read."""
    exchange = exchange_of(request.scope)
    if exchange.key is not None:
        exchange.key = for_body(exchange.key, content)


def begin(session: Session, key: IdempotencyKey) -> Response | None:
    """Hold the key until the transaction ends; the stored answer if there is one.

    Raises Conflict while another request with the key runs, Invalid when the key came with another body.
    """
    number = int.from_bytes(key.key_hash[:8], "big", signed=True)
    if not session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        conflict = Conflict("The first request with this key is still running.", code="idempotency_in_progress")
        conflict.headers["Retry-After"] = "1"
        raise conflict
    row = session.get(IdempotentAnswer, key.key_hash)
    if row is None or row.created_at <= key.at - KEPT:
        return None
    if row.body_hash != key.body_hash:
        raise Invalid("This key was used with another body; send a fresh one.", code="idempotency_mismatch")
    metrics.IDEMPOTENT_REPLAYS.labels(key.service).inc()
    return _response(row.answer)


def keep(session: Session, key: IdempotencyKey, response: Response) -> None:
    """Store the answer; it counts when the caller's transaction commits."""
    row = {
        "key_hash": key.key_hash,
        "body_hash": key.body_hash,
        "answer": _text(response),
        "created_at": key.at,
    }
    put(session, IdempotentAnswer, [row], on_conflict=REPLACE)


async def around(exchange: Exchange, key: IdempotencyKey, answer: Callable[[], Awaitable[Response]]) -> Response:
    """An asynchronous endpoint under a key: what it does joins the transaction that stores its answer."""
    work = exchange.work
    try:
        stored = await run_in_threadpool(lambda: begin(work.session, key))
        if stored is None:
            KEYED.set(work.session)
            response = await answer()
            await run_in_threadpool(keep, work.session, key, response)
    except BaseException as error:
        await run_in_threadpool(work.__exit__, type(error), error, error.__traceback__)
        raise
    await run_in_threadpool(work.__exit__, None, None, None)
    return response if stored is None else stored


def purge(runtime: Runtime) -> int:
    """Delete answers older than 48 hours, a thousand at a time; how many were deleted. For a tick."""
    oldest = select(IdempotentAnswer.key_hash).where(IdempotentAnswer.created_at <= runtime.now() - KEPT)
    with runtime.database.transaction() as session:
        chosen = oldest.limit(PURGED_AT_ONCE).with_for_update(skip_locked=True)
        statement = delete(IdempotentAnswer).where(IdempotentAnswer.key_hash.in_(chosen.scalar_subquery()))
        return len(session.execute(statement.returning(IdempotentAnswer.key_hash)).all())


def _text(response: Response) -> str:
    headers = {name: value for name, value in response.headers.items() if name not in NOT_STORED}
    document = {"status": response.status_code, "headers": headers, "body": bytes(response.body).decode()}
    return orjson.dumps(document).decode()


def _response(answer: str) -> Response:
    stored = orjson.loads(answer)
    return Response(stored["body"], stored["status"], stored["headers"] | {REPLAYED: "true"})


def _body_hash(body: bytes) -> bytes:
    return blind_index("idempotent body", hashlib.sha256(body).hexdigest())


def _refused(code: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(HEADER, code, message)])
