"""/openapi.json, and /docs: a page to read it and try the calls, which loads nothing from other hosts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.enums import MediaType

from services.gateway.middleware.auth import OPEN

# The page's own script and style are inside it; it may talk to this gateway only.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@get("/openapi.json", include_in_schema=False, sync_to_thread=False, opt={OPEN: True})
def openapi_json(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The API description, OpenAPI 3.1."""
    return Response(request.app.openapi_schema.to_schema())


@get("/docs", include_in_schema=False, sync_to_thread=False, opt={OPEN: True})
def docs() -> Response[str]:
    """The page."""
    headers = {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(_page(), media_type=MediaType.HTML, headers=headers)


@cache
def _page() -> str:
    return Path(__file__).with_name("docs_page.html").read_text(encoding="utf-8")
