"""The training: when it is due, the job, and what becomes of each model."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from services.scoring.challengers import repository, usecases
from services.scoring.challengers.rankings import usecases as rankings
from services.scoring.challengers.rules import COMPARED, KINDS, Challenger, Kind, today
from services.scoring.challengers.training import rules
from services.scoring.challengers.training.rules import Learned
from services.scoring.estimators.as_of import ArrivedLog, Population
from services.scoring.estimators.orderlogs import summarise
from services.scoring.estimators.snapshots import Snapshot
from services.scoring.facts import repository as facts
from services.scoring.models import usecases as models
from shared import jobs
from shared.errors import Invalid
from shared.jobs import Job, JobRun
from shared.runtime import Runtime

TRAIN = "models.train"
EVERY = timedelta(days=30)


def start(session: Session, runtime: Runtime, kinds: Sequence[Kind], now: datetime) -> Job:
    """Queue a training. Raises Invalid `not_eligible` for too little data, Conflict `job_running` during another."""
    if lacks := _missing(session, runtime, now):
        raise Invalid(_refusal(lacks), code="not_eligible")
    return jobs.get(session, jobs.start(session, runtime.service, TRAIN, {"kinds": list(kinds)}, now))


def consider(runtime: Runtime) -> int:
    """Queue a training of the kinds that were not tried for a month, if there is enough data; 1 when it was."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        newest = models.newest(session, KINDS)
        tried = {kind for args in jobs.finished_since(session, TRAIN, now - EVERY) for kind in args["kinds"]}
        due = [kind for kind in KINDS if kind not in tried and (kind not in newest or now - newest[kind] >= EVERY)]
        waits = not facts.is_quiet(session, now) or jobs.is_unfinished(session, TRAIN)
        if not due or waits or _missing(session, runtime, now):
            return 0
        start(session, runtime, due, now)
    return 1


def train(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Learn each kind anew, judge it, and put it in force or leave it a candidate; who gives way falls back first.

    Raises Invalid `not_eligible` when only one kind was asked for and there is too little data for it.
    """
    kinds, now = job.args["kinds"], runtime.now()
    with runtime.database.reading() as session:
        horizon = models.in_use(session).horizon_days
        customers, _ = repository.size(session)
        log = repository.log(session, _zone(runtime), now, customers // rules.MOST + 1)
    day = today(now, runtime.settings.zone)
    some = _windows(log, day, horizon, len(kinds), job)
    people = Population.of(summarise(log.known(day), day))
    told: dict[str, Any] = {}
    for at, kind in enumerate(kinds):
        job.progress(len(some) + at, len(some) + len(kinds))
        told[kind] = _one(runtime, kind, some, people, customers)
    if len(kinds) == 1 and (refused := told[kinds[0]].get("refused")):
        raise Invalid(refused, code="not_eligible")
    job.progress(len(some) + len(kinds), len(some) + len(kinds))
    return told


def _windows(log: ArrivedLog, day: float, horizon: float, kinds: int, job: JobRun) -> list[Snapshot]:
    wanted, found = rules.windows_wanted(horizon), []
    for one in rules.windows(log, day, horizon):
        found.append(one)
        job.progress(len(found), wanted + kinds)
    return found


def _one(runtime: Runtime, kind: Kind, some: Sequence[Snapshot], people: Population, customers: int) -> dict[str, Any]:
    """What became of one kind."""
    horizon = some[-1].horizon if some else 0.0
    lacks = rules.missing(customers, len(some), horizon)
    if not lacks:
        threshold = rules.threshold_of(kind, some)
        rung, seen = rules.rung(kind, some, customers, threshold)
        lacks = rules.missing(customers, len(some), horizon, seen.smaller_class)
    if lacks:
        return {"refused": _refusal(lacks)}
    found = rules.with_population(rules.learned(kind, some, rung.level, threshold), people)
    told = _settled(runtime, found, some[-1])
    if kind in COMPARED:
        _rank(runtime, kind)
    return told


def _settled(runtime: Runtime, found: Learned, newest: Snapshot) -> dict[str, Any]:
    kind, now = found.challenger.kind, runtime.now()
    with runtime.database.transaction() as session:
        before = models.loaded(session, kind, Challenger.load)
        fell_back = before is not None and rules.gives_way(before, newest)
        if fell_back:
            models.fall_back(session, kind)
        model = models.offer(session, kind, found.challenger.content(), found.card | {"fell_back": fell_back}, now)
        if found.promoted:
            models.promote(session, model.model_id)
        return {
            "model_id": str(model.model_id),
            "status": model.status,
            "fell_back": fell_back,
            "figures": found.card["figures"],
        }


def _rank(runtime: Runtime, kind: Kind) -> None:
    """List who will come to be high; nobody while no challenger of the kind is in force."""
    now, zone = runtime.now(), runtime.settings.zone
    with runtime.database.reading() as session:
        challenger = usecases.in_force(session, kind, models.in_use(session).horizon_days)
    if challenger is None:
        with runtime.database.transaction() as session:
            rankings.forget(session, kind, now)
        return
    say = partial(_say, challenger=challenger, zone=zone, now=now)
    rankings.rank(runtime, kind, say, now)


def _say(session: Session, people: Sequence[Any], *, challenger: Challenger, zone: Any, now: datetime) -> Any:
    return usecases.scored(session, challenger, people, zone, now)


def _missing(session: Session, runtime: Runtime, now: datetime) -> list[str]:
    """What is lacking as far as it can be told at once."""
    horizon = models.in_use(session).horizon_days
    customers, first_day = repository.size(session)
    closed = rules.closed_windows(first_day, today(now, runtime.settings.zone), horizon)
    return rules.missing(customers, closed, horizon)


def _refusal(lacks: Sequence[str]) -> str:
    return f"There is too little to learn from; it takes {' and '.join(lacks)}."


def _zone(runtime: Runtime) -> str:
    return runtime.settings.business_time_zone
