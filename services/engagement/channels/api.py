"""HTTP: `/channels`."""

from sqlalchemy import select

from services.engagement.channels import usecases
from services.engagement.channels.schemas import ChannelOut, ChannelPatch, Kind
from services.engagement.channels.tables import Channel
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.pagination import paginate
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/channels", tag="Channels")
SORTS = {"kind": (Channel.kind,)}


@router.get("", scope="engagement:read")
def list_channels(session: ReadSession, page: Page) -> Listing[ChannelOut]:
    """The ways to a customer."""
    return paginate(session, select(Channel), page, SORTS, default="kind")


@router.get("/{kind}", scope="engagement:read", response_model=ChannelOut)
def read_channel(kind: Kind, session: ReadSession) -> Channel:
    """One channel."""
    return usecases.get(session, kind)


@router.patch("/{kind}", scope="engagement:admin", response_model=ChannelOut)
def change_channel(kind: Kind, body: ChannelPatch, session: WriteSession, if_match: IfMatch, now: Now) -> Channel:
    """Turn a channel on or off, choose its provider or its sender."""
    return usecases.change(session, kind, body, if_match, now)
