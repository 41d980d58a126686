"""The spaces table: which spaces there are, and which one answers queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from services.matching.database import Connection

State = Literal["active", "building", "retired"]


@dataclass(frozen=True, slots=True)
class Space:
    """A space whose vectors are kept here. `name` is 8 hex digits."""

    name: str
    model: str
    dimension: int
    topic: str
    group: str
    state: State


async def all_spaces(connection: Connection) -> list[Space]:
    """Every space, the one registered first in front."""
    rows = await connection.fetch("SELECT * FROM matching.spaces ORDER BY registered_at, space")
    return [_space(row) for row in rows]


async def space_names(connection: Connection) -> list[str]:
    """The names of all spaces."""
    return [space.name for space in await all_spaces(connection)]


async def active_space(connection: Connection) -> Space | None:
    """The space that answers queries; None before the first one registered."""
    row = await connection.fetchrow("SELECT * FROM matching.spaces WHERE state = 'active'")
    return None if row is None else _space(row)


async def save_space(connection: Connection, space: Space) -> None:
    """Adds a space, or sets its state."""
    await connection.execute(
        """
        INSERT INTO matching.spaces (space, model, dimension, topic, reading_group, state)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (space) DO UPDATE SET state = excluded.state
        """,
        space.name,
        space.model,
        space.dimension,
        space.topic,
        space.group,
        space.state,
    )


async def activate(connection: Connection, name: str) -> None:
    """Lets a space answer queries from now on; the one before is retired."""
    await connection.execute(
        "UPDATE matching.spaces SET state = 'retired' WHERE state = 'active' AND space <> $1", name
    )
    await connection.execute("UPDATE matching.spaces SET state = 'active' WHERE space = $1", name)


async def retire_other_buildings(connection: Connection, name: str) -> None:
    """Only one space is built at a time: the one that registered last."""
    await connection.execute(
        "UPDATE matching.spaces SET state = 'retired' WHERE state = 'building' AND space <> $1", name
    )


def _space(row: Any) -> Space:
    return Space(row["space"], row["model"], row["dimension"], row["topic"], row["reading_group"], row["state"])
