"""Security to the brokers: what cannot be is said at the start, and nothing goes over an open line by accident."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme
from pydantic import ValidationError

from libs.messaging.connection.settings import KafkaSettings
from libs.telemetry.settings_errors import sentences

pytestmark = pytest.mark.unit

USER = {"kafka_sasl_username": "shortlist", "kafka_sasl_password": "secret"}


def settings(**given: object) -> KafkaSettings:
    return KafkaSettings(kafka_bootstrap="127.0.0.1:9092", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kafka_security_protocol": "SASL_SSL"}, "needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"),
        ({"kafka_security_protocol": "SASL_PLAINTEXT", **USER}, "KAFKA_SASL_WITHOUT_TLS=true"),
        (USER, "sends neither"),
        ({"kafka_security_protocol": "SSL", **USER}, "sends neither"),
        ({"kafka_ca_file": Path(__file__)}, "uses no TLS"),
        ({"kafka_security_protocol": "SSL", "kafka_ca_file": Path(__file__)}, "certificates in PEM form"),
        ({"kafka_security_protocol": "SSL", "kafka_ca_file": Path("/no/such.pem")}, "/no/such.pem"),
        ({"kafka_sasl_password_file": Path("/no/such")}, "KAFKA_SASL_PASSWORD_FILE cannot be read"),
        ({"kafka_security_protocol": "TLS"}, "KAFKA_SECURITY_PROTOCOL"),
        ({"kafka_security_protocol": "SASL_SSL", "kafka_sasl_mechanism": "GSSAPI", **USER}, "KAFKA_SASL_MECHANISM"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**given)
    assert said in " ".join(sentences(refused.value))
    assert "secret" not in " ".join(sentences(refused.value))


def test_an_open_line_needs_no_word_and_gets_no_options() -> None:
    assert settings().security_options() == {}
    assert settings().faststream_security() is None


def test_sasl_without_tls_goes_when_it_was_said_twice() -> None:
    options = settings(kafka_security_protocol="SASL_PLAINTEXT", kafka_sasl_without_tls=True, **USER).security_options()
    assert options["security_protocol"] == "SASL_PLAINTEXT"
    assert "ssl_context" not in options


@pytest.mark.parametrize("protocol", ["SSL", "SASL_SSL"])
def test_tls_always_has_a_context_that_checks_who_answers(protocol: str) -> None:
    user = USER if protocol == "SASL_SSL" else {}
    held = settings(kafka_security_protocol=protocol, **user)
    security = held.faststream_security()
    assert security is not None
    for context in (held.security_options()["ssl_context"], security.ssl_context):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname


def test_the_password_may_lie_in_a_file_and_the_authority_be_ones_own(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    held = settings(
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_username="shortlist",
        kafka_sasl_password_file=tmp_path / "password",
        kafka_ca_file=tmp_path / "ca.pem",
    )
    options = held.security_options()
    assert options["sasl_plain_password"] == "secret"
    assert len(options["ssl_context"].get_ca_certs()) == 1


def test_settings_never_show_the_password() -> None:
    held = settings(kafka_security_protocol="SASL_SSL", **USER)
    assert "secret" not in repr(held)
    assert "secret" not in str(held.model_dump())
