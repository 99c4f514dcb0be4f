"""The job that grades everybody by what is in force and by a draft, and changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.appraisals import usecases as appraisals
from services.scoring.appraisals.rules import Appraisal, Rulebook, nothing_before
from services.scoring.appraisals.rules import warned as with_warnings
from services.scoring.assessments.schemas import Afresh
from services.scoring.evidence import usecases as evidences
from services.scoring.evidence.rules import Evidence, Texts
from services.scoring.publishing.drafts import repository as drafts
from services.scoring.publishing.drafts.schemas import AFRESH, CONTENTS
from services.scoring.publishing.previews import rules
from services.scoring.publishing.previews.rules import Tally
from services.scoring.rfm.rules import Cuts
from services.scoring.schemes import usecases as schemes
from services.scoring.scores import usecases as scores
from services.scoring.statistics import repository as statistics
from services.scoring.strategies import rules as strategies
from services.scoring.strategies import usecases as strategy_rows
from services.scoring.strategies.schemas import NewStrategy
from services.scoring.tiers import usecases as held_tiers
from services.scoring.tiers.rules import Programme
from services.scoring.warnings import usecases as warnings
from shared import jobs
from shared.jobs import Job, JobRun
from shared.runtime import Runtime

PREVIEW = "schemes.preview"
READ_AT_ONCE = 5_000
Levels = Mapping[str, Texts]


@dataclass(frozen=True, slots=True)
class Regime:
    """All by which customers are told apart; `afresh` as `assessments.assess` takes it.

    `promotions` are periods that statistics would count by; None: those by which they did.
    """

    book: Rulebook
    bands: Cuts | None
    programme: Programme
    strategies: Sequence[NewStrategy]
    afresh: Afresh | None = None
    promotions: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is in force against the same with one kind from a draft."""

    kind: str
    present: Regime
    draft: Regime


def start(session: Session, service: str, kind: str, draft_id: UUID, now: datetime) -> Job:
    """Queue the preview of a draft. Raises NotFound, and Conflict `job_running` while another one is not finished."""
    drafts.get(session, kind, draft_id)
    args = {"kind": kind, "draft_id": str(draft_id)}
    return jobs.get(session, jobs.start(session, service, PREVIEW, args, now))


def preview(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Counts and movers of a draft, over everybody."""
    now = runtime.now()
    with runtime.database.reading() as session:
        draft = drafts.get(session, job.args["kind"], UUID(job.args["draft_id"]))
        present = _in_force(session, now)
        compared = Comparison(draft.kind, present, _changed(present, draft.kind, draft.content, now))
        total, tally = statistics.people(session), Tally()
        people, done = statistics.people_after(session, None, READ_AT_ONCE), 0
    while people:
        with runtime.database.reading() as session:
            tally.add(*_graded(session, people, compared, runtime.settings.zone, now))
            done, people = done + len(people), statistics.people_after(session, people[-1], READ_AT_ONCE)
        job.progress(done, total)
    return {"kind": draft.kind, "draft_version": draft.version, **tally.result()}


def _in_force(session: Session, now: datetime) -> Regime:
    bands = schemes.current(session, "bands")
    return Regime(
        book=appraisals.rulebook(session),
        bands=Cuts.load(bands.content) if bands else None,
        programme=held_tiers.in_force(session),
        strategies=strategy_rows.in_force(session, now),
    )


def _changed(present: Regime, kind: str, content: dict[str, Any], now: datetime) -> Regime:
    """What would count with one scheme from a draft. What the draft does not touch stays the very same."""
    if kind == "bands":
        return replace(present, bands=Cuts.load(content))
    scheme: Any = CONTENTS[kind].model_validate(content)
    if kind == "tiers":
        return replace(present, programme=Programme(0, scheme))
    if kind == "strategies":
        return replace(present, strategies=strategies.in_force(scheme.items, now))
    if kind == "promotions":
        return replace(present, promotions=content["periods"])
    return replace(present, book=replace(present.book, **{kind: scheme}), afresh=AFRESH.get(kind))


def _graded(
    session: Session, people: Sequence[UUID], compared: Comparison, zone: ZoneInfo, now: datetime
) -> tuple[Sequence[UUID], Levels, Levels]:
    """The levels of some customers on both sides. Where the rulebook is the same, they are appraised once."""
    present, draft = compared.present, compared.draft
    evidence = evidences.of(session, people, present.book.horizons, zone, now)
    if compared.kind == "bands":
        return evidence.customer_ids, _by_bands(evidence, present), _by_bands(evidence, draft)
    appraisal = other = _appraised(session, evidence, present)
    if draft.book is not present.book or draft.promotions is not None:
        other = _appraised(session, _evidence(session, evidence, compared), draft)
    levels = GRADED.get(compared.kind, _by_book)
    return evidence.customer_ids, levels(session, *appraisal, present), levels(session, *other, draft)


def _evidence(session: Session, evidence: Evidence, compared: Comparison) -> Evidence:
    """What would be known of the customers under the draft, where that is something else."""
    horizons, periods = compared.draft.book.horizons, compared.draft.promotions
    if periods is not None:
        return evidences.under_promotions(session, evidence, periods)
    if horizons == compared.present.book.horizons:
        return evidence
    return evidences.of(session, evidence.customer_ids, horizons, evidence.zone, evidence.now)


def _appraised(session: Session, evidence: Evidence, regime: Regime) -> tuple[Appraisal, Levels]:
    """Customers as a look would find them, and what it would warn of."""
    before = scores.levels_of(session, evidence.customer_ids)
    if regime.afresh == "levels":
        before = nothing_before(len(evidence))
    found = appraisals.appraised(session, evidence, regime.book, before)
    warned = warnings.standing(session, found, regime.book, evidence.now, afresh=regime.afresh == "warnings")
    about = {one for one, state in zip(evidence.customer_ids, warned["warning"].tolist(), strict=True) if state}
    return with_warnings(found, about), warned


def _by_book(session: Session, appraisal: Appraisal, warned: Levels, regime: Regime) -> Levels:
    """All levels, and the tiers that these would earn."""
    return {**appraisal.levels, **_by_tiers(session, appraisal, warned, regime)}


def _by_tiers(session: Session, appraisal: Appraisal, warned: Levels, regime: Regime) -> Levels:
    """The tier that is earned, and the one held at once: who earns less keeps theirs until a review and its grace."""
    return held_tiers.foreseen(session, appraisal, regime.programme, appraisal.evidence.now)


def _by_strategies(session: Session, appraisal: Appraisal, warned: Levels, regime: Regime) -> Levels:
    held = held_tiers.codes(session, appraisal.evidence.customer_ids)
    plans = strategy_rows.plans(session, appraisal, held, regime.strategies)
    return {"plan": np.array([one or "" for one in plans], str)}


def _by_warnings(session: Session, appraisal: Appraisal, warned: Levels, regime: Regime) -> Levels:
    return {**warned, "lifecycle": appraisal.levels["lifecycle"]}


def _by_bands(evidence: Evidence, regime: Regime) -> Levels:
    nothing = np.full(len(evidence), "")
    return {"rfm_class": nothing if regime.bands is None else rules.rfm_classes(evidence, regime.bands)}


GRADED: Mapping[str, Callable[[Session, Appraisal, Levels, Regime], Levels]] = {
    "tiers": _by_tiers,
    "strategies": _by_strategies,
    "warnings": _by_warnings,
}
