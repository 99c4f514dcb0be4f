"""`make bench`: how fast the suite is, as ratios against the least code that could do the same, in the same run.

Starts a deployment of its own, measures row after row, and writes docs/benchmarks.md. `ROWS="batch kafka"` measures
only those; the others stay on the page as they were.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rich.console import Console

from tests.load import machine, report
from tests.load.base import meet_customers, settle
from tests.load.bench_campaign import campaign
from tests.load.bench_care import scan
from tests.load.bench_customer360 import customer360
from tests.load.bench_fit import fits
from tests.load.bench_growth import growth
from tests.load.bench_http import batches, hops, singles
from tests.load.bench_imports import imported
from tests.load.bench_kafka import kafka_door
from tests.load.bench_latency import freshness
from tests.load.bench_million import million
from tests.load.bench_rebuild import rebuild
from tests.load.bench_rules import rules
from tests.load.bench_scoring import assessments, calm
from tests.load.bench_segments import entering, preview, segments
from tests.load.rows import Row
from tests.stack import Stack, free_port, running_stack

SECONDS = 8.0
CONSOLE = Console()
Part = Callable[[Stack, float], Iterator[Row]]
# The first loads a whole order log, which a deployment with data of its own refuses.
BEFORE: Mapping[str, Part] = {"rebuild": rebuild, "assess": assessments, "calm": calm}
PARTS: Mapping[str, Part] = {
    "batch": batches,
    "single": singles,
    "hop": hops,
    "freshness": freshness,
    "kafka": kafka_door,
    "entering": entering,
    "segments": segments,
    "preview": preview,
    "growth": growth,
    "import": imported,
    "fit": fits,
    "rules": rules,
    "care": scan,
    "360": customer360,
    "campaign": campaign,
    "million": million,
}


def main() -> None:
    """Run all rows, or those named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"parts to run: {' '.join([*BEFORE, *PARTS])}")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each load runs")
    chosen = parser.parse_args()
    folder = tempfile.TemporaryDirectory(prefix="guanxi-bench-")
    with folder as home, running_stack(Path(home) / "home", free_port()) as stack:
        rows = measured(stack, BEFORE, chosen)
        meet_customers(stack)
        rows += measured(stack, PARTS, chosen)
    report.write(rows, machine.describe(), all_rows=not chosen.rows)
    CONSOLE.print("written: docs/benchmarks.md")


def measured(stack: Stack, parts: Mapping[str, Part], chosen: argparse.Namespace) -> list[Row]:
    """The rows of those parts that were chosen, all by default; each begins when nothing waits any more."""
    rows: list[Row] = []
    for name, part in parts.items():
        if not chosen.rows or name in chosen.rows:
            CONSOLE.print(f"[bold]{name}[/bold] …")
            settle(stack)
            for row in part(stack, chosen.seconds):
                CONSOLE.print(f"  {row.line()}")
                rows.append(row)
    return rows


if __name__ == "__main__":
    main()
