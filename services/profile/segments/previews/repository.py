"""One statement that judges everybody by a rule that nobody saved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.segments.compiling.schemas import Compiled
from shared import ownership
from shared.auth.caller import Caller
from shared.db import among

SAMPLE = 20
# Everybody's orders are sorted in memory and not on disk, and by another core as well if one is idle.
AT_LARGE = select(
    func.set_config("work_mem", "64MB", True),
    func.set_config("parallel_setup_cost", "0", True),
    func.set_config("parallel_tuple_cost", "0", True),
)


def sizes(session: Session, rule: Compiled, zone: str, now: datetime) -> tuple[list[int], list[UUID]]:
    """How many customers there are and how many each node holds, and some whom the rule holds, always the same."""
    nodes = ", ".join(f"{node.verdict} AS e{at}" for at, node in enumerate(rule.nodes))
    counts = ", ".join(f"count(*) FILTER (WHERE e{at})" for at, _ in enumerate(rule.nodes))
    sample = f"SELECT id FROM verdicts WHERE e0 ORDER BY uuid_hash(id), id LIMIT {SAMPLE}"
    statement = (
        f"{rule.everybody}, verdicts AS MATERIALIZED (SELECT id, {nodes} FROM judged) "
        f"SELECT ARRAY[count(*), {counts}], ARRAY({sample}) FROM verdicts"
    )
    session.execute(AT_LARGE)
    row = session.execute(text(statement), {**rule.binds, "now": now, "zone": zone}).one()
    return list(row[0]), list(row[1])


def people(session: Session, customer_ids: Sequence[UUID], caller: Caller) -> Sequence[Any]:
    """Who these are, as far as the caller may see them."""
    wanted = select(Customer.customer_id).add_columns(Customer.number, Customer.name)
    wanted = ownership.narrowed(wanted, Customer.customer_id, caller)
    return session.execute(wanted.where(among(Customer.customer_id, customer_ids)).order_by(Customer.number)).all()
