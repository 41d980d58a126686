"""A record at which the process dies is found though the process forgets: dead-lettered at the third death, alone."""

import asyncio
import os
import sys
import uuid

import pytest

from libs.contracts.topics import MIB, Topic
from libs.messaging.admin.topics import apply_topics
from libs.messaging.publishing import KafkaPublisher, Outgoing
from tests.both_brokers import environment_of, settings_of
from tests.fakes.mortal_member import DIED

pytestmark = pytest.mark.integration

SECONDS = 90.0


async def test_a_record_that_kills_is_set_aside_at_the_third_death_and_nothing_else_is(broker, tmp_path):
    topic = Topic(f"test.{uuid.uuid4().hex}", ("x",), ("y",), "delete", MIB)
    settings = settings_of(broker)
    await apply_topics(settings, [topic])
    values = ["0", "1", "deadly", "3", "4"]
    publisher = KafkaPublisher(settings)
    await publisher.start()
    await publisher.publish_all([Outgoing(topic.name, b"one key", value.encode(), []) for value in values])
    await publisher.stop()

    done = tmp_path / "done"
    done.touch()
    environment = {
        **os.environ,
        **environment_of(broker),
        "TRYOUT_NOTES_DIR": str(tmp_path),
        "GROUP": f"test.{uuid.uuid4().hex}",
        "TOPIC": topic.name,
        "DONE": str(done),
    }
    deaths = 0
    async with asyncio.timeout(SECONDS):
        while len(ended := done.read_text().splitlines()) < len(values):
            member = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.fakes.mortal_member", env=environment
            )
            try:
                while member.returncode is None and len(done.read_text().splitlines()) < len(values):
                    await asyncio.sleep(0.05)
            finally:
                if member.returncode is None:
                    member.kill()
                await member.wait()
            deaths += member.returncode == DIED
    ended = done.read_text().splitlines()
    assert sorted(ended) == sorted(
        ["dead-lettered at 3: deadly"] + [f"done: {value}" for value in values if value != "deadly"]
    )
    assert deaths == 3
