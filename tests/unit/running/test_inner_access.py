"""Services answer each other, and nobody else who happens to reach them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from pydantic import ValidationError

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.inner_client import InnerClient
from services.embedding.app import create_app as embedding
from services.embedding.settings import EmbeddingSettings
from services.ingest.app import create_app as ingest
from services.ingest.settings import IngestSettings
from services.matching.app import create_app as matching
from services.matching.settings import MatchingSettings
from tests.fakes.serving import serving

pytestmark = pytest.mark.unit

TOKEN = "a-token-of-services-among-themselves"
AWAY = {"kafka_bootstrap": "127.0.0.1:9"}
SERVICES: dict[str, tuple[Any, type[Any], dict[str, str], str]] = {
    "matching": (
        matching,
        MatchingSettings,
        {"database_url": "postgresql://nobody@127.0.0.1:9/none", "embedding_urls": "http://127.0.0.1:9"},
        "/documents/resume/r1",
    ),
    "embedding": (embedding, EmbeddingSettings, {"matching_urls": "http://127.0.0.1:9"}, "/space"),
    "ingest": (ingest, IngestSettings, {}, "/structure"),
}


@pytest.mark.parametrize("name", SERVICES)
async def test_only_who_shows_the_token_is_answered(name: str) -> None:
    create, settings, needed, path = SERVICES[name]
    app = create(settings(**AWAY, **needed, internal_token=TOKEN))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://inner", verify=False) as client:
        for sent in (None, "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"):
            answer = await _asked(client, path, {} if sent is None else {"authorization": sent})
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), sent
            assert "INTERNAL_TOKEN" in answer.json()["detail"]
        assert (await _asked(client, path, {"authorization": f"Bearer {TOKEN}"})).status_code != 401
        for watched in ("/health/live", "/health/ready", "/metrics"):
            assert (await client.get(watched)).status_code in (200, 503)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_others_can_reach_does_not_start_without_a_token(name: str, tmp_path: Path) -> None:
    _, settings, needed, _ = SERVICES[name]
    with pytest.raises(ValidationError, match=r"HOST is 0\.0\.0\.0.*INTERNAL_TOKEN"):
        settings(**AWAY, **needed, host="0.0.0.0")
    with pytest.raises(ValidationError, match="at least 16 characters"):
        settings(**AWAY, **needed, internal_token="short")
    with pytest.raises(ValidationError, match="INTERNAL_TOKEN_FILE cannot be read"):
        settings(**AWAY, **needed, internal_token_file=tmp_path / "none")
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    assert settings(**AWAY, **needed, host="0.0.0.0", internal_token_file=file).inner_token == TOKEN
    assert settings(**AWAY, **needed).inner_token is None


async def test_a_client_shows_its_token_and_says_whose_is_wrong() -> None:
    create, settings, needed, path = SERVICES["embedding"]
    with serving(create(settings(**AWAY, **needed, internal_token=TOKEN))) as url:
        right, wrong = InnerClient("embedding", url, token=TOKEN), InnerClient("embedding", url, token=TOKEN + "x")
        with pytest.raises(DependencyUnavailable, match="answered 503"):
            await right.request("GET", path)
        with pytest.raises(DependencyUnavailable, match="the same INTERNAL_TOKEN"):
            await wrong.request("GET", path)
        await right.close()
        await wrong.close()


async def _asked(client: AsyncClient, path: str, headers: dict[str, str]) -> Any:
    answer = await client.get(path, headers=headers)
    return answer if answer.status_code != 405 else await client.post(path, headers=headers, json={})
