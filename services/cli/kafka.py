"""How the commands that ask Kafka itself reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.cli.addressing import find_kafka
from services.cli.faults import CommandFault

if TYPE_CHECKING:
    from libs.messaging.connection.settings import KafkaSettings


def kafka_settings(**given: Any) -> KafkaSettings:
    """The brokers of the stack that the command talks to; security is read from the environment.

    Raises CommandFault where no stack is found, or the settings cannot be.
    """
    # Imported here: Kafka's client takes longer to import than most commands to run.
    from pydantic import ValidationError

    from libs.messaging.connection.settings import KafkaSettings
    from libs.telemetry.settings_errors import sentences

    try:
        return KafkaSettings(kafka_bootstrap=find_kafka(), **given)
    except ValidationError as error:
        raise CommandFault("; ".join(sentences(error)), exit_code=2) from error
