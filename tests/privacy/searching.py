"""Where values stand: in databases, and in dumps of them."""

from collections.abc import Iterable, Iterator

from shared.runtime import Runtime
from tests.privacy.dumps import dump, opened
from tests.privacy.seeding import everything


def stored(runtimes: dict[str, Runtime]) -> Iterator[tuple[str, str]]:
    """All that stands in the databases."""
    for service, runtime in runtimes.items():
        with runtime.database.reading() as session:
            yield from everything(session, service)


def dumped(runtimes: dict[str, Runtime]) -> Iterator[tuple[str, str]]:
    """All that stands in dumps made now, as it is written and as whoever has the keys reads it."""
    for service, runtime in runtimes.items():
        written = dump(runtime)
        yield f"{service} as written", written
        yield from opened(service, written)


def places(told: Iterable[tuple[str, str]], values: set[str]) -> dict[str, set[str]]:
    """Where each value stands."""
    found: dict[str, set[str]] = {}
    for place, text in told:
        for value in values:
            if value in text:
                found.setdefault(value, set()).add(place)
    return found
