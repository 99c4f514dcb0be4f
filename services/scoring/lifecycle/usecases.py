"""The stage of one customer, and how customers move between stages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.scoring.evidence.rules import Evidence
from services.scoring.levels import usecases as levels
from services.scoring.levels.rules import Held
from services.scoring.lifecycle import rules
from services.scoring.lifecycle.schemas import PHASES, LifecycleOut, LifecycleScheme
from services.scoring.schemes import usecases as schemes
from shared.errors import NotFound

NAME = "lifecycle"


def scheme(session: Session) -> LifecycleScheme:
    """The scheme in force."""
    found = schemes.current(session, NAME)
    return LifecycleScheme.model_validate(found.content if found else {})


def of(session: Session, evidence: Evidence) -> LifecycleOut:
    """The stage of the one customer of the evidence, at its instant. Raises NotFound where none is known."""
    return answer(evidence, levels.at(session, evidence.customer_ids[0], evidence.now), scheme(session))


def answer(evidence: Evidence, levels_: Mapping[str, Held], chosen: LifecycleScheme) -> LifecycleOut:
    """The stage of the one customer of the evidence, who holds these levels. Raises NotFound where none is known."""
    customer_id, now, held = evidence.customer_ids[0], evidence.now, levels_.get(NAME)
    if held is None or held.level is None:
        raise NotFound("This customer has no stage at that time.")
    in_use = bool(rules.in_use(evidence, chosen)[0])
    return LifecycleOut(
        customer_id=customer_id,
        stage=held.level,
        phase="use" if in_use and PHASES[held.level] != "leave" else PHASES[held.level],
        in_use=in_use,
        since=held.since,
        days=(now - held.since).days,
        as_of=now,
    )


def transitions(session: Session, before: datetime, after: datetime) -> dict[str, Any]:
    """How many customers went from one stage to another, or stayed."""
    return {"items": levels.movements(session, NAME, before, after)}


def durations(session: Session, since: datetime, until: datetime) -> dict[str, Any]:
    """How long customers stayed in the stages that they left in between."""
    return {"items": [{"stage": one["level"], **one} for one in levels.durations(session, NAME, since, until)]}
