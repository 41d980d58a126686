"""`shortlist storage`: what an administrator reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.cli.storage_tables import size
from tests.fakes.gateway_app import FakeGateway

pytestmark = pytest.mark.unit

STORED = {
    "documents": 20_000,
    "all_documents": 50_000,
    "bytes": 3_000_000_000,
    "parts": [
        {
            "name": "nearest",
            "space": "0a0b0c0d",
            "bytes": 125_000_000,
            "indexes": 60_000_000,
            "dead_rows": 1_500,
            "bytes_of_tenant": 50_000_000,
        }
    ],
    "words": [
        {
            "kind": "resume",
            "documents": 20_000,
            "unpacked": 70,
            "unpacked_seconds": 9.0,
            "segments": 5,
            "dead": 12,
            "erased": 2,
        }
    ],
    "recall": 0.987,
    "next": [{"work": "pack", "on": "words of resumes", "when": "now", "why": "70 documents have no segment yet"}],
}


def test_sizes_states_and_what_is_next_are_told(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.answers["storage"] = STORED
    shown = " ".join(shortlist("storage").stdout.split())
    for told in ("20,000 documents", "of 50,000 in all", "3 GB", "125 MB", "~50 MB", "1,500", "70", "98.7%"):
        assert told in shown
    assert "Next: pack words of resumes, now: 70 documents have no segment yet." in shown


def test_what_is_not_known_yet_is_said(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.answers["storage"] = {**STORED, "recall": None, "next": []}
    shown = shortlist("storage").stdout
    assert "not sampled yet" in shown
    assert "Nothing is to be done" in shown


def test_json_is_the_answer_itself(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.answers["storage"] = STORED
    assert json.loads(shortlist("storage", "--json").stdout) == STORED


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (1_254_000_000, "1.25 GB"), (999_900, "1 MB")]
)
def test_sizes_have_three_figures(count: int, told: str) -> None:
    assert size(count) == told
