"""Comparing what is stored with what the facts say, and storing it anew."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.statistics import repository
from services.scoring.statistics.schemas import FIELDS, CheckOut, DifferenceOut
from shared import due
from shared.hands import spread
from shared.jobs import JobRun
from shared.runtime import Runtime

RANGE = 1_000


def rebuild(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Recompute everybody from the facts, 1,000 in a transaction; whose numbers changed is due to be scored again."""
    with runtime.database.reading() as session:
        total = repository.people(session)
    done = changed = 0
    for people, moved in spread(lambda some: _stored(runtime, some), _ranges(runtime)):
        done, changed = done + people, changed + moved
        job.progress(done, total)
    return {"customers": done, "changed": changed}


def _ranges(runtime: Runtime) -> Iterator[Sequence[UUID]]:
    after: UUID | None = None
    while True:
        with runtime.database.reading() as session:
            people = repository.people_after(session, after, RANGE)
        if not people:
            return
        yield people
        after = people[-1]


def _stored(runtime: Runtime, people: Sequence[UUID]) -> tuple[int, int]:
    """How many people these are, and how many of them have other numbers now."""
    now, zone = runtime.now(), runtime.settings.business_time_zone
    with runtime.database.transaction() as session:
        repository.alone(session, people)
        changed = repository.store(session, people, zone, now)
        held = repository.mark_free(session, changed, now) if changed else set()
    if held:
        with runtime.database.transaction() as session:
            due.mark(session, held, now)
    return len(people), len(changed)


def check(session: Session, after: UUID | None, limit: int, zone: str) -> CheckOut:
    """Recompute up to `limit` customers after an id and name every number that is stored otherwise.

    A customer whose facts arrived this moment and who is still due differs until looked at.
    """
    people = repository.people_after(session, after, limit)
    stored, computed = repository.of(session, people), repository.computed(session, people, zone)
    differences = [found for one in people for found in _differences(one, stored.get(one, {}), computed.get(one, {}))]
    return CheckOut(
        checked=len(people), differences=differences, next_cursor=people[-1] if len(people) == limit else None
    )


def _differences(customer_id: UUID, stored: Mapping[str, Any], computed: Mapping[str, Any]) -> list[DifferenceOut]:
    wrong = [name for name in FIELDS if name in computed and stored.get(name) != computed[name]]
    return [
        DifferenceOut(customer_id=customer_id, field=one, stored=_text(stored.get(one)), computed=_text(computed[one]))
        for one in wrong
    ]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
