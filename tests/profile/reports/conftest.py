"""The doors on a real server."""

from tests.profile.served import _doors, doors

__all__ = ["_doors", "doors"]
