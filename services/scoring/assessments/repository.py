"""Statements about assessments."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Bundle, Session

from services.scoring.assessments.changes.rules import LEVELS, NOTHING, NUMBERS, RFM, Told
from services.scoring.assessments.tables import Assessment
from services.scoring.base import Base
from services.scoring.customers.tables import Customer
from services.scoring.evidence.parts import beside, numbers
from services.scoring.levels.tables import LevelHistory
from services.scoring.models.tables import Model, ModelStatus
from services.scoring.rfm.tables import Rfm
from services.scoring.schemes.tables import Scheme
from services.scoring.scores.tables import Score
from services.scoring.segments.tables import SegmentsOf
from services.scoring.statistics.tables import Statistics
from services.scoring.strategies.tables import Strategy
from services.scoring.tiers.tables import Tier
from shared.db import PLANNED_ONCE, REPLACE, among, put
from shared.due import CustomerDue
from shared.kept import mark_of
from shared.linking import CustomerRef
from shared.messaging.republish import Selection

TOLD = select(
    *(Assessment.__table__.c[name] for name in ("customer_id", "version", "recorded_at")),
    Assessment.__table__.c.details["declared"],
    *(Assessment.__table__.c[name] for name in (*LEVELS, *NUMBERS)),
)
BEHIND = 4
GRADED = BEHIND + len(LEVELS)
LOOK = text("""
UPDATE customer_due AS d SET next_at = least(d.next_at, given.at)
FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) AS given (id, at),
    LATERAL (SELECT customer_id FROM customer_due WHERE customer_id = given.id FOR UPDATE SKIP LOCKED) AS free
WHERE d.customer_id = free.customer_id
""")


# What is held now, of each name the latest line.
HELD = (
    select(LevelHistory.name, LevelHistory.since, LevelHistory.level, LevelHistory.scheme_version)
    .where(LevelHistory.customer_id == CustomerRef.canonical_id, LevelHistory.since <= bindparam("now"))
    .ext(distinct_on(LevelHistory.name))
    .order_by(LevelHistory.name, LevelHistory.since.desc())
    .correlate(CustomerRef)
    .subquery()
)
# A version is never changed, so a row is known by who wrote it; its content can be long.
NEWEST = (
    select(Scheme.kind, Scheme.scheme_version, literal_column("scheme.xmin").label("written_by"))
    .ext(distinct_on(Scheme.kind))
    .order_by(Scheme.kind, Scheme.scheme_version.desc())
    .subquery()
)
USED = select(Strategy.strategy_id, Strategy.version).where(Strategy.archived_at.is_(None)).subquery()
LEARNED = select(Model.model_id).where(Model.status == ModelStatus.IN_FORCE).subquery()


BOOK = func.concat(mark_of(NEWEST), mark_of(LEARNED)).label("book")
STRATEGIES = mark_of(USED).label("strategies")
MARKS = select(BOOK, STRATEGIES)

# Of a score what is told as it was assessed last; what else it holds is predicted as of now.
SCORED = (
    *("as_of", "confidence", "declared", "churn_probability", "margin_12m", "composite"),
    *("power", "power_percentile", "frequency", "frequency_percentile", "potential", "potential_percentile"),
    *("satisfaction", "loyalty", "loyalty_percentile"),
    *("criterion_revenue", "criterion_loyalty", "criterion_influence", "criterion_growth"),
)
BESIDE = beside("(SELECT CAST(canonical_id AS text) FROM customer_ref WHERE customer_id = :id)")


def _bundle(name: str, table: type[Base], names: Iterable[str] | None = None) -> Bundle[Any]:
    columns = table.__table__.c
    return Bundle(name, *(columns[one] for one in names or columns.keys()))


# It also has what follows planned once, as `plan_once` does: to plan what is asked of one customer takes longer than
# to follow it.
FILE = (
    select(
        func.set_config(*PLANNED_ONCE, True).label("planned"),
        CustomerRef.canonical_id,
        *(BOOK, STRATEGIES),
        _bundle("statistics", Statistics),
        *(numbers(BESIDE), Customer.facts),
        _bundle("score", Score, SCORED),
        _bundle("rfm", Rfm, RFM),
        _bundle("tier", Tier),
        Customer.region,
        SegmentsOf.members.label("segments"),
        select(func.jsonb_agg(func.to_jsonb(HELD.table_valued()))).scalar_subquery().label("held"),
    )
    .where(CustomerRef.customer_id == bindparam("id"))
    .outerjoin(Statistics, Statistics.customer_id == CustomerRef.canonical_id)
    .outerjoin(Score, Score.customer_id == CustomerRef.canonical_id)
    .outerjoin(Rfm, Rfm.customer_id == CustomerRef.canonical_id)
    .outerjoin(Tier, Tier.customer_id == CustomerRef.canonical_id)
    .outerjoin(Customer, Customer.customer_id == CustomerRef.canonical_id)
    .outerjoin(SegmentsOf, SegmentsOf.customer_id == CustomerRef.canonical_id)
    .outerjoin(BESIDE, BESIDE.c.customer_id == CustomerRef.canonical_id)
)


def file(session: Session, customer_id: UUID, now: datetime) -> Row[Any] | None:
    """All that is stored of the person behind an id, in one statement; None for an id nobody heard of.

    With it come marks of the schemes and models and of the strategies that count.
    """
    return session.execute(FILE, {"id": customer_id, "now": now}).one_or_none()


def marks(session: Session) -> Row[Any]:
    """The marks of the schemes and models (`book`) and of the strategies that count."""
    return session.execute(MARKS).one()


def look_at(session: Session, times: Mapping[UUID, datetime]) -> None:
    """Have customers looked at no later than so. One who is being marked this moment is due anyway and passed over."""
    session.execute(LOOK, {"ids": list(times), "times": list(times.values())})


def is_behind(session: Session, since: datetime) -> bool:
    """Whether somebody is due since before `since`."""
    return session.scalar(select(CustomerDue.customer_id).where(CustomerDue.next_at < since).limit(1)) is not None


def told(session: Session, people: Sequence[UUID]) -> list[Told]:
    """What was told last of each of these people, with whom nobody else is at work."""
    rows = {row[0]: tuple(row) for row in session.execute(TOLD.where(among(Assessment.customer_id, people)))}
    return [_told(rows[one]) if one in rows else NOTHING for one in people]


def save(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write assessments of people with whom nobody else is at work."""
    put(session, Assessment, rows, on_conflict=REPLACE)


def page(session: Session, selection: Selection) -> Sequence[Mapping[str, Any]]:
    """Assessments of canonical customers in their present version, by customer id."""
    whose, changed = Assessment.customer_id, Assessment.recorded_at
    page = selection.narrowed(select(Assessment.__table__), whose, customer_id=whose, changed_at=changed)
    return [dict(row) for row in session.execute(page).mappings()]


def _told(row: tuple[Any, ...]) -> Told:
    _, version, recorded_at, declared = row[:BEHIND]
    own = {code: one["level"] for code, one in declared.items()} if declared else {}
    return Told(version, recorded_at, own, row[BEHIND:GRADED], row[GRADED:])
