"""The statements that read evidence."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ARRAY, Select, any_, bindparam, select
from sqlalchemy.orm import Session

from services.scoring.customers.tables import Customer
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.parts import beside, names, numbers
from services.scoring.evidence.rules import dated
from services.scoring.statistics.tables import Statistics


def _statement(*, beyond: bool) -> Select[Any]:
    whose, people = Statistics.__table__.c.customer_id, Customer.__table__
    source, known = Statistics.__table__.outerjoin(people, people.c.customer_id == whose), None
    if beyond:
        known = beside()
        source = source.outerjoin(known, known.c.customer_id == whose)
    columns = (whose, Statistics.__table__.c.main_category, people.c.facts, numbers(known))
    wanted = whose == any_(bindparam("people", type_=ARRAY(whose.type)))
    return select(*columns).select_from(source).where(wanted).order_by(whose)


# Built once: with its sixty numbers that takes longer than to ask about one customer.
STATEMENTS = {beyond: _statement(beyond=beyond) for beyond in (True, False)}


def statistics(
    session: Session, customer_ids: Sequence[UUID], *, beyond: bool = True
) -> tuple[list[UUID], Mapping[str, Floats], list[str | None]]:
    """Customers who have statistics, by id, the columns of those, of their archive and of what lies `beyond`, and the
    main category of each.
    """
    ids = {"ids": ",".join(map(str, customer_ids))} if beyond else {}
    rows = session.execute(STATEMENTS[beyond], {"people": list(customer_ids), **ids}).all()
    people, categories, facts, values = ([row[at] for row in rows] for at in range(4))
    return people, columns(values, facts, beyond=beyond), categories


def columns(
    rows: Sequence[Sequence[float | None]], facts: Sequence[Mapping[str, Any] | None], *, beyond: bool
) -> Mapping[str, Floats]:
    """The numbers of customers by column, with what is known of organisations."""
    wanted = names(beyond=beyond)
    table = np.array(rows, dtype=np.float64).reshape(-1, len(wanted))
    return {**dict(zip(wanted, np.ascontiguousarray(table.T), strict=True)), **dated(facts)}
