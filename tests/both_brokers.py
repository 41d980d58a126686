"""Every test that touches the broker runs on each: the embedded one and, where KAFKA_HOME is set, real Kafka.

A test that only one of them can pass says so with a mark: `real_kafka(reason)` or `tryout_broker(reason)`. On the
other it is not run, but counted apart; `tests/not_applicable.txt` lists those, and a test compares the list.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from libs.localstack.kafka import Kafka
from libs.localstack.tryout_broker import TryoutBroker
from libs.messaging.connection.settings import KafkaSettings
from tests import broker_counts
from tests.containers import ContainerKafka, no_engine

EMBEDDED = "embedded"
KAFKA = "kafka"
CONTAINER = "container"
# Set by `make test-containers`: the parts are throw-away containers then, and the broker is Kafka in one of them.
IN_CONTAINERS = os.environ.get("SHORTLIST_TEST_CONTAINERS") == "1"
# The marks that bind a test to brokers.
MARKS = {"real_kafka": (KAFKA, CONTAINER), "tryout_broker": (EMBEDDED,)}

Broker = TryoutBroker | Kafka | ContainerKafka

# Where the tests lie that take longest, the longest first.
LONGEST_FIRST = (
    "tests/e2e/test_order_and_recovery.py",
    "tests/e2e/test_scaling.py",
    "tests/integration/embedding/engines/",
    "tests/integration/messaging/consumer/",
    "tests/integration/matching/topics/",
    "tests/e2e/",
    "tests/integration/",
)

_LEFT_OUT = pytest.StashKey[list[tuple[str, str, str]]]()


def kinds() -> list[str]:
    """The brokers that this run has."""
    if IN_CONTAINERS:
        return [CONTAINER]
    return [EMBEDDED, KAFKA] if os.environ.get("KAFKA_HOME") else [EMBEDDED]


def new_broker(kind: str, folder: Path) -> TryoutBroker | Kafka:
    """A broker that is not started yet, for tests that stop and start theirs."""
    skip_in_containers(kind)
    return Kafka(folder / "kafka") if kind == KAFKA else TryoutBroker(folder / "broker")


def skip_in_containers(kind: str) -> None:
    """For tests that start a broker of their own."""
    if kind == CONTAINER:
        pytest.skip("starts a broker of its own, which is a process and no container")


def settings_of(broker: Broker) -> KafkaSettings:
    """How a client reaches it."""
    return KafkaSettings(kafka_bootstrap=broker.bootstrap, tryout_stamp=broker.stamp)


def environment_of(broker: Broker) -> dict[str, str]:
    """The same for a service's process."""
    stamp = {} if broker.stamp is None else {"TRYOUT_STAMP": str(broker.stamp)}
    return {"KAFKA_BOOTSTRAP": broker.bootstrap, **stamp}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-not-applicable", metavar="FILE", help="write which tests a broker cannot pass, and why, to a file"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if IN_CONTAINERS and (reason := no_engine()) is not None:
        for item in items:
            item.add_marker(pytest.mark.skip(reason))
    applicable, left_out = [], []
    for item in items:
        kind = _kind_of(item)
        if kind is not None:
            item.user_properties.append(("broker", kind))
        reason = _against(item, kind)
        if kind is not None and reason is not None:
            left_out.append((kind, item.nodeid, reason))
        else:
            applicable.append(item)
    kept = set(map(id, applicable))
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in kept])
    # Workers take groups in this order, so that no long one is left to the end.
    items[:] = sorted(applicable, key=_rank)
    config.stash[_LEFT_OUT] = left_out
    target = config.getoption("--write-not-applicable")
    if target:
        Path(target).write_text("".join(f"{kind}: {name}: {reason}\n" for kind, name, reason in sorted(left_out)))


class FileOnBroker(LoadScopeScheduling):  # type: ignore[misc]
    """Gives all tests of a file on one broker to one worker: they share what the file starts."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        parameters = name.partition("[")[2]
        return next((f"{file} on {kind}" for kind in kinds() if parameters.startswith(kind)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileOnBroker:
    """Several workers (pytest-xdist) take files in the order in which they were collected."""
    config.option.loadscopereorder = False
    return FileOnBroker(config, log)


def _rank(item: pytest.Item) -> int:
    file = item.nodeid.partition("::")[0]
    return next((rank for rank, start in enumerate(LONGEST_FIRST) if file.startswith(start)), len(LONGEST_FIRST))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    # Only a worker has `workeroutput`: what it hands to the process that prints the summary.
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash.get(_LEFT_OUT, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    # Every worker collects all tests, so that any one's list is the whole list.
    left_out = getattr(node, "workeroutput", {}).get("left_out")
    if left_out is not None:
        node.config.stash[_LEFT_OUT] = left_out


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    outcomes = {outcome: _counted(terminalreporter, outcome) for outcome in ("passed", "failed", "error", "skipped")}
    left_out = [kind for kind, _, _ in config.stash.get(_LEFT_OUT, [])]
    counts = {
        kind: {
            **{outcome: counted.get(kind, 0) for outcome, counted in outcomes.items()},
            "not applicable": left_out.count(kind),
        }
        for kind in kinds()
    }
    terminalreporter.section("brokers")
    for line in broker_counts.lines((CONTAINER,) if IN_CONTAINERS else (EMBEDDED, KAFKA), counts):
        terminalreporter.write_line(line)
    # What only collects, as one of the tests does, counts nothing.
    file = os.environ.get("BROKER_COUNTS")
    if file and not config.getoption("collectonly"):
        broker_counts.add(Path(file), counts)


def _counted(reporter: pytest.TerminalReporter, outcome: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for report in reporter.stats.get(outcome, []):
        # A file that skipped itself as a whole is reported without properties.
        kind = dict(getattr(report, "user_properties", ())).get("broker")
        if kind is not None:
            found[str(kind)] = found.get(str(kind), 0) + 1
    return found


def _kind_of(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    return None if callspec is None else callspec.params.get("broker_kind")


def _against(item: pytest.Item, kind: str | None) -> str | None:
    """Why a test cannot pass on a broker; None where it can."""
    for mark, able in MARKS.items():
        found = item.get_closest_marker(mark)
        if found is not None and kind not in able:
            return str(found.args[0])
    return None
