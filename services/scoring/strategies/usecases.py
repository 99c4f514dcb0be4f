"""Keeping strategies, and asking for the plans they make."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.appraisals.rules import Appraisal
from services.scoring.evidence.rules import Texts
from services.scoring.levels import usecases as levels
from services.scoring.levels.rules import Held
from services.scoring.schemes.schemas import Locale
from services.scoring.strategies import repository, rules
from services.scoring.strategies.schemas import MOST, NewStrategy, StrategiesScheme, StrategyPatch
from services.scoring.strategies.tables import Strategy
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps

FIELDS = tuple(NewStrategy.model_fields)


def plans(
    session: Session, appraisal: Appraisal, tiers: Mapping[UUID, str], strategies: Sequence[NewStrategy]
) -> list[str | None]:
    """The plan code of each customer of an appraisal who holds these tiers; None where no strategy applies.

    The strategies stand the most important first, and need not be those in use.
    """
    people = appraisal.evidence.customer_ids
    known = {**appraisal.levels, "tier": np.array([tiers.get(one, "") for one in people], dtype=str)}
    if any(one.applies_to.kind == "region" for one in strategies):
        known["region"] = _regions(session, people)
    return rules.plans(strategies, people, known)


def plan(
    session: Session, customer_id: UUID, segments: Collection[str], locale: Locale, now: datetime
) -> dict[str, Any]:
    """The resolved plan of a canonical customer who is in these segments."""
    held = levels.at(session, customer_id, now)
    where = repository.regions(session, [customer_id]).get(customer_id)
    return answer(in_force(session, now), customer_id, held, (segments, where), locale)


def answer(
    strategies: Sequence[NewStrategy],
    customer_id: UUID,
    held: Mapping[str, Held],
    groups: tuple[Collection[str], str | None],
    locale: Locale,
) -> dict[str, Any]:
    """The plan that these make of a customer who holds these levels; `groups` are the segments and the region."""
    segments, region = groups
    levels_ = {name: [row.level] for name, row in held.items() if row.level}
    known = {**levels_, "segment": segments, "region": [region] if region else []}
    return rules.plan(rules.matching(strategies, known), customer_id, locale)


def in_force(session: Session, now: datetime) -> list[NewStrategy]:
    """Strategies that apply now, the most important first."""
    return rules.in_force(in_use(session), now)


def in_use(session: Session) -> list[NewStrategy]:
    """All strategies that are not archived, whether they apply now or not."""
    return [_body(row) for row in repository.in_use(session)]


def content(session: Session) -> dict[str, Any]:
    """All strategies as the content of a scheme."""
    return StrategiesScheme(items=in_use(session)).model_dump(mode="json")


def create(session: Session, body: NewStrategy, now: datetime) -> Strategy:
    """Store a strategy. Raises Conflict for a code that is or was in use, and when there are as many as may be."""
    if repository.count(session) >= MOST:
        raise Conflict(f"There are {MOST} strategies; take some out of use first.", code="capacity_full")
    row = _fresh(body, now)
    if not repository.add(session, [row]):
        raise Conflict("There is or was a strategy of that code.", code="already_exists")
    return get(session, row["strategy_id"])


def edit(session: Session, strategy_id: UUID, patch: StrategyPatch, if_match: int, now: datetime) -> Strategy:
    """Change a strategy by a JSON Merge Patch. Plans follow when customers are looked at, within a day.

    Raises Conflict for one that was taken out of use.
    """
    row = get(session, strategy_id, locked=True)
    if row.archived_at is not None:
        raise Conflict("It was taken out of use; make a new one.", code="invalid_transition")
    return moved_on(session, row, now, **_values(patched(row, NewStrategy, patch, if_match)))


def archive(session: Session, strategy_id: UUID, now: datetime) -> None:
    """Take a strategy out of use; it stays readable."""
    archived(session, get(session, strategy_id, locked=True), now)


def get(session: Session, strategy_id: UUID, *, locked: bool = False) -> Strategy:
    """One strategy, archived or not; raises NotFound."""
    row = session.get(Strategy, strategy_id, with_for_update=locked)
    if row is None:
        raise NotFound("There is no such strategy.")
    return row


def ensure(session: Session, bodies: Sequence[NewStrategy], now: datetime) -> None:
    """Store strategies whose code was never in use; what the merchant changed or archived stays so."""
    repository.add(session, [_fresh(body, now) for body in bodies])


def replace(session: Session, bodies: Sequence[NewStrategy], now: datetime) -> None:
    """Make these all the strategies there are. A code that is or was in use keeps its id."""
    known = repository.by_code(session)
    rows = []
    for body in bodies:
        row, before = _fresh(body, now), known.get(body.code)
        if before is not None:
            kept = {"strategy_id": before.strategy_id, "created_at": before.created_at, "version": before.version + 1}
            row |= kept
        rows.append(row)
    repository.replace(session, rows, now)


def _regions(session: Session, people: Sequence[UUID]) -> Texts:
    known = repository.regions(session, people)
    return np.array([known.get(one, "") for one in people], dtype=str)


def _body(row: Strategy) -> NewStrategy:
    return NewStrategy.model_validate({name: getattr(row, name) for name in FIELDS})


def _values(body: NewStrategy) -> dict[str, Any]:
    """As it is stored: instants and amounts as they are, the rest as plain JSON."""
    plain = body.model_dump(mode="json")
    return plain | {name: getattr(body, name) for name in ("valid_from", "valid_until", "spend_cap")}


def _fresh(body: NewStrategy, now: datetime) -> dict[str, Any]:
    return {"strategy_id": new_id(), **_values(body), **stamps(now)}
