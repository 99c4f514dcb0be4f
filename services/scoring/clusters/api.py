"""Clusterings over HTTP. Finding them anew stands above, for everybody is assessed by them."""

from uuid import UUID

from services.scoring.clusters import usecases
from services.scoring.clusters.schemas import ClusteringOut, ClustersOut
from shared.web.dependencies import Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/clusterings", tag="Clusterings")


@router.get("", scope="scoring:read")
def list_clusterings(session: ReadSession, page: Page) -> Listing[ClusteringOut]:
    """Fits, the newest first."""
    return usecases.listed(session, page)


@router.get("/{clustering_id}", scope="scoring:read")
def read_clustering(clustering_id: UUID, session: ReadSession) -> ClusteringOut:
    """One fit: how many clusters, and how well they lie apart."""
    return ClusteringOut.of(usecases.get(session, clustering_id))


@router.get("/{clustering_id}/clusters", scope="scoring:read")
def list_clusters(clustering_id: UUID, session: ReadSession) -> ClustersOut:
    """The clusters in names, numbers, words and rules of segments, the largest first."""
    return usecases.clusters(session, clustering_id)
