"""HTTP: `/surveys/{id}/qr`."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.posters import rules
from services.engagement.surveys.posters.rules import Picture
from shared.web.dependencies import CurrentRuntime, ReadSession
from shared.web.routing import ALL, Router

router = Router("/surveys", tag="Surveys")
MEDIA = {"svg": "image/svg+xml", "png": "image/png"}
PICTURES = {200: {"content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()}}}


@router.get("/{survey_id}/qr", scope="engagement:read", managers=ALL, response_model=None, responses=PICTURES)
def read_qr(
    survey_id: UUID,
    session: ReadSession,
    runtime: CurrentRuntime,
    picture: Annotated[Picture, Query(alias="format", description="Of the picture.")] = "svg",
    scale: Annotated[int, Query(ge=1, le=40, description="Pixels a module.")] = 8,
) -> Response:
    """The address of a public survey as a QR code, to be printed; 404 for a survey that invites."""
    address = surveys.address(session, runtime.settings, survey_id)
    return Response(rules.drawn(address, picture, scale), media_type=MEDIA[picture])
