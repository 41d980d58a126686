"""What a text's tokens say of its stretches is what the tokenizer itself says of each, on the default model's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

from libs.contracts.documents import Span
from libs.contracts.text_preparation import prepare as stored_form
from services.embedding.engines.text_tokenizer import TextTokenizer
from services.embedding.location.model_location import locate
from services.embedding.segmentation.cutting import Piece, cut
from services.embedding.segmentation.pronouns import neutral
from services.embedding.segmentation.token_counting import TokenCounter

pytestmark = pytest.mark.unit

SAMPLES = [path.read_text(encoding="utf-8") for path in sorted(Path("deploy/samples/sources").glob("*.txt"))]
ODD = (
    "Straße İstanbul ΟΔΥΣΣΕΥΣ Σ. naïve e\u0301cole a\u0327\u0301 \u0301 한국어 이력서 日本語の履歴書。経験：五年！次；"
    "中文简历\u3000工作\u00a0经历 zero\u200bwidth soft\u00adhyphen 👩\u200d⚕️ nurse ﬁne №5 ½ ＡＢＣ 𝔘𝔫𝔦 "
    "[MASK] word [SEP] [CLS] a[UNK]b ##ing C++ C# .NET k8s (3+ yrs) 3.5t — – … “quoted” don't 1,000.50 "
    "\u0e2a\u0e27\u0e31\u0e2a \u05e9\u05dc\u05d5\u05dd " + "x" * 120 + "\nلغة عربية\nहिन्दी\n"
)
PIECES = st.sampled_from(
    [
        *ODD.split(" "),
        " ",
        "\n",
        "\n\n",
        "。",
        "！",
        ".",
        ",",
        "[MASK]",
        " [MASK]",
        "[SEP] ",
        "\u0301",
        "\u00a0",
        "\u200b",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join) | st.lists(PIECES, max_size=12).map(" ".join)


@pytest.fixture(scope="module")
def bare() -> Any:
    """The tokenizer as it comes."""
    found = Tokenizer.from_file(str(locate("all-MiniLM-L6-v2", download_seconds=1.0) / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


@pytest.fixture(scope="module")
def tokenizer() -> TextTokenizer:
    path = locate("all-MiniLM-L6-v2", download_seconds=1.0) / "tokenizer.json"
    return TextTokenizer(Tokenizer.from_file(str(path)))


class Counting:
    """A tokenizer that counts how many texts it is given."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.texts: list[str] = []

    def encode(self, text: str, **options: Any) -> Any:
        self.texts.append(text)
        return self._tokenizer.encode(text, **options)

    def encode_batch_fast(self, texts: list[str], **options: Any) -> Any:
        self.texts += texts
        return self._tokenizer.encode_batch_fast(texts, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)


