"""Cuts a stream of bytes into lines, of which none may be longer than so many bytes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `number` counts from 1, blank lines too. `data` is None where it is too long."""

    number: int
    data: bytes | None


class Lines:
    """The lines of a body that are not blank, as they come. At most `longest` bytes and a piece are held.

    `number` is that of the line which is being read. What stands behind the last line's end is a line as well.
    """

    def __init__(self, pieces: AsyncIterator[bytes], *, longest: int) -> None:
        self._pieces = pieces
        self._longest = longest
        self.number = 1

    async def read(self) -> AsyncGenerator[Line, None]:
        """Call it once. Raises what the pieces raise; of a line that was not whole by then nothing is given."""
        held, is_too_long = bytearray(), False
        async for piece in self._pieces:
            begins = 0
            while begins < len(piece):
                ends = piece.find(b"\n", begins)
                if not is_too_long:
                    held += piece[begins:] if ends < 0 else piece[begins:ends]
                if len(held) > self._longest:
                    is_too_long, held = True, bytearray()
                    yield Line(self.number, None)
                if ends < 0:
                    break
                if held and not held.isspace():
                    yield Line(self.number, bytes(held))
                held, is_too_long, begins = bytearray(), False, ends + 1
                self.number += 1
        if held and not held.isspace():
            yield Line(self.number, bytes(held))
