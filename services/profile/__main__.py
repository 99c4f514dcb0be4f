"""`python -m services.profile api | worker | migrate | republish …`."""

from services.profile.app import create_app
from services.profile.assignments.handovers.usecases import HAND_OVER
from services.profile.assignments.handovers.usecases import run as hand_over
from services.profile.assignments.runs.usecases import RUN as ASSIGN
from services.profile.assignments.runs.usecases import TRY as TRY_ASSIGNING
from services.profile.assignments.runs.usecases import run as run_assignments
from services.profile.assignments.runs.usecases import try_out as try_assignments
from services.profile.base import Base
from services.profile.commands import apply_erasures
from services.profile.imports.runs.usecases import RUN as IMPORT
from services.profile.imports.runs.usecases import run as take_in
from services.profile.quality.usecases import CHECK
from services.profile.quality.usecases import check as check_quality
from services.profile.republish import REPUBLISH
from services.profile.seeding import seed
from services.profile.segments.publications.usecases import SETTLE, settle
from services.profile.ticks import TICKS
from services.profile.worker import HANDLERS
from shared.cli import Service, run

SERVICE = Service(
    name="profile",
    metadata=Base.metadata,
    app=create_app,
    handlers=HANDLERS,
    ticks=TICKS,
    jobs={
        ASSIGN: run_assignments,
        CHECK: check_quality,
        HAND_OVER: hand_over,
        IMPORT: take_in,
        SETTLE: settle,
        TRY_ASSIGNING: try_assignments,
    },
    republish=REPUBLISH,
    seed=seed,
    niceness=2,
    commands={"apply-erasures": apply_erasures},
)

if __name__ == "__main__":
    run(SERVICE)
