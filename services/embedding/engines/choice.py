"""Which engine is made, and from what."""

from __future__ import annotations

from services.embedding.engines.hash_engine import HashEngine
from services.embedding.engines.protocol import Engine
from services.embedding.model_location import locate
from services.embedding.settings import EmbeddingSettings


def make_engine(settings: EmbeddingSettings) -> Engine:
    """The configured engine, its model loaded. Blocks for seconds. Raises ModelNotFound with a sentence."""
    if settings.embedding_engine == "hash":
        return HashEngine()
    folder = locate(settings.embedding_model_name, download_seconds=settings.model_download_seconds)
    # PyTorch is imported here, after the port is open: it takes seconds.
    from services.embedding.engines.torch_engine import TorchEngine

    return TorchEngine(folder, settings.embedding_model_name)
