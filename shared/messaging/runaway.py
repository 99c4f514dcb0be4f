"""When to stop parking: a bad deploy must not pour a whole topic into the dead letters."""

from collections.abc import Iterable
from dataclasses import dataclass

CONSECUTIVE = 50
WINDOW = 10_000
SHARE = 0.01


@dataclass(frozen=True)
class Track:
    """What became of the latest events of one partition."""

    seen: int = 0
    in_a_row: int = 0
    parked: tuple[int, ...] = ()  # positions of parked events among all seen, within the window

    def after(self, outcomes: Iterable[bool]) -> "Track":
        """The track after further events; True = the event was parked."""
        seen, in_a_row, parked = self.seen, self.in_a_row, list(self.parked)
        for was_parked in outcomes:
            seen += 1
            in_a_row = in_a_row + 1 if was_parked else 0
            if was_parked:
                parked.append(seen)
        return Track(seen, in_a_row, tuple(at for at in parked if at > seen - WINDOW))

    @property
    def is_running_away(self) -> bool:
        """Whether so many events fail that the fault is ours, not theirs."""
        return self.in_a_row > CONSECUTIVE or len(self.parked) > WINDOW * SHARE
