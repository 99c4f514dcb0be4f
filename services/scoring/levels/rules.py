"""What a customer holds."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A level that a customer has since an instant, of one name; `scheme_version` is by what it was decided."""

    name: str
    level: str | None
    since: datetime
    scheme_version: int
