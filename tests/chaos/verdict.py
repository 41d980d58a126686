"""Whether everything that was accepted ended where it must: told by public doors alone, the topics, SQL and the API."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.errors import KafkaError

from tests.chaos.accepted import not_in_the_log, receipts_are_done
from tests.chaos.dead_letters import dead_letters_are_right
from tests.chaos.log_tail import Entry
from tests.chaos.stored_vectors import vectors_are_of_the_text
from tests.chaos.submissions import Ends, Revision, Submission, end_of, ended_rightly, ends, revision, submissions
from tests.chaos.system import System

COMPACTED = ("documents.text.v1", "documents.vectors.v1")
# No harm is over sooner: what is sent within this time meets it too.
LASTS_MS = 500
Held = dict[str, dict[str, Any]]


@dataclass
class Verdict:
    """`problems` is empty where all is well; `ends` counts where this round's submissions ended."""

    problems: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    submissions: int = 0
    seconds: float = 0.0
    slowest_seconds: float = 0.0


def verdict(system: System, name: str, strikes: Sequence[int], settle_seconds: float) -> Verdict:
    """Waits until nothing is on the way, then compares sets, over all rounds so far.

    `name` is the beginning of this round's ids; `strikes`, in ms, are the moments at which the harm struck.
    """
    found = Verdict()
    began = time.monotonic()
    sent, told = _settled(system, found, settle_seconds)
    found.seconds = time.monotonic() - began
    found.problems += not_in_the_log(system)[:5]
    _every_submission_ended(sent, told, found)
    this_round = [one for one in sent if one.key.split("/")[2].startswith(f"{name}-")]
    _count(this_round, told, found)
    _was_struck_at_work(sent, told, strikes, found)
    held = _held(system)
    _newest_is_stored(sent, told, held, found)
    _one_visible_document_per_key(system, held, found)
    for topic in COMPACTED:
        _log_ends_on_what_is_held(topic, _last(system, topic), held, found)
    round_held = {one.key: held[one.key] for one in this_round if one.key in held}
    found.problems += vectors_are_of_the_text(system, round_held)
    found.problems += receipts_are_done(system, name)
    found.problems += dead_letters_are_right(system, sent, told)
    return found


def _settled(system: System, found: Verdict, seconds: float) -> tuple[list[Submission], Ends]:
    """Until every submission has an end and no group is behind, twice in a row: a repair may follow the last record."""
    deadline = time.monotonic() + seconds
    quiet = 0
    while True:
        sent, told = submissions(system), ends(system.log)
        open_ones = [one for one in sent if not told[one.name]]
        lag = _lag(system)
        # What the log has not shown yet may lie behind it: the tail reads a little later than the services.
        quiet = quiet + 1 if not open_ones and lag == 0 and not not_in_the_log(system) else 0
        if quiet == 2:
            return sent, told
        if time.monotonic() > deadline:
            who = ", ".join(one.key for one in open_ones[:5])
            found.problems.append(f"{len(open_ones)} submissions have no end, lag {lag}: {who}")
            return sent, told
        time.sleep(0.3)


def _lag(system: System) -> int:
    try:
        return system.log.lag()
    except (KafkaError, OSError):
        return -1  # the broker is away, or comes back just now


def _every_submission_ended(sent: list[Submission], told: Ends, found: Verdict) -> None:
    wrong = [one for one in sent if not ended_rightly(one, end_of(set(told[one.name])))]
    for one in wrong[:5]:
        found.problems.append(f"{one.key} {one.revision} ({one.content}) ended as {sorted(told[one.name])}")


def _count(sent: list[Submission], told: Ends, found: Verdict) -> None:
    found.submissions = len(sent)
    found.ends = Counter(end_of(set(told[one.name])) or "unknown" for one in sent)
    times = [told[one.name]["indexed"] - one.at for one in sent if "indexed" in told[one.name]]
    found.slowest_seconds = max(times, default=0) / 1000


def _was_struck_at_work(sent: list[Submission], told: Ends, strikes: Sequence[int], found: Verdict) -> None:
    for moment in strikes:
        before = [one for one in sent if one.at < moment + LASTS_MS]
        if not any(min(told[one.name].values(), default=moment) >= moment for one in before):
            found.problems.append("the fault struck an idle system")


