"""`python -m services.gateway api | migrate | keys | openapi | …`."""

from services.gateway.access.commands import keys
from services.gateway.app import create_app
from services.gateway.base import Base
from services.gateway.documentation.commands import commands
from shared.cli import Service, run
from shared.runtime import Runtime
from shared.settings import Settings


def _own_document() -> dict[str, object]:
    settings = Settings.model_validate({"gateway_database_url": "postgresql://nobody@127.0.0.1/none"})
    return create_app(Runtime.of("gateway", settings)).openapi()


SERVICE = Service(
    name="gateway",
    metadata=Base.metadata,
    app=create_app,
    commands={"keys": keys, "openapi": commands(_own_document)},
)

if __name__ == "__main__":
    run(SERVICE)
