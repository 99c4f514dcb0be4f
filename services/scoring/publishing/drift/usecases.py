"""Reporting how the scheme in force has aged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.scoring.levels import usecases as levels
from services.scoring.publishing.drift import repository, rules
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.tables import Scheme
from services.scoring.tiers import usecases as tiers
from shared.errors import NotFound

GRADING = frozenset({"bands", "dimensions", "criteria", "lifecycle", "tiers"})  # a strategy is measured by its hold-out


def report(session: Session, kind: str, now: datetime) -> dict[str, Any]:
    """Levels then and now, moves, what came of each level, and who stands at an edge.

    Raises NotFound before anything was published.
    """
    scheme = schemes.current(session, kind)
    if scheme is None:
        raise NotFound(f"No version of {kind} was published yet; the defaults count.")
    since = scheme.settled_at or scheme.effective_at
    steps = _steps(session, scheme, since, now)
    age = (now - scheme.effective_at).days
    moves = [move for name, one in steps.items() for move in rules.moves(name, one)]
    return {
        **{name: getattr(scheme, name) for name in ("kind", "scheme_version", "effective_at")},
        **{"compared_with": since, "age_days": age, "review_after_days": rules.REVIEW_AFTER[kind]},
        "stale": age > rules.REVIEW_AFTER[kind],
        "levels": [count for name, one in steps.items() for count in rules.counts(name, one)],
        "moves": sorted(moves, key=lambda one: -one["customers"]),
        "outcomes": repository.outcomes(session, list(steps), since, now) if kind in GRADING else [],
        "edge_share": _edge_share(session, scheme),
    }


def _steps(
    session: Session, scheme: Scheme, since: datetime, now: datetime
) -> Mapping[str, Sequence[Mapping[Any, Any]]]:
    kind, content = scheme.kind, scheme.content
    if kind == "bands":
        return {"rfm_class": repository.classes(session, since)}
    if kind == "warnings":
        return {"warning": repository.warned(session, since)}
    return {name: levels.movements(session, name, since, now) for name in rules.names_of(kind, content)}


def _edge_share(session: Session, scheme: Scheme) -> float | None:
    if scheme.kind == "tiers":
        return tiers.share_in_grace(session)
    found = rules.edges(scheme.kind, scheme.content)
    return None if found is None else repository.edge_share(session, *found)
