"""Which way a compensation may go, and who may decide. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from services.engagement.complaints.compensations.schemas import CompensationStatus
from shared.errors import Conflict, Invalid

STEPS: Mapping[str, tuple[CompensationStatus, CompensationStatus]] = {
    "approve": ("proposed", "approved"),
    "reject": ("proposed", "rejected"),
    "lapse": ("proposed", "lapsed"),
    "reverse": ("granted", "reversed"),
}


def after(status: str, verb: str) -> CompensationStatus:
    """The state that a verb leads to. Raises `invalid_transition` where it is not allowed."""
    allowed, leads_to = STEPS[verb]
    if status != allowed:
        raise Conflict(
            f"A compensation that is {status} cannot do that; it must be {allowed}.", code="invalid_transition"
        )
    return leads_to


def needs_approval(amount: Decimal, granted: Decimal, approval_from: Decimal) -> bool:
    """Whether somebody else has to agree. All of a complaint counts: nobody grants much little by little."""
    return granted + amount >= approval_from


def require_another(proposed_by: str, caller_id: str) -> None:
    """Raise `approval_required` when the credential that proposed it would approve it, too."""
    if proposed_by == caller_id:
        raise Invalid("Another credential has to approve what this one proposed.", code="approval_required")
