"""`python -m services.gateway api | migrate | keys | openapi | …`."""

from services.gateway.access.commands import keys
from services.gateway.app import create_app
from services.gateway.base import Base
from services.gateway.documentation.commands import commands
from shared.cli import Service, run

SERVICE: Service = Service(
    name="gateway",
    metadata=Base.metadata,
    app=create_app,
    commands={"keys": keys, "openapi": commands(lambda: SERVICE.document())},  # noqa: PLW0108 - it is only being made
)

if __name__ == "__main__":
    run(SERVICE)
