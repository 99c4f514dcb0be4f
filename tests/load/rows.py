"""One line of the benchmark table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, against what, and how far it should reach."""

    what: str
    measured: str
    against: str = "–"
    ratio: float | None = None
    reach: str = "–"

    def line(self) -> str:
        """The row as one line of text."""
        ratio = "" if self.ratio is None else f" = {self.ratio:.2f}"
        return f"{self.what}: {self.measured} against {self.against}{ratio} (reach {self.reach})"


def compared(what: str, ours: float, theirs: float, unit: str, reach: str) -> Row:
    """A row whose ratio counts."""
    return Row(what, f"{ours:,.0f} {unit}", f"{theirs:,.0f} {unit}", ours / theirs, reach)
