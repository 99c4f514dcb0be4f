"""Trying a rule on everybody; nothing is changed."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.profile.segments.compiling.rules import compiled
from services.profile.segments.definitions import usecases as definitions
from services.profile.segments.previews import repository
from services.profile.segments.schemas import PersonOut, PreviewOut
from shared.auth.caller import Caller

PII = "profile:pii"


def preview(session: Session, document: Any, caller: Caller, now: datetime) -> PreviewOut:
    """How many customers a rule and each of its nodes hold, and some of them. Raises `rule_invalid`."""
    chain = definitions.trial(session, document)
    rule = compiled(chain, definitions.zone())
    (customers, *sizes), sample = repository.sizes(session, rule, str(definitions.zone()), now)
    return PreviewOut(
        size=sizes[0],
        customers=customers,
        sizes={node.pointer: size for node, size in zip(rule.nodes, sizes, strict=True)},
        sample=[PersonOut.of(row, pii=caller.may(PII)) for row in repository.people(session, sample, caller)],
    )
