"""What a new deployment begins with; what the merchant changed since stays."""

from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy.orm import Session

from services.scoring.criteria.schemas import CriteriaScheme
from services.scoring.dimensions.schemas import DimensionsScheme
from services.scoring.holdings import TERMS
from services.scoring.lifecycle.schemas import LifecycleScheme
from services.scoring.promotions.schemas import PromotionsScheme
from services.scoring.schemes import usecases as schemes
from services.scoring.signs.schemas import WarningsScheme
from services.scoring.strategies import usecases as strategies
from services.scoring.strategies.schemas import NewStrategy
from services.scoring.tiers.schemas import TiersScheme
from shared import retention
from shared.settings import Settings

USUAL = {
    "dimensions": DimensionsScheme(),
    "criteria": CriteriaScheme(),
    "lifecycle": LifecycleScheme(),
    "tiers": TiersScheme(),
    "warnings": WarningsScheme(),
    "promotions": PromotionsScheme(),
}
FOLDER = Path(__file__).with_name("seeds")


def seed(session: Session, now: datetime, settings: Settings) -> None:
    """Load the strategies and put the usual schemes in force; safe to repeat."""
    retention.ensure(session, TERMS, now)
    items = orjson.loads((FOLDER / "strategies.json").read_bytes())
    strategies.ensure(session, [NewStrategy.model_validate(one) for one in items], now)
    known = schemes.in_force(session)
    for kind, usual in USUAL.items():
        if kind not in known:
            schemes.publish(session, kind, usual.model_dump(mode="json"), "seed", now)
