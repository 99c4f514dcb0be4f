"""What a trial of the rules adds up to."""

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from uuid import UUID

from services.profile.assignments.rules import Staffing
from services.profile.assignments.runs.schemas import SHOWN, DiffOut, LoadOut, MoveOut, SideOut
from services.profile.assignments.schemas import Owner, Place


@dataclass(slots=True)
class Tally:
    """Counts over customers who were looked at portion by portion, and the first of those who would move."""

    considered: int = 0
    moved: int = 0
    unassigned: int = 0
    sample: list[MoveOut] = field(default_factory=list)

    def add(self, people: Sized, changed: Mapping[Place, Owner], had: Mapping[Place, Owner | None]) -> None:
        """Count one more portion."""
        self.considered += len(people)
        self.moved += len(changed)
        self.unassigned += sum(owner.manager_id is None for owner in changed.values())
        room = SHOWN - len(self.sample)
        self.sample += [_move(place, had[place], owner) for place, owner in list(changed.items())[:room]]

    def diff(self, staff: Staffing, before: Mapping[UUID, int], *, complete: bool) -> DiffOut:
        """All of it; `before` is what managers held when it began, `staff` what they would hold now."""
        return DiffOut(
            considered=self.considered,
            moved=self.moved,
            unassigned=self.unassigned,
            complete=complete,
            managers=_loads(staff, before),
            sample=self.sample,
        )


def _loads(staff: Staffing, before: Mapping[UUID, int]) -> list[LoadOut]:
    moved = [one for one in sorted(staff.managers) if staff.loads[one] != before.get(one, 0)]
    return [
        LoadOut(
            manager_id=one,
            capacity=staff.managers[one].capacity,
            before=before.get(one, 0),
            after=staff.loads[one],
        )
        for one in moved
    ]


def _move(place: Place, before: Owner | None, after: Owner) -> MoveOut:
    gone = after.manager_id is None and after.team_id is None
    return MoveOut(
        customer_id=place.customer_id,
        role=place.role,
        before=before and SideOut.model_validate(before),
        after=None if gone else SideOut.model_validate(after),
        rule_id=after.rule_id,
        cause=after.cause,
    )
