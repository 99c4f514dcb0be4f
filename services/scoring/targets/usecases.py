"""Growing the tree of a target, and reading what drives it and whom it concerns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.challengers import repository as logs
from services.scoring.challengers.rankings import repository as rankings
from services.scoring.challengers.rankings.usecases import KEPT
from services.scoring.challengers.rules import TARGETS, today
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.snapshots import examples, high, snapshot
from services.scoring.evidence.rules import SECONDS_A_DAY
from services.scoring.models import usecases as models
from services.scoring.targets import repository, rules
from services.scoring.targets.fields import NOW, THEN
from services.scoring.targets.rules import Cases
from services.scoring.targets.schemas import OUTCOMES, DriversOut, LikelyOut
from shared import jobs
from shared.auth.caller import Caller
from shared.errors import Invalid, NotFound
from shared.jobs import Job, JobRun
from shared.runtime import Runtime
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

TREE = "targets.tree"
DESCRIBES = "tree."  # kinds of models that begin so tell a target
MOST = 200_000  # customers who suffice
KINDS = {"churned": "churn", "high_value": "high_value", "high_ticket": "high_ticket"}
DIGITS = 4


def start(session: Session, service: str, kind: str, now: datetime) -> Job:
    """Queue the tree of a target. Raises Conflict `job_running` while another one is not finished."""
    return jobs.get(session, jobs.start(session, service, TREE, {"kind": kind}, now))


def grow(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Tell a target by a tree and its drivers, and store both; of a level also who comes closest without having it.

    Raises Invalid `not_eligible` where hardly anybody has the target, or hardly anybody has not.
    """
    kind, now = str(job.args["kind"]), runtime.now()
    people, cases = _cases(runtime, kind)
    rules.require_both(cases)
    job.progress(1, 3)
    leaves = rules.tree(cases)
    model, chosen, effects = rules.told_by(cases)
    job.progress(2, 3)
    content = {"target": kind, "base_rate": cases.base_rate, "horizon_days": cases.horizon, "leaves": leaves}
    card = {"target": kind, "customers": len(cases.outcome), "base_rate": cases.base_rate, "drivers": effects}
    with runtime.database.transaction() as session:
        stored = models.offer(session, stored_as(kind), content, card, now)
        if kind not in OUTCOMES:
            closest = _closest(people, cases, model.probability(cases.table[:, chosen]))
            rankings.replace(session, kind, *closest, now)
    job.progress(3, 3)
    return {"model_id": str(stored.model_id), "customers": len(cases.outcome), **content}


def drivers(session: Session, kind: str) -> DriversOut:
    """What drives a target, as it was found last. Raises NotFound before its tree was grown."""
    found = models.latest(session, stored_as(kind))
    return DriversOut.model_validate(found.card | {"items": found.card["drivers"], "as_of": found.as_of})


def likely(session: Session, kind: str, page: PageRequest, caller: Caller) -> Listing[LikelyOut]:
    """One page of the customers whom the caller may see, by the chance of the target.

    Raises NotFound before anybody was ranked.
    """
    base = _base_rate(session, kind)
    churned = kind == "churned"
    found = repository.churning(session, page, caller) if churned else rankings.listed(session, kind, page, caller)
    items = [
        LikelyOut(
            customer_id=row.customer_id,
            probability=round(row.probability, DIGITS),
            lift=round(row.probability / base, DIGITS),
            base_rate=round(base, DIGITS),
            as_of=row.as_of,
        )
        for row in found.items
    ]
    return Listing[LikelyOut](items=items, next_cursor=found.next_cursor)


def stored_as(kind: str) -> str:
    """The kind of model under which the tree of a target is kept."""
    return f"{DESCRIBES}{kind.replace('=', '.')}"


def _base_rate(session: Session, kind: str) -> float:
    """How often the target comes true: by the last card, else as predicted on average."""
    if kind not in OUTCOMES:
        return float(models.latest(session, stored_as(kind)).card["base_rate"])
    found = models.in_force(session, KINDS[kind])
    rate = found.card["figures"]["base_rate"] if found else None
    if rate is None and kind == "churned":
        rate = repository.mean_churn(session)
    if not rate:
        raise NotFound(f"Nobody is ranked by {kind} yet; train that model first.")
    return float(rate)


def _cases(runtime: Runtime, kind: str) -> tuple[Sequence[UUID], Cases]:
    return ([], _outcomes(runtime, kind)) if kind in OUTCOMES else _levels(runtime, kind)


def _outcomes(runtime: Runtime, kind: str) -> Cases:
    """What buyers were like a horizon ago, and whether it happened since; yesterday is the last day that is over."""
    now, settings = runtime.now(), runtime.settings
    with runtime.database.reading() as session:
        horizon = models.in_use(session).horizon_days
        customers, first_day = logs.size(session)
        log = logs.log(session, settings.business_time_zone, now, customers // MOST + 1)
    cutoff = today(now, settings.zone) - 1.0 - horizon
    if first_day is None or first_day > cutoff - horizon:
        raise Invalid(f"It takes orders of more than twice {horizon:.0f} days.", code="not_eligible")
    some, target = snapshot(log, cutoff, horizon), TARGETS[KINDS[kind]]
    threshold = np.inf if target == "churn" else high(some.features, target)
    asked = examples(some, target, threshold)
    about = np.isin(some.features.summary.customer, asked.customer)
    return Cases(kind, THEN, rules.then(some.features)[about], asked.outcome, horizon)


def _levels(runtime: Runtime, kind: str) -> tuple[Sequence[UUID], Cases]:
    """What buyers are like now, and who has the level."""
    name, level = kind.split("=")
    column = f"{name.split('.')[1]}_level" if name.startswith("dimension.") else name.split(".")[1]
    fields = [field for field in NOW if field.segment != name]
    instant = runtime.now().timestamp() / SECONDS_A_DAY
    with runtime.database.reading() as session:
        every = repository.count(session) // MOST + 1
        people, levels, table = repository.buyers(session, fields, column, instant, every)
        horizon = models.in_use(session).horizon_days
    return people, Cases(kind, fields, table, np.array([one == level for one in levels], dtype=bool), horizon)


def _closest(people: Sequence[UUID], cases: Cases, chance: Floats) -> tuple[list[UUID], list[float]]:
    """Who does not have a level yet, the most similar to those who have first."""
    without = np.flatnonzero(~cases.outcome)
    best = without[np.argsort(-chance[without], kind="stable")][:KEPT].tolist()
    return [people[at] for at in best], chance[best].tolist()
