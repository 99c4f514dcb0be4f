"""Which tier is earned, and which one is held: up at once, down only at a review and after grace. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from services.scoring.evidence.rules import Evidence, Texts, Truths
from services.scoring.tiers.schemas import Cause, Conditions, TierRule, TiersScheme

BETTER = {"medium": ("medium", "high"), "high": ("high",)}
AMOUNTS = {"net_spend_12m": "spend_12m", "orders_12m": "orders_12m", "points_12m": "points_earned_12m"}


@dataclass(frozen=True, slots=True)
class Programme:
    """The scheme of tiers that counts; version 0 before any was published."""

    version: int
    scheme: TiersScheme

    @classmethod
    def of(cls, version: int, content: Mapping[str, Any]) -> "Programme":
        """From the content of a scheme."""
        return cls(version, TiersScheme.model_validate(content))

    @property
    def ladder(self) -> list[TierRule]:
        """The tiers, the lowest first."""
        return sorted(self.scheme.tiers, key=lambda one: one.rank)

    def rule(self, code: str) -> TierRule | None:
        """A tier by its code; None when there is none any more."""
        return next((one for one in self.scheme.tiers if one.code == code), None)

    def rank(self, code: str) -> int:
        """The rank of a tier; -1 for one that is gone."""
        found = self.rule(code)
        return -1 if found is None else found.rank

    def multiplier(self, code: str) -> Decimal:
        """How many times the usual points a tier earns; once for one that is gone."""
        found = self.rule(code)
        return Decimal(1) if found is None else found.points_multiplier


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier that a customer holds. `valid_until` is its next review, or the end of grace, or of staff's decision."""

    tier: str
    since: datetime
    valid_until: datetime | None
    cause: Cause
    previous: str | None
    pinned_until: datetime | None
    scheme_version: int


def earned(evidence: Evidence, levels: Mapping[str, Texts], programme: Programme) -> Texts:
    """The highest tier of which each customer meets all conditions."""
    lowest, *others = programme.ladder
    codes = np.full(len(evidence), lowest.code, dtype=object)
    for rule in others:
        codes[_meets(evidence, levels, rule.when)] = rule.code
    return codes.astype(str)


def held(known: Standing | None, code: str, programme: Programme, now: datetime, *, firm: bool) -> Standing:
    """The tier that a customer holds who earned `code`, after one who held `known`.

    `firm` = a live fact stands behind it. What only an import says was promised to nobody, and is neither kept nor
    graced: the first thousand customers of an import are high among few.
    """
    if known is None:
        return _given(None, code, "upgrade", programme, now)
    if programme.rule(known.tier) is None:
        return _given(known, code, "scheme", programme, now)
    if known.pinned_until is not None and now < known.pinned_until:
        return replace(known, scheme_version=programme.version)
    step = programme.rank(code) - programme.rank(known.tier)
    if step > 0:
        return _given(known, code, _why_up(known, programme), programme, now)
    if step < 0 and not firm and known.pinned_until is None:
        return _given(known, code, "review", programme, now)
    return _reviewed(known, code, programme, now)


def stands(known: Any, code: str, programme: Programme, now: datetime) -> bool:
    """Whether nothing can move: the row of a customer who earned again what is held, before its time, same scheme."""
    in_time = known.valid_until is None or now < known.valid_until
    usual = known.cause != "grace" and known.pinned_until is None
    return in_time and usual and bool(known.tier == code and known.scheme_version == programme.version)


def pinned(known: Standing | None, code: str, until: datetime, programme: Programme, now: datetime) -> Standing:
    """The tier that staff give until an instant."""
    same = known is not None and known.tier == code
    previous = known.previous if known is not None and same else known.tier if known is not None else None
    since = known.since if known is not None and same else now
    return Standing(code, since, until, "staff", previous, until, programme.version)


def is_told(before: Standing | None, after: Standing) -> bool:
    """Whether anybody must hear of it: more than the version it was looked at under moved."""
    return before is None or replace(before, scheme_version=after.scheme_version) != after


def _meets(evidence: Evidence, levels: Mapping[str, Texts], when: Conditions) -> Truths:
    met = np.full(len(evidence), True)
    if when.value_class is not None:
        met &= np.isin(levels["value_class"], when.value_class)
    for name in ("frequency", "loyalty"):
        wanted = getattr(when, name)
        if wanted is not None:
            met &= np.isin(levels[name], BETTER[wanted])
    for name, column in AMOUNTS.items():
        least = getattr(when, name)
        if least is not None:
            met &= evidence.known(column) >= least
    return met


def _why_up(known: Standing, programme: Programme) -> Cause:
    return "upgrade" if known.scheme_version == programme.version else "scheme"


def _given(known: Standing | None, code: str, cause: Cause, programme: Programme, now: datetime) -> Standing:
    until = _review_at(code, programme, now)
    return Standing(code, now, until, cause, known.tier if known else None, None, programme.version)


def _reviewed(known: Standing, code: str, programme: Programme, now: datetime) -> Standing:
    """What becomes of a tier that is not bettered: it is renewed if earned, else kept until its time, graced, lost."""
    is_due = known.valid_until is not None and known.valid_until <= now
    kept = replace(known, scheme_version=programme.version)
    if code == known.tier:
        if not is_due and known.cause != "grace" and known.valid_until is not None:
            return kept
        until = _review_at(code, programme, now)
        if until == known.valid_until:
            return kept
        return replace(kept, valid_until=until, cause="review", pinned_until=None)
    if not is_due and known.valid_until is not None:
        return kept
    grace = programme.scheme.grace_days
    if known.valid_until is None or (known.cause not in {"grace", "staff"} and grace > 0):
        return replace(kept, valid_until=now + timedelta(days=grace), cause="grace")
    return _given(known, code, "review", programme, now)


def _review_at(code: str, programme: Programme, now: datetime) -> datetime | None:
    """When a tier is reviewed; the lowest never is."""
    if code == programme.ladder[0].code:
        return None
    return now + timedelta(days=programme.scheme.review_days)
