"""Looking at tiers again, and giving one by hand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.appraisals.rules import Appraisal
from services.scoring.evidence.rules import Texts
from services.scoring.levels import usecases as levels
from services.scoring.schemes import usecases as schemes
from services.scoring.tiers import repository, rules
from services.scoring.tiers.rules import Programme, Standing
from services.scoring.tiers.schemas import NewTier
from shared import due
from shared.contracts.base import Origin
from shared.contracts.scoring import TierChanged
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.messaging import outbox

TIER = "tier"
TIERS = "tiers"
NAMES = tuple(field.name for field in fields(Standing))
Row = Mapping[str, Any]
Looks = dict[UUID, tuple[str, datetime | None]]


def in_force(session: Session) -> Programme:
    """The scheme of tiers that counts; the default one before any was published."""
    found = schemes.current(session, TIERS)
    return Programme.of(0, {}) if found is None else Programme.of(found.scheme_version, found.content)


def reassess(session: Session, appraisal: Appraisal, programme: Programme, now: datetime) -> Looks:
    """Move customers to the tiers they hold by now; for each the tier, and when time alone may change it.

    Takes canonical customers whom nobody else assesses. Publishes where anything moved.
    """
    evidence, people = appraisal.evidence, appraisal.evidence.customer_ids
    codes = rules.earned(evidence, appraisal.levels, programme).tolist()
    firm = dict(zip(people, (~np.isnan(evidence["live_fact_at"])).tolist(), strict=True))
    held = repository.standing(session, people)
    stays = {
        one: (code, row.valid_until)
        for one, code in zip(people, codes, strict=True)
        if (row := held.get(one)) is not None and rules.stands(row, code, programme, now)
    }
    if len(stays) == len(people):
        return stays
    known = repository.locked(session, [one for one in people if one not in stays])
    found = {
        one: rules.held(_standing(known.get(one)), code, programme, now, firm=firm[one])
        for one, code in zip(people, codes, strict=True)
        if one not in stays
    }
    written = _store(session, known, found, now)
    outbox.add(session, [told(row, programme, _origin(firm[row["customer_id"]])) for row in written])
    return stays | {one: (after.tier, after.valid_until) for one, after in found.items()}


def foreseen(session: Session, appraisal: Appraisal, programme: Programme, now: datetime) -> dict[str, Texts]:
    """The tier that each customer earns under a programme, and the one held at once after a look; changes nothing."""
    evidence, people = appraisal.evidence, appraisal.evidence.customer_ids
    codes, known = rules.earned(evidence, appraisal.levels, programme), repository.rows(session, people)
    firm = (~np.isnan(evidence["live_fact_at"])).tolist()
    at_once = [
        rules.held(_standing(known.get(one)), code, programme, now, firm=is_firm).tier
        for one, code, is_firm in zip(people, codes.tolist(), firm, strict=True)
    ]
    return {"tier": codes, "tier_at_once": np.array(at_once, dtype=str)}


def pin(session: Session, customer_id: UUID, body: NewTier, now: datetime) -> None:
    """Give a canonical customer a tier until an instant; saying it again changes nothing.

    Raises Invalid for an unknown tier or a past instant.
    """
    programme = in_force(session)
    if programme.rule(body.tier) is None:
        raise _refused("tier", "reference_not_found", "There is no such tier.")
    if body.until <= now:
        raise _refused("until", "too_old", "It must lie in the future.")
    known = repository.locked(session, [customer_id])
    before = _standing(known.get(customer_id))
    after = rules.pinned(before, body.tier, body.until, programme, now)
    if before == after and known[customer_id]["reason"] == body.reason:
        return
    written = _store(session, known, {customer_id: after}, now, body.reason)
    if not written:
        raise Conflict("The customer was given a tier just now; read it again.")
    outbox.add(session, [told(row, programme) for row in written])
    due.mark(session, [customer_id], now)


def told(row: Row, programme: Programme, origin: Origin = Origin.LIVE) -> TierChanged:
    """The event of a stored tier."""
    same = ("customer_id", "version", "tier", "previous", "cause", "valid_until", "recorded_at")
    return TierChanged.model_validate(
        {name: row[name] for name in same}
        | {
            "origin": origin,
            "occurred_at": row["recorded_at"],
            "points_multiplier": programme.multiplier(row["tier"]),
        }
    )


def get(session: Session, customer_id: UUID, *, with_reason: bool) -> dict[str, Any]:
    """The tier of a canonical customer and what it gives. Raises NotFound before the first assessment."""
    row = repository.of(session, customer_id)
    if row is None:
        raise NotFound("This customer has no tier yet; ask again in a second.")
    return answer(row, in_force(session), with_reason=with_reason)


def answer(row: Row, programme: Programme, *, with_reason: bool) -> dict[str, Any]:
    """A stored tier and what it gives."""
    rule = programme.rule(row["tier"])
    return {
        **row,
        "reason": row["reason"] if with_reason else None,
        "titles": rule.titles if rule else None,
        "rank": rule.rank if rule else None,
        "benefits": rule.benefits if rule else [],
        "points_multiplier": programme.multiplier(row["tier"]),
    }


def codes(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """The tiers that customers hold; who has none yet is absent."""
    return repository.codes(session, customer_ids)


def share_in_grace(session: Session) -> float | None:
    """The share of customers who lose their tier soon; None while nobody has one."""
    return repository.share_in_grace(session)


def _store(
    session: Session,
    known: Mapping[UUID, Row],
    found: Mapping[UUID, Standing],
    now: datetime,
    reason: str | None = None,
) -> Sequence[Row]:
    """Write what customers hold now; the rows of which others must hear."""
    before = {one: _standing(known.get(one)) for one in found}
    moved = {one: after for one, after in found.items() if reason or rules.is_told(before[one], after)}
    seen = {one: after for one, after in found.items() if one not in moved and before[one] != after}
    repository.seen(session, [{**known[one], "scheme_version": after.scheme_version} for one, after in seen.items()])
    written = repository.save(session, [_row(one, after, known.get(one), reason, now) for one, after in moved.items()])
    _keep(session, [row for row in written if row["tier"] != known.get(row["customer_id"], {}).get("tier")], now)
    return written


def _keep(session: Session, stepped: Sequence[Row], now: datetime) -> None:
    """The history of tiers gains a line of each customer who holds another one."""
    if stepped:
        ids, codes_ = [row["customer_id"] for row in stepped], [row["tier"] for row in stepped]
        levels.record(session, ids, [TIER] * len(ids), codes_, version=stepped[0]["scheme_version"], now=now)


def _standing(row: Row | None) -> Standing | None:
    return None if row is None else Standing(**{name: row[name] for name in NAMES})


def _origin(is_firm: bool) -> Origin:
    return Origin.LIVE if is_firm else Origin.IMPORT


def _row(customer_id: UUID, after: Standing, known: Row | None, reason: str | None, now: datetime) -> dict[str, Any]:
    kept = known["reason"] if known is not None and after.pinned_until is not None else None
    return {
        **asdict(after),
        "customer_id": customer_id,
        "version": (known["version"] if known else 0) + 1,
        "reason": reason or kept,
        "recorded_at": now,
    }


def _refused(field: str, code: str, message: str) -> Invalid:
    return Invalid(f"Not valid: {field}.", errors=[FieldError(field, code, message)])
