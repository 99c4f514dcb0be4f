"""Models over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.scoring.models import repository, usecases
from services.scoring.models.schemas import CardOut, ModelDetailOut, ModelOut
from services.scoring.models.tables import Model
from shared.web.dependencies import Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Code, Listing

router = Router("/models", tag="Models")


@router.get("", scope="scoring:read", response_model=Listing[ModelOut])
def list_models(
    session: ReadSession, page: Page, kind: Annotated[Code | None, Query(examples=["purchases"])] = None
) -> Any:
    """Fits, the newest first."""
    return repository.listed(session, kind, page)


@router.get("/{model_id}", scope="scoring:read", response_model=ModelDetailOut)
def read_model(model_id: UUID, session: ReadSession) -> Model:
    """One fit with what it learned, in plain JSON."""
    return repository.get(session, model_id)


@router.get("/{model_id}/card", scope="scoring:read", response_model=CardOut)
def read_card(model_id: UUID, session: ReadSession) -> Model:
    """How good a model is."""
    return repository.get(session, model_id)


@router.post("/{model_id}/promote", scope="scoring:admin", response_model=ModelOut)
def promote_model(model_id: UUID, session: WriteSession) -> Model:
    """Use this challenger from now on. The rule of the next training may decide otherwise."""
    return usecases.promote(session, model_id)


@router.post("/{kind}/fallback", scope="scoring:admin", status_code=204)
def fall_back(kind: Code, session: WriteSession) -> None:
    """Use no challenger of this kind: what needs no training answers again."""
    usecases.fall_back(session, kind)
