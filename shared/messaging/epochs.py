"""Versions after a restore: above all that were told before the loss, so that nobody takes them for old.

A restored database counts on from where its backup stood, while the others have seen higher versions. `GUANXI_EPOCH`
says how often that happened; it stands with the other settings, for what is kept in a database is restored with it.
"""

import orjson

SPAN = 10**9  # so many versions of one subject are told in an epoch at most


def stamped(payload: bytes, epoch: int) -> bytes:
    """An event as it is told in an epoch: version n of a subject becomes epoch·10⁹ + n."""
    if not epoch:
        return payload
    document = orjson.loads(payload)
    document["version"] = epoch * SPAN + document["version"] % SPAN
    return orjson.dumps(document)
