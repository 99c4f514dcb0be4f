"""Asking profile for people, in batches, with a deadline."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.reach.schemas import Answer, Person
from shared import linking
from shared.errors import DeadlineExceeded, FieldError, Invalid, Unavailable
from shared.linking import CustomerRef
from shared.runtime import Runtime
from shared.settings import Settings
from shared.web.client import PATIENCE, client_of

BATCH = 200
TOPIC = "service"


def hear(runtime: Runtime, customer_id: UUID) -> Answer:
    """What profile says about a customer of whom nothing was heard yet; it is not asked about others.

    Asked before a transaction begins, so that none waits.
    """
    with runtime.database.reading() as session:
        known = session.get(CustomerRef, customer_id) is not None
    return Answer(None) if known else ask(runtime.settings, customer_id, TOPIC, deadline=PATIENCE)


def require_known(session: Session, customer_id: UUID, heard: Answer) -> list[UUID]:
    """All ids of the person behind an id; one of whom nothing was heard yet is whom profile knows, by `hear`.

    Raises Invalid for one who is nobody, Gone for one who was erased, Unavailable or DeadlineExceeded when profile
    did not answer.
    """
    if session.get(CustomerRef, customer_id) is None:
        if heard.failure:
            raise heard.failure
        if heard.person is None:
            fault = FieldError("customer_id", "reference_not_found", "there is no such customer")
            raise Invalid("There is no such customer.", errors=[fault])
    linking.ensure(session, [customer_id])
    return linking.person(session, customer_id)


def ask(settings: Settings, customer_id: UUID, topic: str, *, deadline: float) -> Answer:
    """What profile says about one customer, or why it says nothing: for what asks before it begins its work."""
    try:
        return Answer(fetch(settings, [customer_id], topic, deadline=deadline).get(customer_id))
    except (Unavailable, DeadlineExceeded) as failure:
        return Answer(None, failure)


def fetch(
    settings: Settings, customer_ids: Collection[UUID], topic: str, *, deadline: float = 5.0
) -> dict[UUID, Person]:
    """Who these customers are, where they can be reached and what they agreed to; unknown ids are left out.

    Raises Unavailable or DeadlineExceeded when profile does not answer.
    """
    wanted = sorted(set(customer_ids))
    found: list[Person] = []
    for start in range(0, len(wanted), BATCH):
        body = {"customer_ids": [str(customer_id) for customer_id in wanted[start : start + BATCH]], "topic": topic}
        answer = client_of(settings, "engagement").post(
            "profile", "/internal/reach", body, deadline=deadline, idempotent=True
        )
        found += [Person.model_validate(item) for item in answer]
    return {person.customer_id: person for person in found}
