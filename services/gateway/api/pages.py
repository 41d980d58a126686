"""What the gateway's pages for people have in common: the headers that keep anything foreign out of them."""

from __future__ import annotations

from litestar import Response
from litestar.enums import MediaType


def html_page(content: bytes, policy: str) -> Response[bytes]:
    """A page under a Content-Security-Policy; not to be framed, and telling nobody where its reader came from."""
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(content, media_type=MediaType.HTML, headers=headers)
