"""What a person sets for `shortlist up` is what its parts and services get."""

from __future__ import annotations

from pathlib import Path

import pytest

from libs.localstack.infrastructure import Infrastructure
from libs.localstack.options import StackOptions
from services.cli.commands import up
from services.cli.faults import CommandFault

pytestmark = pytest.mark.unit

VARIABLES = (
    "KAFKA_BOOTSTRAP",
    "DATABASE_URL",
    "DATABASE_MIGRATION_URL",
    "REDIS_URL",
    "TRYOUT_BROKER_MAX_MB",
    "SHORTLIST_BOOTSTRAP_KEY",
    "SHORTLIST_BOOTSTRAP_KEY_FILE",
)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_the_embedded_brokers_memory_is_limited_as_was_said(tmp_path, monkeypatch):
    def limit() -> str:
        return Infrastructure(up.options_of(tmp_path), tmp_path).env()["TRYOUT_BROKER_MAX_MB"]

    assert limit() == "2048"
    monkeypatch.setenv("TRYOUT_BROKER_MAX_MB", "4096")
    assert limit() == "4096"


def test_the_admin_key_that_was_named_is_taken_by_itself_or_from_a_file(tmp_path, monkeypatch):
    assert up.options_of(tmp_path).bootstrap_key is None
    file = tmp_path / "key"
    file.write_text("from-a-file-0123456789\n")
    monkeypatch.setenv("SHORTLIST_BOOTSTRAP_KEY_FILE", str(file))
    assert up.options_of(tmp_path).bootstrap_key == "from-a-file-0123456789"
    monkeypatch.setenv("SHORTLIST_BOOTSTRAP_KEY", "by-itself-0123456789")
    assert up.options_of(tmp_path).bootstrap_key == "by-itself-0123456789"
    monkeypatch.delenv("SHORTLIST_BOOTSTRAP_KEY")
    file.unlink()
    with pytest.raises(CommandFault, match="SHORTLIST_BOOTSTRAP_KEY_FILE cannot be read"):
        up.options_of(tmp_path)


def test_an_owner_role_without_its_database_is_refused_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_MIGRATION_URL", "postgresql://owner@elsewhere/shortlist")
    with pytest.raises(CommandFault, match="set both"):
        up.options_of(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://service@elsewhere/shortlist")
    told = up.options_of(tmp_path)
    assert (told.database_url, told.database_migration_url) == (
        "postgresql://service@elsewhere/shortlist",
        "postgresql://owner@elsewhere/shortlist",
    )


def test_without_anything_set_all_parts_are_started_here(tmp_path: Path):
    told = up.options_of(tmp_path)
    assert told == StackOptions(data_dir=tmp_path)
    assert [part.name for part in Infrastructure(told, tmp_path).components] == ["postgres", "valkey", "broker"]
