"""Statements that check records, keep what is wrong with them, and page through it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.quality.rules import CHECKS
from services.profile.quality.schemas import Check, Checked, WorkFilter
from services.profile.quality.tables import QualityItem, QualityReport
from shared import ownership
from shared.auth.caller import Caller
from shared.db import among, put
from shared.ids import derived_id
from shared.ownership import CustomerOwner
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate, paginate_ranges
from shared.web.schemas import Listing

# `l`: what linked records say together; `u`: whose contact points wait; `d`: who may be one person with another.
FAILED = ", ".join(f"CASE WHEN {one.among} AND ({one.sql}) THEN '{one.code}' END" for one in CHECKS)
CHECK = text(
    f"SELECT c.customer_id, c.number, c.kind, c.registered_at, to_jsonb(array_remove(ARRAY[{FAILED}]::text[], NULL)) "
    "AS faults "
    "FROM customer c LEFT JOIN customer_ref own ON own.customer_id = c.customer_id "
    "LEFT JOIN (SELECT r.canonical_id, count(DISTINCT m.gender) AS genders, count(DISTINCT m.birthday) AS birthdays, "
    "bool_or(m.channels <> '[]') AS reached, string_agg(m.channels::text, '') AS channels "
    "FROM customer_ref r JOIN customer m ON m.customer_id = r.customer_id WHERE r.canonical_id = ANY(:ids) "
    "GROUP BY r.canonical_id HAVING count(*) > 1) l ON l.canonical_id = c.customer_id "
    "LEFT JOIN (SELECT DISTINCT r.canonical_id FROM customer_ref r JOIN contact t ON t.customer_id = r.customer_id "
    "WHERE r.canonical_id = ANY(:ids) AND t.state = 'added' AND t.updated_at < :unverified) u "
    "ON u.canonical_id = c.customer_id "
    "LEFT JOIN (SELECT DISTINCT r.canonical_id FROM customer_ref r "
    "JOIN duplicate p ON (p.customer_id = r.customer_id OR p.other_id = r.customer_id) AND p.status = 'open' "
    "JOIN customer_ref o ON o.customer_id IN (p.customer_id, p.other_id) AND o.customer_id <> r.customer_id "
    "WHERE r.canonical_id = ANY(:ids) AND o.canonical_id <> r.canonical_id AND o.erased_at IS NULL) d "
    "ON d.canonical_id = c.customer_id "
    "WHERE c.customer_id = ANY(:ids) AND c.status = 'active' AND c.archived_at IS NULL "
    "AND (own.canonical_id IS NULL OR own.canonical_id = c.customer_id)"
)
KEEP = text(
    "INSERT INTO quality_item AS q (item_id, customer_id, code, status, registered_at, found_at) "
    "SELECT v.item_id, v.customer_id, v.code, 'open', v.registered_at, :now FROM unnest(CAST(:items AS uuid[]), "
    "CAST(:customers AS uuid[]), CAST(:codes AS text[]), CAST(:times AS timestamptz[])) "
    "AS v(item_id, customer_id, code, registered_at) ORDER BY v.item_id "
    "ON CONFLICT (item_id) DO UPDATE SET registered_at = excluded.registered_at, "
    "status = CASE WHEN q.dismissed_until <= :now THEN 'open' ELSE q.status END, "
    "dismissed_until = CASE WHEN q.dismissed_until <= :now THEN NULL ELSE q.dismissed_until END "
    "WHERE q.registered_at <> excluded.registered_at OR q.dismissed_until <= :now"
)
MENDED = text(
    "DELETE FROM quality_item WHERE customer_id > :after AND customer_id <= :last "
    "AND NOT item_id = ANY(CAST(:items AS uuid[]))"
)
Bounds = Mapping[str, Any]  # untouched, unverified, today


def people_after(session: Session, after: UUID, limit: int) -> list[UUID]:
    """The next records by id, of whatever status."""
    following = select(Customer.customer_id).where(Customer.customer_id > after).order_by(Customer.customer_id)
    return list(session.scalars(following.limit(limit)))


def checked(session: Session, customer_ids: Collection[UUID], bounds: Bounds) -> list[Checked]:
    """Records with the checks that they fail; who was merged into another, erased or archived is left out."""
    rows = session.execute(CHECK, {"ids": list(customer_ids), **bounds})
    return [Checked(*row) for row in rows]


def keep(session: Session, records: Sequence[Checked], span: tuple[UUID, UUID], now: datetime) -> None:
    """Store what these records fail, and forget everything else of the span of ids after the first to the last."""
    failed = [(one, code) for one in records for code in one.faults]
    items = [derived_id("quality", str(one.customer_id), code) for one, code in failed]
    session.execute(MENDED, {"after": span[0], "last": span[1], "items": items})
    found = {"customers": [one.customer_id for one, _ in failed], "times": [one.registered_at for one, _ in failed]}
    session.execute(KEEP, {"items": items, "codes": [code for _, code in failed], "now": now, **found})


def dismissed(session: Session) -> dict[str, int]:
    """How many items of each check are set aside."""
    aside = select(QualityItem.code, func.count()).where(QualityItem.status == "dismissed")
    return dict(session.execute(aside.group_by(QualityItem.code)).all())


def add_report(session: Session, row: Mapping[str, Any]) -> None:
    """Store a report."""
    put(session, QualityReport, [row])


def latest_report(session: Session) -> QualityReport | None:
    """The last report; None before the first."""
    newest = select(QualityReport).order_by(QualityReport.as_of.desc(), QualityReport.report_id.desc())
    return session.scalars(newest.limit(1)).one_or_none()


def reports(session: Session, page: PageRequest) -> Listing[Any]:
    """A page of reports, the last first."""
    sorts = {"as_of": (QualityReport.as_of, QualityReport.report_id)}
    return paginate(session, select(QualityReport), page, sorts, default="-as_of")


def items(
    session: Session, checks: Sequence[Check], wanted: WorkFilter, page: PageRequest, caller: Caller
) -> Listing[Any]:
    """A page of what was found by these checks, of the customers that the caller may see, newest customers first."""
    table = QualityItem.__table__
    held = select(CustomerOwner.customer_id).where(among(CustomerOwner.manager_id, wanted.manager_id or ()))
    ranges = []
    for code in [one.code for one in checks] or [""]:
        found = select(*table.c).where(table.c.code == code, table.c.status == wanted.status)
        found = found.where(table.c.customer_id.in_(held)) if wanted.manager_id else found
        ranges.append(ownership.narrowed(found, table.c.customer_id, caller))
    sorts = {"registered_at": (table.c.registered_at, table.c.item_id)}
    return paginate_ranges(session, ranges, page, sorts, default="-registered_at")


def locked(session: Session, item_id: UUID) -> QualityItem | None:
    """One item that nobody else changes until the transaction ends; None when there is none."""
    return session.get(QualityItem, item_id, with_for_update=True)
