"""A small service with one noun that uses every part of shared.web."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Response
from pydantic import Field
from sqlalchemy import MetaData, delete, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.contracts.examples import examples
from shared.contracts.profile import CustomerRecorded
from shared.crypto import Secret
from shared.db import NAMING, NOTHING, Base, put
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from shared.messaging import outbox
from shared.runtime import Runtime
from shared.web.app import create_app
from shared.web.dependencies import (
    CurrentCaller,
    IfMatch,
    Now,
    Page,
    ReadSession,
    WriteSession,
    require_version,
)
from shared.web.grouping import Grouped
from shared.web.pagination import paginate
from shared.web.routing import AUTHENTICATED, INTERNAL, OWN, PUBLIC, REQUIRED, Router
from shared.web.schemas import Body, Code, Instant, Listing, Many, MoneyBody, MoneyOut, Out

METADATA = MetaData(naming_convention=NAMING)


class Shelf(Base):
    __abstract__ = True
    metadata = METADATA


class Jar(Shelf):
    """A jar of tea on a shelf."""

    __tablename__ = "jar"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID | None] = mapped_column(index=True)
    note: Mapped[str | None] = mapped_column(Secret)
    amount: Mapped[Decimal]
    currency: Mapped[str]
    tags: Mapped[list[Any]]
    created_at: Mapped[datetime]
    version: Mapped[int]


class NewJar(Body):
    code: Code = Field(examples=["green-1"])
    note: Annotated[str | None, Field(max_length=200)] = None
    price: MoneyBody
    tags: list[Code] = Field(default_factory=list, max_length=5)
    quantity: Annotated[int, Field(ge=1, le=99)] = 1
    filled_at: Instant | None = None


class JarPatch(Body):
    note: str | None = None


class JarOut(Out):
    id: UUID
    code: str
    customer_id: UUID | None
    note: str | None
    price: MoneyOut
    tags: list[str]
    created_at: Instant
    version: int

    @classmethod
    def of(cls, jar: Jar) -> "JarOut":
        fields = {name: getattr(jar, name) for name in cls.model_fields if name != "price"}
        return cls(**fields, price=MoneyOut.of(jar.amount, jar.currency))


class Receipt(Out):
    id: UUID
    status: str
    version: int


LOST: set[str] = set()
jars = Router("/jars", tag="Jars")
owned = Router("/customers/{customer_id}/jars", tag="Jars of a customer")
inner = Router("/internal/jars", tag="Inside")
faults = Router("/faults", tag="Faults")


def store(session: Session, bodies: Sequence[NewJar], now: datetime, customer_id: UUID | None = None) -> list[Receipt]:
    """Store many jars; a code that is there already stays as it is."""
    if any(body.code == "broken" for body in bodies):
        raise Invalid("A broken jar holds nothing.", code="not_eligible")
    rows = [_row(body, now, customer_id) for body in bodies]
    added = {row.code for row in put(session, Jar, rows, on_conflict=NOTHING, key=["code"], returning=["code"])}
    found = {jar.code: jar for jar in session.scalars(select(Jar).where(Jar.code.in_([row["code"] for row in rows])))}
    receipts = []
    for body in bodies:
        status = "created" if body.code in added else "unchanged"
        added.discard(body.code)
        receipts.append(Receipt(id=found[body.code].id, status=status, version=found[body.code].version))
    return receipts


def _row(body: NewJar, now: datetime, customer_id: UUID | None) -> dict[str, Any]:
    money = {"amount": body.price.amount, "currency": body.price.currency}
    own = {"id": new_id(), "customer_id": customer_id, "created_at": now, "version": 1}
    return {"code": body.code, "note": body.note, "tags": body.tags} | money | own


def find(session: Session, jar_id: UUID) -> Jar:
    jar = session.get(Jar, jar_id)
    if jar is None:
        raise NotFound("There is no such jar.")
    return jar


def publish_many(session: Session, items: Sequence[int], now: datetime) -> Sequence[int]:
    outbox.add(session, examples(CustomerRecorded)[:1])
    return items


receive = Grouped(store)
published = Grouped(publish_many)


@jars.get("", scope="profile:read")
def list_jars(
    session: ReadSession, page: Page, code: Many[Code] | None = None, currency: str | None = None
) -> Listing[JarOut]:
    """Jars, newest first."""
    statement = select(Jar)
    if code:
        statement = statement.where(Jar.code.in_(code))
    if currency:
        statement = statement.where(Jar.currency == currency)
    sorts = {"created_at": (Jar.created_at, Jar.id), "code": (Jar.code,), "amount": (Jar.amount, Jar.id)}
    rows = paginate(session, statement, page, sorts)
    return Listing[JarOut](items=[JarOut.of(jar) for jar in rows.items], next_cursor=rows.next_cursor)


@jars.post("", scope="profile:write", status_code=201, location="/jars/{id}")
def create_jar(body: NewJar, session: WriteSession, now: Now) -> JarOut:
    """Put a jar on the shelf."""
    receipt = store(session, [body], now)[0]
    return JarOut.of(find(session, receipt.id))


@jars.post("/carefully", scope="profile:write", idempotency=REQUIRED, status_code=201, location="/jars/{id}")
def create_carefully(body: NewJar, session: WriteSession, now: Now) -> JarOut:
    """The same, with a key."""
    return create_jar(body, session, now)


@jars.post("/grouped", scope="ingest", status_code=201, location="/jars/{id}")
async def receive_jar(body: NewJar, response: Response) -> Receipt:
    """One of many at once."""
    receipt = await receive.submit(body)
    response.status_code = 201 if receipt.status == "created" else 200
    return receipt


@jars.post("/later", scope="profile:write", status_code=202, location="/jars/{id}")
def begin_jar(body: NewJar, session: WriteSession, now: Now) -> JarOut:
    """Begin one, as long work is begun."""
    return create_jar(body, session, now)


@jars.get("/count", scope="profile:read")
def count_jars(session: ReadSession) -> dict[str, int]:
    """How many there are."""
    return {"count": len(session.scalars(select(Jar.id)).all())}


@jars.get("/{jar_id}", scope="profile:read")
def read_jar(jar_id: UUID, session: ReadSession) -> JarOut:
    """One jar."""
    return JarOut.of(find(session, jar_id))


@jars.patch("/{jar_id}", scope="profile:write")
def change_jar(jar_id: UUID, body: JarPatch, session: WriteSession, if_match: IfMatch) -> JarOut:
    """Change the note."""
    require_version(find(session, jar_id).version, if_match)
    statement = update(Jar).where(Jar.id == jar_id).values(version=Jar.version + 1, **body.model_dump())
    session.execute(statement, execution_options={"synchronize_session": False})
    session.expire_all()
    return JarOut.of(find(session, jar_id))


@jars.delete("/{jar_id}", scope="profile:write")
def drop_jar(jar_id: UUID, session: WriteSession) -> None:
    """Take it away."""
    session.execute(delete(Jar).where(Jar.id == jar_id))


@owned.get("", scope="profile:read", member=OWN)
def list_own(customer_id: UUID, session: ReadSession, page: Page) -> Listing[JarOut]:
    """A customer's jars."""
    statement = select(Jar).where(Jar.customer_id == customer_id)
    rows = paginate(session, statement, page, {"code": (Jar.code,)}, default="code")
    return Listing[JarOut](items=[JarOut.of(jar) for jar in rows.items], next_cursor=rows.next_cursor)


