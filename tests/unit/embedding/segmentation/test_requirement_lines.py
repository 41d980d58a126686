"""Each of a job's requirements has units of its own."""

from itertools import pairwise

import pytest

from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.structure import Requirement
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


def found_job(text: str, *asked: str) -> TextEvent:
    """A job in which ingest found these requirements."""
    starts = [text.index(part) for part in asked]
    found = [
        Requirement(start=at, end=at + len(part), text=part) for at, part in sorted(zip(starts, asked, strict=True))
    ]
    return TextEvent(
        tenant="default", kind="job", id="1", revision="1-1", source_event=SourceEvent("/ats", "1"),
        text=text, requirements_found=found, structure_version=1, as_of="", content_hash="",
    )  # fmt: skip


def spans_two(event: TextEvent) -> list[str]:
    engine = HashEngine()
    pieces = cut(
        event.text, sections=[], hidden=[], tokenize=engine.tokens, max_tokens=254,
        items=requirement_lines(event),
    )  # fmt: skip
    return [
        piece.text
        for piece in pieces.units
        for one, other in pairwise(event.requirements_found)
        if piece.span.start < one.end and other.start < piece.span.end
    ]


def test_requirements_glued_into_one_line_have_units_of_their_own():
    text = "Tram driver. Requirements: Licence of class BGood eyesightNight shifts. We pay well."
    event = found_job(text, "Licence of class B", "Good eyesight", "Night shifts")
    assert units(event) == [
        "Tram driver.",
        "Requirements:",
        "Licence of class B",
        "Good eyesight",
        "Night shifts.",
        "We pay well.",
    ]


def test_no_unit_holds_parts_of_two_requirements():
    text = "We want:\n- Licence of class B, clean record; 24/7 12/5\n- 10+\n- eyes\nthat see well. And calm, and tact."
    event = found_job(
        text, "Licence of class B", "clean record", "24/7", "12/5", "10+", "eyes\nthat see well", "calm", "tact"
    )
    assert spans_two(event) == []


def test_what_stands_behind_a_requirement_is_not_of_its_unit():
    text = "Good eyesight is a must (we test) the depot is in Gdynia"
    assert units(found_job(text, "Good eyesight is a must")) == [
        "Good eyesight is a must",
        "(we test) the depot is in Gdynia",
    ]


def test_found_requirements_stay_apart_where_units_are_merged():
    many = [f"X{number}." for number in range(5_000)]
    text = " ".join([*many, "Licence", "Eyes", *many])
    assert spans_two(found_job(text, "Licence", "Eyes")) == []
    assert {"Licence", "Eyes"} <= set(units(found_job(text, "Licence", "Eyes")))


def test_where_ingest_found_nothing_nothing_is_marked_even_if_a_field_was_given():
    event = TextEvent(
        tenant="default", kind="job", id="1", revision="1-1", source_event=SourceEvent("/ats", "1"),
        text="Tram driver\n\nA heading", requirements="A heading", structure_version=1, as_of="", content_hash="",
    )  # fmt: skip
    assert requirement_lines(event) == []
