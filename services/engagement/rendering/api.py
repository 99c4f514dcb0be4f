"""HTTP: previews of templates."""

from uuid import UUID

from services.engagement.rendering import usecases
from services.engagement.rendering.schemas import Preview, PreviewRequest
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now
from shared.web.routing import IGNORED, Router

router = Router("/templates", tag="Template previews")


@router.post("/{template_id}/preview", scope="engagement:read", idempotency=IGNORED)
def preview_template(
    template_id: UUID,
    body: PreviewRequest,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> Preview:
    """The draft as one customer would read it in each channel, their name masked without `profile:pii`."""
    return usecases.preview(runtime, template_id, body, unmasked=caller.may("profile:pii"), now=now)
