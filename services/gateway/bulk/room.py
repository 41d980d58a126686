"""What bounds a request of many lines in memory: lines that are worked on, and answers that are not sent yet."""

from __future__ import annotations

import asyncio

# Each holds some 20 MiB at most: a line that is read, what is on its way to the broker, answers that are not taken.
BULKS_AT_ONCE = 16


class Room:
    """Room for so many lines, and for so many bytes of them; one line alone always has it. One task takes it."""

    def __init__(self, *, lines: int, size: int) -> None:
        self._lines = lines
        self._size = size
        self._held_lines = self._held_bytes = 0
        self._freed = asyncio.Event()

    async def take(self, size: int) -> None:
        """Waits until there is room for one more line of so many bytes."""
        while self._held_lines >= self._lines or (self._held_lines and self._held_bytes + size > self._size):
            self._freed.clear()
            await self._freed.wait()
        self._held_lines += 1
        self._held_bytes += size

    def give_back(self, size: int) -> None:
        """A line of so many bytes is done."""
        self._held_lines -= 1
        self._held_bytes -= size
        self._freed.set()


class UnsentAnswers:
    """Answers between the task that has them and the one that sends them, about `size` bytes at most."""

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._held = bytearray()
        self._is_ended = False
        self._came = asyncio.Event()
        self._taken = asyncio.Event()

    @property
    def are_full(self) -> bool:
        """Whether the next answer has to wait."""
        return len(self._held) >= self._size

    async def put(self, answer: bytes) -> None:
        """Adds an answer; waits while there are too many."""
        while self.are_full:
            self._taken.clear()
            await self._taken.wait()
        self._held += answer
        self._came.set()

    def end(self) -> None:
        """No more come."""
        self._is_ended = True
        self._came.set()

    async def take(self) -> bytes:
        """All answers that are there, of which there is one at least; nothing once the last was taken."""
        while not self._held and not self._is_ended:
            self._came.clear()
            await self._came.wait()
        taken = bytes(self._held)
        self._held.clear()
        self._taken.set()
        return taken
