"""The settings document of the Segment browser library."""

from typing import Any
from urllib.parse import urlsplit


def settings(write_key: str, public_url: str) -> dict[str, Any]:
    """Everything is tracked, and sent to this deployment; nothing is measured for or fetched from anybody else."""
    base = urlsplit(public_url)
    everything = {"__default": {"enabled": True, "integrations": {}}}
    return {
        "integrations": {
            "Segment.io": {
                "apiKey": write_key,
                "apiHost": f"{base.netloc}{base.path.rstrip('/')}/v1",
                "protocol": base.scheme,
                "unbundledIntegrations": [],
                "addBundledMetadata": False,
                "maybeBundledConfigIds": {},
            }
        },
        "plan": {"track": everything, "identify": everything, "group": everything},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "enabledMiddleware": {},
        "middlewareSettings": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
