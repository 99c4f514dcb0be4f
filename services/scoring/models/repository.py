"""Statements about models."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, cast, func, null, select, text, union_all, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.scoring.models.rules import Standards
from services.scoring.models.tables import Model, ModelStatus
from services.scoring.schemes.tables import Scheme
from shared import locks
from shared.db import among, put
from shared.errors import NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"fitted_at": (Model.fitted_at, Model.model_id)}

HISTORIES = text("""
SELECT s.order_days - 1 AS frequency, s.last_order_on - s.first_order_on AS recency,
    CAST(:today AS date) - s.first_order_on AS age, count(*) AS customers
FROM statistics s JOIN customer_ref r USING (customer_id)
WHERE r.canonical_id = r.customer_id AND s.orders > 0 AND s.first_order_on <= CAST(:today AS date)
GROUP BY 1, 2, 3
""")
SPEND = text("""
SELECT s.order_days::float8 AS orders, greatest(s.net_spend, 0)::float8 / s.order_days AS mean, count(*) AS customers
FROM statistics s JOIN customer_ref r USING (customer_id)
WHERE r.canonical_id = r.customer_id AND s.orders > 0
GROUP BY 1, 2
""")
USUAL_GAP = text("""
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY gap)
FROM (
    SELECT day - lag(day) OVER (PARTITION BY canonical_id ORDER BY day) AS gap
    FROM (
        SELECT DISTINCT r.canonical_id, (o.placed_at AT TIME ZONE :zone)::date AS day
        FROM order_fact o JOIN customer_ref r USING (customer_id) WHERE o.counted
    ) AS order_day
) AS gaps
""")
MARGIN = text("""
SELECT sum(s.margin)::float8, sum(s.costed_sales)::float8, sum(s.net_spend)::float8
FROM statistics s JOIN customer_ref r USING (customer_id) WHERE r.canonical_id = r.customer_id
""")
LONG = text("SET LOCAL statement_timeout = '30min'")


def in_force(session: Session, kind: str) -> Model | None:
    """The model of a kind that counts."""
    statement = select(Model).where(Model.kind == kind, Model.status == ModelStatus.IN_FORCE)
    return session.scalars(statement).one_or_none()


def id_in_force(session: Session, kind: str) -> UUID | None:
    """The id of the model of a kind that counts."""
    return session.scalar(select(Model.model_id).where(Model.kind == kind, Model.status == ModelStatus.IN_FORCE))


def standards(session: Session) -> Standards:
    """What counts, schemes and models, in one statement."""
    told = select(Scheme.kind, Scheme.scheme_version, Scheme.content, cast(null(), Uuid()).label("model_id"))
    told = told.ext(distinct_on(Scheme.kind)).order_by(Scheme.kind, Scheme.scheme_version.desc())
    learned = select(Model.kind, null(), null(), Model.model_id).where(Model.status == ModelStatus.IN_FORCE)
    rows = session.execute(union_all(select(told.subquery()), learned)).all()
    return Standards(
        {row.kind: (row.scheme_version, row.content) for row in rows if row.model_id is None},
        {row.kind: row.model_id for row in rows if row.model_id is not None},
    )


def fitted_at(session: Session, kinds: Sequence[str]) -> dict[str, datetime]:
    """When each kind was fitted last."""
    statement = select(Model.kind, func.max(Model.fitted_at)).where(among(Model.kind, kinds)).group_by(Model.kind)
    return {row[0]: row[1] for row in session.execute(statement)}


def latest(session: Session, kind: str) -> Model:
    """The newest fit of a kind; raises NotFound."""
    statement = select(Model).where(Model.kind == kind).order_by(Model.number.desc()).limit(1)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(f"There is no model of kind {kind} yet.")
    return found


def add(session: Session, kind: str, content: dict[str, Any], card: dict[str, Any], now: datetime) -> Model:
    """Store a fit as a candidate. Two at one time end one after the other."""
    locks.alone(session, f"model:{kind}")
    last = session.scalar(select(func.max(Model.number)).where(Model.kind == kind)) or 0
    model_id = new_id()
    row = {
        "model_id": model_id,
        "kind": kind,
        "number": last + 1,
        "status": ModelStatus.CANDIDATE,
        "content": content,
        "card": card,
        "as_of": now,
        "fitted_at": now,
    }
    put(session, Model, [row])
    return get(session, model_id)


def promote(session: Session, model: Model) -> None:
    """Put a model in force; the one before it retires."""
    before = update(Model).where(Model.kind == model.kind, Model.status == ModelStatus.IN_FORCE)
    session.execute(before.values(status=ModelStatus.RETIRED))
    model.status = ModelStatus.IN_FORCE
    session.flush()


def retire(session: Session, kind: str) -> None:
    """Leave a kind without a model in force."""
    before = update(Model).where(Model.kind == kind, Model.status == ModelStatus.IN_FORCE)
    session.execute(before.values(status=ModelStatus.RETIRED))


def get(session: Session, model_id: UUID) -> Model:
    """The model; raises NotFound."""
    model = session.get(Model, model_id)
    if model is None:
        raise NotFound(f"There is no model {model_id}.")
    return model


def listed(session: Session, kind: str | None, page: PageRequest) -> Listing[Any]:
    """One page of models, the newest first."""
    statement = select(*Model.__table__.c)
    if kind is not None:
        statement = statement.where(Model.kind == kind)
    return paginate(session, statement, page, SORTS, default="-fitted_at")


def histories(session: Session, today: str) -> Sequence[tuple[float, ...]]:
    """Distinct (frequency, recency, age) in days with the customers who share them."""
    session.execute(LONG)
    return [tuple(row) for row in session.execute(HISTORIES, {"today": today})]


def spend(session: Session) -> Sequence[tuple[float, ...]]:
    """Distinct (order days, mean net value of one) with the customers who share them."""
    return [tuple(row) for row in session.execute(SPEND)]


def usual_gap(session: Session, zone: str) -> float | None:
    """Days within which nine of ten repeat purchases come."""
    gap = session.scalar(USUAL_GAP, {"zone": zone})
    return None if gap is None else float(gap)


def margin(session: Session) -> tuple[float, float, float]:
    """What sales of known cost earned, those sales, and all sales."""
    earned, costed, sales = session.execute(MARGIN).one()
    return earned or 0.0, costed or 0.0, sales or 0.0
