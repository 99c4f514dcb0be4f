"""What makes an erasure complete, and its proof."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

OWN = "profile"
PATIENCE = timedelta(seconds=30)  # before it is looked again whether a file was taken in
ANSWERING = ("engagement", "scoring")
DUE = timedelta(days=7)  # answers usually take seconds; after that somebody has to look

Answers = Iterable[Mapping[Any, Any]]


def is_answered(member_ids: Iterable[UUID], answers: Answers) -> bool:
    """Whether every service has erased every id of the person."""
    given = {(answer["service"], answer["customer_id"]) for answer in answers}
    return given >= {(service, member) for service in ANSWERING for member in member_ids}


def counted(answers: Answers) -> dict[str, dict[str, int]]:
    """Rows by service and table, over all ids of the person."""
    sums: dict[str, Counter[str]] = {}
    for answer in answers:
        sums.setdefault(answer["service"], Counter()).update(answer["counts"])
    return {service: dict(sorted(tables.items())) for service, tables in sorted(sums.items())}


def proof_of(counts: Mapping[str, Mapping[str, int]]) -> str:
    """The SHA-256, in hexadecimal, of the counts as JSON with sorted keys and no spaces."""
    return hashlib.sha256(orjson.dumps(counts, option=orjson.OPT_SORT_KEYS)).hexdigest()
