"""What went wrong, as an answer: refusals, faults of the database, and everything nobody expected."""

import psycopg
from fastapi.exceptions import RequestValidationError
from sqlalchemy import exc
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.errors import DeadlineExceeded, GuanxiError, Invalid, Malformed, NotFound, Unavailable
from shared.telemetry import log
from shared.web import problems, validation

INTERNAL = GuanxiError("Something went wrong on our side; the log has it under the request id.")


def answer_of(error: Exception, request_id: str) -> Response:
    """The problem document for anything raised while a request was served; what is our fault is logged here, once."""
    refusal = _refusal(error)
    if refusal is INTERNAL or refusal.status == INTERNAL.status:
        log.error("request failed", exc_info=error)
    elif refusal.status > INTERNAL.status:
        log.warning("request not served", code=refusal.code, error=_kind(error))
    return problems.of_error(refusal, request_id)


def _refusal(error: Exception) -> GuanxiError:
    match error:
        case GuanxiError():
            return error
        case RequestValidationError():
            return validation.invalid(error.errors())
        case exc.SQLAlchemyError():
            return _database_refusal(error)
        case HTTPException(status_code=404):
            return NotFound("There is no such thing.")
        case HTTPException(status_code=400):
            return Malformed("The request cannot be read.")
    return INTERNAL


def _database_refusal(error: exc.SQLAlchemyError) -> GuanxiError:
    origin = error.orig if isinstance(error, exc.DBAPIError) else None
    if isinstance(origin, psycopg.errors.QueryCanceled):
        return DeadlineExceeded("The database took too long.")
    if isinstance(origin, psycopg.DataError):
        return Invalid("A value is outside of what can be stored.")
    if isinstance(error, exc.TimeoutError | exc.OperationalError | exc.InterfaceError) or _is_lost(error):
        return Unavailable("The database does not answer at the moment.")
    return INTERNAL


def _is_lost(error: exc.SQLAlchemyError) -> bool:
    return isinstance(error, exc.DBAPIError) and error.connection_invalidated


def _kind(error: Exception) -> str:
    """The class alone: the text of a database error may quote values."""
    origin = getattr(error, "orig", None)
    return type(origin or error).__name__
