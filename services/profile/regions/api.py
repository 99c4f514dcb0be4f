"""Regions over HTTP."""

from typing import Annotated, Any

from fastapi import Depends

from services.profile.regions import repository, usecases
from services.profile.regions.schemas import RegionFilter, RegionOut, RegionPath
from shared.web.dependencies import Page, ReadSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing

router = Router("/regions", tag="Regions")


@router.get("", scope="profile:read", managers=ALL, response_model=Listing[RegionOut])
def list_regions(session: ReadSession, page: Page, wanted: Annotated[RegionFilter, Depends()]) -> Any:
    """All regions of GB/T 2260 down to counties, by code. With `level=1` the provinces, where the tree begins."""
    return repository.listed(session, wanted, page)


@router.get("/{code}/children", scope="profile:read", managers=ALL, response_model=Listing[RegionOut])
def list_children(code: RegionPath, session: ReadSession, page: Page) -> Any:
    """What lies directly under a region: prefectures of a province, counties of a prefecture."""
    return usecases.children(session, code, page)
