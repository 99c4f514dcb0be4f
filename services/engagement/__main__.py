"""`python -m services.engagement api | worker | migrate | republish …`."""

from services.engagement.app import create_app
from services.engagement.base import Base
from services.engagement.republish import REPUBLISH
from services.engagement.seeding import seed
from services.engagement.surveys.invitations.usecases import INVITE
from services.engagement.surveys.invitations.usecases import run as invite
from services.engagement.ticks import TICKS
from services.engagement.worker import HANDLERS
from shared.cli import Service, run

SERVICE = Service(
    name="engagement",
    metadata=Base.metadata,
    app=create_app,
    handlers=HANDLERS,
    ticks=TICKS,
    jobs={INVITE: invite},
    republish=REPUBLISH,
    seed=seed,
)

if __name__ == "__main__":
    run(SERVICE)
