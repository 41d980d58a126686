"""Strange files that others collected: every one ends as a text or with a reason; none crashes or hangs a parser."""

from collections import Counter
from pathlib import Path

import pytest

from libs.contracts.errors import ErrorCode, RecordRejected
from services.ingest.parsing.content import Content
from services.ingest.sandbox.pool import Sandbox
from services.ingest.settings import ParsingSettings

pytestmark = pytest.mark.integration

DATA = Path("../shared/data").resolve()
if not DATA.is_dir():
    pytest.skip("the collection of strange files is not on this machine: they were not parsed", allow_module_level=True)


@pytest.fixture(scope="module")
async def sandbox():
    async with Sandbox(ParsingSettings(ingest_parsers=2)) as running:
        yield running


async def outcomes(sandbox: Sandbox, pattern: str) -> dict[str, str]:
    found = {}
    for file in sorted(DATA.glob(pattern)):
        try:
            parsed = await sandbox.parse(
                Content(kind="resume", as_of="2026-11-01", data=file.read_bytes(), filename=file.name)
            )
            found[file.name] = "parsed" if parsed.text else "a text of nothing"
        except RecordRejected as fault:
            found[file.name] = str(fault.code) if fault.message else "no reason"
    assert found
    return found


async def test_unusual_pdfs(sandbox):
    found = await outcomes(sandbox, "files/odd_pdf/*")
    assert set(found.values()) <= {"parsed", "encrypted", "scanned_no_text", "empty", "invalid_content"}
    assert all(found[name] == "encrypted" for name in found if "user-password" in name)
    assert all(found[name] == "parsed" for name in found if "empty-password" in name or "owner-password" in name)


async def test_unusual_word_files(sandbox):
    found = await outcomes(sandbox, "files/odd_word/*")
    assert set(found.values()) <= set(map(str, ErrorCode)) | {"parsed"}
    assert {found[name] for name in found if name.endswith((".rtf", ".odt"))} == {"unsupported_type"}
    assert Counter(found[name] for name in found if name.endswith(".docx"))["parsed"] >= 20


async def test_layouts_and_real_resumes(sandbox):
    layouts = Counter((await outcomes(sandbox, "files/layouts/*")).values())
    assert layouts["parsed"] >= 29
    resumes = Counter((await outcomes(sandbox, "resumes/pdf/*.pdf")).values())
    assert set(resumes) == {"parsed"}
