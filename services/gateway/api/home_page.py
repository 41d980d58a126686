"""/: what a person sees who opens the gateway's address."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from litestar import Request, Response, get

from services.gateway.access.scopes import OPEN
from services.gateway.api.pages import html_page

# The page runs no script and loads nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The Host header is its sender's: only what needs no quoting, neither in HTML nor in a shell, is shown.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


@get("/", include_in_schema=False, sync_to_thread=False, opt={OPEN: True})
def home(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A page of links, and the first steps with the address under which the gateway was reached."""
    return html_page(_page().substitute(address=_address(request)).encode(), _POLICY)


def _address(request: Request[Any, Any, Any]) -> str:
    try:
        address = str(request.base_url).rstrip("/")
    except ValueError:
        address = ""  # the Host header is none
    return address if _ADDRESS.fullmatch(address) else "http://localhost:8080"


@cache
def _page() -> Template:
    return Template(Path(__file__).with_name("home_page.html").read_text(encoding="utf-8"))
