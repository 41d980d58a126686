"""Bodies that were compressed for the way: read piece by piece, and bounded by what comes out of them."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import os
import random
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from backports import zstd

from libs.contracts import topics
from libs.contracts.documents import MAX_FILE_BYTES
from services.gateway.middleware.body_decoding import PIECE_BYTES, BodyDecoding
from services.gateway.problems import Problem

pytestmark = pytest.mark.unit

Pack = Callable[[bytes], bytes]
PACKERS: dict[str, Pack] = {"gzip": gzip.compress, "zstd": zstd.compress, "x-gzip": gzip.compress}
RESUME = json.dumps({"text": "Nurse with ten years of ward work. " * 200}).encode()


async def decoded(encoding: str, pieces: list[bytes]) -> tuple[bytes, list[int]]:
    """What an application reads of a body that came in these pieces, and how large each of its own pieces was."""
    came, sizes = b"", []
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return messages.pop(0)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal came
        more = True
        while more:
            message = await receive()
            came, more = came + message["body"], message["more_body"]
            sizes.append(len(message["body"]))

    scope: Any = {"type": "http", "headers": [(b"content-encoding", encoding.encode())]}
    await BodyDecoding()(app)(scope, receive, None)  # type: ignore[arg-type]
    return came, sizes


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize("cut", [1, 7, 1_000, 10**9])
async def test_it_is_the_same_however_it_was_cut(encoding: str, cut: int) -> None:
    dice = random.Random(cut)
    data = RESUME + dice.randbytes(3_000) + bytes(200_000)
    # Two members, or frames: whoever writes piece by piece makes several.
    packed = PACKERS[encoding](data[:5_000]) + PACKERS[encoding](data[5_000:])
    came, sizes = await decoded(encoding, [packed[at : at + cut] for at in range(0, len(packed), cut)])
    assert came == data
    assert max(sizes) <= PIECE_BYTES


@pytest.mark.parametrize("encoding", list(PACKERS))
async def test_a_compressed_document_is_taken(door: Any, encoding: str) -> None:
    headers = {"content-type": "application/json", "content-encoding": encoding}
    packed = PACKERS[encoding](RESUME)
    answer = await door.client.put("/api/v1/resumes/r1", content=packed, headers=headers)
    assert answer.status_code == 202, answer.text
    assert json.loads(door.publisher.topics[topics.SUBMITTED][0].value) == json.loads(RESUME)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_a_compressed_form_is_taken(door: Any, encoding: str) -> None:
    form = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nA nurse\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b", "content-encoding": encoding}
    answer = await door.client.post("/api/v1/resumes", content=PACKERS[encoding](form), headers=headers)
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize(
    ("encoding", "body", "status", "code"),
    [
        ("br", b"x", 415, "unsupported_encoding"),
        ("deflate", zlib.compress(RESUME), 415, "unsupported_encoding"),
        ("gzip, gzip", gzip.compress(gzip.compress(RESUME, mtime=0)), 415, "unsupported_encoding"),
        ("gzip", RESUME, 400, "invalid_body"),
        ("zstd", RESUME, 400, "invalid_body"),
        ("gzip", b"", 400, "invalid_body"),
        ("gzip", gzip.compress(RESUME, mtime=0)[:-9], 400, "invalid_body"),
        ("zstd", zstd.compress(RESUME)[:-3], 400, "invalid_body"),
        ("gzip", gzip.compress(RESUME, mtime=0) + b"more", 400, "invalid_body"),
        ("gzip", zstd.compress(RESUME), 400, "invalid_body"),
    ],
)
async def test_what_cannot_be_decoded_is_refused(
    refusing_door: Any, encoding: str, body: bytes, status: int, code: str
) -> None:
    headers = {"content-type": "application/json", "content-encoding": encoding}
    answer = await refusing_door.client.put("/api/v1/resumes/r1", content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:shortlist:problem:{code}"), answer.text
    if status == 415:
        assert answer.headers["accept-encoding"] == "gzip, zstd"
        assert answer.json()["errors"][0]["header"] == "Content-Encoding"


async def test_a_window_that_would_take_much_memory_is_refused(refusing_door: Any) -> None:
    wide = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
    packer = zstd.ZstdCompressor(options=wide)
    packed = packer.compress(RESUME) + packer.flush()
    headers = {"content-type": "application/json", "content-encoding": "zstd"}
    answer = await refusing_door.client.put("/api/v1/resumes/r1", content=packed, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_body")


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_a_bomb_is_refused_as_soon_as_it_passes_the_limit_and_never_in_memory(
    refusing_door: Any, encoding: str
) -> None:
    packer = zlib.compressobj(9, wbits=31) if encoding == "gzip" else zstd.ZstdCompressor()
    # 128 MiB in some kilobytes.
    packed = b"".join(packer.compress(bytes(1_048_576)) for _ in range(128)) + packer.flush()
    headers = {"content-type": "application/pdf", "content-encoding": encoding}
    tracemalloc.start()
    try:
        answer = await refusing_door.client.put("/api/v1/resumes/r1", content=packed, headers=headers)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:shortlist:problem:too_large")
    assert peak < 6 * MAX_FILE_BYTES


async def test_others_have_their_turn_while_a_body_is_decoded() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await decoded("gzip", [gzip.compress(bytes(100 * PIECE_BYTES))])
    counting.cancel()
    assert turns >= 100


async def test_bytes_of_no_encoding_never_end_in_more_than_a_problem() -> None:
    dice = random.Random(5)
    for _ in range(300):
        packed = bytearray(PACKERS[encoding := dice.choice(["gzip", "zstd"])](os.urandom(50) + RESUME[:500]))
        for _ in range(dice.randint(1, 5)):
            packed[dice.randrange(len(packed))] = dice.randrange(256)
        with contextlib.suppress(Problem):
            await decoded(encoding, [bytes(packed[: dice.randint(1, len(packed))])])
