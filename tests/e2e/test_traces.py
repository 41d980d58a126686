"""One trace from an upload to the index, and one for each query, across all processes of a stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.running_stack import RunningStack
from tests.fakes.trace_collector import CollectedSpan, TraceCollector, collecting

pytestmark = pytest.mark.e2e

GATEWAY, INGEST, EMBEDDING, MATCHING = (f"shortlist-{name}" for name in ("gateway", "ingest", "embedding", "matching"))
AN_HOUR_MS = "3600000"
SEARCH = "POST /api/v1/matching/similarity-search"


@dataclass(frozen=True)
class Traced:
    """What came to the collector, and the ids of the upload's trace and the query's."""

    collector: TraceCollector
    upload: str
    query: str


@pytest.fixture(scope="module")
def traced(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """A document and a query, after the stack has stopped: each service sent its spans then, as they wait an hour."""
    with collecting() as collector:
        stack = RunningStack(
            tmp_path_factory.mktemp("stack") / "data",
            "--broker",
            broker_kind,
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
            OTEL_BSP_SCHEDULE_DELAY=AN_HOUR_MS,
        )
        try:
            text = {"text": "Maria Sanchez\nRegistered nurse in an intensive care unit."}
            upload = stack.http.put("/resumes/nurse", json=text, headers={"Prefer": "wait=60"})
            query = stack.http.post("/matching/similarity-search", json={"query": "Maria", "kind": "resume"})
        finally:
            ended = stack.stop()
        assert (upload.status_code, query.status_code, ended) == (201, 200, 0)
        assert query.json()["degraded"] is False
        yield Traced(collector, *(answer.headers["traceparent"].split("-")[1] for answer in (upload, query)))


def test_one_trace_leads_from_an_upload_to_the_index(traced: Traced) -> None:
    spans = traced.collector.trace(traced.upload)
    assert _begin(spans) == [(GATEWAY, "PUT /api/v1/resumes/{document_id}")]
    indexed = [span for span in spans if (span.service, span.name) == (MATCHING, "process documents.vectors.v1")]
    assert len(indexed) == 1
    assert _way_to(indexed[0], spans) == [
        (GATEWAY, "PUT /api/v1/resumes/{document_id}"),
        (GATEWAY, "send documents.submitted.v1"),
        (INGEST, "process documents.submitted.v1"),
        (INGEST, "send documents.text.v1"),
        (EMBEDDING, "process documents.text.v1"),
        (EMBEDDING, "send documents.vectors.v1"),
        (MATCHING, "process documents.vectors.v1"),
    ]
    said = [span for span in spans if span.parent == indexed[0].id]
    assert [(span.service, span.name) for span in said] == [(MATCHING, "send documents.status.v1")]


def test_one_trace_leads_from_a_query_to_the_model(traced: Traced) -> None:
    spans = traced.collector.trace(traced.query)
    assert _begin(spans) == [(GATEWAY, SEARCH)]
    embedded = [span for span in spans if span.name == "embed queries"]
    assert len(embedded) == 1
    assert _way_to(embedded[0], spans) == [
        (GATEWAY, SEARCH),
        (GATEWAY, "POST matching"),
        (MATCHING, "POST /search"),
        (MATCHING, "POST embedding"),
        (EMBEDDING, "POST /embed"),
        (EMBEDDING, "embed queries"),
    ]


def test_a_stack_that_nobody_asks_for_anything_sends_no_traces(traced: Traced) -> None:
    spans = traced.collector.spans()
    others = [(span.service, span.name) for span in spans if span.trace not in (traced.upload, traced.query)]
    # The supervisor asks for it, to see what is still on the way, when the stack is stopped.
    assert set(others) <= {(EMBEDDING, "GET /space")}


def test_no_span_holds_what_a_document_or_a_query_says(traced: Traced) -> None:
    everything = b"".join(traced.collector.bodies)
    assert b"default/resume/nurse" in everything
    assert b"Maria" not in everything
    assert b"intensive care" not in everything


def _begin(spans: list[CollectedSpan]) -> list[tuple[str, str]]:
    """The spans whose parent nobody sent: one, where the trace is whole."""
    known = {span.id for span in spans}
    return [(span.service, span.name) for span in spans if span.parent not in known]


def _way_to(span: CollectedSpan, spans: list[CollectedSpan]) -> list[tuple[str, str]]:
    """The spans above it, from the first, and itself."""
    above = [each for each in spans if each.id == span.parent]
    return [*(_way_to(above[0], spans) if above else []), (span.service, span.name)]
