"""matching's own settings: what stops the start, and with which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.matching.answers.candidates.pools import MATCHED, SEARCHED, Pool
from services.matching.settings import MatchingSettings

pytestmark = pytest.mark.unit


def settings(**fields: Any) -> MatchingSettings:
    needed = {"kafka_bootstrap": "k:1", "database_url": "postgresql://p", "embedding_urls": "http://e"}
    return MatchingSettings(**needed | fields)


def test_replicas_are_none_one_or_several() -> None:
    assert settings().read_urls == []
    assert settings(database_read_urls="postgresql://one/d").read_urls == ["postgresql://one/d"]
    several = "postgresql://one/d, postgres://two/d,"
    assert settings(database_read_urls=several).read_urls == ["postgresql://one/d", "postgres://two/d"]


def test_replicas_may_stand_in_a_file_as_they_hold_passwords(tmp_path: Path) -> None:
    file = tmp_path / "replicas"
    file.write_text("postgresql://m:secret@one/d\n")
    assert settings(database_read_urls_file=file).read_urls == ["postgresql://m:secret@one/d"]
    both = settings(database_read_urls="postgresql://two/d", database_read_urls_file=file)
    assert both.read_urls == ["postgresql://two/d"]


def test_what_is_no_address_stops_the_start_with_a_sentence_that_says_the_form(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="postgresql://USER:PASSWORD@HOST:PORT/DATABASE"):
        settings(database_read_urls="one:5432")
    with pytest.raises(ValidationError, match="DATABASE_READ_URLS_FILE cannot be read"):
        settings(database_read_urls_file=tmp_path / "missing")


def test_candidates_are_as_many_as_was_measured() -> None:
    usual = settings()
    assert Pool(usual.search_nearest, usual.search_words) == SEARCHED
    assert Pool(usual.matches_nearest, usual.matches_words) == MATCHED


def test_how_long_documents_are_kept_is_read_by_tenant_or_stops_the_start() -> None:
    assert settings().retention.days_of("default") is None
    kept = settings(retention_days="acme=365,*=730").retention
    assert (kept.days_of("acme"), kept.days_of("other"), kept.is_stamped) == (365, 730, True)
    assert not settings(retention_days="*=1", tryout_stamp=1).retention.is_stamped
    with pytest.raises(ValidationError, match="RETENTION_DAYS must be TENANT=DAYS"):
        settings(retention_days="730")
