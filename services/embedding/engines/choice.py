"""Which engine is made, and from what."""

from __future__ import annotations

from pathlib import Path

from libs.telemetry.logs import get_logger
from services.embedding.engines.hash_engine import HashEngine
from services.embedding.engines.onnx_engine import OnnxFailed, onnx_engine
from services.embedding.engines.protocol import Engine
from services.embedding.model_location import locate
from services.embedding.settings import EmbeddingSettings

log = get_logger(__name__)


def make_engine(settings: EmbeddingSettings) -> Engine:
    """The configured engine, its model loaded. Blocks for seconds.

    Raises ModelNotFound, and OnnxFailed where `onnx` was asked for by name, with a sentence.
    """
    if settings.embedding_engine == "hash":
        return HashEngine()
    name = settings.embedding_model_name
    folder = locate(name, download_seconds=settings.model_download_seconds)
    if settings.embedding_engine == "torch":
        return _torch(folder, name)
    try:
        return onnx_engine(folder, name, settings.onnx_folder)
    except OnnxFailed as failure:
        if settings.embedding_engine == "onnx":
            raise
        log.warning("torch_instead_of_onnx", model=name, reason=str(failure))
        return _torch(folder, name)


def _torch(folder: Path, name: str) -> Engine:
    # Imported here, after the port is open: it takes seconds.
    from services.embedding.engines.torch_engine import TorchEngine

    return TorchEngine(folder, name)
