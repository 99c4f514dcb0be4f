"""What can be refused, as named facts. `shared.web.problems` turns each into its RFC 9457 problem document.

GuanxiError
├── Malformed 400          ├── Unauthenticated 401        ├── Forbidden 403
├── NotFound 404           ├── NotAcceptable 406          ├── Conflict 409
├── Gone 410               ├── PreconditionFailed 412     ├── TooLarge 413
├── Invalid 422            ├── UnsupportedMediaType 415   ├── PreconditionRequired 428
└── RateLimited 429        └── Unavailable 503            └── DeadlineExceeded 504
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of one field: a path such as `lines.0.quantity`, a field code of the API page, a sentence."""

    field: str
    code: str
    message: str


class GuanxiError(Exception):
    """A refusal with a stable code and one sentence that says what to do."""

    status: ClassVar[int] = 500
    code: str = "internal_error"

    def __init__(self, detail: str, *, code: str | None = None, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = tuple(errors)
        self.headers: dict[str, str] = {}


class Malformed(GuanxiError):
    """The request could not be read at all: 400."""

    status = 400
    code = "malformed_request"


class Unauthenticated(GuanxiError):
    """No credential, or one we do not accept: 401."""

    status = 401
    code = "unauthenticated"


class Forbidden(GuanxiError):
    """The credential is good but may not do this: 403."""

    status = 403
    code = "scope_missing"


class NotFound(GuanxiError):
    """There is no such thing, or it is not the caller's: 404."""

    status = 404
    code = "not_found"


class Conflict(GuanxiError):
    """The request contradicts the present state: 409."""

    status = 409
    code = "version_conflict"


class Gone(GuanxiError):
    """It was there once: 410."""

    status = 410
    code = "erased"


class PreconditionFailed(GuanxiError):
    """`If-Match` names another version than the present one: 412."""

    status = 412
    code = "precondition_failed"


class TooLarge(GuanxiError):
    """Body or batch over its limit: 413."""

    status = 413
    code = "body_too_large"


class UnsupportedMediaType(GuanxiError):
    """A body of a kind this path does not read: 415."""

    status = 415
    code = "unsupported_media_type"


class NotAcceptable(GuanxiError):
    """The caller accepts no representation this path has: 406."""

    status = 406
    code = "not_acceptable"


class Invalid(GuanxiError):
    """Readable, but wrong: 422."""

    status = 422
    code = "validation_failed"


class PreconditionRequired(GuanxiError):
    """A change without `If-Match`: 428."""

    status = 428
    code = "precondition_required"


class RateLimited(GuanxiError):
    """Too many requests of one credential: 429."""

    status = 429
    code = "rate_limited"


class Unavailable(GuanxiError):
    """Something we need does not answer now: 503 with `Retry-After`."""

    status = 503
    code = "dependency_unavailable"

    def __init__(self, detail: str, *, code: str | None = None, retry_after: int = 1) -> None:
        super().__init__(detail, code=code)
        self.headers = {"Retry-After": str(retry_after)}


class DeadlineExceeded(GuanxiError):
    """Something we need did not answer in time: 504."""

    status = 504
    code = "deadline_exceeded"
