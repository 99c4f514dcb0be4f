"""Measuring recall: the job, and when it is due."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.baskets import usecases as baskets
from services.scoring.baskets.tables import Level
from services.scoring.estimators.catalogue import Bought
from services.scoring.facts import repository as facts
from services.scoring.recommendations.quality import repository, rules
from shared import jobs
from shared.jobs import JobRun
from shared.runtime import Runtime

MEASURE = "recommendations.measure"
SAMPLE = 5_000  # customers
LOOKED_BACK, BOUGHT_WITHIN = timedelta(days=182), timedelta(days=14)


def consider(runtime: Runtime) -> int:
    """Queue a measurement after each mining; 1 when that happened."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        mined, measured = baskets.mined_at(session, Level.SKU), repository.measured_at(session)
        fresh = mined is None or (measured is not None and measured >= mined)
        if fresh or not facts.is_quiet(session, now) or jobs.is_unfinished(session, MEASURE):
            return 0
        jobs.start(session, runtime.service, MEASURE, {}, now)
    return 1


def measure(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Measure recall for products and for categories, on up to 5,000 customers."""
    now, told = runtime.now(), {}
    for at, level in enumerate(Level):
        job.progress(at, len(Level))
        with runtime.database.reading() as session:
            bought, items = _read(session, level, runtime.settings.business_time_zone)
        numbers = rules.measured(bought, items)
        with runtime.database.transaction() as session:
            repository.store(session, numbers | {"level": level, "as_of": now})
        told[level.value] = numbers
    return told


def measured(session: Session, now: datetime) -> dict[str, Any]:
    """The latest recall of each level, and what came of the lists that messages carried, slot by slot."""
    until = now - BOUGHT_WITHIN
    slots = repository.slots(session, until - LOOKED_BACK, until, BOUGHT_WITHIN)
    told = [{**row, "share": round(row["bought"] / row["shown"], rules.DIGITS)} for row in slots]
    return {"items": repository.latest(session), "slots": told}


def _read(session: Session, level: Level, zone: str) -> tuple[Bought, int]:
    """What a sample bought, items numbered as they come, and how many items those are."""
    codes: dict[str, int] = {}
    parts = []
    for portion in repository.lines(session, level, SAMPLE, zone):
        customer, item, day = zip(*portion, strict=True)
        coded = [codes.setdefault(one, len(codes)) for one in item]
        parts.append((np.array(customer, dtype=np.intp), np.array(coded, dtype=np.intp), np.array(day)))
    return rules.joined(parts), len(codes)