@owned.post("", scope="profile:write", status_code=201)
def create_own(customer_id: UUID, body: NewJar, session: WriteSession, now: Now) -> Receipt:
    """Back ends only."""
    return store(session, [body], now, customer_id)[0]


@inner.get("/whoami", scope=INTERNAL)
def who_inside(caller: CurrentCaller) -> dict[str, str]:
    """Between services."""
    return {"id": caller.id, "kind": caller.kind}


@jars.get("/public/hello", scope=PUBLIC)
def greet() -> dict[str, str]:
    """For everybody."""
    return {"hello": "world"}


@jars.get("/mine/whoami", scope=AUTHENTICATED)
def who_am_i(caller: CurrentCaller) -> dict[str, Any]:
    """For whoever has a credential."""
    return {"id": caller.id, "kind": caller.kind, "scopes": sorted(caller.scopes)}


@faults.post("/commit", scope=PUBLIC, status_code=201)
def fail_to_commit(session: WriteSession) -> dict[str, str]:
    """The endpoint succeeds, the commit does not."""
    session.execute(text("INSERT INTO late (id, other) VALUES (1, 99)"))
    return {"status": "created"}


@faults.post("/deadlock", scope=PUBLIC, status_code=201)
def lose_a_deadlock(body: NewJar, session: WriteSession, now: Now) -> Receipt:
    """The first try of each jar ends in a deadlock, after it was stored."""
    (receipt,) = store(session, [body], now)
    if body.code not in LOST:
        LOST.add(body.code)
        session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))
    return receipt


@faults.post("/publish", scope=PUBLIC, status_code=204)
def publish(session: WriteSession) -> None:
    """Events in the outbox, as use cases publish them."""
    outbox.add(session, examples(CustomerRecorded)[:1])


@faults.post("/publish/grouped", scope=PUBLIC, status_code=204)
async def publish_grouped() -> None:
    """The same, from the thread of a group."""
    await published.submit(1)


@faults.get("/bug", scope=PUBLIC)
def fail(session: ReadSession) -> dict[str, str]:
    """A bug of ours."""
    raise RuntimeError("+8613800138000 is a secret")


@faults.get("/slow", scope=PUBLIC)
def be_slow(session: ReadSession) -> dict[str, str]:
    """Slower than the database lets anybody be."""
    session.execute(text("SET LOCAL statement_timeout = 20"))
    session.execute(text("SELECT pg_sleep(5)"))
    return {}


@faults.get("/write", scope=PUBLIC)
def write_while_reading(session: ReadSession) -> dict[str, str]:
    """A write in a reading transaction."""
    session.execute(delete(Jar))
    return {}


@faults.get("/lost", scope=PUBLIC)
def lose_the_database(session: ReadSession) -> dict[str, str]:
    """Its connection ends under it."""
    session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return {}


@faults.get("/number", scope=PUBLIC)
def store_a_number(session: ReadSession, number: int) -> dict[str, str]:
    """A number too large for the database."""
    session.execute(select(Jar.id).where(Jar.version == number))
    return {}


def app_of(runtime: Runtime) -> FastAPI:
    """The example service."""
    return create_app(runtime, title="Example", routers=[jars, owned, inner, faults])
