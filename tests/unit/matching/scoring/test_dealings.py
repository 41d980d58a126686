"""Lines of who serves a trade are told from lines of the trade, and are no evidence of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.contracts.structure import Entry
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.dealings import Dealing, dealing_of, dealings_asked
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import SIGNALS, measure

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]


@pytest.mark.parametrize(
    ("unit", "dealing"),
    [
        ("- Sells diagnostic software to garages", Dealing.SELLING),
        ("• Look up and sell gearbox parts", Dealing.SELLING),
        ("Plant desk, Ferrybank\nHires out excavators with operators", Dealing.SELLING),
        ("Recruited nurses for nine wards", Dealing.HIRING),
        ("I kept the training files of forty welders", Dealing.PAPERS),
        ("Processes payroll of a plumbing firm", Dealing.PAPERS),
        ("Delivered lathes to machine shops", Dealing.CARRYING),
        ("Rebuilt gearboxes of lorries", Dealing.NONE),
        ("Delivered three projects on time", Dealing.NONE),
        ("Wrote the file server in Rust", Dealing.NONE),
        ("Nursed patients after surgery", Dealing.NONE),
    ],
)
def test_what_a_line_tells_of(unit: str, dealing: Dealing) -> None:
    assert dealing_of(unit) is dealing


def test_a_job_that_is_about_such_work_itself_is_told() -> None:
    assert Dealing.SELLING in dealings_asked("You sell tools to garages")
    assert Dealing.PAPERS in dealings_asked("Payroll clerk")
    assert dealings_asked("You rebuild gearboxes and change brakes") == []


def worked(document: MakeDocument, line: str) -> ReadDocument:
    text = f"Kari\nTechnician\n{line}\nWith colleagues in a hall by the river"
    entry = Entry(5, len(text), type="work", title="Technician", from_="2015-01", to="2025-01")
    return ReadDocument.of(replace(document("resume", text), entries=[entry]))


def test_who_sells_a_trades_tools_shows_none_of_the_trade_but_all_of_selling(document: MakeDocument) -> None:
    sells, repairs = (worked(document, f"{does} diesel engines and gearboxes") for does in ("Sells", "Repairs"))
    place = SIGNALS.index("requirements")

    def strengths(job: str, asked: str) -> list[float]:
        read = ReadDocument.of(document("job", job, title="Technician", found={asked: "must"}))
        return [float(measure(read, [each]).signals[0, place]) for each in (sells, repairs)]

    sold, repaired = strengths(
        "Technician\nWork on diesel engines and gearboxes", "Work on diesel engines and gearboxes"
    )
    assert sold < 0.25 < repaired
    sold, _ = strengths("Technician\nSales of diesel engines and gearboxes", "Sales of diesel engines and gearboxes")
    assert sold > 0.25
