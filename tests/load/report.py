"""docs/benchmarks.md: the table, and what limits each row."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.load.rows import Row

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
NOTES = PAGE.with_name("benchmarks-notes.md")
HEAD = """# Benchmarks

`make bench` starts a deployment, measures, and writes this page. Everything (clients, baselines, seven processes,
PostgreSQL, Kafka) shares one machine, so read the ratios: each compares with the least code that could do the same
thing, in the same run, on the same servers ([baselines](../tests/load/baselines.py)). Durable commits on both sides,
telemetry as shipped on ours.

"""


COLUMNS = "| what | measured | against | ratio | reach | taken |"


def write(rows: Sequence[Row], machine: str, *, all_rows: bool) -> None:
    """Write the page. Unless these are all rows, those that were not measured stay as they are."""
    standing = {} if all_rows else _standing(PAGE.read_text(encoding="utf-8"))
    taken = f"{datetime.now(UTC):%Y-%m-%d} on {machine}"
    lines = standing | {row.what: _line(row, taken) for row in rows}
    table = "\n".join([COLUMNS, "|" + "---|" * (COLUMNS.count("|") - 1), *lines.values()])
    notes = NOTES.read_text(encoding="utf-8")
    PAGE.write_text(f"{HEAD}{table}\n\n{notes}", encoding="utf-8")


def _standing(page: str) -> dict[str, str]:
    lines = [line for line in page.splitlines() if line.startswith("| ") and line != COLUMNS]
    return {line.split("|")[1].strip(): line for line in lines}


def _line(row: Row, taken: str) -> str:
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    return f"| {row.what} | {row.measured} | {row.against} | {ratio} | {row.reach} | {taken} |"
