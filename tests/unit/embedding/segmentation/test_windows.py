"""Where windows end: at the strongest place near, whatever stands before, so that an edit moves little."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest

from libs.contracts.structure import Section
from services.embedding.engines.hash import HashEngine
from services.embedding.segmentation.cutting import Piece, cut

pytestmark = pytest.mark.unit

ENGINE = HashEngine()
INSERTED = "Led a project that reduced the waiting times of patients by a fifth within one year."
RESUMES = Path(__file__).parents[5] / "shared" / "data" / "resumes" / "resumes.jsonl"


def windows(text: str, sections: list[Section] | None = None, max_tokens: int = 254) -> list[Piece]:
    return cut(text, sections=sections or [], hidden=[], tokenize=ENGINE.tokens, max_tokens=max_tokens).windows


def made_resume(chooser: random.Random) -> str:
    """Three pages: five sections of sentences that none repeats."""
    words = "nurse ward care plan patient record shift team audit report budget training".split()
    parts = []
    for section in range(5):
        sentences = [
            f"{' '.join(chooser.choices(words, k=chooser.randint(5, 22)))} {number}.".capitalize()
            for number in range(chooser.randint(8, 16))
        ]
        parts.append(f"SECTION {section}\n" + " ".join(sentences))
    return "\n\n".join(parts)


def embedded_again(text: str, chooser: random.Random) -> int:
    """Windows that are new after a sentence was put between two others."""
    place = chooser.choice([place + 1 for place in range(len(text) - 2) if text[place] in ".\n"])
    edited = f"{text[:place]} {INSERTED} {text[place:]}"
    before = {window.text for window in windows(text)}
    return sum(window.text not in before for window in windows(edited))


def check_few(found: list[int]) -> None:
    found.sort()
    assert found[len(found) // 2] <= 3
    assert found[int(0.95 * len(found))] <= 4
    assert found[-1] <= 6


def test_a_sentence_put_in_anywhere_changes_few_windows() -> None:
    chooser = random.Random(4)
    check_few([embedded_again(made_resume(chooser), chooser) for _ in range(100)])


@pytest.mark.skipif(not RESUMES.is_file(), reason="the resumes are not on this machine")
def test_a_sentence_put_into_real_resumes_changes_few_windows() -> None:
    chooser = random.Random(5)
    texts = [json.loads(line)["text"] for line in RESUMES.read_text(encoding="utf-8").splitlines()]
    long = [text for text in texts if len(text) > 2_500]
    check_few([embedded_again(text, chooser) for text in chooser.sample(long, 40) for _ in range(3)])


def test_what_stands_before_moves_no_window_further_on() -> None:
    text = made_resume(random.Random(6))
    before = windows(text)
    after = windows(f"{made_resume(random.Random(7))}\n\n{text}")
    assert [window.text for window in after][-len(before) + 2 :] == [window.text for window in before][2:]


def test_a_window_ends_inside_a_sentence_only_where_one_sentence_is_too_long() -> None:
    chooser = random.Random(8)
    short = [" ".join(chooser.choices(["care", "plans", "for", "wards"], k=75)) + "." for _ in range(8)]
    for window in windows(" ".join(sentence.capitalize() for sentence in short)):
        assert window.text.endswith(".")


def test_only_where_a_sentence_is_cut_do_windows_overlap_and_only_a_little() -> None:
    endless = " ".join(f"word{number}" for number in range(900)) + "."
    found = windows(endless)
    assert len(found) > 3
    for before, after in pairwise(found):
        assert before.span.end - after.span.start >= 0
        assert len(ENGINE.token_spans(endless[after.span.start : before.span.end])) <= 16
    assert sum(before.span.end > after.span.start for before, after in pairwise(found)) > 0


def test_a_list_item_is_a_better_place_than_a_sentence_end() -> None:
    sentence = "The nurse took care of eleven patients on each day of every week. "
    items = "".join(f"• Item {number} of a list. {sentence}{sentence}\n" for number in range(30))
    assert all(window.text.startswith("•") for window in windows(items))
