"""Tables for people. Everything that came from a document is printed as it is, never read as markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

Json = Mapping[str, Any]
EVIDENCE_CHARS = 200
BULLETS = "•◦▪●·*-–— \t\n"
# What somebody writes who means a query: see the API's description of searches.
_OPERATORS = re.compile(r"[\"“”„«»()]|(?:^|\s)(?:(?:OR|AND|NOT)(?=\s|$)|-\w)")
_UNITS = {"_mb": " MB", "_ms": " ms", "_seconds": " s"}
_COLOURS = {
    "ok": "green",
    "indexed": "green",
    "met": "green",
    "degraded": "yellow",
    "partial": "yellow",
    "waiting": "yellow",
    "failed": "red",
    "down": "red",
    "missing": "red",
}


def table(*columns: str, title: str | None = None, right: Sequence[str] = ()) -> Table:
    """A table of our one style; the columns named in `right` hold numbers."""
    made = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for column in columns:
        if column in right:
            made.add_column(column, justify="right", no_wrap=True)
        else:
            made.add_column(column, overflow="fold")
    return made


def told(value: Any) -> Text:
    """A value as text: nothing for None, a colour for the words of states."""
    text = "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)
    return Text(text, style=_COLOURS.get(text, ""))


def excerpt(text: str, limit: int = EVIDENCE_CHARS) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def print_search(out: Console, answer: Json, text: str) -> None:
    """The results of a search for a text, best first, each with the lines that were found."""
    found = _results()
    for rank, result in enumerate(answer["results"], 1):
        found.add_row(f"{rank}.", told(result["score"]), _title(result))
        for mark in result.get("highlights") or []:
            found.add_row("", "", _quoted(mark["text"]))
    _print_found(out, found, answer)
    if answer.get("read_as") == "words" and _OPERATORS.search(text):
        out.print("Read as plain words: its quotes, parentheses, OR, AND, NOT or -word make no query.", markup=False)


def print_score_log(out: Console, answer: Json) -> None:
    """Scores that were shown, the newest first: when, to whom, of which pair."""
    if not answer["items"]:
        out.print("No score was shown, as far as the log goes back.")
        return
    found = table("shown at", "score", "job", "resume", "asked", "by", "scoring", right=("score",))
    for entry in answer["items"]:
        score = told(entry["score"]) if entry["score"] is not None else Text("too little text")
        who = " for ".join(each for each in (entry["asked_by"], entry["actor"]) if each)
        asked = f"{entry['operation']} #{entry['place']}"
        cells = (entry["job_id"], entry["resume_id"], asked, who, f"{entry['scoring_version']} {entry['model'] or ''}")
        found.add_row(entry["at"], score, *(Text(cell) for cell in cells))
    out.print(found)
    if answer["next_cursor"]:
        out.print("There are older ones: --limit shows more of them, --until those before a time.", markup=False)


def print_matches(out: Console, answer: Json) -> None:
    """Ranked counterparts, each with what it meets by which line and what is missing: the musts that are first."""
    found = _results()
    for rank, result in enumerate(answer["results"], 1):
        found.add_row(f"{rank}.", told(result["score"]), _title(result))
        for remark in [*(result.get("flags") or []), *(result.get("notes") or [])]:
            found.add_row("", "", Text(f"{remark['code']}: {remark['message']}", style="yellow"))
        for requirement in sorted(result.get("requirements") or [], key=_is_no_missing_must):
            found.add_row("", "", _requirement(requirement))
        found.add_row()
    _print_found(out, found, answer)
    if answer.get("unscored"):
        out.print(f"{answer['unscored']} not scored: too little text.")


def _results() -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(justify="right", no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    return grid


def _title(result: Json) -> Text:
    title = result.get("title")
    name = Text(excerpt(title, 90), style="bold") if title else Text()
    return name.append(f"  ({result['id']})" if title else str(result["id"]), style="not bold dim")


def _is_no_missing_must(requirement: Json) -> bool:
    return (requirement.get("necessity"), requirement.get("status")) != ("must", "missing")


def _requirement(requirement: Json) -> Table:
    """The state of a requirement beside its words, and below them what decided and the best line that answers it."""
    state = str(requirement.get("status", ""))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=8)
    grid.add_column(overflow="fold")
    grid.add_row(told(state), Text(excerpt(requirement["text"])))
    if requirement.get("reason"):
        grid.add_row("", Text(requirement["reason"], style="italic"))
    for evidence in (requirement.get("evidence") or [])[:1]:
        grid.add_row("", _quoted(evidence["text"]))
    return grid


def _quoted(text: str) -> Text:
    return Text(f"“{excerpt(text.lstrip(BULLETS))}”", style="dim")


def _print_found(out: Console, found: Table, answer: Json) -> None:
    if not answer["results"]:
        out.print("Nothing found.")
    else:
        out.print(found)
    if answer.get("degraded"):
        out.print("Found by words alone: the model is away just now.")


def print_document(out: Console, document: Json) -> None:
    """One document: where its newest submission stands, and what is indexed."""
    shown = table("", "")
    embedding = document.get("embedding") or {}
    error = document.get("error")
    rows = {
        "id": f"{document['kind']}/{document['id']}",
        "status": document["status"],
        "error": f"{error['code']}: {error['message']}" if error else None,
        "title": document.get("title"),
        "revision": document.get("revision"),
        "indexed revision": document.get("indexed_revision"),
        "submitted": document.get("updated_at"),
        "indexed": document.get("indexed_at"),
        "text": f"{len(document['text']):,} characters" if document.get("text") else None,
        "embedding": "{model}, {dimension} numbers, space {space}; {windows} windows, {units} units".format_map(
            embedding
        )
        if embedding
        else None,
    }
    for name, value in rows.items():
        if value is not None:
            shown.add_row(Text(name, style="dim"), told(value))
    shown.show_header = False
    out.print(shown)


def print_health(out: Console, body: Json) -> None:
    """The detailed health: a row for each part, its figures beside it; then what waits on each topic."""
    parts: Json = body.get("parts") or {}
    shown = table("part", "status", "latency", "figures", title=f"Health: {body.get('status', 'unknown')}")
    for name, part in parts.items():
        latency = part.get("latency_ms")
        figures = {key: value for key, value in part.items() if key not in ("status", "latency_ms")}
        shown.add_row(
            told(name),
            told(part.get("status")),
            "" if latency is None else f"{latency:.1f} ms",
            Text(_figures(figures, "\n")),
        )
    out.print(shown)
    lag: Json = body.get("lag") or {}
    if lag:
        waiting = table("topic", "records waiting", right=("records waiting",))
        for topic, records in lag.items():
            waiting.add_row(told(topic), str(records))
        out.print(waiting)


def _figures(values: Json, between_groups: str = "; ") -> str:
    """Figures in words: those of a group together, after its name."""
    single = [said for name, value in values.items() if (said := _figure(name, value))]
    groups = [
        f"{_label(name)}: {said}"
        for name, value in values.items()
        if isinstance(value, Mapping) and (said := _group(value))
    ]
    return between_groups.join([", ".join(single), *groups] if single else groups)


def _group(values: Json) -> str:
    """The figures inside; of a part within a part its state alone, and why where it isn't ok."""
    inner = values.get("parts")
    if isinstance(inner, Mapping):
        return ", ".join(f"{_label(name)} {_state(part)}" for name, part in inner.items())
    if "status" in values:
        return _state(values)
    return _figures({name: value for name, value in values.items() if name != "service"})


