"""A position is found where a sentence tells of it, and prose that tells of none makes no entry."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def _work(body: str) -> list[tuple[str | None, str | None]]:
    text = f"Experience\n{body}"
    section = Section(0, len(text), "Experience", "experience")
    found = find_entries(StoredText("resume", text, date(2025, 6, 15)), [section], [])
    return [(entry.title, entry.organization) for entry in found if entry.type == "work"]


@pytest.mark.parametrize(
    ("sentence", "title", "organization"),
    [
        ("Worked as Junior Nurse in Amity Hospital, Kollam from 2016 to 2019.", "Junior Nurse", "Amity Hospital"),
        ("Currently working as a Site Engineer at Orbis Builders since May 2021.", "Site Engineer", "Orbis Builders"),
        (
            "Von 2018 bis 2022 war ich als Elektriker bei Elektro Tamm in Leer beschäftigt.",
            "Elektriker",
            "Elektro Tamm",
        ),
        ("Seit Juli 2022 arbeite ich als Monteur bei der Nordhaf AG in Emden.", "Monteur", "Nordhaf AG"),
        (
            "J'ai travaillé de 2019 à 2023 au CHU de Morlaix comme infirmière de nuit.",
            "infirmière de nuit",
            "CHU de Morlaix",
        ),
        ("Depuis mars 2023, je suis infirmière libérale au cabinet Perrin.", "infirmière libérale", "cabinet Perrin"),
        ("Entre 2014 y 2018 fui vendedora en Almacén Don Pío.", "vendedora", "Almacén Don Pío"),
        ("Trabalhei como balconista na Farmácia Aurora de 2015 a 2019.", "balconista", "Farmácia Aurora"),
        (
            "Dal 2015 al 2019 ho lavorato come cameriera presso il Bar Stella di Ivrea.",
            "cameriera",
            "Bar Stella di Ivrea",
        ),
        ("Van 2015 tot 2019 werkte ik als kok bij Brasserie Anker.", "kok", "Brasserie Anker"),
        ("W latach 2017–2021 byłam kelnerką w restauracji Pod Dębem.", "kelnerką", "restauracji Pod Dębem"),
        ("С 2015 по 2019 год работал водителем в компании «Лесогор».", "водителем", "«Лесогор»"),
        ("2015–2019 arbetade jag som kock på Hotell Fjällbäcken.", "kock", "Hotell Fjällbäcken"),
        ("2015年至2019年在青禾食品有限公司担任市场专员", "市场专员", "青禾食品有限公司"),
    ],
)
def test_position_in_a_sentence(sentence: str, title: str, organization: str) -> None:
    assert _work(sentence) == [(title, organization)]


def test_opening_of_a_sentence_is_no_part_of_a_position() -> None:
    assert _work("Before that, Packer at Bluebird Mail Order from 2015 to 2019") == [("Packer", "Bluebird Mail Order")]


@pytest.mark.parametrize(
    "sentence",
    [
        "After 11 months i was promoted to L2 Engineer.",
        "From 2015 to 2018 we served as many as 400 guests in the two restaurants of the house.",
        "Sales grew from 2015 to 2018 as customers came back to us.",
        "Worked with the managers of three plants as a team from 2015 to 2018.",
    ],
)
def test_prose_tells_of_no_position(sentence: str) -> None:
    assert _work(f"Sales Manager, Orbis Ltd, 2014 – 2019\n{sentence}") == [("Sales Manager", "Orbis Ltd")]
