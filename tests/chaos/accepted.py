"""Whether everything that somebody said was accepted is there: the ledger against the log and the receipts."""

from __future__ import annotations

from collections import Counter

import httpx

from tests.chaos.ledger import HEADER
from tests.chaos.log_tail import Entry
from tests.chaos.submissions import SUBMITTED
from tests.chaos.system import System


def not_in_the_log(system: System) -> list[str]:
    """What was accepted and never came into a topic, a sentence each; deletions too, which carry no text."""
    records = system.log.records(SUBMITTED)
    others = [record for topic in system.log.topics(f"{SUBMITTED}.") for record in system.log.records(topic)]
    places = {(each.topic, each.partition, each.offset): each for each in (*records, *others)}
    by_gateway = [record for record in records if record.header(HEADER) is None]
    texts = "\n".join((record.value or b"").decode(errors="replace") for record in by_gateway)
    deletions = Counter((record.key or b"").decode() for record in by_gateway if _deletes(record))
    promised: Counter[str] = Counter()
    lost: list[str] = []
    for sent in list(system.ledger.sent):
        if sent.place is not None:
            there = places.get(sent.place)
            if there is None or there.header(HEADER) != sent.content:
                lost.append(
                    f"{sent.key} ({sent.content}) was acknowledged by the broker at {sent.place} and is not there"
                )
        elif sent.content == "delete":
            promised[sent.key] += 1
        elif sent.marker not in texts:
            lost.append(f"{sent.key} ({sent.content}) was answered 202 and is not in the log")
    lost += [
        f"{count} deletions of {key} were answered 202, {deletions[key]} are in the log"
        for key, count in promised.items()
        if deletions[key] < count
    ]
    return lost


def receipts_are_done(system: System, name: str) -> list[str]:
    """Whether every deletion of a round that was answered 202 is done in the database, as its receipt says."""
    wrong: list[str] = []
    for sent in system.ledger.sent:
        if sent.receipt is None or not sent.key.split("/")[2].startswith(f"{name}-"):
            continue
        answer = _receipt(system, sent.receipt)
        if answer.status_code != 200:
            wrong.append(f"the receipt of {sent.key} is answered {answer.status_code}")
        elif answer.json()["stores"]["database"]["status"] != "done":
            wrong.append(f"{sent.key} was to be erased, and its receipt says: {answer.text[:200]}")
    return wrong


def _receipt(system: System, receipt: str) -> httpx.Response:
    return system.asked("GET", "/erasures/" + receipt.rpartition("/")[2])


def _deletes(record: Entry) -> bool:
    return record.header("ce_type") == "shortlist.document.deleted.v1"
