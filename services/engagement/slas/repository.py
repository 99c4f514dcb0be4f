"""Statements about signals and clocks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, column, func, literal, select
from sqlalchemy.orm import Session

from services.engagement.slas.tables import SlaClock, SlaSignal, SlaSubject
from shared.db import REPLACE, among, put


def add_subject(session: Session, subject_id: UUID, applies_to: str, now: datetime) -> None:
    """Store something that will have clocks."""
    row = {"subject_id": subject_id, "applies_to": applies_to, "business_hours": None, "runs": True, "counted_at": now}
    put(session, SlaSubject, [row])


def add_signals(session: Session, instants: Mapping[UUID, datetime], **said: Any) -> None:
    """Append what happened to subjects that nobody else is changing; to none before what happened last."""
    wanted = select(SlaSignal.subject_id, func.count(), func.max(SlaSignal.at)).group_by(SlaSignal.subject_id)
    found = session.execute(wanted.where(among(SlaSignal.subject_id, instants))) if instants else ()
    last = {subject_id: (position, at) for subject_id, position, at in found}
    rows = []
    for subject_id, at in instants.items():
        position, before = last.get(subject_id, (0, at))
        rows.append({"subject_id": subject_id, "position": position, "at": max(at, before), **said})
    put(session, SlaSignal, rows)


def signals(session: Session, subject_ids: Collection[UUID]) -> dict[UUID, list[SlaSignal]]:
    """What happened to subjects, in order."""
    found: dict[UUID, list[SlaSignal]] = defaultdict(list)
    wanted = select(SlaSignal).where(among(SlaSignal.subject_id, subject_ids))
    for row in session.scalars(wanted.order_by(SlaSignal.subject_id, SlaSignal.position)):
        found[row.subject_id].append(row)
    return found


def clocks(session: Session, subject_ids: Collection[UUID]) -> dict[UUID, list[SlaClock]]:
    """The clocks of subjects as they were stored, in the order in which they started."""
    found: dict[UUID, list[SlaClock]] = defaultdict(list)
    wanted = select(SlaClock).where(among(SlaClock.subject_id, subject_ids))
    ordered = wanted.order_by(SlaClock.subject_id, SlaClock.started_at, SlaClock.metric)
    for row in session.scalars(ordered.execution_options(populate_existing=True)):
        found[row.subject_id].append(row)
    return found


def keep(session: Session, clock_rows: Sequence[dict[str, Any]], subjects: Sequence[dict[str, Any]]) -> None:
    """Store clocks and subjects as they were counted."""
    put(session, SlaClock, clock_rows, on_conflict=REPLACE)
    put(session, SlaSubject, subjects, on_conflict=REPLACE)


def applying(session: Session, subject_ids: Collection[UUID]) -> dict[UUID, str]:
    """What subjects are."""
    wanted = select(SlaSubject.subject_id, SlaSubject.applies_to).where(among(SlaSubject.subject_id, subject_ids))
    return dict(session.execute(wanted).all())


def stale(session: Session, applies_to: str, changed: Mapping[str, datetime], limit: int) -> Sequence[UUID]:
    """Running subjects that were counted before their business hours changed."""
    codes, instants = literal(list(changed), ARRAY(Text)), literal(list(changed.values()), ARRAY(DateTime(True)))
    moved = (
        func.unnest(codes, instants)
        .table_valued(column("code", Text), column("at", DateTime(True)), name="moved")
        .render_derived()
    )
    wanted = (
        select(SlaSubject.subject_id)
        .join(moved, moved.c.code == SlaSubject.business_hours)
        .where(SlaSubject.runs, SlaSubject.applies_to == applies_to, SlaSubject.counted_at < moved.c.at)
    )
    return session.scalars(wanted.order_by(SlaSubject.subject_id).limit(limit)).all()
