"""Every scope, what it implies, and the bundles that are given to staff as roles."""

from collections.abc import Iterable

ADMIN = "admin"

SCOPES = (
    "ingest",
    "profile:read",
    "profile:write",
    "profile:pii",
    "profile:admin",
    "scoring:read",
    "scoring:write",
    "scoring:admin",
    "engagement:read",
    "engagement:write",
    "engagement:send",
    "engagement:approve",
    "engagement:admin",
    "points:write",
    "audit:read",
    "ops",
    "access:admin",
)

# An admin of a service may do everything in it, but sees personal data only when that is granted by name.
IMPLIED: dict[str, frozenset[str]] = {
    ADMIN: frozenset(SCOPES),
    "profile:admin": frozenset({"profile:read", "profile:write"}),
    "scoring:admin": frozenset({"scoring:read", "scoring:write"}),
    "engagement:admin": frozenset({"engagement:read", "engagement:write", "engagement:send", "engagement:approve"}),
}

READ = frozenset({"profile:read", "scoring:read", "engagement:read"})

ROLES: dict[str, frozenset[str]] = {
    "admin": frozenset({ADMIN}),
    "marketing": READ | {"profile:write", "engagement:write", "engagement:send"},
    "service": READ | {"profile:write", "profile:pii", "engagement:write", "points:write"},
    "manager": READ | {"profile:write", "profile:pii", "engagement:write", "engagement:send"},
    "lead": READ | {"profile:write", "profile:pii", "engagement:write", "engagement:send", "engagement:approve"},
    "analyst": READ,
    "operator": frozenset({"ops", "audit:read"}),
}


def expanded(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes with all that they imply."""
    given = frozenset(scopes)
    return given.union(*(IMPLIED[scope] for scope in given if scope in IMPLIED))
