"""Which dead letters are meant: NAME=VALUE conditions, all of which must hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from libs.messaging import dead_letters
from libs.messaging.records import Record
from services.cli.faults import CommandFault

Condition = Callable[[Record], bool]

_AGO = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def condition(filters: Sequence[str]) -> Condition:
    """One condition of all filters. Raises CommandFault where one isn't understood."""
    conditions = [_condition(text) for text in filters]
    return lambda record: all(holds(record) for holds in conditions)


def _condition(text: str) -> Condition:
    name, equals, value = text.partition("=")
    if not equals or name not in _CONDITIONS:
        known = ", ".join(f"{each}=…" for each in _CONDITIONS)
        raise CommandFault(f"{text!r} is no filter: there are {known}", exit_code=2)
    return _CONDITIONS[name](value)


def _like(told: Callable[[Record], str | None]) -> Callable[[str], Condition]:
    return lambda value: lambda record: fnmatchcase(told(record) or "", value)


def _key(record: Record) -> str | None:
    return None if record.key is None else record.key.decode("utf-8", "replace")


def _since(value: str) -> Condition:
    moment = _moment(value)
    return lambda record: _dead_lettered_at(record) >= moment


def _until(value: str) -> Condition:
    moment = _moment(value)
    return lambda record: _dead_lettered_at(record) < moment


def _dead_lettered_at(record: Record) -> datetime:
    said = record.header(dead_letters.TIME)
    return datetime.fromtimestamp(record.timestamp / 1000, UTC) if said is None else datetime.fromisoformat(said)


def _moment(value: str) -> datetime:
    """RFC 3339, or so long ago as `90s`, `30m`, `2h`, `7d`."""
    if ago := _AGO.fullmatch(value):
        return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise CommandFault(
            f"{value!r} is no time: say 2h, 30m, 7d, or one like 2026-11-23T10:00:00Z", exit_code=2
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_CONDITIONS: dict[str, Callable[[str], Condition]] = {
    "service": _like(lambda record: record.topic.removeprefix("dead-letters.").removesuffix(".v1")),
    "code": _like(lambda record: record.header(dead_letters.ERROR_CODE)),
    "topic": _like(lambda record: record.header(dead_letters.TOPIC)),
    "key": _like(_key),
    "since": _since,
    "until": _until,
}
