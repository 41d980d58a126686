"""Stacks that start side by side are given different ports, though none of them listens yet."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys

import pytest

from libs.localstack import ports
from libs.localstack.ports import free_port

pytestmark = pytest.mark.unit


@pytest.mark.skipif(sys.platform != "linux", reason="claims are names in Linux's abstract namespace of sockets")
def test_a_port_that_another_process_was_given_is_given_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys\nfrom libs.localstack.ports import free_port\nprint(free_port(), flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        taken = int(other.stdout.readline())
        drawn = itertools.chain([taken, taken], itertools.count(ports.LOWEST_PORT))
        monkeypatch.setattr(random, "randrange", lambda *_: next(drawn))
        assert free_port() != taken
        other.communicate()


def test_all_ports_that_one_process_is_given_differ() -> None:
    given = [free_port() for _ in range(200)]
    assert len(set(given)) == len(given)
