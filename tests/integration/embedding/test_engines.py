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

from services.embedding.engines.onnx_engine import onnx_engine
from services.embedding.engines.protocol import Engine
from services.embedding.engines.torch_engine import TorchEngine
from services.embedding.model_lane import ModelLane
from services.embedding.segmentation.cutting import UNIT_TOKENS, Piece, cut

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
        pieces = cut(
            text, sections=[], hidden=[], token_spans=torch_engine.token_spans, max_tokens=torch_engine.max_tokens
        )
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
        lengths = [len(torch_engine.token_spans(text)) for text in MIXED]
        assert cosines(await lane.embed(MIXED, lengths, "document"), encode(MIXED)).min() >= NEAR
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
