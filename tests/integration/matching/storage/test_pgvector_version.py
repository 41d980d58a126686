"""A server whose pgvector can lose vectors is refused at the start, with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from libs.localstack.postgres.roles import Dsns
from libs.running.cannot_start import CannotStart
from services.matching.storage import pgvector_version
from services.matching.storage.migrating import migrate
from services.matching.storage.pgvector_version import check_pgvector

pytestmark = pytest.mark.integration


class Server:
    """Answers what version it has."""

    def __init__(self, version: str | None) -> None:
        self._version = version

    async def fetchval(self, statement: str) -> Any:
        return self._version


@pytest.mark.parametrize("version", ["0.8.4", "0.8.5", "0.10.0", "1.0"])
async def test_a_new_one_is_good(version: str) -> None:
    await check_pgvector(Server(version))


@pytest.mark.parametrize("version", ["0.8.3", "0.8", "0.7.4"])
async def test_an_old_one_is_refused(version: str) -> None:
    with pytest.raises(CannotStart, match=rf"has pgvector {version},.* install 0\.8\.4 or newer"):
        await check_pgvector(Server(version))


async def test_a_server_without_it_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"has no pgvector: install"):
        await check_pgvector(Server(None))


async def test_the_migration_asks_the_real_server_first(dsns: Dsns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pgvector_version, "OLDEST", (99, 0, 0))
    with pytest.raises(CannotStart, match=r"install 99\.0\.0 or newer"):
        await migrate(dsns.owner, dsns.matching)
    monkeypatch.undo()
    assert await migrate(dsns.owner, dsns.matching)
