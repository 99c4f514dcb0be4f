"""The fields of a file in words."""

from collections.abc import Iterator

from services.profile.imports.targets.schemas import REQUIRED, TARGETS, WHO, ImportKind


def described() -> str:
    """Which fields the columns of a table can fill, by kind, for whoever reads the API's document."""
    return " ".join(("A table or JSON lines. Fields that columns can fill:", *(_of(kind) for kind in ImportKind)))


def _of(kind: ImportKind) -> str:
    return f"**{kind}** {', '.join(_names(kind))}."


def _names(kind: ImportKind) -> Iterator[str]:
    identities = {one.name for one in WHO}
    yield f"one at least of {', '.join(f'`{one.name}`' for one in WHO)}"
    for name in TARGETS[kind]:
        if name not in identities:
            yield f"`{name}`{' (required)' if name in REQUIRED[kind] else ''}"
    if kind is ImportKind.EVENTS:
        yield "`properties.<name>`"
