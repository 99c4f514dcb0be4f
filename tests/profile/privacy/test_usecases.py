"""The erasure of a person in profile: asked for, done, answered by the others, proved; and nothing brings them back."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from services.profile.behaviour.tables import ActivityDay, BehaviourEvent
from services.profile.consents import usecases as consents
from services.profile.consents.schemas import Entry
from services.profile.consents.tables import Consent, ConsentEntry
from services.profile.customers.tables import Customer, NameToken
from services.profile.identities import usecases as identities
from services.profile.identities.ledger.tables import ErasedIdentity
from services.profile.identities.tables import IdentityRow
from services.profile.ingestion.rejections.tables import RejectedEvent
from services.profile.ingestion.rules import Item, Kind
from services.profile.ingestion.usecases import ingest, receive
from services.profile.links import usecases as links
from services.profile.orders.schemas import EXAMPLE
from services.profile.orders.tables import CustomerOrder
from services.profile.privacy import republish as told_again
from services.profile.privacy import usecases
from services.profile.privacy.rules import proof_of
from services.profile.privacy.tables import Erasure
from services.profile.republish import REPUBLISH
from services.profile.worker import HANDLERS
from shared import linking
from shared.auth.caller import PUBLIC_CALLER
from shared.contracts.base import Origin
from shared.contracts.engagement import EngagementErased
from shared.contracts.profile import ErasureCompleted, ErasureRequested
from shared.contracts.scoring import ScoringErased
from shared.errors import Gone, NotFound
from shared.ids import new_id
from shared.messaging import republish
from shared.messaging.handlers import Message
from shared.messaging.outbox import OutboxRow
from shared.messaging.republish import Selection
from shared.runtime import Runtime
from shared.settings import Settings
from shared.telemetry import log
from shared.testing.databases import Within
from shared.web.idempotency import IdempotentAnswer
from tests.profile.conftest import NewCustomer, claim, owners

pytestmark = pytest.mark.capability("C-09")

PHONE = "+8613800138000"
WHO = [{"kind": "phone", "value": PHONE}, {"kind": "external", "value": "u-canary-1"}]
PAST = "2026-11-20T04:00:00Z"


def order(**fields: Any) -> dict[str, Any]:
    return EXAMPLE | {"identities": WHO, "placed_at": PAST, "paid_at": None, "refunds": []} | fields


def event(**fields: Any) -> dict[str, Any]:
    said = {"source": "shop", "message_id": "m-1", "name": "Product Viewed", "occurred_at": PAST}
    return said | {"identities": WHO, "properties": {"note": "for Wang Xiaoming"}} | fields


def person(**fields: Any) -> dict[str, Any]:
    traits = {"name": "Wang Xiaoming", "city": "Hangzhou", "address": "1 West Lake Road"}
    return {"source": "shop", "identities": WHO, "traits": traits, "updated_at": PAST} | fields


def take_in(session: Session, now: datetime, kind: Kind, body: Any, origin: Origin = Origin.LIVE) -> Any:
    return ingest(session, [Item(kind, body, now)], door="batch", origin=origin, now=now)[0]


@pytest.fixture
def runtime(profile: Session, now: datetime) -> Runtime:
    return Runtime("profile", Settings(env="test"), Within(profile), lambda: now)


@pytest.fixture
def known(profile: Session, now: datetime) -> UUID:
    """Somebody of whom every door told something."""
    for kind, body in ((Kind.CUSTOMER, person()), (Kind.ORDER, order()), (Kind.EVENT, event())):
        assert take_in(profile, now, kind, body).problem is None
    take_in(profile, now, Kind.ORDER, order(order_id="A-bad", currency="XXX"))
    customer_id = profile.scalars(select(Customer.customer_id)).one()
    consents.record(
        profile,
        [
            Entry(
                customer_id=customer_id,
                purpose="marketing",
                channel="email",
                state="granted",
                source="checkout",
                evidence="ticked by Wang",
                effective_at=now,
            )
        ],
        now=now,
    )
    return customer_id


def forget(runtime: Runtime, session: Session, customer_id: UUID) -> UUID:
    erasure_id = usecases.request(session, customer_id, "key-1", runtime.now())
    usecases.erase_due(runtime)
    return erasure_id


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def answers(erasure_id: UUID, members: Sequence[UUID], now: datetime) -> tuple[Any, Any]:
    told = {"erasure_id": erasure_id, "occurred_at": now, "recorded_at": now}
    scoring = [ScoringErased(customer_id=one, counts={"statistics": 1}, **told) for one in members]
    return scoring, [EngagementErased(customer_id=one, counts={"message": 2}, **told) for one in members]


def test_from_the_request_on_nobody_reads_the_person_any_more(profile: Session, now: datetime, known: UUID) -> None:
    usecases.request(profile, known, "key-1", now)
    for read in (links.person, lambda s, c: usecases.request(s, c, "key-1", now)):
        with pytest.raises(Gone):
            read(profile, known)
    assert linking.erased(profile, [known]) == {known}
    with pytest.raises(NotFound):
        usecases.request(profile, new_id(), "key-1", now)


def test_everything_personal_goes_and_the_amounts_stay(
    profile: Session, now: datetime, known: UUID, runtime: Runtime
) -> None:
    sold = profile.execute(select(CustomerOrder.base_net, CustomerOrder.lines)).all()
    erasure_id = forget(runtime, profile, known)
    for table in (IdentityRow, NameToken, ConsentEntry, Consent, BehaviourEvent, ActivityDay, RejectedEvent):
        assert count(profile, table) == 0, table.__tablename__
    record = profile.execute(select(Customer.__table__)).mappings().one()
    assert record["status"] == "erased"
    assert [record[name] for name in ("name", "address", "city", "birthday", "field_times")] == [None] * 4 + [{}]
    assert profile.execute(select(CustomerOrder.base_net, CustomerOrder.lines)).all() == sold
    erasure = usecases.get(profile, erasure_id)
    assert erasure.status == "erased"
    counted = {"activity_day": 1, "behaviour_event": 1, "consent": 1, "consent_entry": 1, "customer": 1, "identity": 2}
    assert erasure.counts["profile"].items() >= counted.items() | {("rejected_event", 1)}


def test_a_refused_body_goes_however_short_its_owners_name_is(
    profile: Session, now: datetime, runtime: Runtime, customer: NewCustomer
) -> None:
    u7 = customer(("external", "u7"))
    for number, name in enumerate(("u7", "u70", "u8")):
        who = [{"kind": "external", "value": name}]
        take_in(profile, now, Kind.ORDER, order(order_id=f"A-{number}", currency="XXX", identities=who))
    forget(runtime, profile, u7)
    assert ['u7"' in body for body in profile.scalars(select(RejectedEvent.body))] == [False, False]


def test_the_other_services_hear_of_every_id_and_of_nothing_that_was_still_waiting(
    profile: Session, known: UUID, runtime: Runtime, customer: NewCustomer, published: Any
) -> None:
    second = customer(("external", "u-second"))
    links.join(profile, known, [second], runtime.now())
    forget(runtime, profile, second)
    events = published(profile)
    assert {type(one) for one in events} == {ErasureRequested}
    assert [one.customer_id for one in events] == sorted([known, second])
    assert all(one.member_ids == sorted([known, second]) for one in events)


def test_the_last_answer_completes_it_with_a_proof(
    profile: Session, now: datetime, known: UUID, runtime: Runtime, published: Any
) -> None:
    erasure_id = forget(runtime, profile, known)
    scoring, engagement = answers(erasure_id, [known], now)
    usecases.note_answers(profile, scoring, now)
    usecases.note_answers(profile, scoring, now)
    assert published(profile, ErasureCompleted) == []
    usecases.note_answers(profile, engagement, now)
    usecases.note_answers(profile, engagement, now)
    (told,) = published(profile, ErasureCompleted)
    profile.expire_all()
    erasure = usecases.get(profile, erasure_id)
    assert (erasure.status, erasure.completed_at, erasure.version) == ("completed", now, 3)
    assert erasure.counts["scoring"] == {"statistics": 1}
    assert told.proof == erasure.proof == proof_of(erasure.counts)


def test_who_wrote_while_the_erasure_ran_is_erased_at_its_end(
    profile: Session, now: datetime, known: UUID, runtime: Runtime
) -> None:
    erasure_id = forget(runtime, profile, known)
    late = {"identity_id": new_id(), "customer_id": known, "kind": "phone", "scope": "", "hash": b"h", "value": PHONE}
    profile.execute(insert(IdentityRow).values(late | {"created_at": now}))
    for told in answers(erasure_id, [known], now):
        usecases.note_answers(profile, told, now)
    assert count(profile, IdentityRow) == 0


def test_answers_and_texts_that_mention_the_person_go_and_others_stay(
    profile: Session, now: datetime, known: UUID, runtime: Runtime
) -> None:
    texts = [f'{{"customer_id":"{known}"}}', '{"phone":"138 0013-8000"}', '{"customer_id":"somebody else"}']
    for at, text in enumerate(texts):
        row = {"key_hash": bytes([at]), "body_hash": b"", "answer": text, "created_at": now}
        profile.execute(insert(IdempotentAnswer).values(row))
    forget(runtime, profile, known)
    assert profile.scalars(select(IdempotentAnswer.answer)).all() == texts[2:]


@pytest.mark.parametrize("written", ["+852 6123 4567", "+886 0912-345-678", "+1 4155552671"])
def test_a_number_as_it_is_dialled_at_home_is_found_wherever_home_is(
    profile: Session, now: datetime, customer: NewCustomer, runtime: Runtime, written: str
) -> None:
    _, dialled = written.split(" ", 1)
    row = {"key_hash": b"1", "body_hash": b"", "answer": f'{{"phone":"{dialled}"}}', "created_at": now}
    profile.execute(insert(IdempotentAnswer).values(row))
    forget(runtime, profile, customer(("phone", written)))
    assert profile.scalars(select(IdempotentAnswer.answer)).all() == []


def test_every_door_refuses_the_past_of_the_erased_and_keeps_nothing_of_it(
    profile: Session, now: datetime, known: UUID, runtime: Runtime
) -> None:
    forget(runtime, profile, known)
    tables = (Customer, CustomerOrder, IdentityRow, BehaviourEvent, RejectedEvent)
    before = [count(profile, table) for table in tables]
    again = [(Kind.ORDER, order(order_id="A-2")), (Kind.CUSTOMER, person()), (Kind.EVENT, event(message_id="m-2"))]
    for kind, body in [*again, (Kind.ORDER, order(updated_at="2026-11-25T07:00:00Z"))]:
        assert take_in(profile, now, kind, body).problem.code == "erased"
    body = person(updated_at=now.isoformat(), traits={})
    assert take_in(profile, now, Kind.CUSTOMER, body, Origin.IMPORT).problem.code == "erased"
    headers = {"ce_type": "commerce.customer.reported", "ce_time": PAST}
    receive(profile, [Message("commerce.events", 0, 0, None, headers["ce_type"], headers, to_bytes(person()))], now)
    with pytest.raises(Gone):
        past = claim(("phone", PHONE), at=now - timedelta(days=3))
        identities.add(profile, new_customer(profile, now), past, PUBLIC_CALLER, now)
    assert [count(profile, table) for table in tables] == [before[0] + 1, before[1], before[2] + 1, *before[3:]]


def to_bytes(document: Any) -> bytes:
    return orjson.dumps(document)


def new_customer(session: Session, now: datetime) -> UUID:
    return owners(session, [claim(("external", "u-other"), at=now)], now)[0]


def test_who_comes_back_later_is_a_stranger(profile: Session, now: datetime, known: UUID, runtime: Runtime) -> None:
    forget(runtime, profile, known)
    later = now + timedelta(hours=1)
    fresh = order(order_id="A-3", placed_at=later.isoformat())
    (result,) = ingest(profile, [Item(Kind.ORDER, fresh, later)], door=None, origin=Origin.LIVE, now=later)
    assert result.status == "created"
    owner = profile.scalars(select(CustomerOrder.customer_id).where(CustomerOrder.shop_order_id == "A-3")).one()
    assert owner is not None
    assert owner != known
    assert linking.canonical(profile, [owner]) == {owner: owner}


def test_the_ledger_holds_hashes_and_nothing_else(
    profile: Session, now: datetime, known: UUID, runtime: Runtime
) -> None:
    hashes = set(profile.scalars(select(IdentityRow.hash)))
    forget(runtime, profile, known)
    rows = profile.execute(select(ErasedIdentity.__table__)).mappings().all()
    assert {row["hash"] for row in rows} == hashes
    assert set(ErasedIdentity.__table__.c.keys()) == {"kind", "scope", "hash", "erased_at"}


def test_an_erasure_without_answers_is_alarmed_about(
    profile: Session, now: datetime, known: UUID, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(runtime, profile, known)
    alarms: list[str] = []
    monkeypatch.setattr(log, "error", lambda _, erasure_id: alarms.append(erasure_id))
    usecases.watch(runtime)
    assert alarms == []
    profile.execute(update(Erasure).values(due_at=now - timedelta(seconds=1)))
    usecases.watch(runtime)
    assert len(alarms) == 1


def test_a_republished_request_names_every_id_and_a_page_goes_on_after_the_last(
    profile: Session, now: datetime, known: UUID, runtime: Runtime, customer: NewCustomer
) -> None:
    second = customer(("external", "u-second"))
    links.join(profile, known, [second], now)
    erasure_id = forget(runtime, profile, known)
    first, last = sorted([known, second])
    assert [one.customer_id for one in told_again.requested(profile, Selection(None, None, None, 5))] == [first, last]
    after = Selection(None, None, (erasure_id, first), 5)
    assert [one.customer_id for one in told_again.requested(profile, after)] == [last]
    assert told_again.completed(profile, Selection(None, None, None, 5)) == []


def test_nothing_but_the_erasure_itself_is_told_again_of_the_erased(
    profile: Session, now: datetime, known: UUID, runtime: Runtime, published: Callable[..., Any]
) -> None:
    forget(runtime, profile, known)
    profile.execute(delete(OutboxRow))
    republish.run(runtime, REPUBLISH)
    assert {type(one) for one in published(profile)} == {ErasureRequested}


def test_the_worker_hears_the_answers() -> None:
    assert {"scoring.erasure.completed", "engagement.erasure.completed"} <= HANDLERS.routes.keys()
