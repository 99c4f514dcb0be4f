"""Gaps of the catalogue over HTTP."""

from typing import Any

from services.profile.orders.gaps import repository
from services.profile.orders.gaps.schemas import GapOut
from shared.web.dependencies import Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/products/gaps", tag="Product gaps")


@router.get("", scope="profile:read", response_model=Listing[GapOut])
def list_gaps(session: ReadSession, page: Page) -> Any:
    """Skus that orders name and the catalogue does not, what brought most first.

    One that is new shows within seconds; its numbers are brought up to date every ten minutes.
    """
    return repository.listed(session, page)
