"""The headers of answers that callers rely on, and which answers have them, for the API's description."""

from __future__ import annotations

import re
from typing import Final

_TOLD: Final = {
    "X-Request-Id": "The request's id, by which the gateway's log tells of it: the one that was sent, where it is 1 to "
    "128 of `A-Z a-z 0-9 . _ : / @ + = -`, else a new one",
    "RateLimit-Policy": 'The key\'s quota, `"key";q=400;w=2`: 400 units, which come back within 2 s. Absent where keys '
    "have none",
    "RateLimit": 'What is left of it, `"key";r=371;t=1`: 371 units; full again in 1 s. Absent where keys have none',
    "Retry-After": "After how many seconds to try again, a whole number",
    "WWW-Authenticate": "`Bearer`, and `error` where a key or token was sent that opens nothing",
    "Location": "The address of the document, or of the receipt of its deletion",
    "Preference-Applied": "`wait=N` where the request preferred to wait: for how many seconds at most it was done",
    "ETag": "Names what is shown: send it as `If-None-Match` to be told 304 while nothing changed, or as `If-Match` to "
    "write only where nothing changed",
}
HEADERS: Final = {name: {"description": told, "schema": {"type": "string"}} for name, told in _TOLD.items()}
"""By name, as they stand under `components`."""

_WRITES_DOCUMENT = re.compile(r"(create|put|patch|delete)(Resume|Job)")
_READS_DOCUMENT = re.compile(r"get(Resume|Job)")


def headers_of(operation_id: str, status: int, *, is_problem: bool, counts: bool) -> list[str]:
    """The names of the headers of an operation's answer; `counts`: whether a call of it takes of its key's quota."""
    names = ["X-Request-Id"]
    is_good = status < 400
    if counts and (is_good or status == 429):
        names += ["RateLimit-Policy", "RateLimit"]
    if status == 429 or (status == 503 and is_problem):
        names.append("Retry-After")
    if status == 401:
        names.append("WWW-Authenticate")
    if is_good and _WRITES_DOCUMENT.fullmatch(operation_id):
        names += ["Location", "Preference-Applied"]
    if is_good and _READS_DOCUMENT.fullmatch(operation_id):
        names.append("ETag")
    return names
