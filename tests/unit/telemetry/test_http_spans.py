"""The spans of HTTP requests."""

import pytest
from litestar import Litestar, get
from litestar.params import FromPath
from litestar.testing import TestClient
from opentelemetry.trace import SpanKind, StatusCode

from libs.telemetry.http_spans import asking, traced_app
from libs.telemetry.tracing import current_traceparent, traced

pytestmark = pytest.mark.unit
TRACE = "0af7651916cd43dd8448eb211c80319c"
INCOMING = f"00-{TRACE}-b7ad6b7169203331-01"


@get("/documents/{kind:str}/{name:str}")
async def document(kind: FromPath[str], name: FromPath[str]) -> str:
    if name == "broken":
        raise RuntimeError("Maria Sanchez")
    return current_traceparent() or ""


@get("/health/ready")
async def ready() -> str:
    return current_traceparent() or ""


@pytest.fixture
def client():
    app = Litestar([document, ready], middleware=[traced_app], openapi_config=None, logging_config=None)
    with TestClient(app, raise_server_exceptions=False) as asked:
        yield asked


def test_a_request_is_named_by_its_route_and_its_query_is_nowhere(spans, client):
    answer = client.get("/documents/resume/4711", params={"q": "Maria"}, headers={"traceparent": INCOMING})
    (span,) = spans()
    assert (span.name, span.kind) == ("GET /documents/{kind}/{name}", SpanKind.SERVER)
    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    assert f"{span.context.span_id:016x}" in answer.text
    assert span.attributes["http.route"] == "/documents/{kind}/{name}"
    assert span.attributes["http.request.method"] == "GET"
    assert span.attributes["http.response.status_code"] == 200
    assert "Maria" not in span.to_json()


def test_a_fault_of_our_own_is_a_failure(spans, client):
    client.get("/documents/resume/broken")
    (span,) = spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["http.response.status_code"] == 500
    assert "Maria" not in span.to_json()


def test_a_refusal_is_none(spans, client):
    assert client.get("/nothing").status_code == 404
    assert all(span.status.status_code is StatusCode.UNSET for span in spans())


def test_watching_a_service_fills_no_collector(spans, client):
    assert not _sampled(client.get("/health/ready").text)
    assert spans() == []


def test_asking_another_service_is_a_span_of_its_own_that_travels_with_the_request(spans):
    with traced(INCOMING, "work"), asking("matching", "GET", "http://10.0.0.7:8080", "/documents/resume/1") as exchange:
        carried = exchange.headers["traceparent"]
        exchange.answered(503)
    span, work = spans()
    assert (span.name, span.kind) == ("GET matching", SpanKind.CLIENT)
    assert carried == f"00-{TRACE}-{span.context.span_id:016x}-01"
    assert span.parent.span_id == work.context.span_id
    assert (span.attributes["server.address"], span.attributes["server.port"]) == ("10.0.0.7", 8080)
    assert span.attributes["error.type"] == "503"


def test_a_service_that_looks_after_another_by_itself_fills_no_collector(spans, client):
    with asking("matching", "GET", "http://matching:8080", "/figures") as exchange:
        assert not _sampled(exchange.headers["traceparent"])
    client.get("/documents/resume/4711", headers=exchange.headers)
    assert spans() == []


def test_a_service_that_cannot_be_reached_is_a_failure(spans):
    with pytest.raises(ConnectionError), traced(INCOMING), asking("matching", "GET", "http://matching:8080", "/"):
        raise ConnectionError("refused")
    assert spans()[0].attributes["error.type"] == "ConnectionError"


def _sampled(traceparent):
    return bool(int(traceparent.rpartition("-")[2], 16) & 1)
