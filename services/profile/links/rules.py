"""Which ids are one person: edges from absorbed ids to survivors make a forest, and each tree counts as its root."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.profile.links.schemas import Edge


def roots(customer_ids: Iterable[UUID], edges: Iterable[Edge]) -> dict[UUID, UUID]:
    """What each id counts as. Every id is absorbed at most once, and never in a circle."""
    parents = {edge.absorbed_id: edge.survivor_id for edge in edges}
    found = {}
    for customer_id in customer_ids:
        root = customer_id
        while root in parents:
            root = parents[root]
        found[customer_id] = root
    return found


def acceptable(edges: Iterable[Edge], canonical: Mapping[UUID, UUID]) -> list[Edge]:
    """The edges that can be added one after the other: absorbed ids stand alone, and no edge closes a circle."""
    now = dict(canonical)
    accepted = []
    for edge in edges:
        root = now[edge.survivor_id]
        if now[edge.absorbed_id] == edge.absorbed_id and root != edge.absorbed_id:
            accepted.append(edge)
            now = {one: root if to == edge.absorbed_id else to for one, to in now.items()}
    return accepted
