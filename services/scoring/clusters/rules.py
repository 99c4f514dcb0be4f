"""Finding clusters among buyers, and telling which one a customer is in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.metrics import silhouette_score

from services.scoring.clusters.descriptions import rules as descriptions
from services.scoring.clusters.fields import Name, columns, table
from services.scoring.estimators.cluster_names import names as named
from services.scoring.estimators.clusters import JUDGED, CustomerClusters
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence

KIND = "clusters"
FEWEST_BUYERS = 50
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Clustering:
    """Clusters of buyers by these fields, and the code of each."""

    model: CustomerClusters
    fields: Sequence[Name]
    codes: Sequence[str]

    def content(self) -> dict[str, Any]:
        """As plain JSON."""
        return {**self.model.to_document(), "fields": list(self.fields), "codes": list(self.codes)}

    @classmethod
    def load(cls, content: Mapping[str, Any]) -> Self:
        """From plain JSON."""
        return cls(CustomerClusters.from_document(content), tuple(content["fields"]), tuple(content["codes"]))

    def assigned(self, evidence: Evidence) -> list[str | None]:
        """The cluster of each customer; None for who never bought."""
        found = np.full(len(evidence), None, dtype=object)
        if evidence.buyers.any():
            found[evidence.buyers] = np.array(self.codes, dtype=object)[
                self.model.predict(table(evidence, self.fields))
            ]
        answer: list[str | None] = found.tolist()
        return answer

    def centres(self) -> list[dict[str, float]]:
        """Each centre by field, in the field's unit."""
        rounded = np.round(self.model.centres(), DIGITS).tolist()
        return [dict(zip(self.fields, centre, strict=True)) for centre in rounded]


def fitted(
    rows: Floats, fields: Sequence[Name], k: int | None, previous: Clustering | None
) -> tuple[Clustering, dict[str, Any]]:
    """Clusters of buyers (a row of all fields each) and their card.

    A cluster that continues one of the `previous` clustering keeps its code, if both are by the same fields.
    """
    model = CustomerClusters(n_clusters=k).fit(columns(rows, fields))
    before = (previous.model, previous.codes) if previous and tuple(previous.fields) == tuple(fields) else None
    clustering = Clustering(model, tuple(fields), tuple(named(model, fields, previous=before)))
    return clustering, _card(clustering, rows)


def _card(clustering: Clustering, rows: Floats) -> dict[str, Any]:
    model, codes = clustering.model, clustering.codes
    sizes = np.bincount(model.labels_, minlength=len(codes)).tolist()
    return {
        "customers": len(rows),
        "k": len(codes),
        "silhouette": _silhouette(clustering, rows),
        "silhouettes": {str(k): round(score, DIGITS) for k, score in model.silhouettes_.items()},
        "sizes": dict(zip(codes, sizes, strict=True)),
        "leaves": {code: descriptions.leaves(rows, model.labels_ == at) for at, code in enumerate(codes)},
    }


def _silhouette(clustering: Clustering, rows: Floats) -> float | None:
    """Of the number chosen; measured here where the number was given, and None where all are in one cluster."""
    model = clustering.model
    if model.n_clusters_ in model.silhouettes_:
        return round(model.silhouettes_[model.n_clusters_], DIGITS)
    some = np.random.default_rng(0).permutation(len(rows))[:JUDGED]
    labels = model.labels_[some]
    if not 1 < len(np.unique(labels)) < len(some):
        return None
    prepared = model.preparation_.transform(columns(rows[some], clustering.fields))
    return round(float(silhouette_score(prepared, labels)), DIGITS)
