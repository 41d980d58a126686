"""What comes from the topics is decoded in threads of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from libs.contracts.topics import STATUS
from libs.messaging.records import Record
from services.matching.consumer import MatchingWork
from services.matching.spaces.lifecycle import Spaces
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.in_memory_publisher import InMemoryPublisher

pytestmark = pytest.mark.unit

UNREADABLE = Record(STATUS, 0, 0, 0, 1, b"default/resume/r1", b"{")


async def test_records_are_worked_on_while_all_of_the_loops_own_threads_are_taken() -> None:
    publisher, goes_on = InMemoryPublisher(), threading.Event()
    taken = ThreadPoolExecutor(1)
    asyncio.get_running_loop().set_default_executor(taken)
    taken.submit(goes_on.wait, 60)
    # A record that cannot be read reaches neither of the two.
    work = MatchingWork(cast(DocumentWriter, None), cast(Spaces, None), publisher)
    try:
        async with asyncio.timeout(10):
            await work.handle([UNREADABLE])
        assert [len(records) for topic, records in publisher.topics.items() if topic.startswith("dead")] == [1]
    finally:
        goes_on.set()
        await work.stop()
