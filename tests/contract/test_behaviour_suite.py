"""The behaviour suite that `make eval` measures with has the form that its README gives."""

import sys
from collections import Counter
from pathlib import Path

import pytest

SUITE = Path(__file__).resolve().parents[1] / "eval" / "behaviour"
sys.path.insert(0, str(SUITE))

from suite import HELD_OUT, ITEMS, Equal, EqualJobs, Order, Rise, Verdict, read_suite, texts_of  # noqa: E402

pytestmark = pytest.mark.contract

FEWEST_ITEMS, FEWEST_CAPABILITIES, FEWEST_OCCUPATIONS = 300, 15, 25


@pytest.fixture(scope="module")
def items():
    return read_suite()


def test_there_are_enough_items_of_enough_capabilities_and_occupations(items):
    assert len(items) >= FEWEST_ITEMS
    assert len({item.capability for item in items}) >= FEWEST_CAPABILITIES
    assert len({item.occupation for item in items}) >= FEWEST_OCCUPATIONS


def test_each_file_holds_the_capability_that_it_is_named_for():
    for part, held_out in (("", False), (HELD_OUT, True)):
        named = {path.stem.removesuffix(HELD_OUT) for path in ITEMS.glob(f"*{part}.jsonl")}
        assert named >= {item.capability for item in read_suite() if item.held_out == held_out}


def test_names_are_unique_within_a_file(items):
    counts = Counter((item.capability, item.held_out, item.name) for item in items)
    assert [name for name, count in counts.items() if count > 1] == []


def test_what_a_verdict_names_stands_in_its_texts(items):
    for item in items:
        if isinstance(item, Verdict):
            assert item.requirement in item.job, item.name
            assert item.status, item.name
            for words in (item.evidence, item.no_evidence):
                assert words is None or _plain(words) in _plain(item.resume), item.name


def test_the_texts_that_are_compared_differ(items):
    for item in items:
        jobs, resumes = texts_of(item)
        if isinstance(item, Order | Equal | Rise):
            assert resumes[0] != resumes[1], item.name
        if isinstance(item, EqualJobs):
            assert jobs[0] != jobs[1], item.name
        assert all(map(str.strip, [*jobs, *resumes])), item.name


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
