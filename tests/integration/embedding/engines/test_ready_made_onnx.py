"""Serving from an ONNX file that was made beforehand, as images do: without PyTorch and without the model's files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from services.embedding.engines import choice
from services.embedding.engines.choice import EngineMissing, make_engine
from services.embedding.engines.onnx import STORE_VERSION, OnnxEngine
from services.embedding.engines.torch import TorchEngine
from services.embedding.location.model_location import ModelNotFound
from services.embedding.settings import EmbeddingSettings

pytestmark = pytest.mark.integration

TEXTS = ["a nurse", "the patience of a java job"]


def command(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.embedding", *arguments],
        env={**os.environ, "HF_HUB_OFFLINE": "1", **env},
        capture_output=True,
        text=True,
        timeout=500,
    )


def settings(**given: object) -> EmbeddingSettings:
    return EmbeddingSettings(kafka_bootstrap="127.0.0.1:9", matching_urls="http://127.0.0.1:9", **given)


@pytest.fixture(scope="module")
def made(tiny_128: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command leaves of the small model."""
    folder = tmp_path_factory.mktemp("image") / "onnx"
    ended = command("onnx", str(tiny_128), str(folder))
    assert ended.returncode == 0, ended.stderr
    assert f"EMBEDDING_ONNX_DIR={folder}" in ended.stdout
    return folder


@pytest.fixture
def no_model_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test where the model's own files are looked for."""

    def refuse(name: str, **_: object) -> Path:
        raise AssertionError(f"the files of {name} were looked for")

    monkeypatch.setattr(choice, "locate", refuse)


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_model_files", "no_torch")
@pytest.mark.parametrize("engine", ["auto", "onnx"])
def test_it_computes_what_the_model_computes(made: Path, tiny_128: Path, engine: str) -> None:
    found = make_engine(settings(embedding_model_name=str(tiny_128), embedding_onnx_dir=made, embedding_engine=engine))
    torch = TorchEngine(tiny_128, str(tiny_128))
    assert isinstance(found, OnnxEngine)
    assert (found.space, found.model, found.dimension) == (torch.space, torch.model, torch.dimension)
    assert (found.embed(TEXTS) * torch.embed(TEXTS)).sum(axis=1).min() >= 0.99999


def test_its_process_imports_neither_torch_nor_the_hub(made: Path, tiny_128: Path) -> None:
    """Nor may it write: the folder is read-only in an image."""
    code = (
        "import sys; from pathlib import Path\n"
        "from services.embedding.engines.choice import make_engine\n"
        "from services.embedding.settings import EmbeddingSettings\n"
        "make_engine(EmbeddingSettings()).embed(['a nurse'])\n"
        "print({'torch', 'sentence_transformers', 'transformers', 'onnx', 'huggingface_hub'} & set(sys.modules))"
    )
    env = {
        **os.environ,
        "KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "MATCHING_URLS": "http://127.0.0.1:9",
        "EMBEDDING_ONNX_DIR": str(made),
        "EMBEDDING_MODEL_NAME": str(tiny_128),
    }
    before = sorted(made.parent.rglob("*"))
    ended = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert ended.stdout.strip() == "set()", ended.stderr
    assert sorted(made.parent.rglob("*")) == before


@pytest.mark.usefixtures("no_model_files")
def test_another_models_file_is_refused_with_the_ways_out(made: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"holds the model .* alone.*another-model.*--build-arg MODEL=NAME"):
        make_engine(settings(embedding_model_name="another-model", embedding_onnx_dir=made))


def test_a_store_of_many_models_is_searched_by_the_models_files(made: Path, tiny_128: Path) -> None:
    """The folder above is a store: it says nothing of a model by its name, as the model's files may have changed."""
    engine = make_engine(settings(embedding_model_name=str(tiny_128), embedding_onnx_dir=made.parent))
    assert np.allclose(engine.embed(TEXTS), OnnxEngine(made).embed(TEXTS), atol=1e-6)
    assert len([path for path in made.parent.iterdir() if path.name.startswith(f"v{STORE_VERSION}-")]) == 1


@pytest.mark.usefixtures("no_model_files", "no_torch")
def test_pytorch_that_is_not_there_is_said() -> None:
    with pytest.raises(EngineMissing, match=r"not installed.*embedding-torch.*ENGINE=torch"):
        make_engine(settings(embedding_engine="torch"))


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    ended = command("onnx", "all-MiniLM-L6-v2", str(tmp_path))
    assert ended.returncode == 2
    assert "new or empty" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_model_that_cannot_be_had_is_said_without_a_traceback(tmp_path: Path) -> None:
    ended = command("onnx", "somebody/a-model-nobody-has", str(tmp_path / "onnx"), HF_HOME=str(tmp_path))
    assert ended.returncode == 1
    assert "neither installed nor reachable" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unknown_preparation_names_those_there_are() -> None:
    ended = command("sing", "a", "song")
    assert ended.returncode == 2
    assert "onnx NAME DIR" in ended.stderr
