"""From rules to SQL: who is in, and when time alone can change that. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

import orjson

from services.profile.fields.rules import Binds, changes_at, holds
from services.profile.fields.schemas import Field, Measure, People, Relation
from services.profile.segments.compiling.schemas import Compiled, Definition, Judgement
from services.profile.segments.language.fields import SEGMENT, field_of
from services.profile.segments.language.rules import read, references
from services.profile.segments.language.schemas import Leaf, Node

JOINING = {"all": " AND ", "any": " OR "}
LINKED = "SELECT canonical_id AS id, customer_id AS member FROM customer_ref"
AMONG = " WHERE {} = ANY(CAST(:ids AS uuid[]))"
SOME = LINKED + AMONG.format("canonical_id")
# Nearly everybody counts as themselves. Of a sum that is to be one the planner expects few, of two unequal columns all.
ABSORBED = f"{LINKED} WHERE (canonical_id > customer_id)::int + (canonical_id < customer_id)::int = 1"
UNABSORBED = (
    f"(SELECT c.* FROM customer c WHERE NOT EXISTS (SELECT FROM ({ABSORBED}) a WHERE a.member = c.customer_id)) c"
)
# Of two equal columns the planner expects one row in 200, but of these nearly all are: two bounds it takes for more.
CANONICAL = (
    "customer c JOIN customer_ref r ON r.customer_id = c.customer_id "
    "AND r.canonical_id >= r.customer_id AND r.canonical_id <= r.customer_id"
)
EVERYBODY_OF = People(
    UNABSORBED, LINKED, f"LEFT JOIN ({ABSORBED}) p ON p.member = f.customer_id", "coalesce(p.id, f.customer_id)"
)
SOME_OF = People(CANONICAL, SOME, f"JOIN ({SOME}) p ON p.member = f.customer_id", "p.id")
LISTED = (
    "LEFT JOIN (SELECT p.id, array_agg(DISTINCT f.segment_id) AS ids FROM ({people}) p JOIN segment_listing f "
    "ON f.customer_id = p.member WHERE f.segment_id = ANY({lists}) GROUP BY p.id) listing "
    "ON listing.id = c.customer_id"
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a statement is made of: its binds, the number of each measure and of each segment judged before.

    Segments of one level build on those of lower levels alone; `timed` may change by time.
    """

    bind: Binds = field(default_factory=Binds)
    measures: dict[Measure, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    levels: list[list[int]] = field(default_factory=list)
    timed: set[int] = field(default_factory=set)


@lru_cache(maxsize=64)
def compiled(definitions: tuple[Definition, ...], zone: ZoneInfo) -> Compiled:
    """One statement that judges people by all of these segments, which come after those they refer to.

    A segment that is referred to and not among them holds nobody.
    """
    scope = _Scope()
    judged: list[list[Judgement]] = []
    for one in definitions:
        node = None if one.rule is None else read(orjson.loads(one.rule), zone)
        judged.append(_listed(one, scope) if node is None else _judged(node, scope))
        _place(one.segment_id, node, judged[-1][0], scope)
    lists = [one.segment_id for one in definitions if one.rule is None]
    everybody, some = (_statement(judged, lists, scope, *of) for of in ((EVERYBODY_OF, ""), (SOME_OF, AMONG)))
    return Compiled(
        everybody=everybody,
        some=some,
        binds=scope.bind.values,
        places={segment_id: f"s{at}" for segment_id, at in scope.places.items()},
        next_at=_least(f"n{at}" for at in sorted(scope.timed)) or "CAST(NULL AS timestamptz)",
        nodes=tuple(judged[-1]) if judged else (),
    )


def _place(segment_id: str, node: Node | None, judgement: Judgement, scope: _Scope) -> None:
    at = len(scope.places)
    below = {scope.places[name] for name, _ in references(node) if name in scope.places} if node else set()
    level = 1 + max((depth for depth, some in enumerate(scope.levels) if below & set(some)), default=-1)
    if level == len(scope.levels):
        scope.levels.append([])
    scope.levels[level].append(at)
    scope.places[segment_id] = at
    if judgement.until is not None:
        scope.timed.add(at)


def _listed(one: Definition, scope: _Scope) -> list[Judgement]:
    return [Judgement("", f"coalesce({scope.bind(one.segment_id, 'uuid')} = ANY(listed), false)", None)]


def _judged(node: Node, scope: _Scope) -> list[Judgement]:
    """The judgements of a node and all below it, parents first."""
    if isinstance(node, Leaf):
        return [_reference(node, scope) if node.measure.name == SEGMENT else _asked(node, scope)]
    below = [_judged(child, scope) for child in node.nodes]
    verdicts = [nodes[0].verdict for nodes in below]
    verdict = f"NOT {verdicts[0]}" if node.kind == "not" else f"({JOINING[node.kind].join(verdicts)})"
    until = _least(nodes[0].until for nodes in below)
    return [Judgement(node.pointer, verdict, until), *(one for nodes in below for one in nodes)]


def _asked(leaf: Leaf, scope: _Scope) -> Judgement:
    measure = leaf.measure
    at = scope.measures.setdefault(measure, len(scope.measures))
    (one, _), sql = _field(measure), f"v{at}"
    leaving = None
    if measure.window is not None and measure.window.span is not None:
        leaving = f"u{at} + {scope.bind(measure.window.span, 'interval')}"
    until = _least([leaving, changes_at(leaf.op, sql, leaf.value, scope.bind)])
    return Judgement(leaf.pointer, holds(measure.kind or one.kind, leaf.op, sql, leaf.value, scope.bind), until, sql)


def _reference(leaf: Leaf, scope: _Scope) -> Judgement:
    wanted = [leaf.value] if leaf.op == "is" else leaf.value
    known = [scope.places[one] for one in wanted if one in scope.places]
    verdict = f"({' OR '.join(f's{at}' for at in known)})" if known else "false"
    return Judgement(leaf.pointer, verdict, _least(f"n{at}" for at in known if at in scope.timed))


def _statement(
    judged: Sequence[Sequence[Judgement]], lists: Sequence[str], scope: _Scope, people: People, among: str
) -> str:
    """Facts first; then one select for each level of segments, which builds on those before."""
    only = among.format("c.customer_id").replace("WHERE", "AND")
    parts = [f"WITH facts AS ({_facts(people, lists, scope)}{only})"]
    before = "facts"
    for depth, level in enumerate(scope.levels):
        verdicts = [f"{judged[at][0].verdict} AS s{at}" for at in level]
        times = [f"{judged[at][0].until} AS n{at}" for at in level if at in scope.timed]
        parts.append(f"l{depth} AS (SELECT *, {', '.join([*verdicts, *times])} FROM {before})")
        before = f"l{depth}"
    return ", ".join([*parts, f"judged AS (SELECT * FROM {before})"])


def _facts(people: People, lists: Sequence[str], scope: _Scope) -> str:
    by_relation: dict[Relation, dict[int, tuple[Field, Measure]]] = {}
    columns = ["c.customer_id AS id"]
    for measure, at in scope.measures.items():
        one, relation = _field(measure)
        by_relation.setdefault(relation, {})[at] = (one, measure)
        columns.append(f"{relation.value(one, at)} AS v{at}")
        if measure.window is not None and measure.window.span is not None:
            columns.append(f"{relation.name}.u{at} AS u{at}")
    joins = [relation.join(wanted, people, scope.bind) for relation, wanted in by_relation.items()]
    if lists:
        columns.append("listing.ids AS listed")
        joins.append(LISTED.format(people=people.linked, lists=scope.bind(list(lists), "uuid[]")))
    return f"SELECT {', '.join(columns)} FROM {people.customers} {' '.join(joins)} WHERE c.status = 'active'"


def _field(measure: Measure) -> tuple[Field, Relation]:
    one = field_of(measure.name)
    if one is None or one.relation is None:
        raise KeyError(measure.name)
    return one, one.relation


def _least(times: Iterable[str | None]) -> str | None:
    known = list(dict.fromkeys(one for one in times if one is not None))
    return known[0] if len(known) == 1 else f"LEAST({', '.join(known)})" if known else None
