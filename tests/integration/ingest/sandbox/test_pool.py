"""The sandbox, with real child processes: whatever a document does to its child, the next one is parsed."""

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import STRUCTURE_VERSION
from services.ingest.parsing.content import Content
from services.ingest.sandbox import parser_processes
from services.ingest.sandbox.pool import Sandbox
from services.ingest.settings import ParsingSettings
from tests.fakes.pdf_files import lines, pdf_file
from tests.fakes.word_files import with_entries, word_file

pytestmark = pytest.mark.integration

GOOD = Content(kind="resume", as_of="2026-11-01", data=pdf_file(lines("Ada", "Welder")))
# Putting accents into their canonical order takes the square of their number.
SLOW = Content(
    kind="resume", as_of="2026-11-01", data=("a" + "\u0301\u0327" * 1_500_000).encode(), content_type="text/plain"
)


def settings(**changed) -> ParsingSettings:
    return ParsingSettings(**{"ingest_parsers": 1, **changed})


async def refused(sandbox: Sandbox, content: Content) -> RecordRejected:
    with pytest.raises(RecordRejected) as caught:
        await sandbox.parse(content)
    return caught.value


@pytest.fixture(scope="module")
async def sandbox():
    async with Sandbox(settings(ingest_parser_cpu_seconds=2, ingest_parser_memory_mb=600)) as running:
        yield running


async def test_a_document_is_parsed_in_another_process(sandbox):
    parsed = await sandbox.parse(GOOD)
    assert (parsed.text, parsed.structure.title) == ("Ada\nWelder", "Welder")


async def test_the_structure_of_a_stored_text_is_found_in_another_process_too(sandbox):
    order = StructureOrder(kind="resume", text="Ada\nWelder\n\nSKILLS\nTIG", as_of="2026-11-01")
    found = await sandbox.structure(order)
    assert (found.version, [section.title for section in found.sections]) == (STRUCTURE_VERSION, ["SKILLS"])
    assert (await sandbox.parse(GOOD)).text == "Ada\nWelder"


async def test_a_documents_own_fault_comes_back_as_one_and_the_child_stays(sandbox):
    before = children_of(sandbox)
    assert (
        await refused(sandbox, Content(kind="resume", as_of="2026-11-01", data=b"%PDF-1.7 broken"))
    ).code == "invalid_content"
    assert (await sandbox.parse(GOOD)).structure.title == "Welder"
    assert children_of(sandbox) == before


async def test_endless_computing_ends_at_the_limit_and_the_next_document_is_parsed(sandbox):
    fault = await refused(sandbox, SLOW)
    assert (fault.code, "2 s of computing" in fault.message) == ("limit_time", True)
    assert (await sandbox.parse(GOOD)).structure.title == "Welder"


async def test_hunger_for_memory_ends_at_the_limit_and_the_next_document_is_parsed(sandbox):
    plain = word_file(lambda document: document.add_paragraph("Text"))
    body = b"<w:p/>" * 5_000_000
    start = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    hungry = with_entries(plain, {"word/document.xml": start + body + b"</w:body></w:document>"})
    fault = await refused(sandbox, Content(kind="resume", as_of="2026-11-01", data=hungry))
    assert (fault.code, "600 MiB" in fault.message) == ("limit_memory", True)
    assert (await sandbox.parse(GOOD)).structure.title == "Welder"


async def test_a_child_that_hangs_is_killed_and_replaced():
    async with Sandbox(settings(ingest_parser_wall_seconds=1)) as running:
        (child,) = children_of(running)
        child.send_signal(signal.SIGSTOP)
        fault = await refused(running, GOOD)
        assert (fault.code, "more than 1 s" in fault.message) == ("limit_time", True)
        assert (await running.parse(GOOD)).structure.title == "Welder"
        assert not child.is_running()


async def test_a_child_that_dies_by_no_fault_of_its_document_costs_nothing():
    async with Sandbox(settings()) as running:
        (child,) = children_of(running)
        child.kill()
        assert (await running.parse(GOOD)).structure.title == "Welder"


