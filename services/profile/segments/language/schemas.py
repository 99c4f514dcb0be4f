"""The tree of a segment rule, and the vocabulary on the wire."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from services.profile.fields.schemas import Measure
from shared.web.schemas import Out

DEPTH, NODES, VALUES = 6, 100, 1_000


GroupKind = Literal["all", "any", "not"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question about a measure. `pointer` is its place in the rule (RFC 6901), "" for the root."""

    pointer: str
    measure: Measure
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Group:
    """All, any, or none ("not", of one) of some nodes."""

    pointer: str
    kind: GroupKind
    nodes: tuple["Node", ...]


Node = Leaf | Group


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, parents first."""
    yield node
    if isinstance(node, Group):
        for child in node.nodes:
            yield from walk(child)


class FieldTitles(Out):
    """What people call a field."""

    zh: str
    en: str


class ConditionOut(Out):
    """Something `where` may ask of the facts of a field."""

    name: str = Field(examples=["category"])
    type: str = Field(examples=["code"])
    operators: list[str]
    values: list[str] = Field(description="All values there are; empty when any is possible.")


class FieldOut(Out):
    """One word of the rule language."""

    field: str = Field(examples=["orders.count"])
    type: Literal["code", "list", "number", "time", "bool"]
    operators: list[str] = Field(examples=[["at_least", "at_most", "is_known"]])
    values: list[str] = Field(description="All values there are; empty when any is possible.")
    window: bool = Field(description="Whether only the facts of some time may be meant.")
    where: list[ConditionOut] = Field(description="What may be asked of each single fact.")
    titles: FieldTitles
    available: bool = Field(description="False while there are no facts: a rule with it is refused.")


class Vocabulary(Out):
    """Everything that segment rules may ask."""

    items: list[FieldOut]
    next_cursor: None = None
