"""Drawing a segment against all customers."""

from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.segments import usecases as segments
from services.profile.segments.portraits import repository, rules
from services.profile.segments.portraits.repository import MOST_VALUES
from services.profile.segments.portraits.schemas import PortraitOut


def draw(session: Session, segment_id: UUID) -> PortraitOut:
    """What is more and less frequent in a segment than among all; raises NotFound."""
    segments.get(session, segment_id)
    by_field = {
        name: list(rows) for name, rows in groupby(repository.counts(session, segment_id), lambda row: row.field)
    }
    (total,) = by_field.pop("", [None])
    traits = [
        rules.trait(
            *(row.field, row.value),
            hits=row.members,
            of=int(row.members_known),
            all_hits=row.everybody,
            all_of=int(row.all_known),
        )
        for rows in by_field.values()
        for row in rows[:MOST_VALUES]
        if row.members_known
    ]
    return PortraitOut(size=total.members if total else 0, customers=total.everybody if total else 0, traits=traits)
