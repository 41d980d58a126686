"""What lives when a service has started is looked through no more."""

from __future__ import annotations

import gc

import pytest

from libs.running.garbage import settle

pytestmark = pytest.mark.unit


def test_what_lives_is_frozen_and_what_comes_later_is_not() -> None:
    before = gc.get_freeze_count()
    settle()
    assert gc.get_freeze_count() > before
    later = [[] for _ in range(10)]
    assert any(each is later for each in gc.get_objects())
    assert gc.isenabled()
