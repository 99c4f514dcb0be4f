"""Engagement forgets a person: nothing more is sent, what was is only counted, addresses go when all have erased."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.engagement.messages.tables import Message
from services.engagement.privacy import usecases
from services.engagement.suppressions import usecases as suppressions
from services.engagement.suppressions.tables import Suppression
from shared.contracts.engagement import EngagementErased
from shared.contracts.profile import ErasureCompleted, ErasureRequested
from shared.ids import derived_id
from shared.runtime import Runtime
from tests.engagement.complaints.complaining import complain, do
from tests.engagement.conftest import Api, Profile
from tests.engagement.posting import ask, mails, message, published, send

pytestmark = pytest.mark.capability("C-09")

ERASURE = derived_id("erasure", "1")


def erase(runtime: Runtime, customer_id: UUID) -> None:
    now = runtime.now()
    when = {"occurred_at": now, "recorded_at": now, "due_at": now + timedelta(days=7)}
    event = ErasureRequested(customer_id=customer_id, erasure_id=ERASURE, member_ids=[customer_id], **when)
    with runtime.database.transaction() as session:
        usecases.erase(session, [event], now)


def finish(runtime: Runtime, customer_id: UUID) -> None:
    now = runtime.now()
    told = {"occurred_at": now, "recorded_at": now, "proof": "p"}
    with runtime.database.transaction() as session:
        usecases.finish(session, [ErasureCompleted(customer_id=customer_id, erasure_id=ERASURE, **told)], now)


def values_of(runtime: Runtime, message_id: UUID) -> dict[str, Any]:
    sent = message(runtime, message_id)
    names = ("status", "variables", "context", "attempts", "contact_id", "provider_id", "dedupe_key", "due_at")
    return {name: getattr(sent, name) for name in names}


def test_what_was_sent_is_only_counted_and_what_waits_is_not_sent(runtime: Runtime, profile: Profile) -> None:
    ada = profile.add()
    sent = ask(runtime, ada)
    send(runtime)
    waiting = ask(runtime, ada)
    erase(runtime, ada)
    blank: dict[str, Any] = {"variables": None, "context": {}, "attempts": [], "contact_id": None}
    blank |= {"provider_id": None, "dedupe_key": None, "due_at": None}
    assert values_of(runtime, sent.message_id) == {"status": "sent", **blank}
    assert values_of(runtime, waiting.message_id) == {"status": "cancelled", **blank}
    send(runtime)
    assert len(mails(runtime)) == 1
    told = [event for event in published(runtime) if isinstance(event, EngagementErased)]
    assert [(one.customer_id, one.counts["message"]) for one in told] == [(ada, 2)]


def test_their_addresses_stay_suppressed_until_every_service_has_erased(runtime: Runtime, profile: Profile) -> None:
    ada = profile.add()
    sent = ask(runtime, ada)
    send(runtime)
    hashed = message(runtime, sent.message_id).address_hash
    assert hashed is not None
    with runtime.database.transaction() as session:
        suppressions.suppress(
            session, [("email", hashed, "complaint"), ("email", b"other", "complaint")], runtime.now()
        )
    erase(runtime, ada)

    def left() -> tuple[int, int]:
        with runtime.database.reading() as session:
            suppressed = session.scalar(select(func.count()).select_from(Suppression))
            return suppressed or 0, session.scalar(select(func.count(Message.address_hash))) or 0

    assert left() == (2, 1)
    finish(runtime, ada)
    assert left() == (1, 0)


def test_nobody_reads_them_any_more(runtime: Runtime, profile: Profile, api: Api) -> None:
    ada = profile.add()
    ask(runtime, ada)
    erase(runtime, ada)
    answer = api.get(f"/v1/customers/{ada}/messages")
    assert (answer.status_code, answer.json()["code"]) == (410, "erased")


@pytest.mark.capability("C-30")
def test_nothing_stays_proposed_for_a_person_who_is_forgotten(api: Api, profile: Profile) -> None:
    made = complain(api, profile.add())
    amount = {"amount": "500.00", "currency": "CNY"}
    proposed = do(api, made, "compensations", {"kind": "refund", "amount": amount, "reason": "碎了"})
    erase(api.runtime, UUID(made["customer_id"]))
    shown = api.get(f"/v1/compensations/{proposed['id']}").json()
    assert (shown["status"], shown["reason"], shown["amount"]) == ("lapsed", None, amount)
