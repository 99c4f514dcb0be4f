"""The preview of a merge over HTTP."""

from services.profile.directory.merges import usecases
from services.profile.directory.merges.schemas import MergePreviewOut
from services.profile.directory.usecases import PII
from services.profile.links.schemas import NewMerge
from shared.web.dependencies import CurrentCaller, ReadSession
from shared.web.routing import Router

router = Router("/merges/preview", tag="Merges")


@router.post("", scope="profile:read")
def preview_merge(body: NewMerge, session: ReadSession, caller: CurrentCaller) -> MergePreviewOut:
    """What `POST /merges` with this body would put together, and where the records contradict each other."""
    return usecases.preview(session, body, pii=caller.may(PII))
