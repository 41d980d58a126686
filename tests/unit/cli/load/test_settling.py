"""Waiting for many documents: each is asked for once it may have ended, whatever the lists show meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.cli.addressing import Gateway
from services.cli.gateway_client import GatewayClient, retry_after
from services.cli.load.run import load
from services.cli.load.sources import Item, survey
from tests.fakes.gateway_app import FakeGateway
from tests.fakes.serving import serving

pytestmark = pytest.mark.unit


class Counted:
    """Remembers the last counts it was told."""

    def __init__(self) -> None:
        self.last = (0, 0, 0)

    def update(self, *, sent: int, indexed: int, failed: int) -> None:
        self.last = (sent, indexed, failed)


def _items(folder: Path, count: int) -> list[Item]:
    path = folder / "r.jsonl"
    path.write_text("".join(f'{{"id": "{number}", "text": "x"}}\n' for number in range(count)))
    return survey([path], "resume").items


async def test_many_documents_are_looked_up_in_lists_rather_than_one_by_one(tmp_path: Path) -> None:
    gateway, progress = FakeGateway(looks_needed=8), Counted()
    with serving(gateway.app()) as url:
        async with GatewayClient(Gateway(url)) as client:
            report = await load(client, _items(tmp_path, 60), progress, interval=0.1)
    assert report.indexed == 60
    assert progress.last == (60, 60, 0)
    assert len(report.waits) == 60
    assert gateway.calls["read"] <= 90


async def test_a_document_that_was_deleted_meanwhile_ends_too(tmp_path: Path) -> None:
    gateway = FakeGateway(stuck={"0"})

    class Deleting(Counted):
        def update(self, *, sent: int, indexed: int, failed: int) -> None:
            super().update(sent=sent, indexed=indexed, failed=failed)
            if indexed:
                gateway.documents.pop(("resume", "0"), None)

    progress = Deleting()
    with serving(gateway.app()) as url:
        async with GatewayClient(Gateway(url)) as client:
            report = await load(client, _items(tmp_path, 2), progress, interval=0.1)
    assert report.indexed == 1
    assert [failure.code for failure in report.failures] == ["deleted"]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2", 2.0), ("0", 0.0), ("-5", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", None), (None, None)],
)
def test_retry_after_is_read_in_both_its_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds
