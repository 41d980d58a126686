"""What embedding is told from outside."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.embedding.settings import EmbeddingSettings

pytestmark = pytest.mark.unit


def settings() -> EmbeddingSettings:
    return EmbeddingSettings(kafka_bootstrap="nobody:1", matching_urls="http://nobody")


@pytest.mark.parametrize(("said", "threads"), [("", None), ("3", 3)])
def test_threads_that_are_left_empty_are_as_many_as_there_are_cores(
    monkeypatch: pytest.MonkeyPatch, said: str, threads: int | None
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert settings().omp_num_threads == threads


@pytest.mark.parametrize("said", ["0", "two"])
def test_threads_that_are_no_number_are_refused_by_name(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    with pytest.raises(ValidationError, match="omp_num_threads"):
        settings()
