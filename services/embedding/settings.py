"""What embedding is told from outside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.messaging.connection.settings import KafkaSettings
from libs.running.inner_access import InnerServiceSettings


class DownloadSettings(BaseSettings):
    """What fetching a model is told from outside."""

    model_config = SettingsConfigDict(extra="ignore")

    model_download_seconds: float = Field(default=600.0, gt=0, description="seconds that a model's download may take")


class EmbeddingSettings(InnerServiceSettings, KafkaSettings, DownloadSettings):
    """Read from the environment; field names in upper case are the variables."""

    port: int = Field(default=8080, ge=0, le=65535, description="the port to listen on")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="the lowest level that is logged"
    )
    matching_urls: str = Field(min_length=8, description="addresses of matching, comma-separated")
    redis_url: str | None = Field(default=None, description="the vector cache; without one every text is computed")
    embedding_model_name: str = Field(
        default="all-MiniLM-L6-v2", min_length=1, description="the model: a name, or a local folder"
    )
    embedding_engine: Literal["auto", "onnx", "torch", "hash"] = Field(
        default="auto",
        description="onnx: ONNX Runtime; torch: PyTorch; auto: onnx, or torch where that fails; hash: for tests",
    )
    embedding_cache_ttl: int = Field(default=86_400, ge=1, description="seconds a vector is kept in the cache")
    embedding_batch_tokens: int = Field(
        default=500, ge=256, le=100_000, description="tokens, with padding, computed in one call of the model"
    )
    embedding_batch_documents: int = Field(default=64, ge=1, le=500, description="documents read from Kafka at a time")
    embedding_queries_waiting: int = Field(
        default=64,
        ge=1,
        description="query texts past the cache that may be under way, each 1,000 characters of a long one counting "
        "as one more; more are told 429, one call alone never is",
    )
    embedding_model_seconds: float = Field(
        default=120.0, gt=0, description="seconds after which a call of the model counts as hanging; the process ends"
    )
    embedding_onnx_dir: Path | None = Field(
        default=None,
        description="where ONNX files are kept, made once for each model; unset: the user's cache folder. "
        "A folder that is one model's ONNX file itself is used as it is",
    )

    omp_num_threads: int | None = Field(
        default=None,
        ge=1,
        description="threads of the model, with ONNX Runtime as many batches side by side; unset: as many as cores",
    )

    @field_validator("omp_num_threads", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        """As a container's environment says it."""
        return None if value == "" else value

    @property
    def onnx_folder(self) -> Path:
        """Where ONNX files are kept (XDG_CACHE_HOME respected)."""
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return self.embedding_onnx_dir or Path(cache) / "shortlist" / "onnx"
