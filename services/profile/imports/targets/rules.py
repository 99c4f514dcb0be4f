"""Which fields the columns of a kind of file can fill."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.profile.attributes.rules import Declared
from services.profile.attributes.schemas import AttributeType
from services.profile.imports.targets.schemas import REQUIRED, TARGETS, ImportKind, Reader, Target, one_of

PROPERTY = "properties."
ATTRIBUTE = "attributes."
PLAIN = re.compile(r"[A-Za-z0-9_ -]{1,64}")
CUSTOMERS = (ImportKind.CUSTOMERS, ImportKind.ORGANISATIONS)  # an organisation is a customer of its own kind
READERS: Mapping[AttributeType, Reader] = {"number": "number", "bool": "flag", "day": "day"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The fields of a kind; an event also has any property."""

    kind: ImportKind
    targets: Mapping[str, Target]

    def named(self, name: str) -> Target | None:
        """The field of a name."""
        if self.kind is ImportKind.EVENTS and name.startswith(PROPERTY) and self.own(name.removeprefix(PROPERTY)):
            return Target(name, path_of(self.kind, name) or ())
        return self.targets.get(name)

    def own(self, column: str) -> str | None:
        """The field of a column that only the shop knows."""
        return f"{PROPERTY}{column}" if self.kind is ImportKind.EVENTS and PLAIN.fullmatch(column) else None


def vocabulary(kind: ImportKind, attributes: Declared) -> Vocabulary:
    """The fields of a kind; customers, of whichever kind, also have the declared attributes."""
    own = attributes if kind in CUSTOMERS else {}
    return Vocabulary(kind, {**{f"{ATTRIBUTE}{key}": _attribute(key, own) for key in own}, **TARGETS[kind]})


def path_of(kind: ImportKind, name: str) -> tuple[str, ...] | None:
    """Where a field stands in the document."""
    if name.startswith(PROPERTY):
        return ("properties", name.removeprefix(PROPERTY))
    if name.startswith(ATTRIBUTE):
        return ("traits", name.removeprefix(ATTRIBUTE))
    known = TARGETS[kind].get(name)
    return known.path if known else None


def described() -> str:
    """Which fields the columns of a table can fill, by kind, for whoever reads the API's document."""
    return " ".join(("A table or JSON lines. Fields that columns can fill:", *(_of(kind) for kind in ImportKind)))


def _attribute(key: str, declared: Declared) -> Target:
    titles = declared[key].titles
    known = (key, *(title for title in (titles.zh, titles.en) if title))
    return Target(f"{ATTRIBUTE}{key}", ("traits", key), known, READERS.get(declared[key].type, "text"))


def _of(kind: ImportKind) -> str:
    return f"**{kind}** {', '.join(_names(kind))}."


def _names(kind: ImportKind) -> Iterator[str]:
    groups = one_of(kind)
    for group in groups:
        yield f"one at least of {', '.join(f'`{name}`' for name in group)}"
    for name in TARGETS[kind]:
        if not any(name in group for group in groups):
            yield f"`{name}`{' (required)' if name in REQUIRED[kind] else ''}"
    if kind is ImportKind.EVENTS:
        yield f"`{PROPERTY}<name>`"
    if kind in CUSTOMERS:
        yield f"`{ATTRIBUTE}<key>` of declared attributes"
