"""Segments on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.profile.personal.rules import masked_name
from shared.web.schemas import Body, Code, Out, Title

TEA = {
    "all": [
        {
            "field": "orders.count",
            "op": "at_least",
            "value": 2,
            "window": {"days": 90},
            "where": [{"field": "category", "op": "is_any_of", "value": ["tea"]}],
        },
        {"field": "customer.region", "op": "in_region", "value": ["310000", "330100"]},
        {"not": {"field": "consent.marketing", "op": "is", "value": "withdrawn"}},
    ]
}
Rule = dict[str, Any]
RULE = "The closed tree of `all`, `any`, `not` and leaves; its words are listed by `GET /v1/segments/fields`."


class NewSegment(Body):
    """A segment to be drafted."""

    code: Code = Field(examples=["tea-east"])
    name: Title = Field(description="For staff.", examples=["Tea, east"])
    kind: Literal["rule", "static"] = Field(default="rule", description="`static` is a list kept by hand.")
    rule: Rule | None = Field(default=None, description=RULE, examples=[TEA])

    @model_validator(mode="after")
    def _ruled(self) -> "NewSegment":
        if (self.kind == "rule") != (self.rule is not None):
            raise ValueError("a segment by rule needs its rule, a static one has none")
        return self


class SegmentPatch(Body):
    """JSON Merge Patch of a segment. A rule is replaced as a whole; it counts once it is published."""

    name: Title | None = None
    rule: Rule | None = Field(default=None, description=RULE, examples=[TEA])


class SegmentsAsked(Body):
    """Segments that another service means."""

    segment_ids: list[UUID] = Field(min_length=1, max_length=200)


class SegmentsKnown(Out):
    """Those of them that are published and not archived."""

    segment_ids: list[UUID]


class SegmentOut(Out):
    """A segment as it is edited, and which version counts."""

    id: UUID = Field(validation_alias="segment_id")
    code: str
    name: str
    kind: Literal["rule", "static"]
    status: Literal["draft", "publishing", "published", "archived"]
    rule: Rule | None = Field(description="As it is edited now; GET …/versions has what was published.")
    version: int
    published_version: int | None = Field(description="What counts; null before it is first published.")
    created_at: datetime
    updated_at: datetime


class VersionOut(Out):
    """A rule as it was published."""

    version: int
    rule: Rule | None
    cause: Literal["publish", "rollback"]
    published_at: datetime


class Trial(Body):
    """A rule that nobody saved."""

    rule: Rule = Field(description=RULE, examples=[TEA])


class PersonOut(Out):
    """A customer in a sample or list: masked unless the caller has `profile:pii`."""

    customer_id: UUID
    number: str = Field(examples=["C-2026-000123"])
    name: str | None = Field(examples=["王**"])

    @classmethod
    def of(cls, row: Any, *, pii: bool, **more: Any) -> "PersonOut":
        """As this caller may see it."""
        name = row.name if pii or row.name is None else masked_name(row.name)
        return cls(customer_id=row.customer_id, number=row.number, name=name, **more)


class PreviewOut(Out):
    """How many a rule holds now."""

    size: int
    customers: int = Field(description="How many customers there are.")
    sizes: dict[str, int] = Field(description="Of every node, by JSON pointer.", examples=[{"": 5120, "/all/0": 7343}])
    sample: list[PersonOut] = Field(description="Up to 20 of them.")
