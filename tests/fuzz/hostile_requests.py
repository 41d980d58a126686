"""Whole requests, as bytes: uploads, questions and heads that no client should send. A number always makes the same."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

from backports import zstd

from tests.fuzz.hostile_bytes import damaged_file, odd_json, odd_text, odd_variation

_API = "/api/v1"
_TYPES = (
    "application/pdf",
    "application/octet-stream",
    "text/plain",
    "text/html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/json",
    "application/xhtml+xml",
    "image/png",
    "text/plain; charset=utf-16",
    "text/plain; charset=nonsense",
    "application/x-www-form-urlencoded",
    "application/cloudevents+json",
    "multipart/form-data",
    "/",
    "text",
    "",
)
_DOCUMENT_FIELDS = ("id", "text", "title", "description", "requirements", "metadata", "basics", "content", "@type", "x")
_ORDER_FIELDS = ("job_id", "resume_id", "resume_ids", "query", "kind", "limit", "filters")
_QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/matching/calculate", {"job_id": "fuzz-1", "resume_id": "fuzz-2"}),
    ("/matching/calculate", {"job_id": "fuzz-1", "resume_ids": ["fuzz-2", "fuzz-3"]}),
    ("/matching/similarity-search", {"query": "nurse", "kind": "resume", "limit": 5}),
)
_PREFER = ("wait=1", "wait=99999999999999999999", "wait=-1", 'wait="1"', "respond-async", "wait=é", ",,,;;;", "wait=0")


@dataclass(frozen=True, slots=True)
class HostileRequest:
    """One request: its kind for the table, its bytes in the pieces in which they are sent."""

    kind: str
    pieces: tuple[bytes, ...]


def hostile_request(seed: int, number: int, key: str | None) -> HostileRequest:
    """The request of this seed and number."""
    dice = Random(f"{seed}-{number}")
    kind = dice.choice(list(_KINDS))
    method, target, headers, body = _KINDS[kind](dice)
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return HostileRequest(kind, _as_sent(dice, method, target, headers, body))


_ODD_SEGMENTS = ("%", "%zz", "%ff", "%00", "%ed%a0%80", "..", "%2e%2e", "%2f", "a" * 2_500, "1e999", "-1", "9" * 50)

# Method, address, headers and body.
Parts = tuple[str, str, dict[str, str], bytes]


def _form(dice: Random) -> Parts:
    boundary = dice.choice(("b", "b", "----WebKitFormBoundary7MA4YWxk", "b" * 71, "ü", "", "a b"))
    parts = [_file_part(dice)] * dice.choice((0, 1, 1, 1, 1, 1, 2, 30))
    if dice.random() < 0.5:
        parts.append(_part("id", odd_text(dice) if dice.random() < 0.5 else f"fuzz-{dice.randrange(200)}"))
    if dice.random() < 0.5:
        parts.append(b'Content-Disposition: form-data; name="metadata"\r\n\r\n' + odd_json(dice, ("a", "as_of", "b")))
    dice.shuffle(parts)
    line = b"\r\n" if dice.random() < 0.95 else b"\n"
    mark = b"--" + boundary.encode()
    body = b"".join(mark + line + part + line for part in parts)
    body += mark + b"--" + line if dice.random() < 0.9 else b""
    named = f"; boundary={boundary}" if dice.random() < 0.95 else dice.choice(("", "; boundary", '; boundary="b'))
    return "POST", f"{_API}/{_kinds(dice)}/", {"Content-Type": f"multipart/form-data{named}"}, body


def _file_part(dice: Random) -> bytes:
    name, data = damaged_file(dice)
    filename = dice.choice((name, name, odd_text(dice), "a" * 3_000, "..\\..\\cv.pdf", ""))
    head = f'Content-Disposition: form-data; name="{dice.choice(("file", "file", "file", "File", "x" * 300))}"'
    head += f'; filename="{filename}"' if dice.random() < 0.9 else ""
    head += f"\r\nContent-Type: {dice.choice(_TYPES)}" if dice.random() < 0.8 else ""
    head += "\r\nX: y" * dice.choice((0, 0, 0, 30))
    return head.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + data


def _part(name: str, text: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode("utf-8", "surrogatepass")


def _document(dice: Random) -> Parts:
    charset = dice.choice(("", "", "", "; charset=utf-8", "; charset=latin1", "; charset"))
    target = f"{_API}/{_kinds(dice)}" + (f"/{_id(dice)}" if dice.random() < 0.6 else "")
    method = "PUT" if target.count("/") > 3 else "POST"
    base = {"text": "Nurse with ten years of ward work. " * 9}
    body = odd_variation(dice, base) if dice.random() < 0.4 else odd_json(dice, _DOCUMENT_FIELDS)
    return method, target, {"Content-Type": f"application/json{charset}"}, body


def _file(dice: Random) -> Parts:
    name, data = damaged_file(dice)
    content_type = "application/pdf" if name.endswith(".pdf") and dice.random() < 0.4 else dice.choice(_TYPES)
    return "PUT", f"{_API}/{_kinds(dice)}/{_id(dice)}", {"Content-Type": content_type}, data


def _change(dice: Random) -> Parts:
    body = odd_json(dice, ("metadata", "metadata", "text"))
    if dice.random() < 0.5:
        body = b'{"metadata":' + odd_json(dice, ("a", "b")) + b"}"
    return "PATCH", f"{_API}/{_kinds(dice)}/{_id(dice)}", {"Content-Type": "application/merge-patch+json"}, body


def _question(dice: Random) -> Parts:
    target, base = dice.choice(_QUESTIONS)
    body = odd_variation(dice, base) if dice.random() < 0.6 else odd_json(dice, _ORDER_FIELDS)
    return "POST", _API + target, {"Content-Type": "application/json"}, body


def _address(dice: Random) -> Parts:
    path = dice.choice(
        ("/resumes", "/jobs", "/resumes/fuzz-1", "/jobs/fuzz-1/matches", "/resumes/fuzz-1/similar", "/x")
    )
    path = path if dice.random() < 0.7 else f"{path}/{_raw(dice)}"
    names = ("limit", "cursor", "status", "filters", "q", "updated_since", "x", "limit[]")
    query = "&".join(f"{dice.choice(names)}={_raw(dice)}" for _ in range(dice.choice((0, 1, 1, 2, 40))))
    method = dice.choice(("GET", "GET", "GET", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE", "get", "BREW"))
    return method, f"{_API}{path}?{query}" if query else _API + path, {}, b""


_KINDS: dict[str, Callable[[Random], Parts]] = {
    "form": _form,
    "document": _document,
    "file": _file,
    "change": _change,
    "question": _question,
    "address": _address,
}


def _kinds(dice: Random) -> str:
    return dice.choice(("resumes", "jobs"))


def _id(dice: Random) -> str:
    return f"fuzz-{dice.randrange(200)}" if dice.random() < 0.85 else _raw(dice) or "x"


def _raw(dice: Random) -> str:
    """Something for an address: encoded well, badly, or not what is meant."""
    odd = dice.choice(
        ("%", "%zz", "%ff", "%00", "%ed%a0%80", "..", "%2e%2e", "%2f", "a" * 2_500, "1e999", "-1", "9" * 50)
    )
    encoded = quote(odd_text(dice).encode("utf-8", "surrogatepass"), safe="")
    return odd if dice.random() < 0.5 else encoded[: dice.choice((10, 6_000))]


def _as_sent(dice: Random, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[bytes, ...]:
    body = _encoded(dice, headers, body)
    if dice.random() < 0.1:
        headers["Prefer"] = dice.choice(_PREFER)
    if dice.random() < 0.05:
        headers[dice.choice(("X-Request-Id", "traceparent", "Shortlist-Actor", "Accept", "X-Forwarded-For"))] = (
            odd_text(dice).replace("\r", "").replace("\n", "").replace("\x00", "").strip()
        )
    sends_chunks = bool(body) and dice.random() < 0.2
    if sends_chunks:
        headers["Transfer-Encoding"] = "chunked"
    elif body or method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(body))
    lines = [f"{method} {target} HTTP/1.1", "Host: fuzz", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n"
    if not sends_chunks:
        cut = dice.randint(0, len(body)) if dice.random() < 0.3 else len(body)
        return (head, body[:cut], body[cut:])
    size = dice.choice((1_000, 65_536))
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    last = b"0\r\n\r\n" if dice.random() < 0.97 else b"zz\r\n\r\n"
    return (head, *(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks), last)


def _encoded(dice: Random, headers: dict[str, str], body: bytes) -> bytes:
    if not body or dice.random() < 0.85:
        return body
    name = dice.choice(("gzip", "zstd", "br", "gzip, zstd", "x-gzip", "identity", "Ω"))
    headers["Content-Encoding"] = name
    packed = zstd.compress(body) if name == "zstd" else gzip.compress(body) if name.endswith("gzip") else body
    if dice.random() < 0.05:
        packed = gzip.compress(bytes(50_000_000), 1) if name == "gzip" else packed
    return packed if dice.random() < 0.7 else packed[: dice.randint(0, len(packed))]


def described(request: HostileRequest) -> str:
    """The beginning of a request, for people, without the key."""
    sent = re.sub(rb"Bearer [^\r]*", b"Bearer KEY", b"".join(request.pieces)[:600])
    return json.dumps(sent[:400].decode("latin-1"))
