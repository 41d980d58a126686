"""Reads bodies that were compressed for the way (`Content-Encoding`), piece by piece.

What comes out is bounded by whoever reads it: no more is decoded than is asked for, so that a small body which unfolds
into a large one is refused as soon as it passes the limit, and never lies in memory.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from backports import zstd
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from services.gateway.problems import Problem

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send, WebSocketReceiveMessage

PIECE_BYTES = 65_536
# What RFC 8878 asks every decoder for, and the most that one may take here: 8 MiB.
_WINDOW_LOG = 23
# How much came on the wire for a piece: it measures the sender's speed, which the decoded size does not.
WIRE_BYTES: Final = "shortlist.wire_bytes"
TAKEN: Final = "gzip, zstd"
_NAMES = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}


class Decoder(Protocol):
    """Decodes one body. `decode` gives at most so many bytes of what was fed so far; nothing where it needs more."""

    def feed(self, data: bytes) -> None:
        """Takes in the next bytes of the body."""

    def decode(self, max_bytes: int) -> bytes:
        """The next bytes that come out. Raises ValueError for what is not of the encoding."""

    @property
    def is_whole(self) -> bool:
        """Whether what was decoded may end here."""


class _Gzip:
    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._input = b""
        self._has_begun = False

    def feed(self, data: bytes) -> None:
        self._input += data

    def decode(self, max_bytes: int) -> bytes:
        try:
            while self._input:
                if self._member.eof:  # another member follows
                    self._member = zlib.decompressobj(wbits=31)
                self._has_begun = True
                found = self._member.decompress(self._input, max_bytes)
                self._input = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
                if found:
                    return found
            # What the window still holds back, where the limit cut it off.
            return b"" if self._member.eof or not self._has_begun else self._member.decompress(b"", max_bytes)
        except zlib.error as error:
            raise ValueError from error

    @property
    def is_whole(self) -> bool:
        return self._member.eof and not self._input


class _Zstd:
    def __init__(self) -> None:
        self._frame = self._new()
        self._input = b""

    def feed(self, data: bytes) -> None:
        self._input += data

    def decode(self, max_bytes: int) -> bytes:
        try:
            while self._input or not self._frame.needs_input:
                if self._frame.eof:
                    if not self._input:
                        return b""
                    self._frame = self._new()
                given, self._input = self._input, b""
                found = self._frame.decompress(given, max_bytes)
                if self._frame.eof:
                    self._input = self._frame.unused_data
                if found:
                    return found
            return b""
        except zstd.ZstdError as error:
            raise ValueError from error

    @property
    def is_whole(self) -> bool:
        return self._frame.eof and not self._input

    @staticmethod
    def _new() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})


class BodyDecoding(ASGIMiddleware):
    """Decodes the bodies of requests. One of an encoding that is not known is refused when it is asked for."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on; whoever asks for its body gets it decoded."""
        named = [each.strip() for each in Headers.from_scope(scope).getall("content-encoding", [])]
        codings = [each for each in ",".join(named).lower().replace(" ", "").split(",") if each not in ("", "identity")]
        if not codings:
            await next_app(scope, receive, send)
            return
        await next_app(scope, _Decoded(receive, codings).receive, send)


class _Decoded:
    """A body that is decoded while it is read."""

    def __init__(self, receive: Receive, codings: list[str]) -> None:
        self._receive = receive
        self._codings = codings
        self._decoder: Decoder | None = None
        self._has_all = False
        self._is_done = False

    async def receive(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        """The next piece. Raises Problem (`unsupported_encoding`, `invalid_body`)."""
        if self._is_done:
            return await self._receive()
        if self._decoder is None:
            self._decoder = _decoder_of(self._codings)
        wire_bytes = 0
        piece = self._next(self._decoder)
        while not piece and not self._has_all:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._decoder.feed(message["body"])
            wire_bytes += len(message["body"])
            self._has_all = not message.get("more_body", False)
            piece = self._next(self._decoder)
            if not piece and not self._has_all:
                break  # whoever measures the sender's speed must hear of these bytes
        # A piece takes a fraction of a millisecond; in between, others have their turn.
        await asyncio.sleep(0)
        self._is_done = not piece and self._has_all
        if self._is_done and not self._decoder.is_whole:
            raise Problem("invalid_body", f"the body is not whole: as {self._codings[0]} it ends in the middle")
        told: Any = {"type": "http.request", "body": piece, "more_body": not self._is_done, WIRE_BYTES: wire_bytes}
        decoded: HTTPReceiveMessage = told
        return decoded

    def _next(self, decoder: Decoder) -> bytes:
        try:
            return decoder.decode(PIECE_BYTES)
        except ValueError:
            name = self._codings[0]
            raise Problem(
                "invalid_body", f"the body is not {name}, as its Content-Encoding says", header="Content-Encoding"
            ) from None


def _decoder_of(codings: list[str]) -> Decoder:
    name = _NAMES.get(codings[0]) if len(codings) == 1 else None
    if name is None:
        raise Problem(
            "unsupported_encoding",
            f"the Content-Encoding {', '.join(codings)[:60]!r} is not read: send the body as it is, or in one of "
            f"{TAKEN.replace(', ', ' and ')}",
            headers={"Accept-Encoding": TAKEN},
            header="Content-Encoding",
        )
    return _Gzip() if name == "gzip" else _Zstd()