def cut_up(text: str, tokenizer: TextTokenizer, hidden: list[Span] | None = None) -> list[Piece]:
    found = cut(text, sections=[], hidden=hidden or [], tokenize=tokenizer.tokens, max_tokens=254)
    return [*found.windows, *found.units]


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_stretch_that_is_told_has_the_tokens_that_it_has_alone(
    bare: Any, tokenizer: TextTokenizer, text: str
) -> None:
    tokens = tokenizer.tokens(text)
    places = sorted({0, len(text), *(place for place in range(len(text)) if place % max(1, len(text) // 24) == 0)})
    places = sorted({*places, *(place for place, char in enumerate(text) if char in " \n。！")})[:40]
    for index, start in enumerate(places):
        for end in places[index + 1 :]:
            told = tokens.of_stretch(start, end)
            if told is not None:
                alone = bare.encode(text[start:end], add_special_tokens=False)
                assert told.tolist() == alone.ids, (text, start, end)
                spans = [span for span in alone.offsets if span[1] > span[0]]
                assert len(told) == len(spans) == tokens.count(start, end)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, max_size=6).map("\n".join).map(stored_form))
def test_what_the_model_is_given_is_what_tokenizing_each_piece_would_give(tokenizer: TextTokenizer, text: str) -> None:
    _assert_same(tokenizer, cut_up(text, tokenizer))


@pytest.mark.parametrize("text", [stored_form(ODD), *SAMPLES], ids=lambda text: text[:12])
def test_the_same_of_real_documents_and_odd_ones_also_without_their_hidden_spans(
    tokenizer: TextTokenizer, text: str
) -> None:
    text = stored_form(text)
    _assert_same(tokenizer, cut_up(text * 3, tokenizer))
    _assert_same(tokenizer, cut_up(text, tokenizer, [Span(3, 9), Span(20, 31)]))


def _assert_same(tokenizer: TextTokenizer, pieces: list[Piece]) -> None:
    texts = [piece.text for piece in pieces]
    for query in (False, True):
        told = tokenizer.prepare(texts, query=query, known=[piece.ids for piece in pieces])
        for one, other in zip(told, tokenizer.prepare(texts, query=query), strict=True):
            assert one.text == other.text
            assert one.ids.dtype == other.ids.dtype == np.int32
            assert one.ids.tolist() == other.ids.tolist(), one.text


@pytest.mark.parametrize("prompt", ["query: ", "Represent this sentence:\n", "passage:", "query [MASK] ", "pre"])
def test_a_prompt_goes_before_what_is_told_as_it_does_before_what_is_tokenized(prompt: str) -> None:
    path = locate("all-MiniLM-L6-v2", download_seconds=1.0) / "tokenizer.json"
    tokenizer = TextTokenizer(Tokenizer.from_file(str(path)), query_prompt=prompt, passage_prompt="")
    _assert_same(tokenizer, cut_up(stored_form(ODD) * 2, tokenizer))


@pytest.mark.parametrize("sample", SAMPLES[:6], ids=lambda text: text[:12])
def test_a_document_of_plain_words_goes_through_the_tokenizer_once(bare: Any, sample: str) -> None:
    counting = Counting(bare)
    tokenizer = TextTokenizer(counting)
    text = neutral(stored_form(sample))
    assert text.isascii() or len(text) > 1000
    counting.texts.clear()
    pieces = cut_up(text, tokenizer)
    tokenizer.prepare([piece.text for piece in pieces], known=[piece.ids for piece in pieces])
    assert counting.texts[0] == text
    assert sum(map(len, counting.texts)) < 1.2 * len(text), counting.texts[1:]


def test_what_is_tokenized_by_itself_to_be_counted_is_not_tokenized_again_for_the_model(bare: Any) -> None:
    counting = Counting(bare)
    tokenizer = TextTokenizer(counting)
    text = "0123456789abcdef" * 200  # one word without an end: it is cut anywhere
    counting.texts.clear()
    pieces = cut_up(text, tokenizer)
    before = len(counting.texts)
    tokenizer.prepare([piece.text for piece in pieces], known=[piece.ids for piece in pieces])
    again = [each for each in counting.texts[before:] if each in counting.texts[:before]]
    assert again == []


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.integers(1, 12))
def test_a_stretch_fits_where_it_fits_by_itself(tokenizer: TextTokenizer, text: str, limit: int) -> None:
    counter = TokenCounter(text, tokenizer.tokens)
    blanks = [0, *(place for place, char in enumerate(text) if char in " \n"), len(text)]
    for start in blanks[:8]:
        for end in blanks:
            if end > start and counter.ids(start, end) is not None:
                assert counter.fits(start, end, limit) == (len(tokenizer.token_spans(text[start:end])) <= limit)


def test_of_a_tokenizer_of_another_kind_nothing_is_told() -> None:
    """What begins with a blank is another word there."""
    other = Tokenizer(models.WordLevel({"a": 0, "b": 1, "[UNK]": 2}, unk_token="[UNK]"))
    other.pre_tokenizer = pre_tokenizers.Metaspace()
    tokens = TextTokenizer(other).tokens("a b a b")
    assert [tokens.of_stretch(0, 7), tokens.of_stretch(2, 7)] == [None, None]


def test_a_special_token_that_takes_the_blank_before_it_along_is_not_cut_from_it() -> None:
    path = locate("all-MiniLM-L6-v2", download_seconds=1.0) / "tokenizer.json"
    greedy = Tokenizer.from_file(str(path))
    greedy.add_special_tokens([AddedToken("[BOTH]", lstrip=True, rstrip=True)])
    tokens = TextTokenizer(greedy).tokens("one [BOTH] two")
    assert tokens.of_stretch(0, 3) is not None
    assert tokens.of_stretch(4, 10) is None  # its token reaches over both blanks
    assert tokens.of_stretch(0, 10) is None
