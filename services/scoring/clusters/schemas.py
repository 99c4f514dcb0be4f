"""Clusterings on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from services.scoring.clusters.fields import NAMES, USUAL, Name, Unit
from services.scoring.estimators.clusters import FEWEST, MOST
from services.scoring.models.tables import ModelStatus
from services.scoring.schemes.schemas import Titles
from shared.web.schemas import Body, Out


def _in_order(names: list[Name]) -> list[Name]:
    if len(set(names)) < len(names):
        raise ValueError("each field once")
    return [name for name in NAMES if name in names]


Fields = Annotated[list[Name], AfterValidator(_in_order)]


class NewClustering(Body):
    """How to find groups of buyers. What is not given is chosen so that it suits."""

    k: int | None = Field(default=None, ge=FEWEST, le=MOST, description="How many; null = the number that fits best.")
    fields: Fields = Field(default=list(USUAL), min_length=2, description="What buyers are told apart by.")


class ClusteringOut(Out):
    """One fit. `silhouette` is from -1 to 1: how much nearer buyers are to their own cluster than to the next one."""

    id: UUID
    number: int = Field(description="Counts the fits.")
    status: ModelStatus
    fields: list[Name]
    k: int = Field(examples=[4])
    customers: int = Field(description="How many had bought.")
    silhouette: float | None = Field(description="Null where all buyers are alike.", examples=[0.41])
    silhouettes: dict[str, float] = Field(description="By each number that was tried.", examples=[{"3": 0.37}])
    fitted_at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """From the row of a model."""
        card: Mapping[str, Any] = row.card
        own = {"id": row.model_id, "number": row.number, "status": row.status, "fitted_at": row.fitted_at}
        same = ("k", "customers", "silhouette", "silhouettes")
        return cls(**own, fields=row.content["fields"], **{name: card[name] for name in same})


class CentreOut(Out):
    """The typical buyer of a cluster in one field. Amounts are in base currency."""

    field: Name
    value: float
    unit: Unit


class LeafOut(Out):
    """Buyers who can be told by a few conditions."""

    rule: dict[str, Any] = Field(description="As the rule of a segment.")
    share: float = Field(description="Of all buyers: those for whom the rule holds.", examples=[0.12])
    purity: float = Field(description="Of those: who is in the cluster.", examples=[0.94])


class DescriptionOut(Out):
    """What customers of a cluster have in common, in words; as long as it needs to be."""

    zh: str
    en: str


class ClusterOut(Out):
    """One cluster. `rule` comes near to it and can be read; `segment` is the rule of a segment that is exactly it."""

    code: str = Field(description="What sets it apart; it stays from fit to fit.", examples=["frequent_big_basket"])
    titles: Titles
    description: DescriptionOut
    size: int
    share: float
    centre: list[CentreOut]
    rule: dict[str, Any] | None
    segment: dict[str, Any] = Field(
        examples=[{"all": [{"field": "score.cluster", "op": "is", "value": "frequent_big_basket"}]}]
    )
    coverage: float = Field(description="Of the cluster: those for whom `rule` holds.", examples=[0.88])
    leaves: list[LeafOut]


class ClustersOut(Out):
    """All clusters of one clustering, the largest first."""

    items: list[ClusterOut]
