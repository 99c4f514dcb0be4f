"""gateway: the one door for HTTP.

Owns: API keys and write keys. Publishes and consumes no events.
Everything else it matches against the merged OpenAPI document and passes on to the service that owns the path.
"""
