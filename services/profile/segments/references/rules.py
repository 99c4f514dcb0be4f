"""Whether a question fits what an attribute was declared to be. Pure."""

from collections.abc import Iterator

from services.profile.attributes.fields import ATTRIBUTE, KINDS, askable
from services.profile.attributes.rules import Declared
from services.profile.attributes.schemas import NewAttribute
from services.profile.fields.schemas import OPERATORS
from services.profile.segments.language.rules import leaves
from services.profile.segments.language.schemas import Leaf, Node
from shared.errors import FieldError


def unfit_attributes(node: Node, declared: Declared) -> list[FieldError]:
    """Questions of attributes that nobody declared, that are encrypted, or that are something else."""
    return [
        fault for key, leaf in leaves(node, f"{ATTRIBUTE.name}.") for fault in _faults(key, leaf, declared.get(key))
    ]


def _faults(key: str, leaf: Leaf, attribute: NewAttribute | None) -> Iterator[FieldError]:
    if attribute is None:
        yield FieldError(f"{leaf.pointer}/field", "unknown", f"There is no attribute {key[:64]}.")
        return
    operators = OPERATORS[KINDS[attribute.type]]
    if not askable(attribute):
        message = f"{key} is personal or free text, and so encrypted: nothing can be asked of it."
        yield FieldError(f"{leaf.pointer}/field", "not_allowed", message)
    elif leaf.op not in operators:
        yield FieldError(f"{leaf.pointer}/op", "not_allowed", f"One of {', '.join(operators)}.")
    elif leaf.op == "is" and isinstance(leaf.value, bool) != (attribute.type == "bool"):
        wanted = "true or false" if attribute.type == "bool" else "A text"
        yield FieldError(f"{leaf.pointer}/value", "type", f"{wanted}.")
    elif attribute.values and leaf.value is not None:
        wrong = {leaf.value} if isinstance(leaf.value, str) else set(leaf.value)
        if wrong - set(attribute.values):
            yield FieldError(f"{leaf.pointer}/value", "not_allowed", f"One of {', '.join(attribute.values[:50])}.")
