"""The document in the repository, from which the gateway routes."""

from importlib import import_module

import orjson
import pytest

from services.gateway.documentation import store
from services.gateway.documentation.rules import merged
from shared.runtime import Runtime
from shared.settings import SERVICES
from shared.testing.plugin import SettingsFactory


@pytest.mark.capability("C-41")
def test_the_document_in_the_repository_is_what_the_services_say(settings_for: SettingsFactory) -> None:
    nowhere = settings_for(**{f"{service}_database_url": "postgresql://nowhere/at_all" for service in SERVICES})
    said = {
        service: import_module(f"services.{service}.app").create_app(Runtime.of(service, nowhere)).openapi()
        for service in SERVICES
    }
    # As text: what a service says in Python holds tuples and the like.
    assert orjson.loads(orjson.dumps(merged(said))) == orjson.loads(store.PATH.read_bytes()), "run `make docs`"
