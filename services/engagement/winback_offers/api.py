"""HTTP: `/winback-offers`."""

from uuid import UUID

from services.engagement.winback_offers import usecases
from services.engagement.winback_offers.schemas import NewOffer, OfferOut, OfferPatch
from services.engagement.winback_offers.tables import WinbackOffer
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing

router = Router("/winback-offers", tag="Win-back offers")


@router.get("", scope="engagement:read", managers=ALL)
def list_offers(session: ReadSession, page: Page) -> Listing[OfferOut]:
    """Offers by rank: of those that fit a case the first is proposed."""
    return usecases.listed(session, page)  # type: ignore[return-value]


@router.post("", scope="engagement:write", status_code=201, location="/winback-offers/{id}", response_model=OfferOut)
def create_offer(body: NewOffer, session: WriteSession, now: Now) -> WinbackOffer:
    """Add an offer for customers about to leave."""
    return usecases.create(session, body, now)


@router.get("/{offer_id}", scope="engagement:read", managers=ALL, response_model=OfferOut)
def read_offer(offer_id: UUID, session: ReadSession) -> WinbackOffer:
    """One offer."""
    return usecases.get(session, offer_id)


@router.patch("/{offer_id}", scope="engagement:write", response_model=OfferOut)
def edit_offer(offer_id: UUID, body: OfferPatch, session: WriteSession, if_match: IfMatch, now: Now) -> WinbackOffer:
    """Change an offer (JSON Merge Patch)."""
    return usecases.edit(session, offer_id, body, if_match, now)


@router.delete("/{offer_id}", scope="engagement:write")
def archive_offer(offer_id: UUID, session: WriteSession, now: Now) -> None:
    """Make an offer no more."""
    usecases.archive(session, offer_id, now)
