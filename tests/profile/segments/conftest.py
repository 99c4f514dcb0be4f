"""The doors on a real server, and the use cases on a database of their own."""

from tests.profile.assignments.conftest import merchant
from tests.profile.segments.people import world
from tests.profile.served import _doors, doors

__all__ = ["_doors", "doors", "merchant", "world"]
