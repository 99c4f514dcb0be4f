"""The complaint policy on the wire."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from shared.contracts.base import Code, Money
from shared.web.schemas import Body, Out

Roles = Annotated[list[Code], Field(max_length=10)]
Days = Annotated[int, Field(ge=0, le=3_650)]
Limit = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]


class Policy(Out):
    """The policy that counts now."""

    owner_roles: Roles = Field(
        description="Whoever looks after the customer in the first of these roles gets the complaint; empty: nobody."
    )
    reopen_days: Days = Field(description="For how long after its end a complaint can be reopened.")
    approval_from: Money = Field(
        description="What brings the compensations of a complaint to this amount needs another's approval."
    )
    version: int


class PolicyPatch(Body):
    """What to change; absent stays."""

    owner_roles: Roles | None = Field(default=None, examples=[["account_manager"]])
    reopen_days: Days | None = None
    approval_from: Limit | None = Field(default=None, examples=["200.00"])
