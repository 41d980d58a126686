"""A job's requirements are cut line by line, bullet or not."""

import pytest

from libs.contracts.events import SourceEvent, TextEvent
from services.embedding.engines.hash import HashEngine
from services.embedding.segmentation.cutting import cut
from services.embedding.segmentation.requirement_lines import requirement_lines

pytestmark = pytest.mark.unit

TITLE = "Tram driver"
DESCRIPTION = "Drives trams through the old town\nand keeps to the timetable"


def job(requirements: str | list[str], text: str) -> TextEvent:
    return TextEvent(
        tenant="default", kind="job", id="1", revision="1-1", source_event=SourceEvent("/ats", "1"),
        text=text, title=TITLE, description=DESCRIPTION, requirements=requirements, as_of="", content_hash="",
    )  # fmt: skip


def units(event: TextEvent) -> list[str]:
    engine = HashEngine()
    pieces = cut(
        event.text, sections=[], hidden=[], tokenize=engine.tokens, max_tokens=254,
        items=requirement_lines(event),
    )  # fmt: skip
    return [piece.text for piece in pieces.units]


@pytest.mark.parametrize("as_list", [True, False])
def test_each_line_is_a_unit_of_its_own(as_list):
    lines = ["Licence for trams of class B", "Night shifts every second week and on public holidays", "Good eyesight"]
    text = "\n\n".join([TITLE, DESCRIPTION, "\n".join(lines)])
    assert units(job(lines if as_list else "\n".join(lines), text))[-3:] == lines


def test_a_pasted_line_that_goes_on_in_lower_case_is_not_cut_off():
    pasted = "Licence for trams of class B and the\nwillingness to work at night in all kinds of weather\nGood eyesight"
    text = "\n\n".join([TITLE, DESCRIPTION, pasted])
    assert units(job(pasted, text))[-2:] == [pasted.rpartition("\n")[0], "Good eyesight"]


def test_an_entry_with_line_breaks_is_one_line_as_it_is_in_the_text():
    text = "\n\n".join([TITLE, DESCRIPTION, "Licence for trams of class B\nGood eyesight"])
    starts = [text.index("Licence"), text.index("Good")]
    assert requirement_lines(job(["Licence for trams\nof class B", "Good eyesight"], text)) == starts


def test_without_requirements_nothing_is_marked():
    assert requirement_lines(job("", f"{TITLE}\n\n{DESCRIPTION}")) == []
