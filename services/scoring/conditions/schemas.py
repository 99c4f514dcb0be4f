"""A tree of conditions, as segment rules are written, and its vocabulary on the wire."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_serializer, model_validator

from services.scoring.conditions.fields import FIELDS, OPERATORS
from services.scoring.schemes.schemas import Titles
from shared.web.schemas import Body, Out

DEPTH, NODES = 6, 100
LARGEST, MOST_DAYS = 1e12, 3_650


def _known(name: str) -> str:
    if name not in FIELDS:
        raise ValueError("it is not among the fields of GET /v1/dimensions/fields")
    return name


class Node(Body):
    """One of `all`, `any` (of several nodes), `not` (of one), or a leaf with `field`, `op` and `value`."""

    all: list["Node"] | None = Field(default=None, min_length=1, max_length=NODES)
    any: list["Node"] | None = Field(default=None, min_length=1, max_length=NODES)
    not_: "Node | None" = Field(default=None, alias="not")
    field: Annotated[str, AfterValidator(_known)] | None = None
    op: str | None = None
    value: Any = None

    @model_validator(mode="after")
    def _one_thing(self) -> "Node":
        said = [one for one in (self.all, self.any, self.not_, self.field) if one is not None]
        if len(said) != 1 or (self.field is None and (self.op is not None or self.value is not None)):
            raise ValueError("a node has one of all, any and not, or is a leaf with field, op and value")
        if self.field is not None:
            _check(self.field, self.op, self.value)
        return self

    @model_serializer
    def _short(self) -> dict[str, Any]:
        parts = {"all": self.all, "any": self.any, "not": self.not_, "field": self.field, "op": self.op}
        return {name: part for name, part in (parts | {"value": self.value}).items() if part is not None}

    @property
    def below(self) -> list["Node"]:
        """The nodes that this one is made of."""
        return [*(self.all or ()), *(self.any or ()), *([self.not_] if self.not_ else ())]

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for one in self.below:
            yield from one.walk()

    def depth(self) -> int:
        """How many levels there are."""
        return 1 + max((one.depth() for one in self.below), default=0)


def _check(field: str, op: str | None, value: Any) -> None:
    """Raise ValueError where a leaf asks what its field cannot answer."""
    allowed = OPERATORS[FIELDS[field].kind]
    if op not in allowed:
        raise ValueError(f"op of {field} is one of {', '.join(allowed)}")
    if op == "is_known":
        if value is not None:
            raise ValueError("is_known compares with nothing")
    elif op == "within_last":
        if not isinstance(value, dict) or set(value) != {"days"} or not _is_days(value["days"]):
            raise ValueError(f'value of within_last is {{"days": n}}, 1 to {MOST_DAYS}')
    elif op == "between":
        if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)) or value[0] > value[1]:
            raise ValueError("value of between is the least and the most, both included")
    elif not _is_number(value):
        raise ValueError(f"value of {op} is a number")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_DAYS


class FieldOut(Out):
    """One word that conditions may use."""

    field: str = Field(examples=["orders.count"])
    type: Literal["number", "time"]
    operators: list[str] = Field(examples=[["at_least", "at_most", "is_known"]])
    titles: Titles


class FieldsOut(Out):
    """Everything that the conditions of a declared dimension may ask."""

    items: list[FieldOut]
    next_cursor: None = None
