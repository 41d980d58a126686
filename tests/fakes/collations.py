"""A database server that knows a language's order of words, in which `ab` comes before `a-c`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from libs.localstack.postgres.roles import Dsns, provision
from libs.localstack.postgres.server import Postgres
from tests.fakes.databases import database_of_its_own

LANGUAGE = "en_US"
_KNOWN = (
    f"SELECT collcollate FROM pg_collation WHERE collprovider = 'c' AND collcollate ~* '^{LANGUAGE}[.]utf-?8$' LIMIT 1"
)


@asynccontextmanager
async def database_in_english(postgres: Dsns, folder: Path) -> AsyncIterator[Dsns]:
    """An empty database whose own collation is that of English, gone afterwards.

    Where the server's machine has no such locale, one is made in `folder` and a server started that finds it; the test
    is skipped where that is impossible too.
    """
    known = await _known_locale(postgres)
    if known is not None:
        async with database_of_its_own(postgres, locale=known) as found:
            yield found
        return
    locales = _made_locale(folder / "locales")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCPATH", str(locales))
        server = Postgres(folder / "server" / "postgres")
        server.start()
    try:
        own = provision(server.superuser_dsn, folder / "server" / "passwords.json")
        async with database_of_its_own(own, locale=f"{LANGUAGE}.utf8") as found:
            yield found
    finally:
        server.stop()


async def _known_locale(postgres: Dsns) -> str | None:
    connection = await asyncpg.connect(postgres.superuser)
    try:
        known: str | None = await connection.fetchval(_KNOWN)
        return known
    finally:
        await connection.close()


def _made_locale(folder: Path) -> Path:
    """A folder for LOCPATH that holds the locale, readable by the server's user."""
    folder.mkdir(parents=True)
    program, sources = shutil.which("localedef"), Path("/usr/share/i18n/locales", LANGUAGE)
    if program is None or not sources.exists():
        pytest.skip(f"neither the database server nor this machine knows the locale {LANGUAGE}.utf8 (package locales)")
    subprocess.run([program, "-i", LANGUAGE, "-f", "UTF-8", str(folder / f"{LANGUAGE}.utf8")], check=True)
    for plain in Path("/usr/lib/locale").glob("C.*"):
        shutil.copytree(plain, folder / plain.name)
    return folder
