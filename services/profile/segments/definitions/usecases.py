"""Judging whether a rule may be kept, and gathering what segments are judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.consents import usecases as consents
from services.profile.segments import repository
from services.profile.segments.compiling.schemas import MOST_NODES, Definition
from services.profile.segments.definitions import rules
from services.profile.segments.language.rules import invalid, purposes, read
from services.profile.segments.language.schemas import Node
from shared.errors import FieldError

TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Published:
    """All segments that count: their definitions, the version of each, and which rest on which."""

    definitions: Mapping[str, Definition]
    versions: Mapping[str, int]
    edges: rules.Edges


def zone() -> ZoneInfo:
    """The zone of business days."""
    return ZoneInfo(deployment().business_time_zone)


def require(session: Session, document: Any, own: str | None = None) -> Node:
    """The tree of a rule that may be kept as a draft. Raises `rule_invalid` with JSON pointers."""
    node = read(document, zone())
    edges = _edges(session)
    faults = _unknown_purposes(session, node)
    faults += rules.faulty_references(node, own, edges, edges)
    if faults:
        raise invalid(faults)
    return node


def trial(session: Session, document: Any) -> tuple[Node, tuple[Definition, ...]]:
    """The tree of a rule that could count at once, and it after all that it rests on. Raises `rule_invalid`."""
    node = read(document, zone())
    known = published(session)
    faults = _unknown_purposes(session, node)
    faults += rules.faulty_references(node, None, known.definitions, known.edges)
    own = Definition(TRIAL, orjson.dumps(document).decode())
    definitions = rules.ordered([TRIAL], {**known.definitions, TRIAL: own}, zone())
    if rules.weight(definitions, zone()) > MOST_NODES:
        faults.append(FieldError("", "too_long", f"At most {MOST_NODES} nodes together with what it rests on."))
    if faults:
        raise invalid(faults)
    return node, definitions


def published(session: Session) -> Published:
    """All segments that count now."""
    definitions, versions, edges = {}, {}, {}
    for name, version, rule, _ in repository.rules(session):
        if version is not None:
            definitions[name] = Definition(name, None if rule is None else orjson.dumps(rule).decode())
            versions[name] = version
            edges[name] = _references(rule) if rule else ()
    return Published(definitions, versions, edges)


def resting_on(session: Session, segment_id: str) -> list[str]:
    """The other segments whose rule, published or edited, asks for this one."""
    return sorted(name for name, others in _edges(session).items() if segment_id in others and name != segment_id)


def _edges(session: Session) -> dict[str, set[str]]:
    return {
        name: {other for rule in (counting, edited) if rule for other in _references(rule)}
        for name, _, counting, edited in repository.rules(session)
    }


def _references(rule: Mapping[str, Any]) -> Sequence[str]:
    return rules.size_and_references(orjson.dumps(rule).decode(), zone())[1]


def _unknown_purposes(session: Session, node: Node) -> list[FieldError]:
    known = consents.purposes(session)
    return [
        FieldError(f"{pointer}/field", "unknown", f"There is no consent purpose {name[:64]}.")
        for name, pointer in purposes(node)
        if name not in known
    ]
