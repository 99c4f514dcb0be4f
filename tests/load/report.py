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


def write(rows: Sequence[Row], machine: str) -> None:
    """Write the page."""
    lines = ["| what | measured | against | ratio | reach |", "|---|---|---|---|---|"]
    lines += [_line(row) for row in rows]
    taken = f"Taken {datetime.now(UTC):%Y-%m-%d} on {machine}.\n\n"
    PAGE.write_text(HEAD + taken + "\n".join(lines) + "\n\n" + NOTES.read_text(encoding="utf-8"), encoding="utf-8")


def _line(row: Row) -> str:
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    return f"| {row.what} | {row.measured} | {row.against} | {ratio} | {row.reach} |"
