"""Character references: `&amp;`, `&#8217;`, `&rsquo;`."""

from __future__ import annotations

import html
import re
from html.entities import html5

# With the semicolon alone: `?lang=en&section=2` holds no section sign.
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def decoded(text: str) -> str:
    """`text` with each known character reference replaced by its character, once."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def is_escaped_throughout(text: str) -> bool:
    """Whether every ampersand of `text`, and there is one, begins a known reference: a program wrote it so."""
    ampersands = text.count("&")
    return ampersands > 0 and ampersands == sum(map(_is_known, _REFERENCE.finditer(text)))


def _character(match: re.Match[str]) -> str:
    return html.unescape(match[0]) if _is_known(match) else match[0]


def _is_known(match: re.Match[str]) -> bool:
    return match[0].startswith("&#") or match[0][1:] in html5
