"""The job that grades everybody by what is in force and by a draft, and changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.appraisals import usecases as appraisals
from services.scoring.appraisals.rules import Rulebook, nothing_before
from services.scoring.evidence import usecases as evidences
from services.scoring.evidence.rules import Evidence, Texts
from services.scoring.publishing.drafts import repository as drafts
from services.scoring.publishing.drafts.schemas import CONTENTS, GRADING
from services.scoring.publishing.previews import rules
from services.scoring.publishing.previews.rules import Tally
from services.scoring.rfm.rules import Cuts
from services.scoring.schemes import usecases as schemes
from services.scoring.scores import usecases as scores
from services.scoring.statistics import repository as statistics
from services.scoring.strategies import rules as strategies
from services.scoring.strategies import usecases as strategy_rows
from services.scoring.strategies.schemas import NewStrategy, StrategiesScheme
from services.scoring.tiers import rules as tiers
from services.scoring.tiers import usecases as held_tiers
from services.scoring.tiers.rules import Programme
from services.scoring.tiers.schemas import TiersScheme
from shared import jobs
from shared.jobs import Job, JobRun
from shared.runtime import Runtime

PREVIEW = "schemes.preview"
READ_AT_ONCE = 5_000
Levels = Mapping[str, Texts]
Grade = Callable[[Session, Evidence, Levels], Levels]


@dataclass(frozen=True, slots=True)
class Side:
    """How customers are graded, over which horizon."""

    horizon_days: float
    grade: Grade
    afresh: bool = False


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
        sides = _sides(session, draft.kind, draft.content, now)
        total, tally = statistics.people(session), Tally()
        people, done = statistics.people_after(session, None, READ_AT_ONCE), 0
    while people:
        with runtime.database.reading() as session:
            _count(session, people, sides, tally, runtime)
            done, people = done + len(people), statistics.people_after(session, people[-1], READ_AT_ONCE)
        job.progress(done, total)
    return {"kind": draft.kind, "draft_version": draft.version, **tally.result()}


def _count(session: Session, people: Sequence[UUID], sides: tuple[Side, Side], tally: Tally, runtime: Runtime) -> None:
    (present, draft), now, zone = sides, runtime.now(), runtime.settings.zone
    evidence = evidences.of(session, people, present.horizon_days, zone, now)
    before = scores.levels_of(session, evidence.customer_ids)
    is_same = draft.horizon_days == present.horizon_days
    other = evidence if is_same else evidences.of(session, people, draft.horizon_days, zone, now)
    after = draft.grade(session, other, nothing_before(len(other)) if draft.afresh else before)
    tally.add(evidence.customer_ids, present.grade(session, evidence, before), after)


def _sides(session: Session, kind: str, content: dict[str, Any], now: datetime) -> tuple[Side, Side]:
    """The present grading and that of a draft."""
    book, programme = appraisals.rulebook(session), held_tiers.in_force(session)
    if kind == "bands":
        bands = schemes.current(session, kind)
        grades = [_by_bands(bands.content if bands else None), _by_bands(content)]
    elif kind == "tiers":
        grades = [_by_tiers(book, one) for one in (programme, Programme(0, TiersScheme.model_validate(content)))]
    elif kind == "strategies":
        items = strategies.in_force(StrategiesScheme.model_validate(content).items, now)
        grades = [_by_strategies(book, one) for one in (strategy_rows.in_force(session, now), items)]
    else:
        scheme: Any = CONTENTS[kind].model_validate(content)
        changed = replace(book, **{kind: scheme})
        after = Side(changed.horizon_days, _by_book(changed, programme), afresh=kind in GRADING)
        return Side(book.horizon_days, _by_book(book, programme)), after
    return Side(book.horizon_days, grades[0]), Side(book.horizon_days, grades[1])


def _by_book(book: Rulebook, programme: Programme) -> Grade:
    """All levels, and the tier that these would earn."""

    def grade(session: Session, evidence: Evidence, before: Levels) -> Levels:
        levels = appraisals.appraised(session, evidence, book, before).levels
        return {**levels, "tier": tiers.earned(evidence, levels, programme)}

    return grade


def _by_tiers(book: Rulebook, programme: Programme) -> Grade:
    def grade(session: Session, evidence: Evidence, before: Levels) -> Levels:
        return {"tier": tiers.earned(evidence, appraisals.appraised(session, evidence, book, before).levels, programme)}

    return grade


def _by_bands(content: dict[str, Any] | None) -> Grade:
    cuts = None if content is None else Cuts.load(content)

    def grade(session: Session, evidence: Evidence, before: Levels) -> Levels:
        nothing = np.full(len(evidence), "")
        return {"rfm_class": nothing if cuts is None else rules.rfm_classes(evidence, cuts)}

    return grade


def _by_strategies(book: Rulebook, items: Sequence[NewStrategy]) -> Grade:
    def grade(session: Session, evidence: Evidence, before: Levels) -> Levels:
        appraisal = appraisals.appraised(session, evidence, book, before)
        held = held_tiers.codes(session, evidence.customer_ids)
        return {"plan": np.array([one or "" for one in strategy_rows.plans_by(session, appraisal, held, items)], str)}

    return grade
