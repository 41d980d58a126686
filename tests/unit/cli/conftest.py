"""A fake gateway, and the command run against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from typer.testing import CliRunner

from services.cli.app import main
from tests.fakes.gateway_app import FakeGateway
from tests.fakes.serving import serving

Run = Callable[..., Result]


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def shortlist(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs the command with its arguments; SHORTLIST_URL names the fake gateway."""
    monkeypatch.delenv("SHORTLIST_STACK", raising=False)
    monkeypatch.delenv("SHORTLIST_API_KEY", raising=False)
    with serving(gateway.app()) as url:
        monkeypatch.setenv("SHORTLIST_URL", url)
        yield lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])
