"""Which segments a rule rests on. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

import orjson

from services.profile.managers.fields import ASSIGNMENT
from services.profile.segments.compiling.schemas import MOST_NODES, Definition
from services.profile.segments.language.rules import leaves, read, references
from services.profile.segments.language.schemas import Node, walk
from shared.errors import FieldError

Edges = Mapping[str, Collection[str]]


@lru_cache(maxsize=4096)
def size_and_references(rule: str, zone: ZoneInfo) -> tuple[int, tuple[str, ...]]:
    """How many nodes a rule that was read before has, and which segments it asks for."""
    node = read(orjson.loads(rule), zone)
    return len(list(walk(node))), tuple(dict.fromkeys(name for name, _ in references(node)))


@lru_cache(maxsize=4096)
def asks_owners(rule: str, zone: ZoneInfo) -> bool:
    """Whether a rule that was read before asks itself who looks after customers."""
    return any(leaves(read(orjson.loads(rule), zone), ASSIGNMENT))


def over_owners(definitions: Iterable[Definition], zone: ZoneInfo) -> set[str]:
    """Which of these ask themselves who looks after customers."""
    return {one.segment_id for one in definitions if one.rule is not None and asks_owners(one.rule, zone)}


def ordered(wanted: Iterable[str], known: Mapping[str, Definition], zone: ZoneInfo) -> tuple[Definition, ...]:
    """These segments and all they rest on, each after those it refers to. There are no circles."""
    found: dict[str, Definition] = {}

    def visit(name: str) -> None:
        if name in found or name not in known:
            return
        rule = known[name].rule
        for other in size_and_references(rule, zone)[1] if rule is not None else ():
            visit(other)
        found[name] = known[name]

    for name in wanted:
        visit(name)
    return tuple(found.values())


def weight(definitions: Iterable[Definition], zone: ZoneInfo) -> int:
    """How many nodes these have together."""
    return sum(1 if one.rule is None else size_and_references(one.rule, zone)[0] for one in definitions)


def too_heavy(names: Iterable[str], known: Mapping[str, Definition], zone: ZoneInfo) -> list[FieldError]:
    """What is wrong where one of these, with all that it rests on, is more than one statement can judge."""
    if all(weight(ordered([name], known, zone), zone) <= MOST_NODES for name in names):
        return []
    return [FieldError("", "too_long", f"At most {MOST_NODES} nodes in a segment with all that it rests on.")]


def portions(
    wanted: Iterable[str], known: Mapping[str, Definition], zone: ZoneInfo
) -> Sequence[tuple[tuple[str, ...], tuple[Definition, ...]]]:
    """Segments in portions that one statement can judge, each with all that it rests on; one without any of none."""
    found: list[tuple[str, ...]] = []
    some: tuple[str, ...] = ()
    for name in wanted:
        if some and weight(ordered((*some, name), known, zone), zone) > MOST_NODES:
            found.append(some)
            some = ()
        some = (*some, name)
    return tuple((names, ordered(names, known, zone)) for names in (*found, some))


def reachable(start: Iterable[str], edges: Edges) -> set[str]:
    """Everything that these lead to, themselves included."""
    found: set[str] = set()
    left = list(start)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(edges.get(name, ()))
    return found


def resting_on(segment_id: str, edges: Edges) -> set[str]:
    """The segments that lead to this one, itself included."""
    backwards: dict[str, set[str]] = {}
    for name, others in edges.items():
        for other in others:
            backwards.setdefault(other, set()).add(name)
    return reachable([segment_id], backwards)


def faulty_references(node: Node, own: str | None, usable: Collection[str], edges: Edges) -> list[FieldError]:
    """References to segments that cannot be used here, and those that would lead back to this segment."""
    found = []
    for name, pointer in references(node):
        if name not in usable:
            found.append(FieldError(f"{pointer}/value", "reference_not_found", f"There is no segment {name} to use."))
        elif own is not None and own in reachable([name], edges):
            found.append(FieldError(f"{pointer}/value", "not_allowed", f"Segment {name} rests on this one."))
    return found
