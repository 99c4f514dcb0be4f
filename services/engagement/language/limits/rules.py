"""What the rendering of a text may take, counted while it is rendered."""

from collections.abc import Callable, Iterable, Iterator
from sys import getsizeof
from typing import Any, TextIO

from liquid import RenderContext
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.exceptions import LocalNamespaceLimitError, LoopIterationLimitError, ResourceLimitError
from liquid.expression import Expression
from liquid.token import Token

OUTPUT_LIMIT = 256 * 1024
LOOP_LIMIT = 10_000
WORK_LIMIT = 500_000
READ_LIMIT = 10_000_000  # characters of the values that names stand for and filters take
FILTER = 250  # characters that the call of a filter counts as
DIGITS = 100
ADVICE = (
    f"in all its loops a text may take {LOOP_LIMIT:,} steps, follow {WORK_LIMIT:,} tags and values, and write "
    f"{OUTPUT_LIMIT // 1024} KiB; all values it names or filters may have {READ_LIMIT:,} characters, each filter "
    f"counting as {FILTER}; shorten the ranges it loops over, nest fewer loops, or say less in them"
)


class Counting(RenderContext):
    """Counts the steps of all loops together, what each of them takes, and how much text the values have.

    The library only multiplies the steps of nested loops, and heeds no value that is not kept or written.
    """

    steps = work = read = kept = 0
    weight = 1  # of one step of the loop that begins

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """Count a loop that begins."""
        self.steps += length
        self.work += length * self.weight
        if self.steps > LOOP_LIMIT or self.work > WORK_LIMIT:
            raise LoopIterationLimitError("its loops take too long", token=None)

    def assign(self, key: str, val: Any) -> None:
        """Keep a value, and how much is kept; the library measures all that was kept before each time."""
        self.kept += getsizeof(val) - (getsizeof(self.locals[key]) if key in self.locals else 0)
        if self.kept > OUTPUT_LIMIT:
            raise LocalNamespaceLimitError("it keeps too much", token=None)
        self.locals[key] = val

    def get(self, path: list[object], **how: Any) -> object:
        """What a name stands for."""
        value = super().get(path, **how)
        self._count(0, value)
        return value

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        """A filter that counts what it is given."""
        apply = super().filter(name, token)

        def counted(*values: Any, **named: Any) -> object:
            self._count(FILTER, *values, *named.values())
            return apply(*values, **named)

        return counted

    def _count(self, already: int, *values: object) -> None:
        self.read += already + sum(map(_length, values))
        if self.read > READ_LIMIT:
            raise ValuesTooLongError("its values are too long", token=None)


class ValuesTooLongError(ResourceLimitError):
    """The values that a text names and filters have too many characters together."""


def _length(value: object) -> int:
    """What reading a value counts as; some filters compare every member of a list with every other."""
    if isinstance(value, int) and abs(value) >= 10**DIGITS:
        raise ValuesTooLongError("a number is too long", token=None)
    return len(value) if isinstance(value, str) else len(value) ** 2 if isinstance(value, list) else 0


class Loop(ForNode):
    """A loop that says how many tags and values are followed in one step of it."""

    weight: int | None = None

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Weigh the block once, then run. The numbers that an offset passes over count as well."""
        over = self.expression.iterable
        numbers = over.evaluate(context) if isinstance(over, RangeLiteral) else range(0)
        if numbers.stop - numbers.start > LOOP_LIMIT:
            raise LoopIterationLimitError("a range is too long", token=None)
        if self.weight is None:
            self.weight = sum(1 + len(list(expressions(node))) for node in nodes([self.block], context))
        context.weight = self.weight  # type: ignore[attr-defined]
        return super().render_to_output(context, buffer)


class For(ForTag):
    """The tag of such loops."""

    node_class = Loop


def nodes(roots: Iterable[Node], context: RenderContext) -> Iterator[Node]:
    """These nodes and all inside them."""
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children(context))
        yield node


def expressions(node: Node) -> Iterator[Expression]:
    """What a node evaluates, and what that is made of."""
    waiting = list(node.expressions())
    while waiting:
        expression = waiting.pop()
        waiting.extend(expression.children())
        yield expression
