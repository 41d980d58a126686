"""One attempt at endpoints that misbehave, over real connections."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import httpcore
import pytest
import trustme

from services.gateway.webhooks.outgoing.addresses import Address, AddressRules
from services.gateway.webhooks.outgoing.connecting import CheckedBackend, Resolver, UnknownHost
from services.gateway.webhooks.outgoing.sender import MAX_ANSWER_BYTES, Attempt, Sender
from services.gateway.webhooks.outgoing.signing import new_secret, shown
from services.gateway.webhooks.outgoing.targets import UrlRules
from tests.fakes.webhook_receiver import Answer, Receiver, receiving

pytestmark = pytest.mark.unit

BODY = b'{"type":"document.indexed","timestamp":"2026-12-01T09:30:00Z","data":{}}'
SECRET = new_secret()
LOOPBACK = AddressRules(networks=(ip_network("127.0.0.0/8"),))
NAME = "hooks.example.org"


class Names:
    """Answers of a name server, one each; the last goes on."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str) -> Sequence[Address]:
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise UnknownHost(f"the host {host} cannot be looked up")
        return [ip_address(each) for each in found]


class Network(httpcore.AsyncNetworkBackend):
    """Leads every address to this machine, and remembers which were connected to; those in `away` take nothing."""

    def __init__(self, away: Sequence[str] = ()) -> None:
        self.connected: list[str] = []
        self.away = away

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        if host in self.away:
            raise httpcore.ConnectError("no route")
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", port)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


async def sent(
    url: str,
    *,
    rules: AddressRules = LOOPBACK,
    names: Names | None = None,
    network: Network | None = None,
    ca_file: Path | None = None,
    whole_seconds: float = 15,
) -> Attempt:
    backend = CheckedBackend(rules, names or Resolver(), network)
    sender = Sender(UrlRules(rules), backend, ca_file, whole_seconds=whole_seconds)
    return await sender.send(url, "msg_1", BODY, [SECRET], datetime.now(UTC))


def certificate(name: str, folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate for a name; `ca.pem` in the folder vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return context


async def test_an_endpoint_gets_a_body_that_it_can_verify(receiver: Receiver) -> None:
    attempt = await sent(receiver.url("/hook?a=b"))
    assert (attempt.delivered, attempt.status, attempt.error) == (True, 204, None)
    (came,) = receiver.received
    assert came.verified_with(shown(SECRET))
    assert came.path == "/hook?a=b"
    assert came.headers["content-type"] == "application/json"
    assert came.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("status", [200, 201, 202, 299])
async def test_every_2xx_is_a_success(receiver: Receiver, status: int) -> None:
    receiver.usual = Answer(status, body=b"fine")
    attempt = await sent(receiver.url())
    assert (attempt.delivered, attempt.body) == (True, b"fine")


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
async def test_every_other_answer_is_a_failure_that_is_told(receiver: Receiver, status: int) -> None:
    receiver.usual = Answer(status)
    attempt = await sent(receiver.url())
    assert (attempt.delivered, attempt.status, attempt.is_gone) == (False, status, status == 410)
    assert str(status) in str(attempt.error)


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/other", "http://169.254.169.254/latest/meta-data"])
async def test_a_redirect_is_not_followed(receiver: Receiver, target: str) -> None:
    receiver.usual = Answer(302, {"location": target.format(port=receiver.port)})
    network = Network()
    attempt = await sent(receiver.url(), network=network)
    assert (attempt.delivered, attempt.status) == (False, 302)
    assert "redirects are not followed" in str(attempt.error)
    assert (len(receiver.received), network.connected) == (1, ["127.0.0.1"])


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("-5", None), ("soon", None), ("99999999999999", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0)],
)
async def test_when_an_endpoint_wants_to_be_asked_again_is_read(
    receiver: Receiver, value: str, seconds: float | None
) -> None:
    receiver.usual = Answer(503, {"Retry-After": value})
    assert (await sent(receiver.url())).retry_after == seconds


@pytest.mark.parametrize("then", ["reset", "half"])
async def test_a_connection_that_breaks_is_a_failure(receiver: Receiver, then: str) -> None:
    receiver.usual = Answer(200, body=b"abc", then=then)
    attempt = await sent(receiver.url())
    assert (attempt.delivered, attempt.status) == (False, None)
    assert "connection" in str(attempt.error)


