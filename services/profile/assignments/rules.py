"""Who gets a customer: pure decisions over rules, managers and what they hold already."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.profile.assignments.schemas import ABSENCE, RULE, Owner
from services.profile.managers.rules import is_away
from services.profile.territories.rules import enclosing, of_region


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at."""

    region: str | None
    locale: str
    tier: str | None
    value_class: str | None
    segments: Collection[str] = ()


@dataclass(slots=True)
class Staffing:
    """Rules and managers in use, and who holds how many; deciding moves the counts on."""

    now: datetime
    rules: Sequence[Any]
    managers: Mapping[UUID, Any]
    below: Mapping[UUID, Collection[UUID]]  # team -> it and all below it
    territories: Mapping[str, Any]  # by region
    loads: Counter[UUID] = field(default_factory=Counter)
    turns: dict[UUID, UUID] = field(default_factory=dict)  # rule -> who got the last one

    @property
    def roles(self) -> list[str]:
        """Every role that some rule fills."""
        return sorted({rule.role for rule in self.rules})

    def away(self, manager_id: UUID | None) -> bool:
        """Whether a manager is away or no longer in use."""
        row = self.managers.get(manager_id) if manager_id else None
        return row is None or is_away(row.absent_from, row.absent_until, self.now)

    def is_free(self, manager_id: UUID) -> bool:
        """Whether a manager can hold one more."""
        capacity = self.managers[manager_id].capacity
        return capacity is None or self.loads[manager_id] < capacity


def matches(rule: Any, facts: Facts) -> bool:
    """Whether all conditions of a rule hold; what is not known is in no region, tier or class."""
    return (
        (not rule.regions or any(code in rule.regions for code in enclosing(facts.region)))
        and (not rule.tiers or facts.tier in rule.tiers)
        and (not rule.value_classes or facts.value_class in rule.value_classes)
        and (not rule.segment_ids or any(one in facts.segments for one in rule.segment_ids))
    )


def decide(facts: Facts, role: str, present: Owner | None, staff: Staffing) -> Owner | None:
    """Who shall have the customer; the present owner where nothing speaks against it.

    Pinned ones stay while their manager is in use. Without a matching rule the present owner stays, unless gone or
    away. A manager who fits stays, else one who is there and free gets the customer, else the team waits with them.
    """
    if present is not None and present.pinned and _is_in_use(present, staff):
        return present
    rule = _rule_for(facts, role, staff)
    if rule is None:
        return _without_rule(present, staff)
    territory = of_region(facts.region, staff.territories)
    team_id, where = _team_of(rule, territory), territory and territory.territory_id
    there = _there(rule, team_id, facts, staff)
    cause = ABSENCE if present and present.manager_id in staff.managers and staff.away(present.manager_id) else RULE
    if present is not None and present.manager_id in there:
        return replace(present, team_id=staff.managers[present.manager_id].team_id, territory_id=where, pinned=False)
    chosen = _next(rule, [one for one in there if staff.is_free(one)], staff)
    if chosen is None:
        team_id = team_id or (staff.managers[rule.manager_id].team_id if rule.manager_id in staff.managers else None)
        return Owner(None, team_id, where, False, cause, rule.rule_id) if team_id else _without_rule(present, staff)
    staff.turns[rule.rule_id] = chosen
    return Owner(chosen, staff.managers[chosen].team_id, where, False, cause, rule.rule_id)


def to_be_counted(facts: Facts, role: str, present: Owner | None, staff: Staffing) -> list[UUID]:
    """The managers of whom `decide` has to know how many they hold; none where the present owner stays."""
    if present is not None and present.pinned and _is_in_use(present, staff):
        return []
    rule = _rule_for(facts, role, staff)
    if rule is None:
        return []
    there = _there(rule, _team_of(rule, of_region(facts.region, staff.territories)), facts, staff)
    if present is not None and present.manager_id in there:
        return []
    by_load = rule.method == "least_loaded"
    return [one for one in there if by_load or staff.managers[one].capacity is not None]


def account(before: Owner | None, after: Owner | None, staff: Staffing) -> None:
    """Count a customer who goes from one owner to another."""
    if before and before.manager_id:
        staff.loads[before.manager_id] -= 1
    if after and after.manager_id:
        staff.loads[after.manager_id] += 1


def differs(before: Owner | None, after: Owner | None) -> bool:
    """Whether anything changes by which somebody is told."""
    return _told(before) != _told(after)


def _told(owner: Owner | None) -> tuple[Any, ...]:
    return (None, None) if owner is None else (owner.manager_id, owner.team_id, owner.territory_id, owner.pinned)


def _is_in_use(owner: Owner, staff: Staffing) -> bool:
    return owner.manager_id is None or owner.manager_id in staff.managers


def _without_rule(present: Owner | None, staff: Staffing) -> Owner | None:
    if present is None or present.manager_id is None or not staff.away(present.manager_id):
        return present
    return replace(present, manager_id=None, pinned=False, cause=ABSENCE) if present.team_id else None


def _rule_for(facts: Facts, role: str, staff: Staffing) -> Any:
    return next((one for one in staff.rules if one.role == role and matches(one, facts)), None)


def _team_of(rule: Any, territory: Any) -> UUID | None:
    found: UUID | None = rule.team_id or (None if rule.manager_id or territory is None else territory.team_id)
    return found


def _there(rule: Any, team_id: UUID | None, facts: Facts, staff: Staffing) -> list[UUID]:
    return [one for one in _candidates(rule, team_id, facts, staff) if not staff.away(one)]


def _candidates(rule: Any, team_id: UUID | None, facts: Facts, staff: Staffing) -> list[UUID]:
    """Who the rule means and who serves where the customer lives and as they speak."""
    if rule.manager_id is not None:
        return [rule.manager_id] if rule.manager_id in staff.managers else []
    teams = staff.below.get(team_id, ()) if team_id else ()
    around = set(enclosing(facts.region))
    return [one for one, row in staff.managers.items() if row.team_id in teams and _serves(row, around, facts.locale)]


def _serves(row: Any, around: Collection[str], locale: str) -> bool:
    language = locale.partition("-")[0]
    speaks = not row.languages or any(one.partition("-")[0] == language for one in row.languages)
    return speaks and (not row.regions or any(code in around for code in row.regions))


def _next(rule: Any, free: Iterable[UUID], staff: Staffing) -> UUID | None:
    ordered = sorted(free)
    if not ordered:
        return None
    if rule.method == "least_loaded":
        return min(ordered, key=lambda one: staff.loads[one])
    last = staff.turns.get(rule.rule_id)
    return next((one for one in ordered if last is None or one > last), ordered[0])
