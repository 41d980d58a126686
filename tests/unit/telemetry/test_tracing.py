"""Trace context: one trace id from upload to index."""

import subprocess
import sys
import threading

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import StatusCode

from libs.telemetry import tracing
from libs.telemetry.tracing import (
    ImpossibleTracing,
    current_trace_id,
    current_traceparent,
    set_up_tracing,
    shut_down_tracing,
    span_below,
    trace_headers,
    traced,
)

pytestmark = pytest.mark.unit
INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def test_a_trace_is_continued_with_a_span_of_its_own():
    with traced(INCOMING):
        own = current_traceparent()
        assert own.split("-")[1] == INCOMING.split("-")[1]
        assert own.split("-")[2] != INCOMING.split("-")[2]


@pytest.mark.parametrize("bad", [None, "", "garbage", "00-" + "0" * 32 + "-b7ad6b7169203331-01", INCOMING.upper()])
def test_what_is_no_trace_context_starts_a_new_trace(bad):
    with traced(bad):
        own = current_traceparent()
        assert own != bad
        assert int(own.split("-")[1], 16) != 0


def test_after_the_block_the_outer_trace_counts_again():
    with traced(INCOMING):
        outer = current_traceparent()
        with traced(None):
            assert current_trace_id() != INCOMING.split("-")[1]
        assert current_traceparent() == outer


def test_outside_any_trace_nothing_is_carried_on():
    assert trace_headers() == {}
    assert current_trace_id() is None


def test_what_other_systems_keep_in_the_trace_goes_on():
    with traced(INCOMING, tracestate="vendor=1"):
        assert trace_headers()["tracestate"] == "vendor=1"


def test_a_caller_who_does_not_sample_is_not_sampled(spans):
    with traced(INCOMING[:-2] + "00"):
        assert current_traceparent().startswith("00-0af7651916cd43dd8448eb211c80319c-")
        assert current_traceparent().endswith("-00")
    assert spans() == []


def test_how_many_traces_are_sampled_is_a_setting(spans, monkeypatch):
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    set_up_tracing("ingest")
    with traced(None):
        assert int(current_traceparent().rpartition("-")[2], 16) & 1 == 0


def test_switched_off_a_callers_trace_goes_on_and_none_begins(monkeypatch):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    set_up_tracing("ingest")
    with traced(INCOMING):
        assert current_traceparent() == INCOMING
    with traced(None):
        assert current_traceparent() is None
    with span_below("work"):
        assert current_trace_id() is None


def test_a_quiet_span_has_ids_and_is_not_sent(spans):
    with traced(INCOMING, quiet=True):
        assert current_trace_id() == INCOMING.split("-")[1]
    assert spans() == []


def test_a_failure_is_told_by_its_class_and_never_by_its_message(spans):
    with pytest.raises(ValueError, match="Maria"), traced(None, "work"):
        raise ValueError("Maria Sanchez cannot be read")
    (span,) = spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["error.type"] == "ValueError"
    assert "Maria" not in span.to_json()


def test_spans_name_their_service(spans):
    with traced(None, "outer"), span_below("inner"):
        pass
    inner, outer = spans()
    assert inner.parent.span_id == outer.context.span_id
    assert inner.resource.attributes["service.name"] == "shortlist-tested"


def test_the_environment_names_the_service_instead(monkeypatch):
    monkeypatch.setenv("OTEL_SERVICE_NAME", "cv-parser")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging")
    said = _set_up("ingest").resource.attributes
    assert (said["service.name"], said["deployment.environment.name"]) == ("cv-parser", "staging")


def test_nothing_is_sent_where_no_endpoint_is_named(monkeypatch):
    monkeypatch.delenv(ENDPOINT, raising=False)
    assert _processors(_set_up("ingest")) == ()
    monkeypatch.setenv(ENDPOINT, "")
    assert _processors(_set_up("ingest")) == ()


def test_an_endpoint_without_the_exporter_says_what_to_install(monkeypatch):
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ImpossibleTracing, match=r"pip install 'shortlist\[otlp\]'"):
        set_up_tracing("ingest")


@pytest.mark.parametrize(
    ("variable", "value"),
    [(ENDPOINT, "127.0.0.1:4318"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
)
def test_where_traces_cannot_be_sent_as_asked_it_says_why(monkeypatch, variable, value):
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:1")
    monkeypatch.setenv(variable, value)
    with pytest.raises(ImpossibleTracing, match=variable):
        set_up_tracing("ingest")


def test_a_service_with_an_impossible_endpoint_does_not_start():
    code = (
        "from libs.running.serving import serve\n"
        "import sys\n"
        "sys.exit(serve('ingest', lambda: None, lambda settings: None))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={ENDPOINT: "collector:4318", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"ingest: {ENDPOINT}: 'collector:4318' must begin with http:// or https://\n"


def test_a_collector_that_does_not_answer_holds_up_no_stop(monkeypatch, silent_port):
    monkeypatch.setattr(tracing, "FLUSH_SECONDS", 0.2)
    monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{silent_port}")
    _set_up("ingest")
    with traced(None):
        pass
    shut_down_tracing()
    assert "last-spans" in [thread.name for thread in threading.enumerate()], "it waited until sending had ended"


def _set_up(service: str) -> TracerProvider:
    set_up_tracing(service)
    return tracing._tracers.provider


def _processors(provider: TracerProvider) -> tuple[object, ...]:
    return provider._active_span_processor._span_processors


@pytest.mark.parametrize("bad", ["jane doe=1", "k=" + "x" * 5000, ",".join(f"k{number}=v" for number in range(50))])
def test_what_a_caller_sends_as_tracestate_is_not_logged(caplog, bad):
    with traced(INCOMING, tracestate=bad):
        assert current_traceparent().split("-")[1] == INCOMING.split("-")[1]
    assert caplog.records == []
