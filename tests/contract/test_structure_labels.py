"""The labels that `make eval-structure` measures against name only what their texts hold."""

import json
import unicodedata
from pathlib import Path

import pytest

LABELS = Path(__file__).resolve().parents[1] / "eval" / "structure" / "labels"

pytestmark = pytest.mark.contract


def rows(name: str) -> list[dict]:
    lines = (LABELS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("part", ["seen", "held-out"])
def test_identity_spans_lie_within_their_text_and_hold_something(part):
    for row in rows(f"identity-{part}.jsonl"):
        assert row["text"] == unicodedata.normalize("NFC", row["text"]), row["id"]
        for span in row["spans"]:
            stretch = row["text"][span["start"] : span["end"]]
            assert stretch, (row["id"], span)
            assert stretch == stretch.strip(), (row["id"], span)


def test_disclaimed_stretches_lie_apart_within_their_text_and_hold_something():
    for row in rows("disclaimed-seen.jsonl"):
        assert row["text"] == unicodedata.normalize("NFC", row["text"]), row["id"]
        at = 0
        for span in row["disclaimed"]:
            assert at <= span["start"], (row["id"], span)
            stretch = row["text"][span["start"] : span["end"]]
            assert stretch, (row["id"], span)
            assert stretch == stretch.strip(), (row["id"], span)
            at = span["end"]


@pytest.mark.parametrize("part", ["seen", "held-out"])
def test_no_word_to_keep_is_missing_from_its_text(part):
    for row in rows(f"identity-{part}.jsonl"):
        assert [word for word in row["keep"] if word not in row["text"]] == [], row["id"]


@pytest.mark.parametrize("part", ["seen", "held-out"])
def test_headings_titles_and_organizations_stand_in_their_text(part):
    for row in rows(f"made-{part}.jsonl"):
        lines = [line.strip() for line in row["text"].split("\n")]
        assert [each["heading"] for each in row["sections"] if each["heading"] not in lines] == [], row["id"]
        named = [entry[field] for entry in row["entries"] for field in ("title", "organization") if entry[field]]
        assert [name for name in named if name not in row["text"]] == [], row["id"]


@pytest.mark.parametrize("part", ["seen", "held-out"])
def test_nothing_is_labelled_as_asked_and_not_asked(part):
    for row in rows(f"postings-{part}.jsonl"):
        asked = {each["text"] for each in row["asked"]}
        assert asked.isdisjoint(row["not_asked"]), row["id"]


def test_no_document_is_in_both_parts():
    for name in ("identity", "made", "real", "postings"):
        seen, held_out = ({row["id"] for row in rows(f"{name}-{part}.jsonl")} for part in ("seen", "held-out"))
        assert seen.isdisjoint(held_out), name
