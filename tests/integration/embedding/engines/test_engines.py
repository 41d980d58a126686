"""The engines with real models: the vectors are the model's own, and a space is what computes alike."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.embedding.engines.onnx import _name_of, onnx_engine
from services.embedding.engines.onnx_export import check_alone, sample_texts
from services.embedding.engines.protocol import Engine
from services.embedding.engines.torch import TorchEngine
from services.embedding.model.lane import ModelLane
from services.embedding.segmentation.cutting import UNIT_TOKENS, Piece, cut
from tests.fakes.tiny_models import make_tiny_model

pytestmark = pytest.mark.integration

NAME = "all-MiniLM-L6-v2"
SHORT = "Registered nurse with five years of intensive care."
WORDS = "planned care ward patients medication triage ventilator records nurse families doctors shifts reports".split()
LONG = " ".join(random.Random(5).choices(WORDS, k=190))
MIXED = ["Java.", LONG, SHORT, LONG[:700], "工作经历 und Übung", "• Kafka, PostgreSQL & k8s (3+ yrs)"]
NEAR = 0.99999

Encode = Callable[[list[str]], np.ndarray]


@pytest.fixture(scope="module")
def torch_engine(default_model: Path) -> TorchEngine:
    return TorchEngine(default_model, NAME)


@pytest.fixture(scope="module")
def encode(default_model: Path) -> Encode:
    """sentence-transformers itself, one text at a time."""
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(str(default_model), local_files_only=True)
    return lambda texts: np.concatenate([model.encode([text], normalize_embeddings=True) for text in texts])


@pytest.fixture(scope="module", params=["torch", "onnx"])
def engine(request: pytest.FixtureRequest, torch_engine: TorchEngine, default_model: Path, onnx_store: Path) -> Engine:
    return torch_engine if request.param == "torch" else onnx_engine(default_model, NAME, onnx_store)


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


@pytest.mark.parametrize("texts", [[SHORT], [LONG], MIXED], ids=["a short text", "a long text", "mixed lengths"])
def test_vectors_are_the_models_own(engine: Engine, encode: Encode, texts: list[str]) -> None:
    vectors = engine.embed(texts)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert cosines(vectors, encode(texts)).min() >= NEAR


def test_the_end_of_a_long_text_counts(engine: Engine) -> None:
    """More than 128 tokens, where tokenizer.json would cut it off, and fewer than the model's limit."""
    assert 128 < len(engine.token_spans(LONG)) <= engine.max_tokens == 254
    whole, head = engine.embed([LONG + " welding", LONG])
    assert whole @ head < 0.9999


def test_an_engine_says_what_it_is(engine: Engine, torch_engine: TorchEngine) -> None:
    assert (engine.model, engine.dimension) == (NAME, 384)
    assert engine.space == torch_engine.space, "engines that compute alike share a space"


def _odd_texts() -> list[str]:
    chooser = random.Random(11)
    parts = [*WORDS, "supercalifragilisticexpialidocious", "Zj4x9QqLmv" * 9, "x" * 150, "aGVsbG8gd29ybGQ" * 20, "c++,"]
    parts += ["工作经历", "負責。", "한국어를", "e\u0301\u0301", "\ufdfa", "\u0130", "\u200b", "🙂"]
    parts += ["e.g.", "•", "a/b-c_d", "....", "\n\n", "EDUCATION\n"]
    blanks = [" ", " ", "\n", ""]
    return ["".join(chooser.choice(parts) + chooser.choice(blanks) for _ in range(150)) for _ in range(40)]


def test_cut_with_the_real_tokenizer_nothing_is_too_long_or_left_out(torch_engine: TorchEngine) -> None:
    def check(text: str, pieces: list[Piece], limit: int) -> None:
        covered = {place for piece in pieces for place in range(piece.span.start, piece.span.end)}
        assert {place for place, char in enumerate(text) if not char.isspace()} <= covered
        for piece in pieces:
            assert text[piece.span.start : piece.span.end] == piece.text
            assert len(torch_engine.token_spans(piece.text)) <= limit, piece.text

    for text in _odd_texts():
        pieces = cut(text, sections=[], hidden=[], tokenize=torch_engine.tokens, max_tokens=torch_engine.max_tokens)
        check(text, pieces.units, UNIT_TOKENS)
        check(text, pieces.windows, torch_engine.max_tokens)


def test_texts_may_be_cut_while_others_are_computed(engine: Engine) -> None:
    expected = engine.embed([SHORT, LONG])
    tokens = engine.token_spans(LONG * 3)
    with ThreadPoolExecutor(2) as threads:
        counting = threads.submit(lambda: [engine.token_spans(LONG * 3) for _ in range(200)])
        computing = threads.submit(lambda: [engine.embed([SHORT, LONG]) for _ in range(15)])
        assert all(spans == tokens for spans in counting.result())
        assert all(np.allclose(vectors, expected, atol=1e-6) for vectors in computing.result())


