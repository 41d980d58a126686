"""Which engine is made, and from what."""

from __future__ import annotations

import os
from importlib import util
from pathlib import Path

from libs.running.cannot_start import CannotStart
from libs.telemetry.logs import get_logger
from services.embedding.engines.hash import HashEngine
from services.embedding.engines.onnx import OnnxEngine, OnnxFailed, facts_of, onnx_engine
from services.embedding.engines.protocol import Engine
from services.embedding.location.model_location import ModelNotFound, locate
from services.embedding.settings import EmbeddingSettings

log = get_logger(__name__)


class EngineMissing(CannotStart):
    """What the engine is made of is not installed; the message says what to do."""


def make_engine(settings: EmbeddingSettings) -> Engine:
    """The configured engine, its model loaded. Blocks for seconds.

    Raises ModelNotFound, EngineMissing, and OnnxFailed where `onnx` was asked for by name, with a sentence.
    """
    if settings.embedding_engine == "hash":
        return HashEngine()
    # Texts are tokenized in threads of our own; tokenizers' threads would take the cores from the model.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if settings.embedding_engine == "torch":
        _need_torch("EMBEDDING_ENGINE=torch needs it")
    elif (ready := _ready_made(settings)) is not None:
        return ready
    name = settings.embedding_model_name
    folder = locate(name, download_seconds=settings.model_download_seconds)
    if settings.embedding_engine == "torch":
        return _torch(folder, name, settings.omp_num_threads)
    try:
        return onnx_engine(folder, name, settings.onnx_folder, threads=settings.omp_num_threads)
    except OnnxFailed as failure:
        if settings.embedding_engine == "onnx":
            raise
        _need_torch(str(failure))
        log.warning("torch_instead_of_onnx", model=name, reason=str(failure))
        return _torch(folder, name, settings.omp_num_threads)


def _ready_made(settings: EmbeddingSettings) -> Engine | None:
    """The engine of an ONNX file that lies in the folder itself, as in an image, without the model's own files."""
    folder = settings.embedding_onnx_dir
    facts = None if folder is None else facts_of(folder)
    if folder is None or facts is None:
        return None
    if facts.model != settings.embedding_model_name:
        raise ModelNotFound(
            f"EMBEDDING_ONNX_DIR={folder} holds the model {facts.model} alone, but EMBEDDING_MODEL_NAME is "
            f"{settings.embedding_model_name}: make its ONNX file (`python -m services.embedding onnx NAME DIR`, or "
            "`docker build --build-arg MODEL=NAME` for an image), or set the name to the model that is there"
        )
    return OnnxEngine(folder, threads=settings.omp_num_threads)


def _need_torch(reason: str) -> None:
    if util.find_spec("torch") is None or util.find_spec("sentence_transformers") is None:
        raise EngineMissing(
            f"PyTorch and sentence-transformers are not installed ({reason}): install the extra `embedding-torch`, "
            "or build the image with `--build-arg ENGINE=torch`"
        )


def _torch(folder: Path, name: str, threads: int | None) -> Engine:
    # Imported here, after the port is open: it takes seconds.
    from services.embedding.engines.torch import TorchEngine

    return TorchEngine(folder, name, threads=threads)
