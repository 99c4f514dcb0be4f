"""What a new deployment begins with; what the merchant changed since stays."""

from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy.orm import Session

from services.profile.consents import usecases as consents
from services.profile.holdings import TERMS
from services.profile.identities import usecases as identities
from services.profile.regions import usecases as regions
from shared import retention
from shared.settings import Settings

FOLDER = Path(__file__).with_name("seeds")


def seed(session: Session, now: datetime, settings: Settings) -> None:
    """Load consent purposes, regions and the identity policy; safe to repeat."""
    retention.ensure(session, TERMS, now)
    consents.add_purposes(session, orjson.loads((FOLDER / "consent_purposes.json").read_bytes()))
    regions.load(session, orjson.loads((FOLDER / "regions.json").read_bytes()))
    identities.set_default_policy(session, now)
