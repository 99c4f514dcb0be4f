"""HTTP: previews of templates."""

from uuid import UUID

from services.engagement.rendering import usecases
from services.engagement.rendering.schemas import Preview, PreviewRequest
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, ReadSession
from shared.web.routing import Router

router = Router("/templates", tag="Template previews")


@router.post("/{template_id}/preview", scope="engagement:read")
def preview_template(
    template_id: UUID,
    body: PreviewRequest,
    *,
    session: ReadSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> Preview:
    """The draft as one customer would read it in each channel, their name masked without `profile:pii`."""
    unmasked = caller.may("profile:pii")
    return usecases.preview(session, runtime.settings, template_id, body, unmasked=unmasked, now=now)
