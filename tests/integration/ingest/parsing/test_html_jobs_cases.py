"""Jobs whose text went wrong because it was HTML, escaped or not: what the stored text must hold and must not."""

import json
from pathlib import Path

import pytest

from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.sandbox.pool import Sandbox
from services.ingest.settings import ParsingSettings

pytestmark = pytest.mark.integration

CASES = Path("../shared/data/cases/html_jobs").resolve()
if not CASES.is_dir():
    pytest.skip("the cases of jobs in HTML are not on this machine: none was read", allow_module_level=True)

EXPECTED = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))
FILES = sorted(file.name for file in CASES.iterdir() if file.name != "expected.json")


@pytest.fixture(scope="module")
async def documents() -> dict[str, ParsedDocument]:
    found = {}
    async with Sandbox(ParsingSettings(ingest_parsers=1)) as sandbox:
        for name in FILES:
            data = (CASES / name).read_bytes()
            found[name] = await sandbox.parse(Content(kind="job", as_of="2026-11-01", data=data, filename=name))
    return found


@pytest.mark.parametrize("name", FILES)
def test_the_text_is_what_a_reader_of_the_page_sees(documents, name):
    text = documents[name].text
    assert [each for each in EXPECTED["stored_text_must_contain"] if each not in text] == []
    assert [each for each in EXPECTED["stored_text_must_not_contain"] if each in text] == []


@pytest.mark.parametrize("name", FILES)
def test_each_requirement_is_a_line_of_its_own(documents, name):
    lines = documents[name].text.split("\n")
    for requirement in EXPECTED["expect_requirements_contain"]:
        assert sum(requirement in line for line in lines) == 1
    for one, other in EXPECTED["expect_separate_requirements"]:
        assert not any(one in line and other in line for line in lines)


def test_the_same_job_comes_to_the_same_text_in_whatever_form(documents):
    texts = {
        document.text.split("\n\n", 1)[1] if name.endswith(".json") else document.text
        for name, document in documents.items()
    }
    assert len(texts) == 1
