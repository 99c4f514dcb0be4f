"""The HTTP side of every service: routes, problems, cursors, idempotency, health."""
