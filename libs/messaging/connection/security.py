"""How a client proves to the brokers who it is, and makes sure that it talks to the right ones."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.running.secret_files import secret_in

if TYPE_CHECKING:
    from faststream.security import BaseSecurity


class KafkaSecuritySettings(BaseSettings):
    """Read from the environment; field names in upper case are the variables."""

    model_config = SettingsConfigDict(extra="ignore")

    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="the listener's protocol, by Kafka's name for it"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="how the password is proved, with SASL"
    )
    kafka_sasl_username: str | None = Field(default=None, description="the user, with SASL")
    kafka_sasl_password: SecretStr | None = Field(default=None, description="the user's password, with SASL")
    kafka_sasl_password_file: Path | None = Field(
        default=None, description="a file that holds the password; counts where KAFKA_SASL_PASSWORD is unset"
    )
    kafka_ca_file: Path | None = Field(
        default=None, description="certificates (PEM) that vouch for the brokers; unset: the system's own"
    )
    kafka_sasl_without_tls: bool = Field(
        default=False, description="says for the second time that SASL goes over an open line (SASL_PLAINTEXT)"
    )

    @model_validator(mode="after")
    def _can_be_secure(self) -> Self:
        protocol = self.kafka_security_protocol
        if self.kafka_sasl_password is None and self.kafka_sasl_password_file is not None:
            self.kafka_sasl_password = SecretStr(secret_in(self.kafka_sasl_password_file, "KAFKA_SASL_PASSWORD_FILE"))
        if protocol.startswith("SASL") and not (self.kafka_sasl_username and self.kafka_sasl_password):
            raise ValueError(
                f"KAFKA_SECURITY_PROTOCOL={protocol} needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD "
                "(or KAFKA_SASL_PASSWORD_FILE)"
            )
        if not protocol.startswith("SASL") and (self.kafka_sasl_username or self.kafka_sasl_password):
            raise ValueError(
                f"KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD is set, but KAFKA_SECURITY_PROTOCOL={protocol} sends "
                "neither: set SASL_SSL"
            )
        if protocol == "SASL_PLAINTEXT" and not self.kafka_sasl_without_tls:
            raise ValueError(
                "KAFKA_SECURITY_PROTOCOL=SASL_PLAINTEXT sends everything readable over the network: set SASL_SSL; "
                "where that is meant, say so a second time with KAFKA_SASL_WITHOUT_TLS=true"
            )
        if self.kafka_ca_file is not None:
            if not protocol.endswith("SSL"):
                raise ValueError(
                    f"KAFKA_CA_FILE is set, but KAFKA_SECURITY_PROTOCOL={protocol} uses no TLS: set SSL or SASL_SSL"
                )
            _tls_context(self.kafka_ca_file)
        return self

    def security_options(self) -> dict[str, Any]:
        """The arguments of an aiokafka client, as FastStream makes them; none on an open line."""
        security = self.faststream_security()
        if security is None:
            return {}
        from faststream.kafka.security import parse_security

        return {name: value for name, value in parse_security(security).items() if value is not None}

    def faststream_security(self) -> BaseSecurity | None:
        """The security of a FastStream broker; None on an open line."""
        # Imported here: settings are read before the port is open, and this import takes its time.
        from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

        mechanisms = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
        protocol = self.kafka_security_protocol
        if protocol == "PLAINTEXT":
            return None
        # aiokafka without a context of one's own silently talks plaintext.
        context = _tls_context(self.kafka_ca_file) if protocol.endswith("SSL") else None
        if not protocol.startswith("SASL"):
            return BaseSecurity(ssl_context=context)
        return mechanisms[self.kafka_sasl_mechanism](
            username=self.kafka_sasl_username or "", password=self._password, ssl_context=context
        )

    @property
    def _password(self) -> str:
        return self.kafka_sasl_password.get_secret_value() if self.kafka_sasl_password is not None else ""


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Raises ValueError where the file holds no certificate."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise ValueError(f"KAFKA_CA_FILE={ca_file} cannot be read as certificates in PEM form: {error}") from error