async def test_through_the_lane_batches_change_nothing(torch_engine: TorchEngine, encode: Encode) -> None:
    lane = ModelLane(torch_engine, batch_tokens=300, queries_waiting=4)
    lane.start()
    try:
        vectors = await lane.embed(torch_engine.prepare(MIXED), "document")
        assert cosines(vectors, encode(MIXED)).min() >= NEAR
    finally:
        await lane.stop()


def test_other_models_have_other_spaces(torch_engine: TorchEngine, tiny_128: Path, tiny_384: Path) -> None:
    small, wide = TorchEngine(tiny_128, "tiny-128"), TorchEngine(tiny_384, "tiny-384")
    assert (small.dimension, wide.dimension) == (128, 384)
    assert small.max_tokens == wide.max_tokens == 126
    assert len({torch_engine.space, small.space, wide.space}) == 3
    for engine in (small, wide):
        vectors = engine.embed(["a nurse", "a java job with years of work"])
        assert vectors.shape == (2, engine.dimension)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_the_same_weights_are_the_same_space_wherever_they_lie(tiny_128: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_128, tmp_path / "copy")
    assert TorchEngine(tmp_path / "copy", "a copy").space == TorchEngine(tiny_128, "tiny-128").space


def test_a_change_of_what_shapes_a_vector_is_another_space(tiny_128: Path, tmp_path: Path) -> None:
    """Pooling by the first token instead of the mean: the same weights, other vectors."""
    shutil.copytree(tiny_128, tmp_path / "other")
    config = tmp_path / "other" / "1_Pooling" / "config.json"
    changed = config.read_text().replace('"mean"', '"cls"')
    assert changed != config.read_text()
    config.write_text(changed)
    assert TorchEngine(tmp_path / "other", "other").space != TorchEngine(tiny_128, "tiny-128").space


def test_a_small_model_computes_alike_on_both_engines(tiny_128: Path, onnx_store: Path) -> None:
    torch, onnx = TorchEngine(tiny_128, "tiny-128"), onnx_engine(tiny_128, "tiny-128", onnx_store)
    texts = ["a nurse", "the patience of a java job", "work " * 100]
    assert onnx.space == torch.space
    assert cosines(onnx.embed(texts), torch.embed(texts)).min() >= NEAR


PROMPTS = {"query": "work for the job: ", "passage": "java: "}


@pytest.mark.parametrize("pooling", ["cls", "mean"])
@pytest.mark.parametrize("include_prompt", [True, False])
def test_pooling_prompts_and_lengths_are_the_models_own(
    tmp_path: Path, onnx_store: Path, pooling: str, include_prompt: bool
) -> None:
    """Against sentence-transformers' own `encode`, queries and passages, from one word to the longest text."""
    from sentence_transformers import SentenceTransformer

    folder = make_tiny_model(
        tmp_path,
        dimension=64,
        max_tokens=96,
        pooling=pooling,
        prompts=PROMPTS,
        include_prompt=include_prompt,
        spread=0.3,
    )
    (folder / "vocab.txt").write_bytes((tmp_path / "transformer" / "vocab.txt").read_bytes())
    model: Any = SentenceTransformer(str(folder), local_files_only=True)
    torch, onnx = TorchEngine(folder, "tiny"), onnx_engine(folder, "tiny", onnx_store)
    longest = "nurse " * torch.max_tokens
    texts = ["java", "a nurse with patience", longest.strip(), "sailing for years " * 20]
    assert torch.max_tokens == onnx.max_tokens == 96 - 2 - len(torch.token_spans(PROMPTS["query"]))
    for query, name in ((True, "query"), (False, "passage")):
        wanted = np.concatenate([model.encode([text], prompt=PROMPTS[name]) for text in texts])
        for engine in (torch, onnx):
            assert cosines(engine.embed(texts, query=query), wanted).min() >= NEAR
    assert cosines(onnx.embed(texts, query=True), onnx.embed(texts)).max() < 0.999, "prompts count"


def test_a_vector_does_not_depend_on_its_neighbours(engine: Engine) -> None:
    texts = sample_texts(engine)[-64:]
    check_alone(engine, texts, engine.embed(texts), query=False)


def test_a_model_folder_with_a_vocabulary_alone_is_enough(tiny_128: Path, onnx_store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    shutil.copytree(tiny_128, folder)
    (folder / "tokenizer.json").unlink()
    letters = (tiny_128.parent / "transformer" / "vocab.txt").read_bytes()
    (folder / "vocab.txt").write_bytes(letters)
    texts = ["a nurse", "the patience of a java job"]
    bare = onnx_engine(folder, "bare", onnx_store)
    assert cosines(bare.embed(texts), TorchEngine(tiny_128, "tiny-128").embed(texts)).min() >= NEAR


def test_the_same_store_is_found_again_and_a_changed_model_is_another(tiny_128: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_128, folder)
    store = tmp_path / "store"
    first = _name_of(folder, store)
    assert _name_of(folder, store) == first
    config = folder / "1_Pooling" / "config.json"
    config.write_text(config.read_text().replace('"mean"', '"cls"') + " ")
    assert _name_of(folder, store) != first
