"""A stream of bytes is cut into the same lines however its pieces fall, and a long line never lies in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.gateway.bulk.lines import Line, Lines

pytestmark = pytest.mark.unit

BODY = b'{"a": 1}\r\n\n  \n{"b": 2}\n0123456789abcdef\n\n{"c": 3}'
WHOLE = [Line(1, b'{"a": 1}\r'), Line(4, b'{"b": 2}'), Line(5, None), Line(7, b'{"c": 3}')]


async def cut(body: bytes, size: int, *, longest: int = 10) -> list[Line]:
    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), size):
            yield body[begin : begin + size]

    return [line async for line in Lines(pieces(), longest=longest).read()]


@pytest.mark.parametrize("size", range(1, len(BODY) + 1))
async def test_lines_are_the_same_however_the_pieces_fall(size: int) -> None:
    assert await cut(BODY, size) == WHOLE


@pytest.mark.parametrize("size", [1, 3, 100])
async def test_a_line_of_just_the_longest_length_is_taken(size: int) -> None:
    assert await cut(b"0123456789\n01234567890\n0", size) == [Line(1, b"0123456789"), Line(2, None), Line(3, b"0")]


async def test_what_was_not_whole_when_the_pieces_end_in_an_error_is_no_line() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one\ntw"
        raise ConnectionError

    lines, seen = Lines(pieces(), longest=10), []

    async def see_all() -> None:
        async for line in lines.read():
            seen.append(line)

    with pytest.raises(ConnectionError):
        await see_all()
    assert (seen, lines.number) == ([Line(1, b"one")], 2)
