"""How long a caller still waits, passed from process to process."""

import time

DEADLINE = "X-Guanxi-Deadline-Ms"
RAW = DEADLINE.lower().encode()
LONGEST_MS = 600_000


def ends_at(header: bytes | None) -> float | None:
    """The instant of time.monotonic() after which nobody waits; None when the caller said nothing sensible."""
    if header is None or not header.isdigit():
        return None
    return time.monotonic() + min(int(header), LONGEST_MS) / 1000
