"""Tables of what is stored."""

from __future__ import annotations

from rich.console import Console

from services.cli.tables import Json, table

_UNITS = ("B", "kB", "MB", "GB", "TB")


def print_storage(out: Console, answer: Json) -> None:
    """Parts by size, the words of each kind, recall, and what is done next."""
    out.print(
        f"{answer['documents']:,} documents of this tenant, of {answer['all_documents']:,} in all; "
        f"{size(answer['bytes'])} in PostgreSQL."
    )
    parts = table("part", "space", "size", "indexes", "of this tenant", "dead rows", right=_NUMBERS)
    for part in answer["parts"]:
        sizes = (size(part["bytes"]), size(part["indexes"]), f"~{size(part['bytes_of_tenant'])}")
        parts.add_row(part["name"], part["space"] or "", *sizes, f"{part['dead_rows']:,}")
    out.print(parts)
    words = table("words of", "documents", "unpacked", "segments", "dead", "erased", right=_NUMBERS)
    for kind in answer["words"]:
        figures = (kind[name] for name in ("documents", "unpacked", "segments", "dead", "erased"))
        words.add_row(f"{kind['kind']}s", *(f"{figure:,}" for figure in figures))
    out.print(words)
    recall = answer["recall"]
    out.print("Recall of the index of vectors: " + ("not sampled yet." if recall is None else f"{recall:.1%}."))
    for work in answer["next"]:
        out.print(f"Next: {work['work']} {work['on']}, {work['when']}: {work['why']}.", highlight=False)
    if not answer["next"]:
        out.print("Nothing is to be done.")


_NUMBERS = (
    "size", "indexes", "of this tenant", "dead rows", "documents", "unpacked", "segments", "dead", "erased",
)  # fmt: skip


def size(count: int) -> str:
    """Bytes for people, with three figures at most: `1.25 GB`."""
    amount, unit = float(count), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1_000, unit + 1
    return f"{amount:.3g} {_UNITS[unit]}"
