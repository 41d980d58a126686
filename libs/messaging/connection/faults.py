"""What is said of brokers that cannot be reached."""

from __future__ import annotations

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.connection.settings import KafkaSettings


def unreachable(settings: KafkaSettings, error: Exception) -> DependencyUnavailable:
    """The fault to raise: which address does not answer, why, and what else the reason may be."""
    said = f"cannot be reached at {settings.kafka_bootstrap}: {str(error) or type(error).__name__}"
    if settings.kafka_security_protocol != "PLAINTEXT":
        # aiokafka tells the reason to its log alone.
        said += (
            f" (with {settings.kafka_security_protocol}, a password that is refused or a certificate nobody vouches "
            "for looks the same; the log line before this one says which)"
        )
    return DependencyUnavailable("broker", said)
