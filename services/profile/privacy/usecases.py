"""The erasure of a person: asked for, done here, done everywhere, proved."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.holdings import HOLDINGS, UNSORTED
from services.profile.identities.ledger import usecases as ledger
from services.profile.imports.mentions import usecases as mentions
from services.profile.links import usecases as links
from services.profile.privacy import repository, rules
from services.profile.privacy.tables import Erasure
from shared import due, erasure, holdings, linking, traces
from shared.contracts.engagement import EngagementErased
from shared.contracts.profile import ErasureCompleted, ErasureRequested
from shared.contracts.scoring import ScoringErased
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging import outbox
from shared.runtime import Runtime
from shared.telemetry import log, metrics

AT_ONCE = 10
Row = Mapping[Any, Any]


def request(session: Session, customer_id: UUID, by: str, now: datetime) -> UUID:
    """Begin to forget the person behind an id; the id of the erasure. From now on they are gone to every reader.

    Raises NotFound, and Gone when it was asked for before.
    """
    members = links.hold(session, customer_id).member_ids
    return begin(session, links.person(session, customer_id).canonical_id, members, by, now)


def members(session: Session, customer_id: UUID) -> Sequence[UUID]:
    """All ids of the person behind an id; raises NotFound and Gone."""
    return links.person(session, customer_id).member_ids


def get(session: Session, erasure_id: UUID) -> Erasure:
    """One erasure; raises NotFound."""
    found = repository.get(session, erasure_id)
    if found is None:
        raise NotFound(f"There is no erasure {erasure_id}.")
    return found


def erase_due(runtime: Runtime) -> int:
    """Erase here what was asked for, and tell the other services; how many people. For a tick."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        claimed, _ = due.claim(session, Erasure.erase_at, now, limit=AT_ONCE)
    for erasure_id in claimed:
        with runtime.database.transaction() as session:
            erase(session, erasure_id, now)
    return len(claimed)


def erase(session: Session, erasure_id: UUID, now: datetime) -> None:
    """Erase one person here, or a little later while a file that mentions them is being taken in.

    Repeating it changes nothing.
    """
    for row in repository.locked(session, [erasure_id]):
        if row["status"] == "requested":
            members = [UUID(one) for one in row["member_ids"]]
            mentioned = repository.traces(session, members)
            from_files = mentions.forget(session, mentioned)
            if from_files is None:
                repository.move(session, [{**row, "erase_at": now + rules.PATIENCE}])
                continue
            swept = traces.sweep(session, UNSORTED, mentioned) | from_files
            counts = holdings.erase(session, HOLDINGS, members)
            own = [{"service": rules.OWN, "counts": one} for one in [*counts.values(), swept]]
            repository.move(session, [{**row, "status": "erased", "counts": rules.counted(own), "erase_at": None}])
            outbox.add(session, [_requested(row, one, now) for one in members])


def note_answers(session: Session, events: Sequence[ScoringErased] | Sequence[EngagementErased], now: datetime) -> None:
    """Keep what services answered; complete and publish every erasure to which that was the last answer."""
    erasure_ids = {event.erasure_id for event in events}
    open_ = {row["erasure_id"]: row for row in repository.locked(session, erasure_ids) if row["status"] == "erased"}
    erasure.keep(session, [_answer(event, now) for event in events])
    answers: dict[UUID, list[Row]] = {}
    for answer in erasure.answered(session, list(open_)):
        answers.setdefault(answer["erasure_id"], []).append(answer)
    done = [_completed(row, answers.get(one, []), now) for one, row in open_.items()]
    _complete(session, [row for row in done if row is not None], now)


def watch(runtime: Runtime) -> int:
    """Alarm about erasures to which a service has not answered in time. For a tick; once a turn is enough, so 0."""
    with runtime.database.reading() as session:
        late = repository.overdue(session, runtime.now())
    metrics.ERASURES_OVERDUE.set(len(late))
    for erasure_id in late:
        log.error("an erasure is overdue", erasure_id=str(erasure_id))
    return 0


def told(row: Row, customer_id: UUID) -> ErasureCompleted:
    """That an id was erased everywhere."""
    return ErasureCompleted(
        customer_id=customer_id,
        occurred_at=row["completed_at"],
        recorded_at=row["completed_at"],
        erasure_id=row["erasure_id"],
        proof=row["proof"],
    )


def asked(row: Row, customer_id: UUID) -> ErasureRequested:
    """That an id is to be erased."""
    return _requested(row, customer_id, row["requested_at"])


def begin(session: Session, canonical_id: UUID, members: Collection[UUID], by: str, now: datetime) -> UUID:
    """Begin to forget a person, all of whose ids these are; the id of the erasure."""
    ledger.enter(session, members, now)
    customers.close(session, members, now)
    linking.erase(session, members, now)
    row = {
        "erasure_id": new_id(),
        "customer_id": canonical_id,
        "member_ids": sorted(map(str, members)),
        "status": "requested",
        "requested_by": by,
        "requested_at": now,
        "due_at": now + rules.DUE,
        "erase_at": now,
        "completed_at": None,
        "counts": {},
        "proof": None,
        "version": 1,
    }
    repository.add(session, row)
    return row["erasure_id"]  # type: ignore[return-value]


def _requested(row: Row, customer_id: UUID, now: datetime) -> ErasureRequested:
    return ErasureRequested(
        customer_id=customer_id,
        occurred_at=row["requested_at"],
        recorded_at=now,
        erasure_id=row["erasure_id"],
        member_ids=row["member_ids"],
        due_at=row["due_at"],
    )


def _answer(event: ScoringErased | EngagementErased, now: datetime) -> dict[str, Any]:
    return {
        "erasure_id": event.erasure_id,
        "customer_id": event.customer_id,
        "service": event.topic.value.split(".")[0],
        "counts": event.counts,
        "occurred_at": event.occurred_at,
        "recorded_at": now,
    }


def _completed(row: Row, answers: Sequence[Row], now: datetime) -> Row | None:
    if not rules.is_answered([UUID(one) for one in row["member_ids"]], answers):
        return None
    counts = {**row["counts"], **rules.counted(answers)}
    return {**row, "status": "completed", "counts": counts, "proof": rules.proof_of(counts), "completed_at": now}


def _complete(session: Session, done: Sequence[Row], now: datetime) -> None:
    """Nobody writes about these ids any more, but who was at it when they were erased may have: erase once more."""
    members = {UUID(one) for row in done for one in row["member_ids"]}
    if members:
        holdings.erase(session, HOLDINGS, members)
        repository.move(session, done)
        outbox.add(session, [told(row, UUID(one)) for row in done for one in row["member_ids"]])
