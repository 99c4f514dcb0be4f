"""What comes in by the doors beside orders and events, and what became of it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from services.profile.identities.schemas import IdentityBody
from services.profile.ingestion.rejections.schemas import FaultOut
from services.profile.orders.additions.rules import Step
from services.profile.orders.schemas import Amount, NewParcel, NewRefund
from shared.contracts.base import Code, Instant, Label
from shared.errors import GuanxiError
from shared.web.schemas import Body, Out

MOST_ORDERS = 500
MOST_PRODUCTS = 500
MOST_EVENTS = 2_500


class RefundReported(NewRefund):
    """Money given back, told apart from its order, which may still be to come."""

    source: Code
    order_id: Label
    amount: Amount

    def refund(self) -> NewRefund:
        """As an order keeps it."""
        return NewRefund(**self.model_dump(exclude={"source", "order_id"}))


class ParcelReported(NewParcel):
    """A parcel told apart from its order, which may still be to come."""

    source: Code
    order_id: Label
    reported_at: Instant

    def parcel(self) -> NewParcel:
        """As an order keeps it."""
        return NewParcel(**self.model_dump(exclude={"source", "order_id", "reported_at"}, exclude_unset=True))


class StepReported(Step):
    """A step told without the rest of its order, which may still be to come."""

    source: Code
    order_id: Label

    def bare(self) -> Step:
        """As an order keeps it."""
        return Step(step=self.step, at=self.at)


class ConsentReported(Body):
    """A grant or withdrawal that a shop knows of."""

    purpose: Code = Field(examples=["marketing"])
    channel: Code = Field(examples=["email"])
    state: Literal["granted", "withdrawn"]
    source: Label
    effective_at: Instant


class CustomerReported(Body):
    """A customer's archive as a shop knows it; of each field the latest `updated_at` wins."""

    source: Code
    identities: Annotated[list[IdentityBody], Field(min_length=1, max_length=20)]
    updated_at: Instant
    traits: dict[str, Any] = {}
    consents: list[ConsentReported] = Field(default=[], max_length=50)


class Batch(Body):
    """Several at once; each is accepted or refused by itself."""

    items: list[Any] = Field(min_length=1)


class ProblemOut(Out):
    """Why one item was refused."""

    code: str
    detail: str
    errors: list[FaultOut]

    @classmethod
    def of(cls, problem: GuanxiError | None) -> "ProblemOut | None":
        """The answer for a refusal."""
        if problem is None:
            return None
        return cls(
            code=problem.code, detail=problem.detail, errors=[FaultOut.model_validate(e) for e in problem.errors]
        )


class ResultOut(Out):
    """What became of one item; `id` is our order id, the message id of an event, or the sku."""

    index: int
    status: Literal["created", "updated", "unchanged", "held", "refused"]
    id: str | None
    problem: ProblemOut | None


class Results(Out):
    """What became of each item, in their order."""

    results: list[ResultOut]


class EventOut(Out):
    """What became of one event."""

    message_id: str
    outcome: Literal["created", "updated", "unchanged", "held"]
