"""The clustering in force, and the clusters of customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.clusters import fields as declared
from services.scoring.clusters import rules
from services.scoring.clusters.descriptions import rules as descriptions
from services.scoring.clusters.rules import FEWEST_BUYERS, KIND, Clustering
from services.scoring.clusters.schemas import (
    CentreOut,
    ClusteringOut,
    ClusterOut,
    ClustersOut,
    LeafOut,
    NewClustering,
)
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence
from services.scoring.models import repository as stored
from services.scoring.models import usecases as models
from services.scoring.models.rules import Standards
from services.scoring.models.tables import Model
from shared.errors import FieldError, Invalid, NotFound
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

Found = tuple[Clustering, dict[str, Any]]  # and its card


def in_force(session: Session, known: Standards | None = None) -> Clustering | None:
    """The clustering that counts; None before there is one."""
    return models.loaded(session, KIND, Clustering.load, known)


def assigned(session: Session, evidence: Evidence, known: Standards | None = None) -> list[str | None]:
    """The cluster of each customer, in the order of the evidence; None before there are clusters or a purchase."""
    clustering = in_force(session, known)
    return [None] * len(evidence) if clustering is None else clustering.assigned(evidence)


def require_buyers(buyers: int) -> None:
    """Raises Invalid, with what is missing, below the 50 buyers from which clusters are found."""
    if buyers < FEWEST_BUYERS:
        message = f"{FEWEST_BUYERS} customers must have bought; {buyers} have, so {FEWEST_BUYERS - buyers} are missing."
        raise Invalid(message, errors=[FieldError("customers", "too_small", message)])


def find(rows: Floats, wanted: NewClustering, before: Clustering | None) -> Found:
    """Find clusters among buyers (a row of all fields each); they keep the codes of those that counted before.

    Takes minutes where there are many: call it in no transaction. Raises Invalid below 50 buyers.
    """
    require_buyers(len(rows))
    return rules.fitted(rows, wanted.fields, wanted.k, before)


def put_in_force(session: Session, found: Found, origin: str, now: datetime) -> Model:
    """Have customers assigned by what was found; `origin` says who asked. Asked twice by the same, the first counts."""
    before = found_for(session, origin)
    if before is not None:
        return before
    clustering, card = found
    return models.put_in_force(session, KIND, clustering.content(), card | {"origin": origin}, now)


def found_for(session: Session, origin: str) -> Model | None:
    """The clustering in force if this origin asked for it."""
    present = models.in_force(session, KIND)
    return present if present is not None and present.card.get("origin") == origin else None


def listed(session: Session, page: PageRequest) -> Listing[ClusteringOut]:
    """One page of clusterings, the newest first."""
    found = stored.listed(session, KIND, page)
    return Listing[ClusteringOut](items=[ClusteringOut.of(row) for row in found.items], next_cursor=found.next_cursor)


def get(session: Session, clustering_id: UUID) -> Model:
    """One clustering; raises NotFound."""
    found = stored.get(session, clustering_id)
    if found.kind != KIND:
        raise NotFound(f"There is no clustering {clustering_id}.")
    return found


def clusters(session: Session, clustering_id: UUID) -> ClustersOut:
    """The clusters of a clustering, the largest first. Raises NotFound."""
    row = get(session, clustering_id)
    clustering = Clustering.load(row.content)
    pairs = zip(clustering.codes, clustering.centres(), strict=True)
    items = [_cluster(code, centre, row.card) for code, centre in pairs]
    return ClustersOut(items=sorted(items, key=lambda one: -one.size))


def _cluster(code: str, centre: dict[Any, float], card: dict[str, Any]) -> ClusterOut:
    size, leaves = card["sizes"][code], card["leaves"][code]
    share = size / card["customers"]
    return ClusterOut(
        code=code,
        titles=descriptions.titles(code),
        description=descriptions.told(leaves, share),
        size=size,
        share=round(share, rules.DIGITS),
        centre=[CentreOut(field=name, value=at, unit=declared.FIELDS[name].unit) for name, at in centre.items()],
        rule=descriptions.rule(leaves),
        segment=descriptions.exact(code),
        coverage=descriptions.coverage(leaves, share),
        leaves=[_leaf(one) for one in leaves],
    )


def _leaf(leaf: dict[str, Any]) -> LeafOut:
    shares = {name: round(leaf[name], rules.DIGITS) for name in ("share", "purity")}
    return LeafOut(rule=descriptions.leaf_rule(leaf), **shares)
