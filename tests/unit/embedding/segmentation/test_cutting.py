"""Units and windows: nothing left out, nothing too long, every offset leads back to the stored text."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts import events
from libs.contracts.documents import Span
from libs.contracts.events import Embedding, SourceEvent, Stretches, TextEvent
from libs.contracts.structure import IdentitySpan, Section
from libs.contracts.topics import MIB, TOPICS, VECTORS
from services.embedding.engines.hash import HashEngine
from services.embedding.engines.packing import pack_float32, pack_int8
from services.embedding.segmentation.cutting import MAX_UNITS, UNIT_TOKENS, Piece, Pieces, cut
from services.embedding.segmentation.visible import VisibleText

pytestmark = pytest.mark.unit

ENGINE = HashEngine()
SECONDS = 20.0

_words = st.sampled_from(
    ["nurse", "e.g.", "U.S.", "Dr.", "x" * 150, "a-b/c", "3.5", "(cont.)", "工作经历", "負責。", "\u200b", "🙂🙂", "••"]
)
_odd = st.sampled_from(
    ["ÄÖ", "한국어", "c++,", "node.js;", ".....", "!?", "- ", "• ", "1) ", "EDUCATION", "и так далее."]
)
_blanks = st.sampled_from([" ", "  ", "\n", "\n\n", "\t", "", "\u3000", "\n \n"])
_prose = st.lists(st.tuples(_words | _odd, _blanks), max_size=120).map(
    lambda parts: "".join(word + blank for word, blank in parts)
)
_text = st.one_of(_prose, st.text(max_size=300))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[Section], list[IdentitySpan]]:
    text = draw(_text)
    place = st.integers(0, len(text))
    sections = [Section(min(a, b), max(a, b), "part") for a, b in draw(st.lists(st.tuples(place, place), max_size=4))]
    hidden = [
        IdentitySpan(min(a, b), max(a, b), "name") for a, b in draw(st.lists(st.tuples(place, place), max_size=3))
    ]
    return text, sections, hidden


def cut_up(
    text: str, sections: list[Section] | None = None, hidden: list[IdentitySpan] | None = None, max_tokens: int = 254
) -> Pieces:
    return cut(text, sections=sections or [], hidden=hidden or [], tokenize=ENGINE.tokens, max_tokens=max_tokens)


def without(text: str, hidden: list[IdentitySpan], within: Span) -> str:
    covered = {place for span in hidden for place in range(span.start, span.end)}
    return "".join(text[place] for place in range(within.start, within.end) if place not in covered)


def check_promises(
    text: str, hidden: list[IdentitySpan], pieces: list[Piece], limit: int, token_spans=ENGINE.token_spans
) -> None:
    covered: set[int] = set()
    hidden_places = {place for span in hidden for place in range(span.start, span.end)}
    for piece in pieces:
        assert piece.text.strip(), "an empty piece"
        assert len(token_spans(piece.text)) <= limit, f"over the limit: {piece.text!r}"
        assert without(text, hidden, piece.span) == piece.text
        assert piece.span.start not in hidden_places
        assert piece.ids is None or len(piece.ids) >= 1
        covered.update(range(piece.span.start, piece.span.end))
    missing = [
        place
        for place, char in enumerate(text)
        if not char.isspace() and place not in hidden_places and place not in covered
    ]
    assert not missing, f"characters in no piece: {[text[place] for place in missing][:20]}"


@settings(max_examples=150, deadline=None)
@given(documents(), st.sampled_from([20, 62, 126, 254]))
def test_everything_is_in_a_window_and_in_a_unit_and_nothing_is_too_long(
    document: tuple[str, list[Section], list[IdentitySpan]], max_tokens: int
) -> None:
    text, sections, hidden = document
    pieces = cut_up(text, sections, hidden, max_tokens)
    check_promises(text, hidden, pieces.units, min(UNIT_TOKENS, max_tokens))
    check_promises(text, hidden, pieces.windows, max_tokens)
    assert pieces == cut_up(text, sections, hidden, max_tokens), "the same text was cut in another way"


@settings(max_examples=60, deadline=None)
@given(documents())
def test_pieces_lie_in_order_and_only_windows_overlap(
    document: tuple[str, list[Section], list[IdentitySpan]],
) -> None:
    text, sections, hidden = document
    pieces = cut_up(text, sections, hidden)
    for before, after in pairwise(pieces.units):
        assert before.span.end <= after.span.start
    for before, after in pairwise(pieces.windows):
        assert before.span.start < after.span.start
        assert before.span.end < after.span.end


def test_what_is_hidden_is_in_no_piece() -> None:
    text = "Maria Sanchez is a nurse.\nmaria@example.org\nHas worked in intensive care for five years."
    hidden = [IdentitySpan(0, 13, "name"), IdentitySpan(26, 43, "email")]
    pieces = cut_up(text, hidden=hidden)
    for piece in [*pieces.units, *pieces.windows]:
        assert "Maria" not in piece.text
        assert "example.org" not in piece.text
    check_promises(text, hidden, pieces.units, UNIT_TOKENS)


def test_a_text_that_is_hidden_as_a_whole_or_blank_has_no_pieces() -> None:
    assert cut_up("Maria", hidden=[IdentitySpan(0, 5, "name")]) == Pieces([], [])
    assert cut_up(" \n\t ") == Pieces([], [])
    assert cut_up("") == Pieces([], [])


def test_spans_beyond_the_text_hide_no_more_than_there_is() -> None:
    pieces = cut_up("A nurse.", [Section(500, 600, "gone")], [IdentitySpan(-3, 1, "name"), IdentitySpan(7, 99, "name")])
    assert [piece.text for piece in pieces.units] == ["nurse"]


def test_a_place_of_the_stored_text_is_found_in_the_visible_one() -> None:
    visible = VisibleText("abcXXdefYYgh", [Span(3, 5), Span(8, 10)])
    assert visible.text == "abcdefgh"
    assert [visible.visible_offset(place) for place in (0, 2, 3, 4, 5, 8, 10, 11)] == [0, 2, 3, 3, 3, 6, 6, 7]
    assert visible.stored_span(2, 7) == Span(2, 11)
    assert visible.stored_span(3, 6) == Span(5, 8)


def test_a_window_rather_begins_with_a_section_than_runs_full() -> None:
    sentence = "The nurse took care of eleven patients on each day of every week. "
    text = sentence * 14 + "\n\n" + sentence * 12
    pieces = cut_up(text, [Section(len(sentence) * 14 + 2, len(text), "Second")])
    assert any(piece.span.start == len(sentence) * 14 + 2 for piece in pieces.windows)


def test_a_long_word_is_cut_rather_than_left_out() -> None:
    text = "x" * 5_000
    pieces = cut_up(text)
    check_promises(text, [], pieces.units, UNIT_TOKENS)
    assert "".join(piece.text for piece in pieces.units) == text


def test_more_units_than_allowed_are_merged_with_their_neighbours() -> None:
    text = "Cared. " * 9_000
    pieces = cut_up(text)
    assert len(pieces.units) <= MAX_UNITS
    check_promises(text, [], pieces.units, UNIT_TOKENS)


def _chinese(characters: int, sentence: int) -> str:
    chooser = random.Random(3)
    letters = [chr(chooser.randrange(0x4E00, 0x9000)) for _ in range(characters)]
    letters[sentence - 1 :: sentence] = ["。"] * len(letters[sentence - 1 :: sentence])
    return "".join(letters)


# The longest sentences that no two of fit into one unit: the most units there can be.
@pytest.mark.parametrize("sentence", [7, 32, 1_000_000])
def test_the_longest_chinese_text_fits_its_topic(sentence: int) -> None:
    text = _chinese(200_000, sentence)
    started = time.monotonic()
    pieces = cut_up(text)
    assert time.monotonic() - started < SECONDS
    assert max(len(piece.text) for piece in pieces.units) <= UNIT_TOKENS
    assert sum(len(piece.text) for piece in pieces.units) == len(text)
    vectors = ENGINE.embed(["人"]).repeat(max(len(pieces.units), len(pieces.windows)), axis=0)
    event = TextEvent(
        tenant="default",
        kind="resume",
        id="long",
        revision="1",
        source_event=SourceEvent("ats", "1"),
        text=text,
        as_of="2026-01-01",
        submitted_at="2026-01-01T00:00:00Z",
        content_hash="0" * 64,
    )
    embedding = Embedding(
        space=ENGINE.space,
        model=ENGINE.model,
        dimension=ENGINE.dimension,
        windows=Stretches([piece.span for piece in pieces.windows], pack_float32(vectors[: len(pieces.windows)])),
        units=Stretches([piece.span for piece in pieces.units], pack_int8(vectors[: len(pieces.units)])),
    )
    size = len(events.encode(events.with_embedding(event, embedding)))
    assert size < TOPICS[VECTORS].max_message_bytes == 16 * MIB


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("." * 200_000, id="dots"),
        pytest.param("." * 199_999 + "x", id="dots then a letter"),
        pytest.param(".)" * 100_000, id="dots and brackets"),
        pytest.param("." + ")" * 199_999, id="a dot and brackets"),
        pytest.param("\n" * 199_999 + "x", id="line ends"),
        pytest.param("x" * 200_000, id="one word"),
        pytest.param("x " * 100_000, id="short words"),
        pytest.param(" " * 199_999 + "x", id="blanks"),
        pytest.param("• " * 100_000, id="bullets"),
        pytest.param("A\n" * 100_000, id="lines of one letter"),
        pytest.param("\u200b" * 200_000, id="characters that are no tokens"),
        pytest.param(", " * 100_000, id="commas"),
    ],
)
def test_no_text_takes_for_ever(text: str) -> None:
    started = time.monotonic()
    pieces = cut_up(text)
    assert time.monotonic() - started < SECONDS
    assert all(len(ENGINE.token_spans(piece.text)) <= UNIT_TOKENS for piece in pieces.units)
