"""Training over HTTP."""

from services.scoring.challengers.rules import Kind
from services.scoring.challengers.training import usecases
from shared.jobs import Job
from shared.web.dependencies import CurrentRuntime, Now, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import REQUIRED, Router

router = Router("/models", tag="Models")


@router.post(
    "/{kind}/train",
    scope="scoring:admin",
    idempotency=REQUIRED,
    status_code=202,
    location="/jobs/{id}",
    response_model=JobOut,
)
def train_model(kind: Kind, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Learn a challenger anew, as a job. It is put in force if its backtest is better than what needs no training.

    Refused with `not_eligible` while there is too little to learn from; the answer says what is missing.
    """
    return usecases.start(session, runtime, [kind], now)
