"""The pages of the gateway as an application: everything outside `/v1`, for everybody, made from local files alone."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from services.gateway.documentation import pages
from shared.ids import new_id
from shared.web.problems import PROBLEMS, Problem, problem

SAFE = {
    "Content-Security-Policy": pages.POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ASSETS = Path(__file__).with_name("assets")
BUNDLES = Path(str(files("fastapi_offline"))) / "static"


def site(openapi: Callable[[], bytes]) -> Starlette:
    """The application; `openapi` gives the merged document."""

    def document(request: Request) -> Response:
        return Response(openapi(), media_type="application/json", headers={"Access-Control-Allow-Origin": "*"})

    return Starlette(
        routes=[
            Route("/", lambda request: _html(pages.landing())),
            Route("/docs", lambda request: _html(pages.explorer())),
            Route("/docs/reference", lambda request: _html(pages.reference())),
            Mount("/docs/assets", StaticFiles(directory=ASSETS)),
            Mount("/docs/bundles", StaticFiles(directory=BUNDLES)),
            Route("/openapi.json", document),
            Route("/problems", lambda request: _html(pages.problem_list(map(_entry, PROBLEMS.values())))),
            Route("/problems/{code}", _problem_page),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=1024)],
        exception_handlers={HTTPException: _refuse},
    )


def _problem_page(request: Request) -> Response:
    known = PROBLEMS.get(request.path_params["code"])
    if known is None:
        raise HTTPException(404)
    return _html(pages.problem(*_entry(known)))


def _entry(known: Problem) -> tuple[str, int, str, str]:
    return known.code, known.status, known.title, known.title_zh


def _html(content: str) -> Response:
    return HTMLResponse(content, headers=SAFE)


def _refuse(request: Request, error: Exception) -> Response:
    code = "method_not_allowed" if isinstance(error, HTTPException) and error.status_code == 405 else "not_found"
    return problem(code, "There is no such page; the paths of the API begin with /v1.", new_id().hex)
