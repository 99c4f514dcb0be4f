"""Refunds, returns, parcels and steps that arrive by themselves: kept for ever, before and after their order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.profile.orders.schemas import NewParcel, NewRefund, NewReturn
from shared.contracts.base import Instant
from shared.web.schemas import Body


class Step(Body):
    """A step that a tracking event told of, without the rest of the order."""

    step: Literal["placed", "paid", "cancelled", "restored"]
    at: Instant


BODIES: Mapping[str, type[NewRefund | NewReturn | NewParcel | Step]] = {
    "refund": NewRefund,
    "return": NewReturn,
    "parcel": NewParcel,
    "step": Step,
}
ID_FIELDS = {"refund": "refund_id", "return": "return_id", "parcel": "parcel_id", "step": "step"}


@dataclass(frozen=True, slots=True)
class Addition:
    """One such thing; of two with the same kind and id the later one stays, of two at one instant the greater body."""

    kind: str
    at: datetime
    body: NewRefund | NewReturn | NewParcel | Step

    @property
    def key(self) -> tuple[str, str]:
        """What makes two of them the same thing."""
        return self.kind, str(getattr(self.body, ID_FIELDS[self.kind]))

    @property
    def rank(self) -> tuple[datetime, str]:
        """By which one of two stays."""
        return self.at, self.body.model_dump_json()

    def stored(self) -> dict[str, Any]:
        """As a JSON document."""
        return {"kind": self.kind, "at": self.at.isoformat(), "body": self.body.model_dump(mode="json")}

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Addition":
        """From what `stored` made."""
        body = BODIES[stored["kind"]].model_validate(stored["body"])
        return cls(stored["kind"], datetime.fromisoformat(stored["at"]), body)


def united(known: Sequence[Addition], told: Iterable[Addition]) -> list[Addition]:
    """All additions to an order, one of each kind and id, in an order that does not depend on their arrival."""
    best = {one.key: one for one in known}
    for one in told:
        present = best.get(one.key)
        if present is None or one.rank > present.rank:
            best[one.key] = one
    return [best[key] for key in sorted(best)]
