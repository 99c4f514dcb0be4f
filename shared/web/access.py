"""Who may use a route: deny by default, one declared scope, and members only where it is their own."""

from collections.abc import Sequence

from starlette.requests import Request

from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.errors import FieldError, Forbidden, Invalid, NotFound, Unauthenticated
from shared.web.exchange import Exchange

PUBLIC = "public"
INTERNAL = "internal"
AUTHENTICATED = "authenticated"  # any good credential, whatever its scopes
BEARER = "Bearer "


def admit(exchange: Exchange, request: Request, scope: str, *, members: bool, managers: bool) -> Caller:
    """The caller, if it may use a route that demands `scope`.

    `members` = end customers may, on what is their own; `managers` = so may who is bound to a manager's customers.
    """
    if scope == PUBLIC:
        return PUBLIC_CALLER
    header = request.headers.get("authorization", "")
    if not header.startswith(BEARER):
        raise Unauthenticated("Send a credential in the header Authorization.")
    caller = exchange.verifier.verify(header[len(BEARER) :])
    if caller.kind == "member":
        _require_own(caller, request, members)
    elif scope == INTERNAL:
        if caller.kind != "service":
            raise Forbidden("This path is for the services themselves (scope internal).")
    elif scope != AUTHENTICATED and scope not in caller.scopes:
        raise Forbidden(f"This needs a credential with the scope {scope}.")
    if caller.manager_id is not None and not managers and scope != AUTHENTICATED:
        raise not_of_customers()
    return caller


def not_of_customers() -> Forbidden:
    """The refusal of a path that shows or does more than a manager's own customers allow."""
    message = "This credential is bound to a manager: it opens only what is held to that manager's customers."
    return Forbidden(message, code="manager_bound")


def _require_own(caller: Caller, request: Request, members: bool) -> None:
    """What is not a member's own does not exist for it."""
    customer_id = request.path_params.get("customer_id")
    if not members or (customer_id is not None and str(customer_id).lower() != str(caller.customer_id)):
        raise NotFound("There is no such thing, or it is not yours.")


def unknown_parameters(names: Sequence[str]) -> Invalid:
    """The refusal of query parameters that a route does not declare."""
    errors = [FieldError(name[:64], "unknown", "This path knows no such parameter.") for name in names]
    return Invalid(
        f"Not known: {', '.join(error.field for error in errors[:5])}.", code="unknown_parameter", errors=errors
    )
