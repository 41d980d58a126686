"""What the services stand on: database, cache and broker, started here or named from outside."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TypeVar

from libs.localstack.kafka import Kafka
from libs.localstack.options import StackOptions
from libs.localstack.postgres.roles import Dsns, is_superuser, provision
from libs.localstack.postgres.server import Postgres
from libs.localstack.stack_component import StackComponent
from libs.localstack.tryout_broker import TryoutBroker
from libs.localstack.valkey import Valkey
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings

T = TypeVar("T")


class Infrastructure:
    """Starts and stops the components that were not named from outside. Methods block."""

    def __init__(self, options: StackOptions, logs: Path) -> None:
        folder = options.data_dir
        self._options = options
        self._postgres = None if options.database_url else Postgres(folder / "postgres", logs=logs)
        self._valkey = None if options.redis_url else Valkey(folder / "valkey", logs=logs)
        self._broker: TryoutBroker | Kafka | None = None
        if options.on_tryout_broker:
            self._broker = TryoutBroker(folder / "broker", logs=logs)
        elif options.kafka_bootstrap is None:
            self._broker = Kafka(folder / "kafka", logs=logs)
        self._dsns: Dsns | None = None

    @property
    def components(self) -> list[StackComponent]:
        """What was started here, in the order of starting."""
        return [component for component in (self._postgres, self._valkey, self._broker) if component is not None]

    @property
    def kafka_settings(self) -> KafkaSettings:
        """How a client reaches the broker; once started."""
        stamp = None if self._broker is None else self._broker.stamp
        return KafkaSettings(kafka_bootstrap=self.kafka_bootstrap, tryout_stamp=stamp)

    @property
    def kafka_bootstrap(self) -> str:
        """host:port of the broker that was named, else of ours."""
        if self._options.kafka_bootstrap is not None:
            return self._options.kafka_bootstrap
        if self._broker is None:
            raise AssertionError("there is a broker of ours where none was named")
        return self._broker.bootstrap

    @property
    def redis_url(self) -> str:
        """The address of the cache that was named, else of ours."""
        return self._options.redis_url or self._need(self._valkey).url

    @property
    def dsns(self) -> Dsns:
        """How each role reaches the database; once started."""
        return self._need(self._dsns)

    def start(self) -> None:
        """Starts all components, makes database roles and topics. Raises StartFault or DependencyUnavailable."""
        for component in self.components:
            component.start()
        self._dsns = self._database()
        self.make_topics()

    def make_topics(self) -> None:
        """Makes or corrects the topics."""
        asyncio.run(apply_topics(self.kafka_settings))

    @property
    def notices(self) -> list[str]:
        """What a person should know of how the components were started."""
        return [] if self._postgres is None else self._postgres.notices

    def start_again(self, component: StackComponent) -> None:
        """Starts a dead component again, and makes the topics that a broker lost with it.

        Raises StartFault, DependencyUnavailable.
        """
        component.start()
        if component.loses_records_on_restart:
            self.make_topics()

    def stop(self) -> None:
        """Stops all components, the last started first."""
        for component in reversed(self.components):
            component.stop()

    def env(self) -> dict[str, str]:
        """What every service is told of these components; database addresses are per service."""
        env = {"KAFKA_BOOTSTRAP": self.kafka_bootstrap, "REDIS_URL": self.redis_url}
        if isinstance(self._broker, TryoutBroker):
            env |= {
                "TRYOUT_STAMP": str(self._broker.stamp),
                "TRYOUT_BROKER_PID": str(self._broker.pid),
                "TRYOUT_BROKER_MAX_MB": self._options.tryout_max_mb,
                "TRYOUT_NOTES_DIR": str(self._broker.notes),
            }
        return env

    def _database(self) -> Dsns:
        given, owner = self._options.database_url, self._options.database_migration_url
        passwords = self._options.data_dir / "database-passwords.json"
        if given is None:
            return provision(self._need(self._postgres).superuser_dsn, passwords)
        # With a superuser the roles are made here, unless an owner was named beside it.
        if owner is None and is_superuser(given):
            return provision(given, passwords)
        return Dsns(superuser=given, owner=owner or given, matching=given, gateway=given)

    @staticmethod
    def _need(value: T | None) -> T:
        if value is None:
            raise AssertionError("asked for before the stack was started")
        return value
