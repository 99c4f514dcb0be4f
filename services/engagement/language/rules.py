"""Parsing, checking and rendering of templates that staff write. Limits hold whatever the template says."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from liquid import BoundTemplate, Environment, Mode, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags.for_tag import ForNode
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.filter import with_context

from services.engagement.formats.rules import Formats, day, money, time_of_day
from services.engagement.language.limits.rules import ADVICE, OUTPUT_LIMIT, Counting, For, expressions, nodes
from services.engagement.language.schemas import (
    ALWAYS,
    BLOCKS,
    EXAMPLE_VALUES,
    EXAMPLES,
    Fault,
    PastLimit,
    Shape,
    TemplateFailed,
)

SOURCE_LIMIT = 64 * 1024
TAG_LIMIT = 1_000  # characters of one tag or value: what reads them takes the square of that, or more
OPENING = re.compile(r"\{\{|\{%")
VERBATIM = re.compile(r"\{%-?\s*(raw|doc)\b")
NEUTRAL = Formats("en", ZoneInfo("UTC"), "CNY")  # for a trial, whose words nobody reads

TAGS = {
    *("content", "output", "illegal", "#", "comment"),
    *("assign", "capture", "echo", "if", "unless", "case", "for", "break", "continue", "cycle"),
}
READING = {"money": money, "day": day, "time": time_of_day}
# Left out on purpose: what undoes escaping (safe), reads strftime's language (date) or grows without bound (replace).
FILTERS = {
    *("abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times"),
    *("append", "capitalize", "default", "downcase", "escape", "newline_to_br", "prepend", "slice", "strip"),
    *("truncate", "truncatewords", "upcase", "first", "join", "last", "reverse", "size", "sort", "uniq"),
    *READING,
}


class _Template(BoundTemplate):
    context_class = Counting


class _Language(Environment):
    template_class = _Template
    output_stream_limit = OUTPUT_LIMIT


def _reading(form: Callable[[Any, Formats], str]) -> Any:
    def apply(value: Any, *, context: RenderContext) -> str:
        return form(value or None, context.globals["_formats"])  # type: ignore[arg-type]

    return with_context(apply)


def _language(*, escape: bool) -> Environment:
    made = _Language(tolerance=Mode.STRICT, strict_filters=True, autoescape=escape)
    made.add_tag(For)
    made.tags = {name: tag for name, tag in made.tags.items() if name in TAGS}
    kept = {name: one for name, one in made.filters.items() if name in FILTERS}
    made.filters = kept | {name: _reading(form) for name, form in READING.items()}
    return made


PLAIN, ESCAPING = _language(escape=False), _language(escape=True)


@lru_cache(maxsize=2048)
def parsed(source: str, *, escape: bool = False) -> BoundTemplate:
    """The template of `source`; raises LiquidError when it is none."""
    return (ESCAPING if escape else PLAIN).from_string(source)


def vocabulary(context: Sequence[str], variables: Sequence[str]) -> dict[str, Shape]:
    """The names a template may use: those always there, the declared blocks and its own variables."""
    return {**dict.fromkeys(variables), **{block: BLOCKS[block] for block in context}, **ALWAYS}


def faults(source: str, names: Mapping[str, Shape]) -> list[Fault]:
    """What is wrong with `source`: its size, its syntax, or a name that is not in `names`."""
    if len(source.encode()) > SOURCE_LIMIT:
        return [Fault("too_long", "a template has at most 64 KiB")]
    if unread := _unreadable(source):
        return [Fault("format", unread)]
    try:
        template = parsed(source)
        return [*_misused(template), *_unknown(template, names)]
    except LiquidError as error:
        return [Fault("format", str(error).splitlines()[0])]


def render(source: str, context: Mapping[str, Any], formats: Formats, *, escape: bool = False) -> str:
    """The text of `source` for one person. Raises PastLimit, or TemplateFailed for a value a filter cannot take."""
    try:
        return parsed(source, escape=escape).render({**context, "_formats": formats})
    except ResourceLimitError as error:
        raise PastLimit(type(error).__name__) from error
    except (LiquidError, ValueError, TypeError, ArithmeticError, KeyError) as error:
        raise TemplateFailed(type(error).__name__) from error


def examples(context: Sequence[str], variables: Mapping[str, str]) -> list[dict[str, Any]]:
    """What to try a template with: every name filled, by the type of each variable, and nothing known at all."""
    filled = {name: EXAMPLES[name] for name in [*ALWAYS, *context]}
    return [filled | {name: EXAMPLE_VALUES[kind] for name, kind in variables.items()}, {}]


def past_limit(source: str, tried_with: Sequence[Mapping[str, Any]], *, escape: bool = False) -> list[Fault]:
    """The limit that `source` exceeds with any of these values. What else fails depends on the values: no fault."""
    for values in tried_with:
        try:
            render(source, values, NEUTRAL, escape=escape)
        except PastLimit as failure:
            return [Fault("too_large", f"{failure}: {ADVICE}")]
        except TemplateFailed:
            continue
    return []


def _unreadable(source: str) -> str | None:
    """What would have the library search for the end of a tag over and over."""
    if found := VERBATIM.search(source):
        return f"{found[1]} is not a tag"
    at = 0
    while found := OPENING.search(source, at):
        ending = "}}" if found[0] == "{{" else "%}"
        at = source.find(ending, found.end(), found.end() + TAG_LIMIT) + len(ending)
        if at < found.end():
            line = source.count("\n", 0, found.start()) + 1
            return f"on line {line}, {found[0]} has no {ending} within {TAG_LIMIT:,} characters"
    return None


def _misused(template: BoundTemplate) -> list[Fault]:
    """Filters that do not exist here, and ranges outside a loop, where no limit would hold them."""
    found = [Fault("unknown", f"{name} is not a filter") for name in template.analyze().filters if name not in FILTERS]
    elsewhere = [node for node in _all(template) if not isinstance(node, ForNode)]
    ranges = any(isinstance(one, RangeLiteral) for node in elsewhere for one in expressions(node))
    return found + [Fault("not_allowed", "a range may only stand in a loop")] * ranges


def _unknown(template: BoundTemplate, names: Mapping[str, Shape]) -> list[Fault]:
    """Paths that lead nowhere, in the order they stand. A loop variable is followed to what it runs over."""
    found = template.analyze()
    own = set(found.locals) | {"forloop"}
    loops = list(_loops(template))
    paths = sorted((path for group in found.variables.values() for path in group), key=lambda path: path.span.index)
    lost = [str(path) for path in paths if not _leads(path.segments, names, loops, own)]
    return [Fault("unknown", f"{path} is not a name this template may use") for path in lost]


def _leads(
    segments: Sequence[Any], names: Mapping[str, Shape], loops: list[tuple[str, list[Any]]], own: set[str]
) -> bool:
    root, *rest = segments
    if root in own or (root in names and _walk(names[root], rest)):
        return True
    others = [loop for loop in loops if loop[0] != root]
    runs = [over for name, over in loops if name == root]
    return any(not over or _leads([*over, 0, *rest], names, others, own) for over in runs)


def _walk(shape: Shape, segments: Sequence[Any]) -> bool:
    if not segments:
        return True
    head, *rest = segments
    if isinstance(shape, dict):
        return isinstance(head, str) and head in shape and _walk(shape[head], rest)
    if isinstance(shape, list) and (isinstance(head, int) or head in {"first", "last"}):
        return _walk(shape[0], rest)
    return head == "size" and not rest


def _loops(template: BoundTemplate) -> Iterator[tuple[str, list[Any]]]:
    """(loop variable, path it runs over); an empty path for a range."""
    for node in _all(template):
        if isinstance(node, ForNode):
            over = node.expression.iterable
            yield str(node.expression.identifier), list(over.path) if isinstance(over, Path) else []


def _all(template: BoundTemplate) -> Iterator[Node]:
    return nodes(template.nodes, RenderContext(template))
