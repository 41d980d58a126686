"""How long somebody has worked depends on the day that "present" means, which metadata may change."""

from __future__ import annotations

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.structure import Entry, Requirement
from tests.fakes.documents import key_of, metadata_changed, vectors_arrived, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

KEY = "default/resume/r1"


async def test_another_day_that_present_means_lengthens_what_lasts_still(matching: Matching) -> None:
    job = DocumentKey("default", "job", "j1")
    words = "Nurse, City Hospital, 2020 - present\nCared for patients of two wards by day and by night"
    asked = "Nurse\nAt least five years as a nurse\nCare for patients of two wards"
    found = Requirement(start=6, end=36, text=asked[6:36])
    entry = Entry(start=0, end=36, type="work", title="Nurse", from_="2020", in_progress=True)
    await matching.read(
        vectors_arrived(vectors_event(str(job), Revision(1000, 1), asked, title="Nurse", requirements_found=[found])),
        vectors_arrived(
            vectors_event(
                KEY,
                Revision(1000, 2),
                words,
                metadata={"as_of": "2023-01-01"},
                metadata_revision="",
                as_of="2023-01-01",
                entries=[entry],
            )
        ),
    )
    told = []
    for offset, day in ((3, "2023-01-01"), (4, "2029-01-01")):
        await matching.read(metadata_changed(KEY, Revision(1000, offset), None, as_of=day))
        answer = await matching.service.calculate(job, key_of(KEY))
        told.append((answer.as_of, answer.requirements[0].reason))
    assert told == [
        ("2023-01-01", "asks for 5 years; 3 years 1 month found in 1 entry"),
        ("2029-01-01", "asks for 5 years; 9 years 1 month found in 1 entry"),
    ]
