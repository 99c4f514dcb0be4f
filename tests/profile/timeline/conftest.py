"""Segments beside the other facts."""

from tests.profile.segments.people import world

__all__ = ["world"]
