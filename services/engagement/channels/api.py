"""HTTP: `/channels`."""

from sqlalchemy import select

from services.engagement.channels import rules, usecases
from services.engagement.channels.schemas import ChannelOut, ChannelPatch, Kind, OutcomeOut, TestMessage
from services.engagement.channels.tables import Channel
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.pagination import paginate
from shared.web.routing import IGNORED, Router
from shared.web.schemas import Listing

router = Router("/channels", tag="Channels")
SORTS = {"kind": (Channel.kind,)}


@router.get("", scope="engagement:read")
def list_channels(session: ReadSession, page: Page) -> Listing[ChannelOut]:
    """The ways to a customer, with the providers that could deliver for each, what they can and must be told."""
    found = paginate(session, select(Channel), page, SORTS, default="kind")
    return Listing[ChannelOut](items=[rules.shown(one) for one in found.items], next_cursor=found.next_cursor)


@router.get("/{kind}", scope="engagement:read")
def read_channel(kind: Kind, session: ReadSession) -> ChannelOut:
    """One channel. Credentials are written and never read."""
    return rules.shown(usecases.get(session, kind))


@router.patch("/{kind}", scope="engagement:admin")
def change_channel(
    kind: Kind, body: ChannelPatch, *, session: WriteSession, runtime: CurrentRuntime, if_match: IfMatch, now: Now
) -> ChannelOut:
    """Turn a channel on or off, choose its provider and tell it what it must know, or change sender and pace."""
    return rules.shown(usecases.change(session, runtime.settings, kind, body, if_match=if_match, now=now))


@router.post("/{kind}/test", scope="engagement:admin", idempotency=IGNORED)
def try_channel(kind: Kind, body: TestMessage, runtime: CurrentRuntime) -> OutcomeOut:
    """Send one message to an address of your own, past all gates, and see what the provider makes of it.

    Asked again, it is sent again.
    """
    return usecases.test(runtime, kind, body)
