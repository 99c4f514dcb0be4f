"""Reading a rule: the closed tree out of a JSON document, or everything that is wrong with it. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from services.profile.attributes.fields import ATTRIBUTE
from services.profile.fields.rules import kind_asked
from services.profile.fields.schemas import OPERATORS, Asked, Condition, Field, Measure, Window
from services.profile.segments.language.fields import FIELDS, SEGMENT, field_of
from services.profile.segments.language.schemas import (
    DEPTH,
    NODES,
    VALUES,
    ConditionOut,
    FieldOut,
    FieldTitles,
    Group,
    GroupKind,
    Leaf,
    Node,
    walk,
)
from services.profile.segments.values import rules as values
from services.profile.segments.values.rules import Fault
from services.profile.signals.fields import DIMENSION
from shared.errors import FieldError, Invalid

GROUPS: tuple[GroupKind, ...] = ("all", "any", "not")
PARTS = {"field", "op", "value", "window", "where"}
WHERE_PARTS = {"field", "op", "value"}
MOST_ASKED = 20


def read(document: Any, zone: ZoneInfo) -> Node:
    """The tree of a rule; windows between days are days of `zone`. Raises `rule_invalid` with JSON pointers."""
    faults: list[FieldError] = []
    node = _read(document, "", 1, zone, faults)
    nodes = list(walk(node)) if node is not None else []
    if len(nodes) > NODES:
        faults.append(FieldError("", "too_long", f"At most {NODES} nodes."))
    if sum(_values(one) for one in nodes if isinstance(one, Leaf)) > VALUES:
        faults.append(FieldError("", "too_long", f"At most {VALUES} values."))
    if faults or node is None:
        raise invalid(faults)
    return node


def invalid(faults: Sequence[FieldError]) -> Invalid:
    """The refusal of a rule; the fields of the faults are JSON pointers into it."""
    places = ", ".join(dict.fromkeys(one.field or "the root" for one in faults[:5]))
    return Invalid(f"The rule is wrong at {places}.", code="rule_invalid", errors=faults[:100])


def references(node: Node) -> Iterator[tuple[str, str]]:
    """The segments that a rule asks for, each with the pointer of the leaf."""
    for one in walk(node):
        if isinstance(one, Leaf) and one.measure.name == SEGMENT:
            for segment_id in [one.value] if one.op == "is" else one.value or ():
                yield segment_id, one.pointer


def leaves(node: Node, prefix: str) -> Iterator[tuple[str, Leaf]]:
    """The leaves on fields of a prefix such as `consent.`, each with what the name goes on with."""
    for one in walk(node):
        if isinstance(one, Leaf) and one.measure.name.startswith(prefix):
            yield one.measure.name.removeprefix(prefix), one


def vocabulary(declared: Iterable[Field]) -> list[FieldOut]:
    """Every field there is with the declared attributes and dimensions, for builders of rules."""
    fixed = [one for one in FIELDS.values() if one.name not in (ATTRIBUTE.name, DIMENSION.name)]
    return [_described(one) for one in (*fixed, *declared)]


def _described(one: Field) -> FieldOut:
    return FieldOut(
        field=f"{one.name}.<name>" if one.parameter else one.name,
        type=one.kind.value,
        operators=list(_operators(one)),
        values=list(one.values),
        window=one.windowed,
        where=[
            ConditionOut(name=name, type=asked.kind.value, operators=list(_askable(one, asked)), values=asked.values)
            for name, asked in one.conditions.items()
        ],
        titles=FieldTitles(zh=one.zh, en=one.en),
        available=one.available,
    )


def _operators(one: Field) -> Sequence[str]:
    return ("is", "is_any_of") if one.name == SEGMENT else one.operators


def _values(leaf: Leaf) -> int:
    return values.count(leaf.value) + sum(values.count(asked.value) for asked in leaf.measure.where)


def _read(document: Any, pointer: str, depth: int, zone: ZoneInfo, faults: list[FieldError]) -> Node | None:
    """The node at a place, or None where something is wrong with it or below."""
    try:
        if depth > DEPTH:
            raise Fault("", "too_long", f"At most {DEPTH} levels.")
        if not isinstance(document, Mapping):
            raise Fault("", "type", "A node is an object: all, any, not, or a leaf with a field.")
        kinds = [kind for kind in GROUPS if kind in document]
        if not kinds:
            return _leaf(document, pointer, zone)
        below = _below(kinds[0], document)
    except Fault as fault:
        faults.append(FieldError(_joined(pointer, fault.part), fault.code, fault.message))
        return None
    places = [_joined(pointer, place) for place in below]
    found = [_read(one, at, depth + 1, zone, faults) for at, one in zip(places, below.values(), strict=True)]
    whole = tuple(one for one in found if one is not None)
    return Group(pointer, kinds[0], whole) if len(whole) == len(found) else None


def _below(kind: GroupKind, document: Mapping[str, Any]) -> dict[str, Any]:
    """The nodes of a group by their places in it. Raises Fault."""
    if len(document) != 1:
        raise Fault("", "not_allowed", "A node has one of all, any and not, and nothing beside it.")
    inner = document[kind]
    if kind == "not":
        return {kind: inner}
    if not isinstance(inner, list):
        raise Fault(kind, "type", "A list of nodes.")
    if not inner:
        raise Fault(kind, "too_short", "At least one node.")
    return {f"{kind}/{at}": one for at, one in enumerate(inner)}


def _leaf(document: Mapping[str, Any], pointer: str, zone: ZoneInfo) -> Leaf:
    name = _name(document, PARTS)
    one = field_of(name)
    if one is None:
        raise Fault("field", "unknown", f"There is no field {name[:64]}.")
    if not one.available:
        raise Fault("field", "not_allowed", f"There are no facts for {name[:64]} yet.")
    declared = kind_asked(document.get("op"), document.get("value")) if one.declared else None
    allowed = values.Allowed(declared or one.kind, _operators(one), one.values, one.identifiers)
    value = values.read(allowed, document)
    window = _window(one, document["window"], zone) if "window" in document else _fixed(one)
    where = _where(one, document["where"]) if "where" in document else ()
    return Leaf(pointer, Measure(name, window, where, declared), document["op"], value)


def _name(document: Mapping[str, Any], parts: Collection[str]) -> str:
    for part in document:
        if part not in parts:
            raise Fault(values.escaped(part), "unknown", "There is no such part here.")
    if "field" not in document:
        raise Fault("field", "required", "The name of a field.")
    name = document["field"]
    if not isinstance(name, str):
        raise Fault("field", "type", "The name of a field.")
    return name


def _window(one: Field, document: Any, zone: ZoneInfo) -> Window:
    if not one.windowed:
        raise Fault("window", "not_allowed", f"{one.name} has no window.")
    with _within("window"):
        return values.window(document, zone)


def _fixed(one: Field) -> Window | None:
    return Window(span=one.within) if one.within is not None else None


def _where(one: Field, document: Any) -> tuple[Asked, ...]:
    if not isinstance(document, list) or not 1 <= len(document) <= MOST_ASKED:
        raise Fault("where", "type", f"A list of 1 to {MOST_ASKED} conditions.")
    if one.parameter and len(document) > 1:
        raise Fault("where", "too_long", "One channel.")
    found = []
    for at, entry in enumerate(document):
        with _within(f"where/{at}"):
            found.append(_asked(one, entry))
    return tuple(found)


def _asked(one: Field, document: Any) -> Asked:
    if not isinstance(document, Mapping):
        raise Fault("", "type", "A condition is an object of field, op and value.")
    name = _name(document, WHERE_PARTS)
    condition = one.conditions.get(name)
    if condition is None:
        raise Fault("field", "not_allowed", f"{one.name} cannot be asked for that.")
    value = values.read(values.Allowed(condition.kind, _askable(one, condition), condition.values), document)
    return Asked(name, document["op"], value)


def _askable(one: Field, condition: Condition) -> Sequence[str]:
    """A consent is looked up for one channel; anything else may be compared."""
    return ("is",) if one.parameter else OPERATORS[condition.kind]


@contextmanager
def _within(part: str) -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        raise Fault(_joined(part, fault.part), fault.code, fault.message) from None


def _joined(pointer: str, part: str) -> str:
    return f"{pointer}/{part}" if part else pointer
