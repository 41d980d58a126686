"""/openapi.json, and /docs: Swagger UI over it, with every file served by this gateway itself."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.metadata import distribution
from typing import Any

from litestar import Request, Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.static_files import create_static_files_router

from services.gateway.access.scopes import OPEN
from services.gateway.api.pages import html_page
from services.gateway.api.published import published

FILES = "/docs/files"
_FOLDER = "flask_swagger_ui/dist"
_INLINE = re.compile(rb"<script type='text/javascript'>(.*?)</script>", re.DOTALL)

_swagger = SwaggerRenderPlugin(
    js_url=f"{FILES}/swagger-ui-bundle.js",
    css_url=f"{FILES}/swagger-ui.css",
    standalone_preset_js_url=f"{FILES}/swagger-ui-standalone-preset.js",
    favicon=f'<link rel="icon" type="image/png" href="{FILES}/favicon-32x32.png">',
)


@get("/openapi.json", include_in_schema=False, sync_to_thread=False, opt={OPEN: True})
def openapi_json(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The API description, OpenAPI 3.1."""
    return Response(published(request.app))


@get("/docs", include_in_schema=False, sync_to_thread=False, opt={OPEN: True})
def docs(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A page to read the description and to try the calls, with a key where one is needed."""
    page = _swagger.render(request, published(request.app))
    return html_page(page, _policy(page))


def docs_files() -> Router:
    """Serves the files of Swagger UI, as they lie in the package flask-swagger-ui; Flask itself is not imported."""
    return create_static_files_router(
        path=FILES,
        directories=[str(distribution("flask-swagger-ui").locate_file(_FOLDER))],
        include_in_schema=False,
        opt={OPEN: True},
        cache_control=CacheControlHeader(max_age=3600),
    )


def _policy(page: bytes) -> str:
    """Scripts: this gateway's files, and the one in the page that starts Swagger UI. Calls: this gateway alone."""
    inline = [f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in _INLINE.findall(page)]
    return (
        f"default-src 'none'; script-src 'self' {' '.join(inline)}; style-src 'self' 'unsafe-inline'; "
        "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