async def test_a_document_that_kills_two_children_is_blamed(monkeypatch):
    ask = parser_processes.Child.ask

    async def ask_a_dying_child(self, request, wall_seconds):
        if request.content is not GOOD:
            os.kill(self.pid, signal.SIGSEGV)
        return await ask(self, request, wall_seconds)

    monkeypatch.setattr(parser_processes.Child, "ask", ask_a_dying_child)
    async with Sandbox(settings()) as running:
        fault = await refused(running, Content(kind="resume", as_of="2026-11-01", data=GOOD.data))
        assert fault.code == "invalid_content"
        assert (await running.parse(GOOD)).structure.title == "Welder"


async def test_a_child_is_replaced_after_its_share_of_documents():
    async with Sandbox(settings(ingest_parser_documents=2)) as running:
        pids = set()
        for _ in range(5):
            assert (await running.parse(GOOD)).structure.title == "Welder"
            pids |= {child.pid for child in children_of(running)}
        assert len(pids) >= 3


async def test_a_cancelled_parse_leaves_no_answer_for_the_next_document():
    async with Sandbox(settings()) as running:
        (child,) = children_of(running)
        child.send_signal(signal.SIGSTOP)
        task = asyncio.create_task(
            running.parse(Content(kind="resume", as_of="2026-11-01", data=pdf_file(lines("Bert"))))
        )
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await running.parse(GOOD)).structure.title == "Welder"


async def test_more_documents_than_children_are_parsed_side_by_side():
    async with Sandbox(settings(ingest_parsers=2)) as running:
        documents = [Content(kind="resume", as_of="2026-11-01", data=pdf_file(lines(f"Name {n}"))) for n in range(20)]
        parsed = await asyncio.gather(*map(running.parse, documents))
        assert [each.text for each in parsed] == [f"Name {n}" for n in range(20)]


async def test_a_stop_leaves_no_child_behind():
    running = Sandbox(settings(ingest_parsers=2))
    await running.start()
    left = children_of(running)
    assert len(left) == 2
    await running.stop()
    assert not any(child.is_running() for child in left)


async def test_a_fork_server_that_dies_takes_its_children_along_and_costs_no_document():
    async with Sandbox(settings(ingest_parsers=2)) as running:
        left = children_of(running)
        server = psutil.Process(left[0].ppid())
        server.kill()
        documents = [Content(kind="resume", as_of="2026-11-01", data=pdf_file(lines(f"Name {n}"))) for n in range(4)]
        parsed = await asyncio.gather(*map(running.parse, documents))
        assert [each.text for each in parsed] == [f"Name {n}" for n in range(4)]
        assert not any(child.is_running() for child in left)
        assert not server.is_running()


async def test_what_parses_strangers_files_is_told_no_secrets(monkeypatch):
    monkeypatch.setenv("SHORTLIST_BOOTSTRAP_KEY", "a-key-that-nobody-may-read")
    async with Sandbox(settings()) as running:
        (child,) = children_of(running)
        assert "a-key-that-nobody-may-read" not in str(child.environ())
        assert "PATH" in child.environ()


async def test_a_childs_only_door_is_its_own_socket():
    """A child that a document has taken over reaches neither the service's files nor its siblings."""
    async with Sandbox(settings(ingest_parsers=2)) as running:
        sockets = [open_files_of(child) for child in children_of(running)]
        shared = sockets[0] & sockets[1]
        assert not {each for each in shared if each.startswith("socket:")}


async def test_a_sandbox_whose_children_do_not_come_up_says_so(monkeypatch):
    monkeypatch.setattr(parser_processes.sys, "executable", "/bin/false")
    with pytest.raises(DependencyUnavailable, match="does not come up"):
        await Sandbox(settings()).start()


def children_of(sandbox: Sandbox) -> list[psutil.Process]:
    return [psutil.Process(child.pid) for child in sandbox._children]


def open_files_of(process: psutil.Process) -> set[str]:
    return {str(entry.readlink()) for entry in Path(f"/proc/{process.pid}/fd").iterdir()}
