"""When a review is due, and the job that does it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.appraisals import usecases as appraisals
from services.scoring.appraisals.rules import Rulebook, appraise, nothing_before
from services.scoring.assessments import usecases as assessments
from services.scoring.dimensions.declared.rules import SCALE
from services.scoring.evidence import usecases as evidences
from services.scoring.evidence.rules import Evidence, joined
from services.scoring.facts import repository as facts
from services.scoring.models import usecases as models
from services.scoring.reviews import repository
from services.scoring.rfm import usecases as rfm
from services.scoring.scales import usecases as scales
from services.scoring.scales.rules import Freezing
from services.scoring.statistics import repository as statistics
from services.scoring.warnings import rules as warnings
from shared import jobs
from shared.contracts.base import Origin
from shared.jobs import JobRun
from shared.runtime import Runtime

REVIEW = "models.review"
SETTLED = timedelta(seconds=10)
AGAIN = timedelta(minutes=5)  # after a failure
READ_AT_ONCE = 5_000
NEW_BASE = {"first", "import"}  # levels from before were measured against hardly anybody


def consider(runtime: Runtime) -> int:
    """Queue a review when it is time; 1 when that happened.

    Not while an import comes in or customers wait, for then the base is not what it will be in a moment; nor before
    everybody is scored by the cuts of last time.
    """
    now = runtime.now()
    with runtime.database.transaction() as session:
        last_import = facts.last_arrival(session, Origin.IMPORT)
        changes = not facts.is_quiet(session, now) or assessments.is_behind(session, now, SETTLED)
        if changes or jobs.is_unfinished(session, REVIEW):
            return 0
        reason = _reason(session, last_import, now)
        if reason is None:
            return 0
        jobs.start(session, runtime.service, REVIEW, {"reason": reason}, now)
    return 1


def review(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Fit the model of purchases, freeze cuts and scales, and assess everybody by them."""
    now, zone, reason = runtime.now(), runtime.settings.zone, str(job.args.get("reason", "review"))
    with runtime.database.transaction() as session:
        model = models.fit_purchases(session, zone, now)
        scales.freeze_prices(session)
        rfm.freeze(session, zone, reason, now)
    with runtime.database.transaction() as session:
        read = _freeze_scales(session, runtime, job)
    told = assessments.rescore(runtime, job, done_before=read, afresh="levels" if reason in NEW_BASE else None)
    return {"level": model.rung.level, "horizon_days": model.horizon_days, **told}


def measure_declared(runtime: Runtime, periods: Sequence[Mapping[str, Any]] | None = None) -> None:
    """Freeze the scales of declared dimensions, beside those in force: what share of everybody lies below a value.

    `periods` of promotions are those that nobody's statistics count by yet.
    """
    with runtime.database.reading() as session:
        book, present = appraisals.rulebook(session), scales.in_force(session)
        if present is None or not book.dimensions.declared:
            return
        parts = []
        for some in _everybody(session, runtime, book):
            seen = some if periods is None else evidences.under_promotions(session, some, periods)
            parts.append(appraisals.appraised(session, seen, book, nothing_before(len(seen))).declared)
    measured = Freezing(dict(present.scales))
    for code in (one.code for one in book.dimensions.declared if parts):
        measured.percentile(f"{SCALE}{code}", np.concatenate([part[code].value for part in parts]))
    with runtime.database.transaction() as session:
        scales.freeze(session, measured, rfm.base(session), runtime.now())


def _reason(session: Session, last_import: datetime | None, now: datetime) -> str | None:
    """Why everything should be measured now. A review that failed is owed: it may have left new cuts by old scales."""
    last = repository.latest(session, REVIEW)
    if last is not None and last.status == "failed" and last.finished_at is not None:
        return str(last.args["reason"]) if now - last.finished_at >= AGAIN else None
    customers = rfm.base(session)
    fitted = models.in_force(session, models.PURCHASES)
    if fitted is None:
        return "first" if customers else None
    reviewed = int(fitted.card["customers"]), fitted.as_of
    return rfm.review_reason(session, customers, last_import, now, reviewed=reviewed)


def _freeze_scales(session: Session, runtime: Runtime, job: JobRun) -> int:
    """Freeze scales of everybody; how many that are."""
    measured, total = Freezing(), statistics.people(session)
    book, parts = replace(appraisals.rulebook(session), scales=measured), list[Evidence]()
    for part in _everybody(session, runtime, book):
        parts.append(part)
        job.progress(sum(map(len, parts)), 2 * total)
    if not parts:
        return 0
    everybody = joined(parts)
    warnings.priority(appraise(everybody, book, nothing_before(len(everybody))).numbers, measured)
    scales.freeze(session, measured, int(everybody.buyers.sum()), runtime.now())
    return len(everybody)


def _everybody(session: Session, runtime: Runtime, book: Rulebook) -> Iterator[Evidence]:
    """What is known of all customers, some thousands at once."""
    after = None
    while people := statistics.people_after(session, after, READ_AT_ONCE):
        yield evidences.of(session, people, book.horizons, runtime.settings.zone, runtime.now())
        after = people[-1]
