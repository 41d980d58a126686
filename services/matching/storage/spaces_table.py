"""The spaces table: which spaces there are, and which one answers queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from libs.database.transactions import Reading, Writing

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


async def all_spaces(connection: Reading) -> list[Space]:
    """Every space, the one registered first in front."""
    rows = await connection.fetch("SELECT * FROM matching.spaces ORDER BY registered_at, space")
    return [_space(row) for row in rows]


async def spaces_with_tables(connection: Reading) -> list[str]:
    """The names of the spaces whose vectors are kept; the table of one that retired long ago is dropped."""
    return [row["space"] for row in await connection.fetch("SELECT space FROM matching.space_tables ORDER BY space")]


async def has_table(connection: Reading, name: str) -> bool:
    """Whether the vectors of a space are kept."""
    return name in await spaces_with_tables(connection)


async def active_space(connection: Reading) -> Space | None:
    """The space that answers queries; None before the first one registered."""
    row = await connection.fetchrow("SELECT * FROM matching.spaces WHERE state = 'active'")
    return None if row is None else _space(row)


async def save_space(connection: Writing, space: Space) -> None:
    """Adds a space, or sets its state."""
    await connection.execute(
        """
        INSERT INTO matching.spaces AS known (space, model, dimension, topic, reading_group, state, retired_at)
        VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $6 = 'retired' THEN now() END)
        ON CONFLICT (space) DO UPDATE SET state = excluded.state,
            sent_at = CASE WHEN known.state = excluded.state THEN known.sent_at END,
            retired_at = CASE WHEN known.state = excluded.state THEN known.retired_at ELSE excluded.retired_at END
        """,
        space.name,
        space.model,
        space.dimension,
        space.topic,
        space.group,
        space.state,
    )


async def activate(connection: Writing, name: str) -> bool:
    """Lets a space that is being built answer queries from now on; the one before is retired.

    False, and nothing changed, where it is not being built any more.
    """
    await lock_spaces(connection)
    if await connection.fetchval("SELECT state FROM matching.spaces WHERE space = $1", name) != "building":
        return False
    await connection.execute("UPDATE matching.spaces SET state = 'retired', retired_at = now() WHERE state = 'active'")
    await connection.execute("UPDATE matching.spaces SET state = 'active' WHERE space = $1", name)
    return True


async def lock_spaces(connection: Writing) -> None:
    """Keeps other processes from changing spaces until the transaction ends."""
    await connection.execute("LOCK TABLE matching.spaces IN EXCLUSIVE MODE")


async def claim_sending(connection: Writing, name: str, *, again_after: float | None) -> bool:
    """Whether this process is the one to send the texts that a building space lacks.

    They are sent once, and again `again_after` seconds later where that is given.
    """
    claimed = await connection.execute(
        """
        UPDATE matching.spaces SET sent_at = now()
        WHERE space = $1 AND state = 'building'
          AND (sent_at IS NULL OR sent_at < now() - make_interval(secs => $2))
        """,
        name,
        again_after,
    )
    return claimed > 0


async def forget_sending(connection: Writing) -> None:
    """Lets the texts of a building space be sent once more: what was sent is lost."""
    await connection.execute("UPDATE matching.spaces SET sent_at = NULL WHERE state = 'building'")


async def retire_other_buildings(connection: Writing, name: str) -> None:
    """Only one space is built at a time: the one that registered last."""
    await connection.execute(
        "UPDATE matching.spaces SET state = 'retired', retired_at = now() WHERE state = 'building' AND space <> $1",
        name,
    )


def _space(row: Any) -> Space:
    return Space(row["space"], row["model"], row["dimension"], row["topic"], row["reading_group"], row["state"])
