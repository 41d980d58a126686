"""Many different small documents, mixed from a few dozen phrases."""

from __future__ import annotations

import random

TRADES = ["nurse", "cook", "welder", "teacher", "pharmacist", "driver", "accountant", "electrician"]
PHRASES = [
    "Ventilation of adults in intensive care",
    "Sauces, soups and grill for ninety guests",
    "Five years of welding pipes and frames",
    "Lessons in mathematics and physics",
    "Dispensing of medication in a hospital pharmacy",
    "Transport of goods across three countries",
    "Balance sheets, taxes and payroll",
    "Wiring of houses and control cabinets",
    "Fluent in Spanish and English",
    "Planning of shifts for twelve colleagues",
    "Documentation and reports for the authorities",
    "Training of apprentices over four years",
    "Ordering and storage of materials",
    "Licence for forklifts and trucks",
    "Care for patients with dementia",
    "Programming of machines in Python",
]


def mixed_text(number: int) -> str:
    """The same text for the same number."""
    rng = random.Random(number)
    lines = [f"{rng.choice(TRADES).capitalize()} number {number}", *rng.sample(PHRASES, 6)]
    return "\n".join(lines)
