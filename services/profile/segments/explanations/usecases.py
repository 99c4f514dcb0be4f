"""Explaining a verdict by the compiler that made it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.links import usecases as links
from services.profile.segments import usecases as segments
from services.profile.segments.compiling.rules import compiled
from services.profile.segments.definitions import rules as graph
from services.profile.segments.definitions import usecases as definitions
from services.profile.segments.explanations import repository
from services.profile.segments.explanations.schemas import ExplanationOut, NodeOut


def explain(session: Session, segment_id: UUID, customer_id: UUID, now: datetime) -> ExplanationOut:
    """Every node with its value and verdict. Raises NotFound and Gone, `rule_invalid` for a draft that cannot count."""
    segment = segments.get(session, segment_id)
    person = links.person(session, customer_id)
    known, zone = definitions.published(session), definitions.zone()
    if str(segment_id) in known.definitions:
        chain = graph.ordered([str(segment_id)], known.definitions, zone)
    else:
        chain = definitions.trial(session, segment.rule, str(segment_id))
    when = {"now": now, "zone": str(zone)}
    found = repository.nodes(session, compiled(chain, zone), person.canonical_id, when)
    return ExplanationOut(
        segment_id=segment_id,
        customer_id=person.canonical_id,
        segment_version=known.versions.get(str(segment_id), segment.version),
        member=found[0]["verdict"],
        next_at=found[0]["until"],
        nodes=[NodeOut.model_validate(one) for one in found],
    )
