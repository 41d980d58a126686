"""A small embedding over HTTP: the query lane only, with the vectors of tests.fakes.documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from litestar import Litestar, Request, Response, post

from libs.contracts.inner import paths
from libs.contracts.inner.embedding import Embedded, EmbedOrder
from libs.contracts.vectors import pack
from tests.fakes.documents import DIMENSION, SPACE, embed


@dataclass
class FakeEmbedding:
    """`away` makes every call a 503; `space` is the one it computes; `asked` are the texts that it got."""

    space: str = SPACE
    dimension: int = DIMENSION
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def app(self) -> Litestar:
        """Its HTTP application."""
        embedding = self

        @post(paths.EMBED, status_code=200)
        async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
            if embedding.away:
                return Response({"detail": "the model is loading"}, status_code=503)
            texts = msgspec.json.decode(await request.body(), type=EmbedOrder).texts
            embedding.asked += texts
            vectors = np.stack([embed(text, embedding.dimension) for text in texts]).astype("<f4")
            count, dimension = vectors.shape
            packed = pack(vectors.tobytes(), dtype="float32", dimension=dimension, count=count)
            return Response(Embedded(embedding.space, f"model-{embedding.space}", dimension, packed))

        return Litestar([answer], openapi_config=None, logging_config=None)
