"""The identity policy on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.web.schemas import Body, Out

Linking = Literal["unionid", "openid", "external", "email", "phone"]


def _once(kinds: list[Linking]) -> list[Linking]:
    if len(set(kinds)) < len(kinds):
        raise ValueError("each kind once")
    return sorted(kinds)


class PolicyOut(Out):
    """The kinds of identity by which two known customers become one without asking."""

    automatic: list[Linking]
    version: int
    updated_at: datetime


class PolicyPatch(Body):
    """Another choice. Kinds that are left out lead to a proposed duplicate instead."""

    automatic: Annotated[list[Linking], AfterValidator(_once)] = Field(
        examples=[["unionid"]],
        description="Phones and mailboxes are shared in families and passed on: linking by them joins some strangers.",
    )
