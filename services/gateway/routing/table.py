"""Which service answers a path: the templates of the merged OpenAPI document, compiled into a tree of segments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.errors import NotFound
from shared.web.paths import MethodNotAllowed
from shared.web.routing import NOBODY

METHODS = ("get", "post", "put", "patch", "delete")
BY_JOB = "by-job"  # x-service of paths that three services share: the prefix of the job's id decides
DOTS = frozenset(("", ".", ".."))


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path template, as its owner declared it."""

    service: str
    method: str
    template: str
    scope: str
    member: str


@dataclass(slots=True)
class Node:
    """A place in the tree: what may follow, and what ends here."""

    literal: dict[str, "Node"] = field(default_factory=dict)
    parameter: "Node | None" = None
    operations: dict[str, Operation] = field(default_factory=dict)

    def ways(self, segment: str) -> Iterator["Node"]:
        """Where a segment leads; a literal goes before a parameter, and dots never are one."""
        if segment in self.literal:
            yield self.literal[segment]
        if self.parameter is not None and segment not in DOTS:
            yield self.parameter

    def grow(self, segment: str) -> "Node":
        """The node for a segment of a template."""
        if not segment.startswith("{"):
            return self.literal.setdefault(segment, Node())
        self.parameter = self.parameter or Node()
        return self.parameter


class RouteTable:
    """Finds the operation of a request."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._root = Node()
        for operation in operations(document):
            node = self._root
            for segment in operation.template.split("/"):
                node = node.grow(segment)
            node.operations[operation.method] = operation

    def find(self, method: str, path: str) -> Operation:
        """The operation. Raises NotFound, or MethodNotAllowed with the methods that the path has."""
        found = _walk(self._root, path.split("/"), 0)
        if found is None:
            raise NotFound("There is nothing at this path; see /docs for the paths there are.")
        if method not in found:
            refusal = MethodNotAllowed(f"This path does not take {method}.")
            refusal.headers["Allow"] = ", ".join(sorted(found))
            raise refusal
        return found[method]


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of a merged document."""
    for template, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                declared = item[method]
                member = declared.get("x-member", NOBODY)
                yield Operation(declared["x-service"], method.upper(), template, declared["x-scope"], member)


def _walk(node: Node, segments: list[str], at: int) -> dict[str, Operation] | None:
    if at == len(segments):
        return node.operations or None
    for way in node.ways(segments[at]):
        if found := _walk(way, segments, at + 1):
            return found
    return None
