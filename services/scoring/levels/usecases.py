"""Keeping and asking for levels over time; nouns above this one have no other way to the history."""

from services.scoring.levels.repository import at, durations, movements, of, record

__all__ = ["at", "durations", "movements", "of", "record"]
