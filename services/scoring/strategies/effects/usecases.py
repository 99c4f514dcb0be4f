"""Measuring a strategy."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.strategies import rules as strategies
from services.scoring.strategies import usecases
from services.scoring.strategies.effects import repository, rules
from services.scoring.strategies.effects.rules import Sample
from services.scoring.strategies.schemas import AppliesTo

NOBODY: Mapping[str, Any] = {"customers": 0, "orders": None, "spend": None}


def effect(session: Session, strategy_id: UUID, now: datetime) -> dict[str, Any]:
    """What a strategy brought so far. Raises NotFound."""
    strategy = usecases.get(session, strategy_id)
    whom = AppliesTo.model_validate(strategy.applies_to)
    since = max(strategy.created_at, strategy.valid_from or strategy.created_at)
    until = min(now, strategy.valid_until or now, strategy.archived_at or now)
    found = repository.groups(
        session,
        whom.kind,
        strategies.level_name(whom),
        whom.level,
        code=strategy.code,
        share=strategy.holdout,
        since=since,
        until=until,
    )
    applied, held_out = found.get(False, NOBODY), found.get(True, NOBODY)
    return {
        **{"strategy_id": strategy_id, "code": strategy.code, "holdout": strategy.holdout},
        **{"since": since, "until": until, "applied": _group(applied), "held_out": _group(held_out)},
        **{name: rules.lift(_sample(applied, name), _sample(held_out, name)) for name in ("orders", "spend")},
    }


def _group(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {"customers": row["customers"], "orders_per_head": row["orders"], "spend_per_head": row["spend"]}


def _sample(row: Mapping[Any, Any], name: str) -> Sample:
    return Sample(row["customers"], row[name] or 0.0, row.get(f"{name}_variance") or 0.0)
