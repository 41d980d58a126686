"""Whether everything that was accepted ended where it must: told by public doors alone, the topics, SQL and the API."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
from aiokafka import ConsumerRecord

from tests.chaos.ledger import Ledger
from tests.chaos.system import System
from tests.e2e.topic_reading import records

SUBMITTED = "documents.submitted.v1"
STATUS = "documents.status.v1"
COMPACTED = ("documents.text.v1", "documents.vectors.v1")
DEAD = tuple(f"dead-letters.{service}.v1" for service in ("ingest", "embedding", "matching"))
ENDS = ("indexed", "failed", "superseded", "erased")

Revision = tuple[int, int]
Ends = defaultdict[tuple[str, Revision], dict[str, int]]


@dataclass
class Verdict:
    """`problems` is empty where all is well; `ends` counts where submissions ended."""

    problems: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    submissions: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class _Submission:
    key: str
    revision: Revision
    content: str
    text: str


async def verdict(system: System, struck_at: float, settle_seconds: float) -> Verdict:
    """Waits until nothing is on the way, then compares sets. `struck_at`: ms, when the harm began."""
    found, ledger = Verdict(), system.ledger
    began = time.monotonic()
    submissions = await _settled(system, found, settle_seconds)
    found.seconds = time.monotonic() - began
    ends = await _ends(system)
    _ledger_is_in_the_log(ledger, submissions, found)
    _every_submission_ended(submissions, ends, found)
    _was_struck_at_work(submissions, ends, struck_at, found)
    held = _held(system)
    _newest_is_stored(submissions, held, found)
    _one_visible_document_per_key(system, held, found)
    for topic in COMPACTED:
        _log_ends_on_what_is_held(topic, await records(system.kafka.bootstrap, topic), held, submissions, found)
    _vectors_are_of_the_text(system, await records(system.kafka.bootstrap, COMPACTED[1]), held, found)
    await _dead_letters_are_the_nameless(system, ledger, found)
    return found


async def _settled(system: System, found: Verdict, seconds: float) -> list[_Submission]:
    """Until every submission has an end and no group is behind."""
    deadline = time.monotonic() + seconds
    while True:
        submissions = [_submission(record) for record in await records(system.kafka.bootstrap, SUBMITTED) if record.key]
        ends = await _ends(system)
        open_ones = [one for one in submissions if not ends[(one.key, one.revision)]]
        lag = await asyncio.to_thread(_lag, system)
        if not open_ones and lag == 0:
            break
        if time.monotonic() > deadline:
            who = ", ".join(one.key for one in open_ones[:5])
            found.problems.append(f"{len(open_ones)} submissions have no end, lag {lag}: {who}")
            break
        await asyncio.sleep(0.5)
    found.submissions = len(submissions)
    return submissions


def _lag(system: System) -> int:
    shown = system.stack.command("lag", "--json")
    if shown.returncode != 0:
        return -1
    return sum(sum(topics.values()) for topics in json.loads(shown.stdout).values())


async def _ends(system: System) -> Ends:
    """Of each submission, the ends that were reported, and when each was first."""
    told: Ends = defaultdict(dict)
    for record in await records(system.kafka.bootstrap, STATUS):
        said = json.loads(record.value)
        if said["status"] in ENDS:
            key = f"{said['tenant']}/{said['kind']}/{said['id']}"
            told[(key, _revision(said["revision"]))].setdefault(said["status"], record.timestamp)
    return told


def _ledger_is_in_the_log(ledger: Ledger, submissions: list[_Submission], found: Verdict) -> None:
    everything = "\n".join(one.text for one in submissions)
    lost = [sent.key for sent in ledger.sent if sent.content == "text" and sent.marker not in everything]
    if lost:
        found.problems.append(f"accepted, but not in the log: {lost[:5]}")


def _every_submission_ended(submissions: list[_Submission], ends: Ends, found: Verdict) -> None:
    for one in submissions:
        told = set(ends[(one.key, one.revision)])
        # What was indexed and then replaced may be told superseded by a delivery that came again.
        final = told - {"superseded"} if len(told) > 1 else told
        if len(final) != 1:
            found.problems.append(f"{one.key} {one.revision} ended as {sorted(told)}")
        else:
            found.ends[final.pop()] += 1


def _was_struck_at_work(submissions: list[_Submission], ends: Ends, struck_at: float, found: Verdict) -> None:
    before = [one for one in submissions if one.revision[0] < struck_at]
    on_the_way = [one for one in before if min(ends[(one.key, one.revision)].values(), default=struck_at) >= struck_at]
    if not on_the_way:
        found.problems.append("the fault struck an idle system")


def _held(system: System) -> dict[str, dict[str, Any]]:
    rows = system.sql(
        "SELECT coalesce(json_agg(row_to_json(d)), '[]') FROM (SELECT tenant, kind, id, status, indexed_stamp, "
        "indexed_offset, text, erased_stamp, erased_offset FROM matching.documents) d"
    )
    return {f"{row['tenant']}/{row['kind']}/{row['id']}": row for row in json.loads(rows)}


def _newest_is_stored(submissions: list[_Submission], held: dict[str, dict[str, Any]], found: Verdict) -> None:
    by_key: defaultdict[str, list[_Submission]] = defaultdict(list)
    for one in submissions:
        by_key[one.key].append(one)
    for key, ones in by_key.items():
        good = [one for one in ones if one.content != "bad"]
        row = held.get(key)
        if row is None:
            found.problems.append(f"{key} is not in the database")
            continue
        stored = None if row["indexed_stamp"] is None else (row["indexed_stamp"], row["indexed_offset"])
        newest = max(good, key=lambda one: one.revision, default=None)
        if newest is None or newest.content == "delete":
            if stored is not None:
                found.problems.append(f"{key} should not be there, but {stored} is stored")
        elif stored != newest.revision:
            found.problems.append(f"{key} holds {stored}, not {newest.revision}")
        elif json.loads(newest.text)["text"] != row["text"]:
            found.problems.append(f"{key} holds another text than was sent")


def _one_visible_document_per_key(system: System, held: dict[str, dict[str, Any]], found: Verdict) -> None:
    seen: Counter[str] = Counter()
    cursor: str | None = None
    while True:
        answer = system.stack.http.get("/resumes/", params={"limit": 200, **({"cursor": cursor} if cursor else {})})
        page = answer.json()
        seen.update(f"default/resume/{item['id']}" for item in page["items"] if item["indexed_revision"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    stored = {key for key, row in held.items() if row["indexed_stamp"] is not None}
    if set(seen) != stored or any(count > 1 for count in seen.values()):
        found.problems.append(f"the list shows other documents than are stored: {sorted(set(seen) ^ stored)[:5]}")


def _log_ends_on_what_is_held(
    topic: str,
    log: list[ConsumerRecord],
    held: dict[str, dict[str, Any]],
    submissions: list[_Submission],
    found: Verdict,
) -> None:
    last = {record.key.decode(): record for record in log if record.key}
    for key, row in held.items():
        record = last.get(key)
        if row["indexed_stamp"] is None:
            if record is not None and record.value is not None:
                found.problems.append(f"{topic}: {key} is erased or failed, but the log ends on a text")
        elif record is None or record.value is None:
            found.problems.append(f"{topic}: {key} is stored, but the log ends on nothing of it")
        elif _revision(json.loads(record.value)["revision"]) != (row["indexed_stamp"], row["indexed_offset"]):
            found.problems.append(f"{topic}: the log of {key} ends on another revision than is stored")


def _vectors_are_of_the_text(
    system: System, log: list[ConsumerRecord], held: dict[str, dict[str, Any]], found: Verdict
) -> None:
    last = {record.key.decode(): record for record in log if record.key and record.value is not None}
    worker = json.loads(system.stack.stack_file.read_text())["services"]["embedding"][0]["url"]
    for key, row in held.items():
        if row["indexed_stamp"] is None or key not in last:
            continue
        event = json.loads(last[key].value)
        windows = event["embedding"]["windows"]
        spans = [(span["start"], span["end"]) if isinstance(span, dict) else tuple(span) for span in windows["spans"]]
        texts = [event["text"][start:end] for start, end in spans]
        fresh = _vectors(httpx.post(f"{worker}/embed", json={"texts": texts}, timeout=30).json()["vectors"])
        cosines = (_vectors(windows["vectors"]) * fresh).sum(axis=1)
        if cosines.min() < 0.9999:
            found.problems.append(f"{key}: a stored vector is not its text's (cosine {cosines.min():.4f})")


async def _dead_letters_are_the_nameless(system: System, ledger: Ledger, found: Verdict) -> None:
    letters = [letter for topic in DEAD for letter in await records(system.kafka.bootstrap, topic)]
    if {letter.value for letter in letters} != set(ledger.nameless):
        found.problems.append(f"{len(letters)} dead letters, {len(ledger.nameless)} records that name no document")
    sources = {record.value: record for record in await records(system.kafka.bootstrap, SUBMITTED) if not record.key}
    for letter in letters:
        said = {name: value.decode() for name, value in letter.headers if name.startswith("dead_letter_")}
        source = sources.get(letter.value)
        if source is None or (said["dead_letter_partition"], said["dead_letter_offset"]) != (
            str(source.partition),
            str(source.offset),
        ):
            found.problems.append("a dead letter does not say truly where it came from")


def _submission(record: ConsumerRecord) -> _Submission:
    types = dict(record.headers)
    text = "" if record.value is None else record.value.decode(errors="replace")
    content = "text"
    if types["ce_type"] == b"shortlist.document.deleted.v1":
        content = "delete"
    elif not text.startswith('{"'):
        content = "bad"
    return _Submission(record.key.decode(), (record.timestamp, record.offset), content, text)


def _revision(text: str) -> Revision:
    stamp, offset = text.split("-")
    return int(stamp), int(offset)


def _vectors(packed: dict[str, Any]) -> np.ndarray[Any, Any]:
    return np.frombuffer(base64.b64decode(packed["data"]), "<f4").reshape(packed["count"], packed["dimension"])
