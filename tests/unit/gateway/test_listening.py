"""The gateway on a real port: https, proxies that are believed, bodies refused at once, and many slow senders."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
import uvicorn
from litestar import Litestar, Request, post
from pydantic import ValidationError

from libs.running.listening import Listening
from libs.running.serving import served
from services.gateway.__main__ import listening_of
from services.gateway.body_stream import body_stream
from services.gateway.middleware.admission import Admission
from services.gateway.middleware.body_arrival import Arrivals, Pace
from services.gateway.middleware.body_decoding import BodyDecoding
from services.gateway.middleware.outer_problems import OuterProblems
from services.gateway.problems import problems_plugin
from services.gateway.settings import GatewaySettings

pytestmark = pytest.mark.unit

NEEDED = {
    "kafka_bootstrap": "127.0.0.1:9",
    "matching_urls": "http://127.0.0.1:9",
    "embedding_urls": "http://127.0.0.1:9",
}


@contextmanager
def running(app: Litestar, listening: Listening) -> Iterator[tuple[str, int]]:
    """As libs.running.serving runs it, from a thread."""
    config = served(app, GatewaySettings(**NEEDED), listening)
    config.lifespan = "off"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, trustme.CA]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    for name, blobs in (("cert.pem", issued.cert_chain_pems), ("key.pem", [issued.private_key_pem])):
        (folder / name).write_bytes(b"".join(blob.bytes() for blob in blobs))
    return folder / "cert.pem", folder / "key.pem", authority


def test_an_empty_certificate_is_none() -> None:
    assert GatewaySettings(**NEEDED, tls_cert_file="", tls_key_file="").tls_cert_file is None


async def test_with_a_certificate_it_speaks_https_alone(refusing_door: Any, certificate: Any) -> None:
    settings = GatewaySettings(**NEEDED, tls_cert_file=certificate[0], tls_key_file=certificate[1])
    trusting = ssl.create_default_context()
    certificate[2].configure_trust(trusting)

    def ask(port: int) -> httpx.Response:
        answer = httpx.get(f"https://127.0.0.1:{port}/api/v1/health/live", verify=trusting)
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/api/v1/health/live")
        return answer

    with running(refusing_door.app, listening_of(settings)) as (_, port):
        answer = await asyncio.to_thread(ask, port)
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_a_certificate_that_cannot_be_used_stops_the_start(certificate: Any, tmp_path: Path) -> None:
    other = trustme.CA().issue_cert("localhost")
    (tmp_path / "other.pem").write_bytes(other.private_key_pem.bytes())
    for given, said in (
        ({"tls_cert_file": certificate[0]}, "TLS_KEY_FILE is missing"),
        ({"tls_key_file": certificate[1]}, "TLS_CERT_FILE is missing"),
        ({"tls_cert_file": tmp_path / "none.pem", "tls_key_file": certificate[1]}, "cannot be read"),
        ({"tls_cert_file": certificate[0], "tls_key_file": tmp_path / "other.pem"}, "cannot be served with"),
    ):
        with pytest.raises(ValidationError, match=said):
            GatewaySettings(**NEEDED, **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cors_origins": "*"}, "name the origins"),
        ({"cors_origins": "https://a.example/path"}, "is no origin"),
        ({"cors_origins": "a.example"}, "is no origin"),
        ({"forwarded_allow_ips": "proxy.local"}, "is no address of a proxy"),
    ],
)
def test_what_cannot_be_meant_stops_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        GatewaySettings(**NEEDED, **given)


@pytest.mark.parametrize(("believed", "is_https"), [("", False), ("127.0.0.1", True), ("10.0.0.0/8", False)])
async def test_only_a_proxy_that_is_named_is_believed(refusing_door: Any, believed: str, is_https: bool) -> None:
    settings = GatewaySettings(**NEEDED, forwarded_allow_ips=believed)

    def ask(port: int) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/health/live", headers={"x-forwarded-proto": "https"})

    with running(refusing_door.app, listening_of(settings)) as (_, port):
        answer = await asyncio.to_thread(ask, port)
    assert ("strict-transport-security" in answer.headers) is is_https


def everything_from(connection: socket.socket) -> bytes:
    """All that comes until the other side closes, whether or not it read all that was sent."""
    came = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            came += piece
    return came


def answer_to(address: tuple[str, int], *sent: bytes) -> tuple[bytes, dict[str, Any], bool]:
    """The head and the problem of what is answered before all was sent, and whether the connection then ends."""
    with socket.create_connection(address, 30) as connection:
        for piece in sent:
            connection.sendall(piece)
        came = b""
        while b"\r\n\r\n" not in came or not came.endswith(b"}"):
            piece = connection.recv(65_536)
            assert piece, came
            came += piece
        connection.shutdown(socket.SHUT_WR)
        ended = connection.recv(1) == b""
    head, _, body = came.partition(b"\r\n\r\n")
    return head, json.loads(body), ended


HEAD = b"PUT /api/v1/resumes/r1 HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n"
TOO_MUCH: dict[str, list[bytes]] = {
    "by its length, before a byte of it": [HEAD + b"content-length: 9000000\r\n\r\n"],
    "by its length, while the sender asks first": [HEAD + b"expect: 100-continue\r\ncontent-length: 9000000\r\n\r\n"],
    "as soon as it passes": [
        HEAD + b"transfer-encoding: chunked\r\n\r\n",
        *(b"100000\r\n" + b"x" * 0x100000 + b"\r\n" for _ in range(9)),
    ],
}


@pytest.mark.parametrize("how", list(TOO_MUCH))
async def test_too_large_a_body_is_refused_while_it_is_still_being_sent(refusing_door: Any, how: str) -> None:
    with running(refusing_door.app, Listening()) as address:
        head, problem, ended = await asyncio.to_thread(answer_to, address, *TOO_MUCH[how])
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in head.lower()
    assert problem["type"] == "urn:shortlist:problem:too_large"
    assert ended


async def test_a_body_that_nobody_may_send_is_refused_before_it_came(locked_door: Any) -> None:
    sent = HEAD + b"content-length: 1000\r\n\r\nx"
    with running(locked_door.app, Listening()) as address:
        head, problem, _ = await asyncio.to_thread(answer_to, address, sent)
    assert head.startswith(b"HTTP/1.1 401 ")
    assert problem["type"] == "urn:shortlist:problem:unauthorized"


async def test_hundreds_of_slow_connections_keep_nobody_out(open_door: Any) -> None:
    half = {
        0: b"",
        1: b"GET /api/v1/health/live HTTP/1.1\r\nx: y",
        2: b"POST /api/v1/resumes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
        3: b"GET /api/v1/health/live HTTP/1.1\r\nhost: x\r\n\r\n",
    }

    def look(address: tuple[str, int]) -> list[int]:
        slow, seen = [], []
        for number in range(400):
            slow.append(socket.create_connection(address, 30))
            slow[-1].sendall(half[number % 4])
            if number % 100 == 99:
                seen.append(httpx.get(f"http://127.0.0.1:{address[1]}/openapi.json", timeout=30).status_code)
        for connection in slow:
            connection.close()
        return seen

    async with open_door(requests_at_once=8, bodies_arriving_at_once=50) as door:
        with running(door.app, Listening(connections=100)) as address:
            assert await asyncio.to_thread(look, address) == [200] * 4


@pytest.mark.parametrize(
    ("pace", "reason"),
    [
        (Pace(stall_seconds=0.3), "no byte of it came for 0.3 s"),
        (Pace(10, 0.5, 10_000), "less than 10,000 bytes a second"),
    ],
)
@pytest.mark.parametrize("streams", [False, True])
async def test_a_body_that_does_not_keep_the_pace_is_ended(pace: Pace, reason: str, streams: bool) -> None:
    @post("/", request_max_body_size=None)
    async def take(request: Request[Any, Any, Any]) -> int:
        if streams:
            return sum([len(piece) async for piece in body_stream(request.scope)])
        return len(await request.body())

    app = Litestar([take], plugins=[problems_plugin()], openapi_config=None)
    arrivals = Arrivals(count=4, total_bytes=10**6, largest_body=10**6, pace=pace)
    admission = Admission(requests=4, body_bytes=10**6, arrivals=arrivals)
    app.asgi_handler = OuterProblems()(BodyDecoding()(admission(app.asgi_handler)))

    def send(address: tuple[str, int]) -> tuple[bytes, bytes]:
        head = b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 40000\r\n\r\n"
        with socket.create_connection(address, 30) as fast:
            fast.sendall(head + bytes(40_000))
            taken = everything_from(fast)
        with socket.create_connection(address, 30) as slow:
            slow.sendall(head)
            slow.settimeout(0.1)
            for _ in range(100):
                if pace.stall_seconds > 1:
                    slow.sendall(b"x")
                with contextlib.suppress(TimeoutError):
                    ended = slow.recv(65_536)
                    slow.settimeout(30)
                    return taken, ended + everything_from(slow)
        return taken, b""

    with running(app, Listening()) as address:
        taken, ended = await asyncio.to_thread(send, address)
    assert taken.startswith(b"HTTP/1.1 201 ")
    assert taken.endswith(b"40000")
    assert ended.startswith(b"HTTP/1.1 408 ")
    assert reason.encode() in ended
