"""Which policy counts. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from services.engagement.slas.policies.schemas import NewSlaPolicy
from shared.errors import FieldError


class Policy(Protocol):
    """What the choice looks at."""

    rank: int
    code: str
    default: bool
    when: dict[str, Any]


P = TypeVar("P", bound=Policy)


def chosen(policies: Sequence[P], category: str, tier: str | None) -> P | None:
    """The fitting policy of the lowest rank, else the default."""
    fitting = [one for one in policies if not one.default and _fits(one.when, category, tier)]
    if fitting:
        return min(fitting, key=lambda one: (one.rank, one.code))
    return next((one for one in policies if one.default), None)


def below(category: str, categories: Iterable[str]) -> bool:
    """Whether a category is one of these or under one of them: `delivery.late` is under `delivery`."""
    return any(category == one or category.startswith(f"{one}.") for one in categories)


def faults(draft: NewSlaPolicy) -> list[FieldError]:
    """What is wrong with a policy by itself: conditions that are blank would be mistaken for fitting everything."""
    found = []
    if not (draft.default or draft.when.categories or draft.when.tiers):
        found.append(FieldError("when", "required", "say what it is for, or make it the default"))
    levels = [(one.metric, one.percent) for one in draft.escalations]
    if len(set(levels)) < len(levels):
        found.append(FieldError("escalations", "duplicate", "one level of a metric stands there twice"))
    return found


def _fits(when: dict[str, Any], category: str, tier: str | None) -> bool:
    categories, tiers = when["categories"], when["tiers"]
    return (not categories or below(category, categories)) and (not tiers or tier in tiers)
