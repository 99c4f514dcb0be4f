"""What happens to a complaint."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from services.engagement.complaints.tables import Complaint
from services.engagement.slas.rules import Happening
from services.engagement.slas.schemas import Standing
from services.engagement.slas.usecases import Promise

CLOCK = "clock"  # who does what happens by itself


class Step(NamedTuple):
    """What happens to a complaint: the word for it, who does it and when, and what its clocks are told.

    `deadline` is that of a dispute.
    """

    verb: str
    by: str
    at: datetime
    signal: Happening | None = None
    promised: Promise | None = None
    values: Mapping[str, Any] = {}
    note: str | None = None
    deadline: datetime | None = None


class Taken(NamedTuple):
    """A step of a complaint, held locked, whose columns show it already, and how its clocks stand after it.

    Without a step only time has passed, without a standing its clocks do not care.
    """

    complaint: Complaint
    step: Step | None
    standing: Standing | None