async def test_an_endpoint_that_never_answers_is_left(receiver: Receiver) -> None:
    receiver.usual = Answer(then="hang")
    attempt = await sent(receiver.url(), whole_seconds=0.2)
    assert (attempt.delivered, attempt.status) == (False, None)
    assert "within 0.2 s" in str(attempt.error)


async def test_of_an_answer_without_end_no_more_is_read_than_is_allowed(receiver: Receiver) -> None:
    receiver.usual = Answer(200, then="endless")
    attempt = await sent(receiver.url())
    assert attempt.delivered
    assert len(attempt.body) == MAX_ANSWER_BYTES
    async with asyncio.timeout(30):
        while receiver.at_once:
            await asyncio.sleep(0.01)


async def test_an_answer_with_a_huge_head_is_a_failure(receiver: Receiver) -> None:
    receiver.usual = Answer(200, {"x": "a" * 200_000})
    attempt = await sent(receiver.url())
    assert not attempt.delivered


async def test_nobody_listens(receiver: Receiver) -> None:
    attempt = await sent("http://127.0.0.1:9/hook")
    assert (attempt.delivered, attempt.status) == (False, None)
    assert "connection failed" in str(attempt.error)


async def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    assert (await sent(receiver.url())).delivered


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "017700000001", "localhost"])
async def test_other_ways_to_write_this_machine_lead_nowhere(receiver: Receiver, host: str) -> None:
    network = Network()
    attempt = await sent(f"https://{host}:{receiver.port}/", rules=AddressRules(), network=network)
    assert "not list" in str(attempt.error)
    assert (receiver.received, network.connected) == ([], [])


@pytest.mark.parametrize(
    "answer", [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"]]
)
async def test_a_name_that_leads_to_a_private_address_is_not_connected_to(answer: list[str]) -> None:
    network = Network()
    attempt = await sent(f"https://{NAME}/", rules=AddressRules(), names=Names(answer), network=network)
    assert NAME in str(attempt.error)
    assert "not list" in str(attempt.error)
    assert network.connected == []


async def test_a_name_whose_answer_changes_gains_nothing(tmp_path: Path) -> None:
    """DNS rebinding: what was checked is what is connected to, since nobody asks a second time."""
    names, network = Names(["93.184.216.34"], ["127.0.0.1"]), Network()
    async with receiving(certificate(NAME, tmp_path)) as receiver:

        async def once() -> Attempt:
            url = receiver.url(host=NAME)
            return await sent(url, rules=AddressRules(), names=names, network=network, ca_file=tmp_path / "ca.pem")

        assert (await once()).delivered
        assert (names.asked, network.connected) == (1, ["93.184.216.34"])
        again = await once()
        assert "loopback" in str(again.error)
        assert (names.asked, network.connected, len(receiver.received)) == (2, ["93.184.216.34"], 1)


async def test_the_next_address_is_tried_where_one_is_away(receiver: Receiver) -> None:
    network = Network(away=["93.184.216.34"])
    rules = AddressRules(hosts=frozenset({NAME}))
    names = Names(["93.184.216.34", "93.184.216.35"])
    attempt = await sent(f"http://{NAME}:{receiver.port}/", rules=rules, names=names, network=network)
    assert attempt.delivered
    assert network.connected == ["93.184.216.34", "93.184.216.35"]
    assert receiver.received[0].headers["host"] == f"{NAME}:{receiver.port}"


async def test_a_name_that_nobody_knows_is_a_failure_that_is_told() -> None:
    attempt = await sent(f"https://{NAME}/", names=Names([]))
    assert (attempt.delivered, attempt.error) == (False, f"the host {NAME} cannot be looked up")


@pytest.mark.parametrize("certified", [NAME, "other.example.org"])
async def test_the_certificate_is_checked_against_the_name_and_not_the_address(certified: str, tmp_path: Path) -> None:
    context = certificate(certified, tmp_path)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with receiving(context) as receiver:
        url = receiver.url(host=NAME)
        names, network = Names(["93.184.216.34"]), Network()
        attempt = await sent(url, rules=AddressRules(), names=names, network=network, ca_file=tmp_path / "ca.pem")
        assert attempt.delivered == (certified == NAME), attempt.error
        assert asked == [NAME]
        assert len(receiver.received) == (1 if certified == NAME else 0)
        unknown = await sent(url, rules=AddressRules(), names=names, network=network)
        assert "certificate" in str(unknown.error).lower()
