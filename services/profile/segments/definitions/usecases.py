"""Judging whether a rule may be kept, and gathering what segments are judged by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.segments import repository
from services.profile.segments.compiling.schemas import Definition
from services.profile.segments.definitions import rules
from services.profile.segments.language.rules import invalid, read
from services.profile.segments.language.schemas import Node
from services.profile.segments.references import usecases as named
from shared.errors import FieldError
from shared.kept import Kept

TRIAL = "trial"


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """All segments that count by one mark: their definitions, the version of each, and which rest on which.

    By those that are `unsettled` not everybody was judged yet since they were published.
    """

    mark: str | None
    definitions: Mapping[str, Definition]
    versions: Mapping[str, int]
    edges: rules.Edges
    unsettled: frozenset[str]


PUBLISHED = Kept[Published]()


def zone() -> ZoneInfo:
    """The zone of business days."""
    return ZoneInfo(deployment().business_time_zone)


def require(session: Session, document: Any, own: str | None = None) -> Node:
    """The tree of a rule that may be kept as a draft. Raises `rule_invalid` with JSON pointers."""
    node = read(document, zone())
    edges = _edges(session)
    faults = named.faults(session, node)
    faults += rules.faulty_references(node, own, edges, edges)
    if faults:
        raise invalid(faults)
    return node


def trial(session: Session, document: Any, own: str = TRIAL) -> tuple[Definition, ...]:
    """A rule that could count at once, as the last of all that it rests on. Raises `rule_invalid`."""
    node = read(document, zone())
    known = published(session)
    faults = named.faults(session, node)
    faults += rules.faulty_references(node, own, known.definitions, known.edges)
    if not faults:
        definitions = {**known.definitions, own: Definition(own, _text(document))}
        faults = rules.too_heavy(rules.resting_on(own, known.edges), definitions, zone())
    if faults:
        raise invalid(faults)
    return rules.ordered([own], definitions, zone())


def published(session: Session) -> Published:
    """All segments that count now. Kept, because they are asked for again and again and seldom change."""
    mark = repository.mark(session)
    return PUBLISHED.by(mark, lambda: _published(mark, repository.counting(session)))


def latest(session: Session) -> Published:
    """The segments that counted when somebody asked last: for a statement that also says whether they still do."""
    return PUBLISHED.latest or published(session)


def _published(mark: str | None, rows: Sequence[Row[Any]]) -> Published:
    return Published(
        mark,
        {row.name: Definition(row.name, row.rule) for row in rows},
        {row.name: row.published_version for row in rows},
        {row.name: _asked(row.rule) for row in rows},
        frozenset(row.name for row in rows if row.settled_version != row.published_version),
    )


def resting_on(session: Session, segment_id: str) -> list[str]:
    """The other segments whose rule, published or edited, asks for this one."""
    return sorted(name for name, others in _edges(session).items() if segment_id in others and name != segment_id)


def over_owners(session: Session, segment_ids: Collection[str]) -> list[str]:
    """Which of these segments ask, themselves or by another one, who looks after customers."""
    known = published(session)
    asking = rules.over_owners(known.definitions.values(), zone())
    return [one for one in segment_ids if asking & rules.reachable([one], known.edges)]


def keep_apart(session: Session, segment_id: str, chain: Sequence[Definition]) -> None:
    """Raise `rule_invalid` where who looks after customers would depend on itself.

    `chain` is what a segment is about to rest on. It is refused when it asks for managers, teams or territories while
    an assignment rule uses the segment, or one that rests on it.
    """
    if not rules.over_owners(chain, zone()):
        return
    above = rules.resting_on(segment_id, published(session).edges)
    if repository.used(session, [UUID(one) for one in above]):
        message = "An assignment rule uses this segment: it cannot ask who looks after customers."
        raise invalid([FieldError("", "not_allowed", message)])


def _edges(session: Session) -> dict[str, set[str]]:
    return {
        str(row.segment_id): {*_references(row.counting), *_references(row.edited)} for row in repository.rules(session)
    }


def _references(rule: Mapping[str, Any] | None) -> Sequence[str]:
    return _asked(_text(rule))


def _asked(text: str | None) -> Sequence[str]:
    return () if text is None else rules.size_and_references(text, zone())[1]


def _text(rule: Mapping[str, Any] | None) -> str | None:
    return None if rule is None else orjson.dumps(rule).decode()
