"""Finding who came back with a backup, and forgetting them again."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.identities.ledger import usecases as ledger
from services.profile.privacy import rules, usecases
from shared import linking
from shared.runtime import Runtime
from shared.web.client import InternalClient
from shared.web.erasures import PAGE

BY = "restore"
SECONDS = 10.0


def apply(runtime: Runtime) -> int:
    """Erase whom any service or the ledger says was erased and who is here all the same; how many people.

    Raises Unavailable unless all services answer. Safe to repeat.
    """
    client = InternalClient(runtime.settings, runtime.service)
    begun = 0
    try:
        for service in rules.ANSWERING:
            for ids in _erased(client, service):
                with runtime.database.transaction() as session:
                    begun += again(session, ids, runtime.now())
    finally:
        client.close()
    with runtime.database.transaction() as session:
        begun += again(session, ledger.returned(session), runtime.now())
    while usecases.erase_due(runtime):
        pass
    return begun


def again(session: Session, erased: Collection[UUID], now: datetime) -> int:
    """Begin the erasure of everybody among these ids who is not erased here; how many people."""
    if not erased:
        return 0
    people = set(linking.canonical(session, customers.active(session, erased)).values())
    for canonical_id, members in linking.members(session, people).items():
        usecases.begin(session, canonical_id, members, BY, now)
    linking.erase(session, erased, now)
    return len(people)


def _erased(client: InternalClient, service: str) -> Iterator[list[UUID]]:
    after = ""
    while True:
        page = client.get(service, f"/internal/erasures{after}", deadline=SECONDS)
        if page:
            yield [UUID(one["customer_id"]) for one in page]
        if len(page) < PAGE:
            return
        after = f"?after={page[-1]['customer_id']}"
