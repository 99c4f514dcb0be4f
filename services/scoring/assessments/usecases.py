"""Looking at customers again: statistics, numbers, levels, and one event where a level moved."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.scoring.appraisals import usecases as appraisals
from services.scoring.appraisals.rules import Appraisal, appraise, declared_rows, nothing_before
from services.scoring.appraisals.rules import warned as with_warnings
from services.scoring.assessments import repository, rules
from services.scoring.assessments.rules import Looked
from services.scoring.assessments.schemas import Afresh, Parts
from services.scoring.assessments.standards import usecases as standards
from services.scoring.assessments.standards.usecases import Book
from services.scoring.challengers.explanations.usecases import explain
from services.scoring.churn import usecases as churn
from services.scoring.clusters import usecases as clusters
from services.scoring.criteria import usecases as criteria
from services.scoring.dimensions import usecases as dimensions
from services.scoring.evidence import usecases as evidences
from services.scoring.evidence.rules import Evidence, Texts
from services.scoring.levels import usecases as levels
from services.scoring.lifecycle import usecases as lifecycle
from services.scoring.rfm import usecases as rfm
from services.scoring.scales import usecases as scales
from services.scoring.scales.rules import UNMEASURED, Freezing
from services.scoring.schemes.schemas import Locale
from services.scoring.scores import usecases as scores
from services.scoring.statistics import repository as statistics
from services.scoring.statistics.schemas import StatisticsOut
from services.scoring.strategies import usecases as strategies
from services.scoring.strategies.schemas import NewStrategy
from services.scoring.tiers import usecases as tiers
from services.scoring.values import usecases as values
from services.scoring.values.rules import predicted as predictions
from services.scoring.warnings import usecases as warnings
from services.scoring.warnings.rules import priority
from shared import due, linking
from shared.due import CustomerDue
from shared.jobs import JobRun
from shared.messaging import outbox
from shared.runtime import Runtime
from shared.settings import Settings

BATCH = 500
FULL = 1_000  # two hands and a job may then add three events for each of their 500: 5,500 at most
ROOM = outbox.has_room(FULL)


def assess_due(runtime: Runtime) -> int:
    """Work off customers whose time has come, up to 500; how many. Rests while the outbox is full."""
    return due.work_off(runtime, CustomerDue.next_at, _look, limit=BATCH, ready=ROOM)


def assess(
    session: Session, customer_ids: Collection[UUID], zone: ZoneInfo, now: datetime, *, afresh: Afresh | None = None
) -> dict[UUID, datetime | None]:
    """Recompute canonical customers, publish whose levels moved; when each must be looked at again.

    Levels `afresh` are graded as if nobody had graded them before: none is kept below its cut. Warnings afresh are
    judged by new thresholds: none stays open of which no reason holds.
    Only one assesses a person at a time. Without that, one who read the facts earlier could write later.
    """
    if not customer_ids:
        return {}
    statistics.alone(session, customer_ids)
    living = sorted(set(customer_ids) - linking.erased(session, customer_ids))
    if not living:
        return {}
    statistics.store(session, living, str(zone), now)
    counting, in_use = _counting(session, zone, now)
    known, book = counting.standards, counting.rules
    evidence = evidences.of(session, living, book.horizons, zone, now)
    people, before = evidence.customer_ids, repository.told(session, evidence.customer_ids)
    graded = nothing_before(len(evidence)) if afresh == "levels" else rules.before(before)
    appraisal = _appraised(session, evidence, counting, graded, now)
    warned = warnings.reassess(session, appraisal, book, now, afresh=afresh == "warnings")
    appraisal = with_warnings(appraisal, warned)
    declared = declared_rows(appraisal)
    scores.store(session, people, appraisal.numbers, appraisal.levels, declared, method=appraisal.method, now=now)
    scored = [one.scores for one in before]
    found = rfm.rescore(session, people, evidence.columns, scored, bands=known.scheme(rfm.BANDS), zone=zone, now=now)
    held = tiers.reassess(session, appraisal, counting.programme, now)
    plans = strategies.plans(session, appraisal, {one: tier for one, (tier, _) in held.items()}, in_use)
    groups = clusters.assigned(session, evidence, known)
    _tell(session, Looked(appraisal, before, found, plans, groups, book.scheme_version))
    return rules.next_looks(appraisal, found, [{one: until for one, (_, until) in held.items()}, warned])


def rescore(runtime: Runtime, job: JobRun, *, done_before: int = 0, afresh: Afresh | None = None) -> dict[str, Any]:
    """Assess everybody, 500 in a transaction, so that live customers wait seconds; counts on from `done_before`."""
    with runtime.database.reading() as session:
        total = statistics.people(session)
    done, after = 0, None
    while True:
        outbox.wait_for_room(runtime.database, FULL)
        with runtime.database.transaction() as session:
            people = statistics.people_after(session, after, BATCH)
            looks = assess(session, people, runtime.settings.zone, runtime.now(), afresh=afresh)
            repository.look_at(session, {one: at for one, at in looks.items() if at is not None})
        if not people:
            return {"customers": done}
        done, after = done + len(people), people[-1]
        job.progress(done_before + done, done_before + total)


def is_behind(session: Session, now: datetime, patience: timedelta) -> bool:
    """Whether somebody has waited to be looked at for longer than this."""
    return repository.is_behind(session, now - patience)


def _look(runtime: Runtime, claimed: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    """Assess claimed customers, and those whom they count as, in one transaction."""
    with runtime.database.transaction() as session:
        people = linking.canonical(session, claimed)
        due.mark(session, {one for one in people.values() if one not in people}, now)
        next_looks = assess(session, [one for one in claimed if people[one] == one], runtime.settings.zone, now)
        due.settle(session, CustomerDue.next_at, stamp, {one: next_looks.get(one) for one in claimed})


def _counting(session: Session, zone: ZoneInfo, now: datetime) -> tuple[Book, Sequence[NewStrategy]]:
    """What counts now, and the strategies in force. The first who ever bought are scored by cuts of their own."""
    marks = repository.marks(session)
    counting = standards.book(session, marks.book)
    if rfm.BANDS not in counting.standards.schemes and rfm.freeze(session, zone, "first", now) is not None:
        return _counting(session, zone, now)
    return counting, standards.in_force(session, marks.strategies, now)


def _appraised(
    session: Session, evidence: Evidence, counting: Book, before: Mapping[str, Texts], now: datetime
) -> Appraisal:
    """What customers are worth now. The first who ever bought are measured against themselves until a review."""
    book = counting.rules
    if not evidence.buyers.any() or book.scales is not UNMEASURED:
        return appraisals.appraised(session, evidence, book, before, counting.standards)
    measured = Freezing()
    appraisal = appraise(evidence, replace(book, scales=measured), before)
    priority(appraisal.numbers, measured)
    scales.freeze(session, measured, int(evidence.buyers.sum()), now)
    return appraisal


def _tell(session: Session, looked: Looked) -> None:
    moved = rules.moved(looked)
    if not moved:
        return
    facts_at = statistics.facts_at(session, [looked.people[at] for at in moved])
    rows = rules.versions(looked, list(moved), facts_at)
    repository.save(session, rows)
    outbox.add(session, [rules.told(row, steps) for row, steps in zip(rows, moved.values(), strict=True)])
    ids, names, new = rules.history(looked, moved)
    levels.record(session, ids, names, new, version=looked.scheme_version, now=looked.now)


def parts(session: Session, customer_id: UUID, settings: Settings, now: datetime) -> Parts:
    """What is known of one customer; an id nobody heard of yet has nothing. Reads each thing once."""
    file, currency = repository.file(session, customer_id, now), settings.base_currency
    if file is None or file.statistics.customer_id is None:
        return Parts()
    statistics_ = StatisticsOut.of(file.statistics._mapping, currency)
    if file.score.as_of is None:
        return Parts(statistics=statistics_)
    counting = standards.book(session, file.book)
    book, model = counting.rules, counting.rules.model
    evidence = evidences.of_file(session, file, book.horizons, settings.zone, now)
    predicted, held = predictions(evidence, model), rules.held(file.held)
    seen = dimensions.answer(
        evidence, predicted, file.score, held, book.dimensions, measures=book.scales, in_force=book.scheme_version
    )
    groups = (file.segments or (), file.region)
    return Parts(
        statistics=statistics_,
        rfm=rfm.answer(file.rfm) if file.rfm.r else None,
        value=values.of(
            evidence,
            model,
            book.dimensions.value_horizon_days,
            currency,
            order_value=float(predicted["order_value"][0]),
        ),
        dimensions=seen.dimensions,
        criteria=criteria.answer(
            evidence, predicted, file.score, held, in_force=book.scheme_version, currency=currency
        ),
        lifecycle=lifecycle.answer(evidence, held, book.lifecycle),
        tier=tiers.answer(file.tier._mapping, counting.programme, with_reason=False) if file.tier.tier else None,
        strategy=strategies.answer(
            standards.in_force(session, file.strategies, now), file.canonical_id, held, groups, _locale(settings)
        ),
        churn=churn.answer(
            evidence, explain(session, evidence, model, "churn", counting.standards, predicted=predicted), held
        ),
    )


def _locale(settings: Settings) -> Locale:
    return "zh" if settings.default_locale.startswith("zh") else "en"
