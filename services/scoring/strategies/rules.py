"""Which strategies apply to customers, and the plan they make together. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import numpy as np

from services.scoring.evidence.rules import Texts, Truths
from services.scoring.schemes.schemas import Locale
from services.scoring.strategies.schemas import AppliesTo, NewStrategy

SLICES = 2**32
LISTS = ("channels", "benefits", "actions")


def is_held_out(code: str, customer_id: UUID, share: float) -> bool:
    """Whether a customer is left out of a strategy: the same answer always, and independent between strategies."""
    return share > 0 and int(sha256(f"{code}:{customer_id}".encode()).hexdigest()[:8], 16) < share * SLICES


def level_name(applies_to: AppliesTo) -> str:
    """The name under which the level is kept that a strategy applies to."""
    return applies_to.name or applies_to.kind


def in_force(strategies: Iterable[NewStrategy], now: datetime) -> list[NewStrategy]:
    """Strategies that apply at an instant, the most important first; of two of one priority by code."""
    return sorted((one for one in strategies if one.is_valid(now)), key=lambda one: (-one.priority, one.code))


def plans(
    strategies: Sequence[NewStrategy], customer_ids: Sequence[UUID], levels: Mapping[str, Texts]
) -> list[str | None]:
    """Of each customer the first strategy, in the order given, that applies. `levels` by name, one per customer."""
    codes = np.full(len(customer_ids), None, dtype=object)
    for one in reversed(strategies):
        codes[_applies(one, customer_ids, levels)] = one.code
    return list(codes)


def matching(strategies: Iterable[NewStrategy], levels: Mapping[str, Iterable[str]]) -> list[NewStrategy]:
    """Strategies that are for a customer of these levels, held out or not, in the order given."""
    return [one for one in strategies if one.applies_to.level in levels.get(level_name(one.applies_to), ())]


def plan(strategies: Sequence[NewStrategy], customer_id: UUID, locale: Locale) -> dict[str, Any]:
    """The plan of a customer to whom these apply, the most important first. Lists add up, the rest is the first's."""
    held_out = [one.code for one in strategies if is_held_out(one.code, customer_id, one.holdout)]
    applied = [one for one in strategies if one.code not in held_out]
    return {
        "customer_id": customer_id,
        "locale": locale,
        "plan": applied[0].code if applied else None,
        "who": _first(applied, "who"),
        "cadence": _first(applied, "cadence_days"),
        **{name: _union(applied, name) for name in LISTS},
        **{name: _lowest(applied, name) for name in ("contact_cap", "spend_cap")},
        "strategies": [_match(one, locale) for one in applied],
        "held_out": held_out,
    }


def _applies(one: NewStrategy, customer_ids: Sequence[UUID], levels: Mapping[str, Texts]) -> Truths:
    found = levels.get(level_name(one.applies_to))
    if found is None:
        return np.full(len(customer_ids), False)
    meant = np.asarray(found == one.applies_to.level)
    if one.holdout > 0:
        meant &= ~np.array([is_held_out(one.code, who, one.holdout) for who in customer_ids], dtype=bool)
    return meant


def _first(strategies: Sequence[NewStrategy], name: str) -> dict[str, Any] | None:
    said = ({"value": getattr(one, name), "strategy": one.code} for one in strategies if getattr(one, name) is not None)
    return next(said, None)


def _union(strategies: Sequence[NewStrategy], name: str) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    for one in strategies:
        for value in getattr(one, name):
            found.setdefault(value, one.code)
    return [{"value": value, "strategy": code} for value, code in found.items()]


def _lowest(strategies: Sequence[NewStrategy], name: str) -> Any:
    return min((getattr(one, name) for one in strategies if getattr(one, name) is not None), default=None)


def _match(one: NewStrategy, locale: Locale) -> dict[str, Any]:
    return {
        "strategy": one.code,
        "priority": one.priority,
        "reason": one.applies_to,
        "title": getattr(one.titles, locale),
        "text": getattr(one.texts, locale),
    }
