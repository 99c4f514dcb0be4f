"""Regions over HTTP."""

from typing import Annotated, Any

from fastapi import Depends, Path

from services.profile.regions import repository, usecases
from services.profile.regions.schemas import RegionFilter, RegionOut
from shared.web.dependencies import Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/regions", tag="Regions")
RegionPath = Annotated[str, Path(pattern=r"^\d{6}$", examples=["330100"])]


@router.get("", scope="profile:read", response_model=Listing[RegionOut])
def list_regions(session: ReadSession, page: Page, wanted: Annotated[RegionFilter, Depends()]) -> Any:
    """All regions of GB/T 2260 down to counties, by code. With `level=1` the provinces, where the tree begins."""
    return repository.listed(session, wanted, page)


@router.get("/{code}/children", scope="profile:read", response_model=Listing[RegionOut])
def list_children(code: RegionPath, session: ReadSession, page: Page) -> Any:
    """What lies directly under a region: prefectures of a province, counties of a prefecture."""
    return usecases.children(session, code, page)
