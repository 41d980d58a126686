"""The real model, and small ones with random weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.embedding.location.model_location import locate
from tests.fakes.tiny_models import make_tiny_model


@pytest.fixture(scope="session")
def default_model() -> Path:
    """The folder of all-MiniLM-L6-v2, from its package."""
    return locate("all-MiniLM-L6-v2", download_seconds=1.0)


@pytest.fixture(scope="session")
def onnx_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("onnx")


@pytest.fixture(scope="session")
def tiny_384(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the default's dimension and other weights."""
    return make_tiny_model(tmp_path_factory.mktemp("tiny-384"), dimension=384)


@pytest.fixture(scope="session")
def tiny_128(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of another dimension."""
    return make_tiny_model(tmp_path_factory.mktemp("tiny-128"), dimension=128)
