"""Trace context: one trace id from upload to index."""

import pytest

from libs.telemetry.tracing import current_traceparent, traced

pytestmark = pytest.mark.unit
INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_trace_is_continued_with_a_span_of_its_own():
    with traced(INCOMING) as own:
        assert own.split("-")[1] == INCOMING.split("-")[1]
        assert own.split("-")[2] != INCOMING.split("-")[2]
        assert current_traceparent() == own


@pytest.mark.parametrize("bad", [None, "", "garbage", "00-" + "0" * 32 + "-b7ad6b7169203331-01", INCOMING.upper()])
def test_what_is_no_trace_context_starts_a_new_trace(bad):
    with traced(bad) as own:
        assert own != bad
        assert int(own.split("-")[1], 16) != 0


def test_after_the_block_the_outer_trace_counts_again():
    with traced(INCOMING) as outer:
        with traced(None):
            pass
        assert current_traceparent() == outer
