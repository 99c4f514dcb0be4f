"""Finding the route of a path: one step a segment, however many routes there are."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.errors import GuanxiError, NotFound
from shared.web.route import GuanxiRoute


class MethodNotAllowed(GuanxiError):
    """The path exists, but not with this method: 405."""

    status = 405
    code = "method_not_allowed"


@dataclass(slots=True)
class Node:
    """What follows a beginning of a path."""

    fixed: "dict[str, Node]" = field(default_factory=dict)
    any: "Node | None" = None
    routes: dict[str, tuple[GuanxiRoute, tuple[str, ...]]] = field(default_factory=dict)


class Paths:
    """All routes of a service, as a tree of path segments. A fixed segment goes before a parameter."""

    def __init__(self, routes: Iterable[GuanxiRoute]) -> None:
        self._root = Node()
        for route in routes:
            self._add(route)

    def find(self, method: str, path: str) -> tuple[GuanxiRoute, dict[str, str]]:
        """The route and its path parameters. Raises NotFound, or MethodNotAllowed with the methods there are."""
        values: list[str] = []
        node = _walk(self._root, path.split("/"), 1, values)
        if node is None:
            raise NotFound("There is no such path.")
        if method not in node.routes:
            refusal = MethodNotAllowed(f"This path knows {', '.join(sorted(node.routes))}.")
            refusal.headers["Allow"] = ", ".join(sorted(node.routes))
            raise refusal
        route, names = node.routes[method]
        return route, dict(zip(names, values, strict=True))

    def _add(self, route: GuanxiRoute) -> None:
        node, names = self._root, []
        for segment in route.path_format.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.any = node.any or Node()
                node = node.any
            else:
                node = node.fixed.setdefault(segment, Node())
        if route.method in node.routes:
            raise ValueError(f"two routes for {route.method} {route.path_format}")
        node.routes[route.method] = route, tuple(names)


def _walk(node: Node, segments: list[str], at: int, values: list[str]) -> Node | None:
    if at == len(segments):
        return node if node.routes else None
    segment = segments[at]
    fixed = node.fixed.get(segment)
    found = _walk(fixed, segments, at + 1, values) if fixed is not None else None
    if found is None and node.any is not None and segment:
        values.append(segment)
        found = _walk(node.any, segments, at + 1, values)
        if found is None:
            values.pop()
    return found
