"""Effects of strategies over HTTP."""

from typing import Any
from uuid import UUID

from services.scoring.strategies.effects import usecases
from services.scoring.strategies.effects.schemas import EffectOut
from shared.web.dependencies import Now, ReadSession
from shared.web.routing import Router

router = Router("/strategies/{strategy_id}", tag="Strategy effects")


@router.get("/effect", scope="scoring:read", response_model=EffectOut)
def read_effect(strategy_id: UUID, session: ReadSession, now: Now) -> Any:
    """Orders and spend per head with the strategy and without, and the difference with its 95 % interval."""
    return usecases.effect(session, strategy_id, now)