def _held(system: System) -> Held:
    rows = system.sql(
        "SELECT coalesce(json_agg(row_to_json(d)), '[]') FROM (SELECT tenant, kind, id, status, indexed_stamp, "
        "indexed_offset, text, identity_spans, disclaimed_spans, erased_stamp, erased_offset FROM matching.documents) d"
    )
    return {f"{row['tenant']}/{row['kind']}/{row['id']}": row for row in json.loads(rows)}


def _newest_is_stored(sent: list[Submission], told: Ends, held: Held, found: Verdict) -> None:
    by_key: defaultdict[str, list[Submission]] = defaultdict(list)
    for one in sent:
        by_key[one.key].append(one)
    for key, ones in by_key.items():
        row = held.get(key)
        if row is None:
            found.problems.append(f"{key} is not in the database")
            continue
        good = [one for one in ones if one.may_be_stored and end_of(set(told[one.name])) != "failed"]
        stored = None if row["indexed_stamp"] is None else (row["indexed_stamp"], row["indexed_offset"])
        newest = max(good, key=lambda one: one.revision, default=None)
        if newest is None or newest.content == "delete":
            if stored is not None:
                found.problems.append(f"{key} should not be there, but {stored} is stored")
        elif stored not in _revisions_of(newest, ones):
            found.problems.append(f"{key} holds {stored}, not {newest.revision}")
        elif _text(newest) != row["text"]:
            found.problems.append(f"{key} holds another text than was sent")


def _revisions_of(newest: Submission, ones: list[Submission]) -> list[Revision]:
    """The one it has; of an event that was sent a second time, also that of the first. A stale one that came after it
    may have put the held text at a revision of its own.
    """
    same = [one for one in ones if newest.content == "again" and one.text == newest.text]
    stale = [one for one in ones if one.content == "stale" and one.revision > newest.revision]
    return [one.revision for one in (newest, *same, *stale)]


def _text(one: Submission) -> str:
    said = json.loads(one.text)
    data: dict[str, Any] = said["data"] if "specversion" in said else said
    if "text" in data:
        return str(data["text"]).strip()
    return "\n\n".join([data["title"], data["description"], "\n".join(data["requirements"])])


def _one_visible_document_per_key(system: System, held: Held, found: Verdict) -> None:
    seen: Counter[str] = Counter()
    for kind in ("resume", "job"):
        cursor: str | None = None
        while True:
            parameters = {"limit": 200, **({"cursor": cursor} if cursor else {})}
            answer = system.asked("GET", f"/{kind}s/", params=parameters)
            if answer.status_code != 200:
                found.problems.append(f"the list of {kind}s is answered {answer.status_code} after all settled")
                return
            page = answer.json()
            seen.update(f"default/{kind}/{item['id']}" for item in page["items"] if item["indexed_revision"])
            cursor = page["next_cursor"]
            if cursor is None:
                break
    stored = {key for key, row in held.items() if row["indexed_stamp"] is not None}
    if set(seen) != stored or any(count > 1 for count in seen.values()):
        found.problems.append(f"the list shows other documents than are stored: {sorted(set(seen) ^ stored)[:5]}")


def _last(system: System, topic: str) -> dict[str, Entry]:
    """The last record of each key; of a key in two partitions, the one that the broker stamped last."""
    last: dict[str, Entry] = {}
    for record in sorted(system.log.records(topic), key=lambda each: each.timestamp):
        if record.key:
            last[record.key.decode()] = record
    return last


def _log_ends_on_what_is_held(topic: str, last: dict[str, Entry], held: Held, found: Verdict) -> None:
    for key, row in held.items():
        record = last.get(key)
        if row["indexed_stamp"] is None:
            if record is not None and record.value is not None:
                found.problems.append(f"{topic}: {key} is erased or failed, but the log ends on a text")
        elif record is None or record.value is None:
            found.problems.append(f"{topic}: {key} is stored, but the log ends on nothing of it")
        elif revision(json.loads(record.value)["revision"]) != (row["indexed_stamp"], row["indexed_offset"]):
            found.problems.append(f"{topic}: the log of {key} ends on another revision than is stored")
