"""Which cluster this is, which topics there are, and their partitions, asked of the broker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.connection.faults import unreachable
from libs.messaging.connection.settings import KafkaSettings


@asynccontextmanager
async def admin_client(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A started admin client. Whatever the broker refuses inside is raised as DependencyUnavailable."""
    admin = AIOKafkaAdminClient(**settings.client_options())
    try:
        try:
            await admin.start()
        except (KafkaError, OSError) as error:
            raise unreachable(settings, error) from error
        yield admin
    except (KafkaError, OSError) as error:
        what = str(error) or type(error).__name__
        raise DependencyUnavailable("broker", f"{settings.kafka_bootstrap}: {what}") from error
    finally:
        await admin.close()


async def partitions(settings: KafkaSettings) -> dict[str, list[TopicPartition]]:
    """Every topic's partitions; a consumer knows only those it subscribed to. Raises DependencyUnavailable."""
    async with admin_client(settings) as admin:
        described = await admin.describe_topics()
    return {
        topic["topic"]: sorted(TopicPartition(topic["topic"], one["partition"]) for one in topic["partitions"])
        for topic in described
    }


async def cluster_of(settings: KafkaSettings) -> str:
    """What tells this cluster's log from any other: Kafka's own name of it, or the embedded broker's stamp, which is
    another one after each start. Raises DependencyUnavailable."""
    if settings.tryout_stamp is not None:
        return f"tryout {settings.tryout_stamp}"
    async with admin_client(settings) as admin:
        described = await admin.describe_cluster()
    return f"kafka {described.get('cluster_id')}"
