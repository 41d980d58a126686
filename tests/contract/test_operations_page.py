"""docs/operations.md names every setting and every metric."""

import importlib
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.contract

PAGE = Path("docs/operations.md").read_text(encoding="utf-8")
METRIC = re.compile(r'(?:Counter|Gauge|Histogram)\(\s*"(\w+)"')


@pytest.mark.parametrize("service", ["ingest", "embedding", "matching", "gateway"])
def test_every_setting_is_explained(service):
    settings = getattr(importlib.import_module(f"services.{service}.settings"), f"{service.capitalize()}Settings")
    missing = [name.upper() for name in settings.model_fields if f"`{name.upper()}`" not in PAGE]
    assert missing == []


def test_every_metric_is_listed_and_begins_with_shortlist():
    sources = [path for folder in ("libs", "services") for path in Path(folder).rglob("*.py")]
    names = {name for path in sources for name in METRIC.findall(path.read_text(encoding="utf-8"))}
    assert len(names) > 20
    assert [name for name in sorted(names) if not name.startswith("shortlist_")] == []
    assert [name for name in sorted(names) if f"`{name}`" not in PAGE] == []
