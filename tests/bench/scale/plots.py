"""docs/scaling-answers.svg and docs/scaling-storage.svg: the figures as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

from tests.bench.report import machine
from tests.bench.scale.table import Row

matplotlib.use("svg")
from matplotlib import pyplot

ANSWERS = Path("docs/scaling-answers.svg")
STORAGE = Path("docs/scaling-storage.svg")
_TAKEN = ("search, 1 client", "a job's 10 matches, 1 client", "a job's 100 matches, 1 client")


def draw(rows: Sequence[Row]) -> None:
    """Both, from the rows that have what they show."""
    _draw_answers([row for row in rows if row.name in _TAKEN and row.value is not None])
    _draw_storage([row for row in rows if row.unit == "B/document" and row.name.startswith("(")])


def _draw_answers(rows: list[Row]) -> None:
    """p50 and p95 over the number of documents; with one size, side by side."""
    if not rows:
        return
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    sizes = sorted({row.documents for row in rows})
    for name, colour in zip(_TAKEN, ("tab:blue", "tab:orange", "tab:green"), strict=True):
        found = sorted((row for row in rows if row.name == name), key=lambda row: row.documents)
        if not found:
            continue
        at = [row.documents for row in found]
        axes.plot(at, [row.value for row in found], marker="o", color=colour, label=f"{name}: p95")
        axes.plot(
            at, [row.more["p50"] for row in found], marker="o", mfc="white", ls=":", color=colour, label="... p50"
        )
    axes.set_xlabel("resumes of the tenant")
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_ylabel("ms inside matching, without the query's embedding")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    axes.set_title(f"{machine()['processor']}, {machine()['cores']} cores", fontsize="medium")
    figure.savefig(ANSWERS, metadata={"Date": None})
    pyplot.close(figure)


def _draw_storage(rows: list[Row]) -> None:
    """Bytes of a document by table, tables and their indexes apart."""
    rows = [row for row in rows if row.documents == max(each.documents for each in rows) and row.value]
    if not rows:
        return
    rows = sorted(rows, key=lambda row: row.value or 0.0)
    names = [row.name.strip("(.) ") for row in rows]
    indexes = [row.more["of it indexes"] / 1_000 for row in rows]
    tables = [(row.value or 0.0) / 1_000 - index for row, index in zip(rows, indexes, strict=True)]
    figure, axes = pyplot.subplots(figsize=(7, 0.8 + 0.32 * len(rows)), layout="constrained")
    axes.barh(names, tables, color="tab:blue", label="rows")
    axes.barh(names, indexes, left=tables, color="tab:orange", label="indexes")
    axes.set_xlabel(f"kB for each of {rows[0].documents:,} documents")
    axes.grid(axis="x", alpha=0.3)
    axes.legend()
    figure.savefig(STORAGE, metadata={"Date": None})
    pyplot.close(figure)