def _state(part: Json) -> str:
    """The status of a part, with the reason where it has one."""
    reason = part.get("reason")
    return f"{part.get('status')} ({reason})" if reason else str(part.get("status"))


def _figure(name: str, value: Any) -> str:
    if value is None or value == "" or isinstance(value, Mapping):
        return ""
    if isinstance(value, bool):
        return f"{_label(name)} {'yes' if value else 'no'}"
    if isinstance(value, list):
        return f"{_label(name)} {', '.join(map(str, value)) or 'none'}"
    quantity, unit = _unit(name)
    number = f"{value:,.1f}" if isinstance(value, float) else f"{value}"
    return f"{_label(quantity)} {number}{unit}"


def _unit(name: str) -> tuple[str, str]:
    """A figure's name without the unit that it ends on, and that unit as it is written behind a number."""
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return name.removesuffix(ending), unit
    return name, ""


def _label(name: str) -> str:
    return name.replace("_", " ")


def print_lag(out: Console, lags: Mapping[str, Mapping[str, int]]) -> None:
    """Records not yet worked on, per consumer group and topic."""
    shown = table("consumer group", "topic", "records waiting", right=("records waiting",))
    for group, topics in lags.items():
        for topic, waiting in topics.items():
            shown.add_row(told(group), told(topic), str(waiting))
    if shown.row_count:
        out.print(shown)
    else:
        out.print("No consumer group has read anything yet.")
