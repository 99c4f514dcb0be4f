"""Showing what a merge would put together."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers.schemas import Archive, Record
from services.profile.directory import repository
from services.profile.directory.merges.schemas import DifferenceOut, MergePreviewOut, SideOut, ValueOut
from services.profile.directory.rules import combined
from services.profile.identities import usecases as identities
from services.profile.identities.schemas import IdentityOut
from services.profile.links import usecases as links
from services.profile.links.schemas import NewMerge
from services.profile.personal.rules import masked_field

FIELDS = [name for name in Archive.model_fields if name not in {"attributes", "registered_at"}]


def preview(session: Session, merge: NewMerge, *, pii: bool) -> MergePreviewOut:
    """The person that a merge would make. Raises what the merge would raise."""
    people = links.would_join(session, merge.survivor_id, merge.absorbed_ids)
    order = [merge.survivor_id, *merge.absorbed_ids]
    everybody = sorted(one for ids in people.values() for one in ids)
    records, orders = repository.records(session, everybody), repository.orders(session, everybody)
    sides = [
        SideOut(customer_id=one, member_ids=people[one], orders=sum(orders.get(id_, 0) for id_ in people[one]))
        for one in order
    ]
    return MergePreviewOut(
        survivor_id=merge.survivor_id,
        member_ids=everybody,
        orders=sum(side.orders for side in sides),
        sides=sides,
        identities=[IdentityOut.of(one, pii=pii) for one in identities.of(session, everybody)],
        differences=_differences(
            [_seen(one, people[one], records) for one in order], _seen(merge.survivor_id, everybody, records), pii=pii
        ),
    )


def _seen(own: UUID, member_ids: Collection[UUID], records: Mapping[UUID, Record]) -> Record:
    """What a reader is shown of a person: of one who was merged before, too."""
    return combined(records[own], [records[one] for one in member_ids if one != own and one in records])


def _differences(records: Sequence[Record], after: Record, *, pii: bool) -> list[DifferenceOut]:
    """Fields of which two records say different things; one that says nothing contradicts nobody."""
    found = []
    for name in FIELDS:
        said = [(record["customer_id"], record[name]) for record in records if record[name] not in (None, [], {})]
        if any(value != said[0][1] for _, value in said):
            values = [ValueOut(customer_id=one, value=_told(name, value, pii=pii)) for one, value in said]
            found.append(DifferenceOut(field=name, values=values, shown=_told(name, after[name], pii=pii)))
    return found


def _told(name: str, value: Any, *, pii: bool) -> Any:
    return value if pii else masked_field(name, value)
