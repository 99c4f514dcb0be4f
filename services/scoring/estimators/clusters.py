"""Groups of customers that the data show by themselves."""

from typing import Any, Self

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from services.scoring.estimators import documents
from services.scoring.estimators.histories import Floats, Ints
from services.scoring.estimators.preparation import Preparation

KIND = "clusters"
FEWEST, MOST = 3, 8  # clusters that people can tell apart
STARTS = 4
LEARNED, JUDGED = 50_000, 10_000  # rows that suffice to find the centres, and to compare numbers of clusters


class CustomerClusters(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """k-means on prepared features (rows: customers, columns: numbers in any units).

    `n_clusters`: how many, or None for the number from 3 to 8 with the best silhouette. Centres are learned on a sample
    of at most 50,000 rows, numbers compared on 10,000 of it, and every row is then assigned.

    After `fit`: `preparation_`, `cluster_centers_` (prepared), `n_clusters_`, `silhouettes_` by number, `labels_`.
    """

    def __init__(self, n_clusters: int | None = None, random_state: Any = 0) -> None:
        self.n_clusters = n_clusters
        self.random_state = random_state

    def fit(self, X: Any, y: None = None) -> Self:
        """Find the centres and assign every row."""
        table = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        random = check_random_state(self.random_state)
        self.preparation_ = Preparation().fit(table)
        rows = self.preparation_.transform(table)
        seed = random.randint(2**31 - 1)
        sample = rows[random.permutation(len(rows))[:LEARNED]]
        with threadpool_limits(limits=1):
            found = {k: _found(sample, k, seed) for k in self._numbers(sample)}
            self.silhouettes_ = {k: _silhouette(sample[:JUDGED], found[k]) for k in found} if len(found) > 1 else {}
        self.n_clusters_ = max(self.silhouettes_, key=self.silhouettes_.__getitem__, default=min(found))
        self.cluster_centers_ = found[self.n_clusters_]
        self.labels_ = _nearest(rows, self.cluster_centers_)
        return self

    def predict(self, X: Any) -> Ints:
        """The cluster of each row."""
        check_is_fitted(self)
        table = validate_data(self, X, dtype=np.float64, reset=False)
        return _nearest(self.preparation_.transform(table), self.cluster_centers_)

    def centres(self) -> Floats:
        """The centres in the units of the columns."""
        check_is_fitted(self)
        return np.asarray(self.preparation_.inverse_transform(self.cluster_centers_))

    def to_document(self) -> dict[str, Any]:
        """All that assigning customers needs, as plain JSON."""
        check_is_fitted(self)
        centres = {"centres": self.cluster_centers_.tolist(), "preparation": self.preparation_.to_document()}
        return documents.begun(KIND) | centres

    @classmethod
    def from_document(cls, document: Any) -> Self:
        """The clusters that were stored."""
        documents.require(document, KIND)
        model = cls()
        model.preparation_ = Preparation.from_document(document["preparation"])
        model.cluster_centers_ = np.array(document["centres"], dtype=np.float64)
        model.n_clusters_, model.n_features_in_ = model.cluster_centers_.shape
        return model

    def _numbers(self, sample: Floats) -> list[int]:
        """Numbers of clusters to try; no more than there are different rows, leaving one to compare with."""
        different = len(np.unique(sample, axis=0))
        if self.n_clusters is not None:
            return [min(self.n_clusters, different)]
        most = min(MOST, different - 1)
        return list(range(min(FEWEST, max(most, 1)), max(most, 1) + 1))


def matched(centres: Floats, previous: Floats) -> dict[int, int]:
    """Which cluster of a run before each one continues: the pairing with the smallest sum of squared distances.

    A pair further apart than the previous centre and its nearest neighbour is none.
    """
    distance = _squared(centres, previous)
    apart = _squared(previous, previous) + np.diag(np.full(len(previous), np.inf))
    pairs = zip(*linear_sum_assignment(distance), strict=True)
    return {int(new): int(old) for new, old in pairs if distance[new, old] <= apart[old].min(initial=np.inf)}


def _found(sample: Floats, clusters: int, seed: int) -> Floats:
    means = KMeans(clusters, n_init=STARTS, random_state=seed).fit(sample)
    return np.asarray(means.cluster_centers_)


def _silhouette(sample: Floats, centres: Floats) -> float:
    labels = _nearest(sample, centres)
    numbers = len(np.unique(labels))
    return float(silhouette_score(sample, labels)) if 1 < numbers < len(sample) else -1.0


def _nearest(rows: Floats, centres: Floats) -> Ints:
    return np.asarray(np.argmin((centres**2).sum(axis=1) - 2.0 * (rows @ centres.T), axis=1))


def _squared(left: Floats, right: Floats) -> Floats:
    return np.asarray(((left[:, None, :] - right[None, :, :]) ** 2).sum(axis=2))
