"""`shortlist up` takes what a person sets, and goes on when one of its parts does not start again at first."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest
import redis

from tests.e2e.running_stack import RunningStack, until

pytestmark = pytest.mark.e2e

KEY = "an-admin-key-that-a-person-chose"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(
        tmp_path_factory.mktemp("stack") / "data",
        "--auth",
        "keys",
        SHORTLIST_BOOTSTRAP_KEY=KEY,
        TRYOUT_BROKER_MAX_MB="777",
    )
    yield running
    assert running.stop() == 0


def test_the_admin_key_that_was_set_is_the_one_that_is_accepted(stack: RunningStack) -> None:
    assert stack.info["api_key"] == KEY
    assert stack.http.get("/resumes/").status_code == 200
    assert stack.http.get("/resumes/", headers={"authorization": "Bearer another-key-altogether"}).status_code == 401


def test_the_embedded_broker_may_take_as_much_memory_as_was_set(stack: RunningStack) -> None:
    assert stack.http.get("/health/detailed").json()["parts"]["broker"]["memory_limit_mb"] == 777


def test_the_stack_goes_on_while_a_dead_part_does_not_start_and_starts_it_when_it_can(stack: RunningStack) -> None:
    folder, log = stack.folder / "valkey", stack.folder.parent / "up.log"
    cache = redis.Redis.from_url(stack.info["redis_url"])
    assert cache.ping()
    listens = f":{urlsplit(stack.info['redis_url']).port}"
    [valkey] = [each for each in psutil.Process(stack.process.pid).children() if listens in " ".join(each.cmdline())]
    # A file where its folder was: it cannot start.
    shutil.rmtree(folder)
    folder.write_text("in the way")
    os.kill(valkey.pid, signal.SIGKILL)
    until(lambda: log.read_text().count("valkey could not be started") >= 2, "two attempts")
    assert stack.http.get("/resumes/").status_code == 200
    folder.unlink()
    until(lambda: _answers(cache), "valkey to be started again", 60)


def _answers(cache: redis.Redis) -> bool:
    try:
        return bool(cache.ping())
    except redis.ConnectionError:
        return False
