"""How the connections to the database are shared out among the kinds of work."""

from __future__ import annotations

import pytest

from services.matching.storage.databases import Databases

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("connections", "shares"), [(5, (1, 1, 1, 1, 1)), (8, (2, 3, 1, 1, 1)), (24, (4, 11, 4, 4, 1))]
)
def test_each_kind_of_work_has_connections_of_its_own_and_all_have_no_more_than_was_said(
    connections: int, shares: tuple[int, ...]
) -> None:
    databases = Databases.of("postgresql://somewhere", connections).all()
    assert tuple(database.connections for database in databases) == shares
    assert sum(shares) == connections
    assert len({database.breaker.name for database in databases}) == len(databases)
