"""Telling what happened to subjects, and counting their clocks by it. Whoever calls holds the subject locked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.engagement.business_hours import usecases as business_hours
from services.engagement.business_hours.rules import Hours
from services.engagement.slas import repository, rules
from services.engagement.slas.policies import usecases as policies
from services.engagement.slas.rules import Clock, Happening, Level, Signal, Targets
from services.engagement.slas.schemas import News, Standing
from services.engagement.slas.tables import SlaClock, SlaSignal

ALWAYS = Hours(ZoneInfo("UTC"))
Promise = dict[str, Any]
NOTHING_PROMISED: Promise = {"policy": None, "minutes": {}, "business_hours": None, "escalations": []}


def promise(session: Session, applies_to: str, *, priority: str, category: str, tier: str | None) -> Promise:
    """What is promised for something of this priority and category, of a customer of this tier, as it stands now."""
    policy = policies.chosen(session, applies_to, category, tier)
    if policy is None:
        return NOTHING_PROMISED
    return {
        "policy": policy.code,
        "policy_version": policy.version,
        "minutes": policy.minutes.get(priority, {}),
        "business_hours": policy.business_hours,
        "escalations": policy.escalations,
    }


def begin(session: Session, applies_to: str, subject_id: UUID, promised: Promise, now: datetime) -> Standing:
    """Start the clocks of something new."""
    repository.add_subject(session, subject_id, applies_to, now)
    return tell(session, subject_id, "opened", now, promised)


def note(
    session: Session,
    instants: Mapping[UUID, datetime],
    kind: Happening,
    promised: Promise | None = None,
    *,
    deadline: datetime | None = None,
) -> None:
    """Note what happened to subjects, to each at its instant; whoever calls counts them when all is noted."""
    repository.add_signals(session, instants, kind=kind, promised=promised, deadline=deadline)


def tell(
    session: Session,
    subject_id: UUID,
    kind: Happening,
    now: datetime,
    promised: Promise | None = None,
    *,
    deadline: datetime | None = None,
) -> Standing:
    """Note what happened to a subject, and count by it."""
    note(session, {subject_id: now}, kind, promised, deadline=deadline)
    return count(session, [subject_id], now)[subject_id]


def count(session: Session, subject_ids: Collection[UUID], now: datetime) -> dict[UUID, Standing]:
    """Count the clocks of subjects anew, store them, and say how each stands. What was told of a clock stays told."""
    found = _read(session, subject_ids)
    before = repository.clocks(session, subject_ids)
    kinds = repository.applying(session, subject_ids)
    rows, subjects, standings = [], [], {}
    for subject_id, story in found.items():
        known = {(one.metric, one.cycle): one for one in before.get(subject_id, ())}
        until = max(now, story.signals[-1].at)
        clocks = [_kept(clock, known) for clock in rules.clocks(story.signals, until)]
        standings[subject_id] = _standing(clocks, known, story.targets)
        rows += [_row(subject_id, clock) for clock in clocks]
        runs = any(clock.runs for clock in clocks)
        subjects.append(
            {"subject_id": subject_id, "applies_to": kinds[subject_id], "business_hours": story.hours}
            | {"runs": runs, "counted_at": now}
        )
    repository.keep(session, rows, subjects)
    return standings


def clocks(session: Session, subject_ids: Collection[UUID]) -> dict[UUID, list[SlaClock]]:
    """The clocks of subjects as they were counted last."""
    return repository.clocks(session, subject_ids)


def stale(session: Session, applies_to: str, limit: int) -> Sequence[UUID]:
    """Subjects to be counted anew because the hours or holidays changed that they count in."""
    return repository.stale(session, applies_to, business_hours.changed(session), limit)


class _Story(NamedTuple):
    """What happened to one subject; what is promised now, and in which hours."""

    signals: list[Signal]
    targets: Targets
    hours: str | None


def _read(session: Session, subject_ids: Collection[UUID]) -> dict[UUID, _Story]:
    found = repository.signals(session, subject_ids)
    rows = [row for rows in found.values() for row in rows]
    codes = {row.promised["business_hours"] for row in rows if row.promised is not None} - {None}
    since = min((row.at for row in rows), default=datetime.min.replace(tzinfo=UTC))
    hours = business_hours.load(session, codes, since) if codes else {}
    return {subject_id: _story(rows, hours) for subject_id, rows in found.items()}


def _story(rows: Sequence[SlaSignal], hours: Mapping[str, Hours]) -> _Story:
    signals = [Signal(row.at, row.kind, _targets(row.promised, hours), row.deadline) for row in rows]  # type: ignore[arg-type]
    targets = [one.targets for one in signals if one.targets is not None]
    codes = [row.promised["business_hours"] for row in rows if row.promised is not None]
    return _Story(signals, targets[-1], codes[-1])


def _targets(promised: Promise | None, hours: Mapping[str, Hours]) -> Targets | None:
    if promised is None:
        return None
    levels = [Level(one["metric"], one["percent"], one["to"]) for one in promised["escalations"]]
    return Targets(promised["minutes"], hours.get(promised["business_hours"], ALWAYS), levels)


def _kept(clock: Clock, known: Mapping[tuple[str, int], SlaClock]) -> Clock:
    before = known.get((clock.metric, clock.cycle))
    if before is not None:
        clock.breached_at = before.breached_at or clock.breached_at
        clock.told |= {int(percent): datetime.fromisoformat(at) for percent, at in before.told.items()}
    return clock


def _standing(clocks: Sequence[Clock], known: Mapping[tuple[str, int], SlaClock], targets: Targets) -> Standing:
    dues = [at for clock in clocks if clock.runs and (at := _shown_due(clock)) is not None]
    instants = [one.at for clock in clocks for one in rules.upcoming(clock, targets)]
    news = [one for clock in clocks for one in _news(clock, known.get((clock.metric, clock.cycle)), targets)]
    breached = sorted({str(clock.metric) for clock in clocks if clock.breached_at is not None})
    return Standing(min(dues, default=None), min(instants, default=None), breached, news)


def _news(clock: Clock, before: SlaClock | None, targets: Targets) -> Iterable[News]:
    if clock.breached_at is not None and (before is None or before.breached_at is None):
        yield News(clock.metric, clock.cycle, clock.breached_at, None, None)
    to = {one.percent: one.to for one in targets.levels if one.metric == clock.metric}
    for percent, at in clock.told.items():
        if before is None or str(percent) not in before.told:
            yield News(clock.metric, clock.cycle, at, percent, to.get(percent))


def _row(subject_id: UUID, clock: Clock) -> dict[str, Any]:
    return {
        "subject_id": subject_id,
        "paused": clock.paused_at is not None,
        "due_at": _shown_due(clock),
        "told": {str(percent): at.isoformat() for percent, at in clock.told.items()},
        **{
            name: getattr(clock, name)
            for name in ("metric", "cycle", "started_at", "minutes", "met_at", "cancelled_at", "breached_at")
        },
    }


def _shown_due(clock: Clock) -> datetime | None:
    return None if clock.paused_at is not None else clock.due_at
