"""The suite's items, as README.md says their form."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

ITEMS = Path(__file__).with_name("items")

Status = Literal["met", "partial", "missing"]
HELD_OUT = "-held-out"


class _Item(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    name: str
    capability: str
    occupation: str
    job: str
    soft: bool = False
    # Set by `read_suite`, of the file it stands in.
    held_out: bool = False


class Order(_Item, tag="order", kw_only=True):
    """`better` scores above `worse`."""

    better: str
    worse: str


class Equal(_Item, tag="equal", kw_only=True):
    """The scores of `a` and `b` differ by at most `max_gap` points."""

    a: str
    b: str
    max_gap: float


class EqualJobs(_Item, tag="equal_jobs", kw_only=True):
    """The resume's scores for both jobs differ by at most `max_gap` points."""

    other_job: str
    resume: str
    max_gap: float


class Verdict(_Item, tag="verdict", kw_only=True):
    """The requirement that is this stretch of the job has one of these statuses; a line of its evidence holds
    `evidence`, none holds `no_evidence`."""

    resume: str
    requirement: str
    status: list[Status]
    evidence: str | None = None
    no_evidence: str | None = None


class Rise(_Item, tag="rise", kw_only=True):
    """`gamed` scores at most `max_rise` points above `plain`."""

    plain: str
    gamed: str
    max_rise: float


Item = Order | Equal | EqualJobs | Verdict | Rise


def read_suite() -> list[Item]:
    """All items, by file and line. Raises msgspec.ValidationError for one that is not of the form."""
    found: list[Item] = []
    for path in sorted(ITEMS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = msgspec.json.decode(line, type=Item)
            item.held_out = path.stem.endswith(HELD_OUT)
            found.append(item)
    return found


def texts_of(item: Item) -> tuple[list[str], list[str]]:
    """The jobs and the resumes that an item names."""
    match item:
        case Order():
            return [item.job], [item.better, item.worse]
        case Equal():
            return [item.job], [item.a, item.b]
        case EqualJobs():
            return [item.job, item.other_job], [item.resume]
        case Verdict():
            return [item.job], [item.resume]
        case Rise():
            return [item.job], [item.plain, item.gamed]
