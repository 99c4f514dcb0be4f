"""Finding clusters over HTTP."""

from services.scoring.clusters.schemas import NewClustering
from services.scoring.publishing.clusterings import usecases
from shared.jobs import Job
from shared.web.dependencies import CurrentRuntime, Now, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import REQUIRED, Router

router = Router("/clusterings", tag="Clusterings")


@router.post(
    "",
    scope="scoring:admin",
    idempotency=REQUIRED,
    status_code=202,
    location="/jobs/{id}",
    response_model=JobOut,
)
def create_clustering(body: NewClustering, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Find clusters among all buyers and assess everybody by them, as one job. It needs 50 buyers."""
    return usecases.start(session, runtime.service, body, now)
