"""What the records of several linked ids come to. Pure."""

from collections.abc import Iterable

from services.profile.customers.schemas import Record


def tags(records: Iterable[Record]) -> list[str]:
    """The tags of all records, each once."""
    return list(dict.fromkeys(tag for record in records for tag in record["tags"]))
