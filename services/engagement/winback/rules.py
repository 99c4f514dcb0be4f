"""A case as it is opened, asked about and told; adding cases up. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple, cast
from uuid import UUID

from services.engagement.sending.schemas import NewMessage
from services.engagement.task_policies.schemas import Pace, WinbackPace
from services.engagement.tasks.schemas import Opening
from services.engagement.winback.schemas import RUNNING, Question, WinbackRow
from services.engagement.winback.tables import WinbackCase
from services.engagement.winback_offers.schemas import Why
from services.engagement.winback_offers.tables import WinbackOffer
from shared.contracts.engagement import WinbackRecorded
from shared.contracts.scoring import WarningRaised
from shared.ids import derived_id

Z = 1.959963984540054
ASKING = "signs"  # the fact by which a task of asking, and what follows it, differ from those of an offer


class Cell(NamedTuple):
    """How many cases of an offer and a reason are in a status."""

    offer: str | None
    reason: str | None
    status: str
    cases: int


def case_id_of(warning_id: UUID) -> UUID:
    """The id of the case of a warning."""
    return derived_id("winback", str(warning_id))


def case(event: WarningRaised) -> dict[str, object]:
    """A case as it is opened by a warning."""
    return {
        "case_id": case_id_of(event.warning_id),
        "warning_id": event.warning_id,
        "customer_id": event.customer_id,
        "status": "open",
        "signs": list(event.reasons),
        "churn_probability": float(event.churn_probability),
        "value": event.value,
        "priority": float(event.priority),
        "opened_at": event.occurred_at,
        "changed_at": event.occurred_at,
        "version": 1,
    }


def asking(event: WarningRaised, pace: WinbackPace, due_at: datetime) -> Opening:
    """The task of asking in person why a customer stays away."""
    case_id = case_id_of(event.warning_id)
    return Opening(
        customer_id=event.customer_id,
        kind=pace.kind,
        cause="winback",
        key=f"winback:{case_id}",
        due_at=due_at,
        opened_at=event.occurred_at,
        priority=pace.priority,
        facts={ASKING: list(event.reasons), "churn_probability": float(event.churn_probability)},
        case_id=case_id,
    )


def offering(case: WinbackCase, offer: WinbackOffer, pace: Pace, now: datetime) -> Opening:
    """The task of making an offer in person: on a visit where it is for that alone, else by phone."""
    return Opening(
        customer_id=case.customer_id,
        kind="visit" if offer.channels == ["visit"] else "call",
        cause="winback",
        key=f"winback:{case.case_id}:{offer.offer_id}",
        due_at=now + timedelta(hours=pace.due_hours),
        opened_at=now,
        priority=pace.priority,
        facts={"offer": offer.code, "reason": case.reason},
        case_id=case.case_id,
    )


def event(case: WinbackCase, changes: list[str], recorded_at: datetime) -> WinbackRecorded:
    """A case as it is told."""
    return WinbackRecorded(
        customer_id=case.customer_id,
        version=case.version,
        occurred_at=case.changed_at,
        recorded_at=recorded_at,
        case_id=case.case_id,
        warning_id=case.warning_id,
        status=case.status,
        reason=case.reason,
        offer_id=case.offer_id,
        changes=changes,
    )


def rows(cells: Iterable[Cell], *, offers: bool, reasons: bool) -> list[WinbackRow]:
    """Cases by offer, by reason or by both."""
    groups: dict[tuple[str | None, str | None], Counter[str]] = {}
    for cell in cells:
        key = (cell.offer if offers else None, cell.reason if reasons else None)
        groups.setdefault(key, Counter())[cell.status] += cell.cases
    return [
        _row(*key, counts) for key, counts in sorted(groups.items(), key=lambda one: [part or "" for part in one[0]])
    ]


def success(recovered: int, lost: int) -> tuple[float, float, float] | None:
    """The share that ordered again, with its interval of 95 % (Wilson); None where none ended."""
    of = recovered + lost
    if not of:
        return None
    share = recovered / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return share, max(0.0, middle - half), min(1.0, middle + half)


def _row(offer: str | None, reason: str | None, counts: Mapping[str, int]) -> WinbackRow:
    recovered, lost = counts.get("recovered", 0), counts.get("lost", 0)
    share, low, high = success(recovered, lost) or (None, None, None)
    return WinbackRow(
        offer=offer,
        reason=cast(Why | None, reason),
        cases=sum(counts.values()),
        running=sum(counts.get(status, 0) for status in RUNNING),
        recovered=recovered,
        lost=lost,
        closed=counts.get("closed", 0),
        success=share,
        low=low,
        high=high,
    )


def keys(case_id: UUID) -> tuple[str, str]:
    """What the message that asks why and the one that makes an offer are known by: each is sent once for a case."""
    return f"winback:{case_id}:ask", f"winback:{case_id}:offer"


def question(case: WinbackCase, wanted: Question) -> NewMessage:
    """The message that asks why."""
    key, _ = keys(case.case_id)
    return NewMessage(customer_id=case.customer_id, dedupe_key=key, **wanted.model_dump())


def message(case: WinbackCase, offer: WinbackOffer) -> NewMessage:
    """The message that makes an offer."""
    _, key = keys(case.case_id)
    return NewMessage(
        customer_id=case.customer_id,
        template=offer.template or "",
        purpose=offer.purpose,
        topic=offer.topic,
        channels=offer.channels,
        dedupe_key=key,
    )
