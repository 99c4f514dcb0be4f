"""How good the warnings of the last months were."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.scoring.models import usecases as models
from services.scoring.warnings.quality import repository
from services.scoring.warnings.schemas import MonthOut, QualityOut

COUNTS = ("raised", "ordered", "lost", "silent", "warned")


def of(session: Session, months: int, zone: ZoneInfo, now: datetime) -> QualityOut:
    """Precision and recall of this month and those before it, the latest first."""
    horizon = int(models.in_use(session).horizon_days)
    firsts = beginnings(months, zone, now)
    found: dict[str, dict[str, Any]] = {one.strftime("%Y-%m"): dict.fromkeys(COUNTS, 0) for one in firsts}
    since = firsts[-1]
    for row in [
        *repository.raised(session, str(zone), since, now),
        *repository.silent(session, timedelta(days=horizon), str(zone), since, now),
    ]:
        found[row["month"]].update(row)
    return QualityOut(horizon_days=horizon, items=[judged(month, counts) for month, counts in found.items()])


def beginnings(months: int, zone: ZoneInfo, now: datetime) -> list[datetime]:
    """When the present month and those before it began in the business zone, the latest first."""
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    count = first.year * 12 + first.month - 1
    return [first.replace(year=one // 12, month=one % 12 + 1) for one in range(count, count - months, -1)]


def judged(month: str, counts: dict[str, Any]) -> MonthOut:
    """Counts of a month with the shares they come to."""
    decided = counts["ordered"] + counts["lost"]
    return MonthOut.model_validate(
        counts
        | {
            "month": month,
            "undecided": counts["raised"] - decided,
            "precision": _share(counts["lost"], decided),
            "recall": _share(counts["warned"], counts["silent"]),
        }
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
