"""docker-compose.yml keeps what docs/containers.md promises of it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from libs.localstack.kafka import BROKER_SETTINGS
from libs.localstack.postgres.roles import DATABASE, OWNER, SERVICE_ROLES

pytestmark = pytest.mark.contract

COMPOSE: dict[str, Any] = yaml.safe_load(Path("docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = Path("deploy/docker/Dockerfile").read_text(encoding="utf-8")
EXAMPLE = Path(".env.example").read_text(encoding="utf-8")

SERVING = ("ingest", "embedding", "matching", "gateway")
OURS = [name for name, service in SERVICES.items() if "build" in service]
OTHERS = [name for name in SERVICES if name not in OURS]
# Read by asyncpg and OpenTelemetry, not by a settings class.
OF_LIBRARIES = {"PGPASSFILE", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"}
# Read by the command.
OF_THE_COMMAND = {"SHORTLIST_URL", "SHORTLIST_API_KEY"}
SECRET = re.compile(r"KEY|PASSWORD|TOKEN|SECRET")
# What stands in a variable's place: ${NAME}, with a default, or with what is said where it is missing.
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def settings_of(service: str) -> set[str]:
    """The variables that a service's settings class reads."""
    if service == "gateway-schema":
        module, name = "services.gateway.settings", "SchemaSettings"
    elif service in SERVING:
        module, name = f"services.{service}.settings", f"{service.capitalize()}Settings"
    else:
        module, name = "libs.messaging.connection.settings", "KafkaSettings"
    return {field.upper() for field in getattr(importlib.import_module(module), name).model_fields}


def strings(value: Any) -> list[str]:
    """Every string in a part of the file."""
    if isinstance(value, dict):
        return [found for each in value.values() for found in strings(each)]
    if isinstance(value, list):
        return [found for each in value for found in strings(each)]
    return [value] if isinstance(value, str) else []


def test_all_parts_are_there() -> None:
    assert set(SERVING) | {"gateway-schema", "topics", "cli"} == set(OURS)
    assert {"postgres", "kafka", "valkey", "passwords"} == set(OTHERS)


def test_the_gateway_alone_is_published_and_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if service.get("ports")}
    assert list(published) == ["gateway"]
    assert [port.rpartition(":")[0].partition(":")[0] for port in published["gateway"]] == ["127.0.0.1"]
    assert [name for name, service in SERVICES.items() if service.get("network_mode") == "host"] == []


def test_only_the_gateway_has_a_way_out() -> None:
    assert COMPOSE["networks"]["inner"]["internal"] is True
    beside = {
        name: service.get("networks") for name, service in SERVICES.items() if service.get("networks") != ["inner"]
    }
    assert beside == {"gateway": ["inner", "outer"], "passwords": None}
    assert SERVICES["passwords"]["network_mode"] == "none"


@pytest.mark.parametrize("name", OURS)
def test_ours_are_read_only_and_without_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert not service.get("cap_add")
    assert not service.get("privileged")
    assert "no-new-privileges:true" in service["security_opt"]
    # The image says who it is: user 10001.
    assert "user" not in service


def test_the_images_run_as_a_user_without_rights() -> None:
    stages = re.split(r"(?m)^(?=FROM )", DOCKERFILE)
    runtime = next(stage for stage in stages if " AS runtime\n" in stage)
    assert "USER 10001:10001" in runtime
    assert re.findall(r"(?m)^USER .*", DOCKERFILE) == ["USER 10001:10001"]
    for name in [*SERVING[:1], *SERVING[2:], "embedding-onnx", "embedding-torch"]:
        assert re.search(rf"(?m)^FROM served AS {name}$", DOCKERFILE), name
    assert "FROM runtime AS served\n" in DOCKERFILE
    assert "FROM runtime AS cli\n" in DOCKERFILE


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_stands_in_the_way_of_scaling_or_goes_without_a_limit(name: str) -> None:
    service = SERVICES[name]
    assert "container_name" not in service
    assert "hostname" not in service
    assert service["mem_limit"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", SERVING)
def test_services_are_started_again_and_given_time_to_stop(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) >= 30


@pytest.mark.parametrize("name", SERVING)
def test_services_begin_when_the_topics_are_made(name: str) -> None:
    """`up --wait` fails on a finished job that nothing depends on."""
    assert SERVICES[name]["depends_on"]["topics"] == {"condition": "service_completed_successfully"}
    assert SERVICES["topics"]["command"] == ["topics", "apply"]
    assert SERVICES["topics"]["depends_on"]["kafka"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", OURS)
def test_each_is_built_from_the_one_file_as_itself(name: str) -> None:
    build = SERVICES[name]["build"]
    assert build["dockerfile"] == "deploy/docker/Dockerfile"
    wanted = name if name in SERVING else {"gateway-schema": "gateway"}.get(name, "cli")
    assert build["args"]["SERVICE"] == wanted
    assert f" AS {wanted}\n" in DOCKERFILE


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_is_one_that_is_read(name: str) -> None:
    known = settings_of(name) | OF_LIBRARIES | (OF_THE_COMMAND if name == "cli" else set())
    assert set(SERVICES[name]["environment"]) - known == set()


@pytest.mark.parametrize("name", SERVING)
def test_every_variable_that_is_required_is_given(name: str) -> None:
    settings = importlib.import_module(f"services.{name}.settings")
    fields = getattr(settings, f"{name.capitalize()}Settings").model_fields
    required = {field.upper() for field, info in fields.items() if info.is_required()}
    assert required - set(SERVICES[name]["environment"]) == set()


def test_an_empty_secret_stops_the_start_with_a_sentence() -> None:
    uses = [match.groups() for text in strings(COMPOSE) for match in VARIABLE.finditer(text)]
    secrets = {name for name, _, _ in uses if SECRET.search(name)}
    assert secrets == {"SHORTLIST_BOOTSTRAP_KEY"}
    for name in secrets:
        said = [text for used, kind, text in uses if used == name and kind == "?"]
        assert [len(text.split()) > 5 for text in said] == [True]
        assert not [text for used, kind, text in uses if used == name and kind == "-"]
    assert SERVICES["gateway"]["environment"]["AUTH"] == "keys"


def test_no_password_is_written_down() -> None:
    for text in strings(COMPOSE):
        assert not re.search(r"://[^/\s@:]+:[^@\s]+@", text), text
    written = [key for service in SERVICES.values() for key in service.get("environment", {}) if "PASSWORD" in key]
    assert written == ["POSTGRES_PASSWORD_FILE"]


def test_each_gets_the_passwords_that_it_needs_and_the_open_door_no_owners() -> None:
    mounted = {
        name: [volume.split(":")[0] for volume in service.get("volumes", []) if "passwords:" in volume]
        for name, service in SERVICES.items()
    }
    assert {name: volumes for name, volumes in mounted.items() if volumes} == {
        "gateway": ["gateway-passwords"],
        "gateway-schema": ["schema-passwords"],
        "matching": ["matching-passwords"],
        "postgres": ["database-passwords"],
        "passwords": ["database-passwords", "matching-passwords", "gateway-passwords", "schema-passwords"],
    }
    made = Path("deploy/docker/postgres/passwords.sh").read_text(encoding="utf-8")
    assert re.findall(r'^pgpass "\$(\w+)" (.*)$', made, re.MULTILINE) == [
        ("MATCHING", "shortlist_owner shortlist_matching"),
        ("GATEWAY", "shortlist_gateway"),
        ("SCHEMA", "shortlist_owner shortlist_gateway"),
    ]


def test_services_show_each_other_a_token_that_nobody_else_is_given() -> None:
    mounting = {
        name for name, service in SERVICES.items() if "internal-token:/internal:ro" in service.get("volumes", [])
    }
    assert mounting == set(SERVING)
    assert {SERVICES[name]["environment"]["INTERNAL_TOKEN_FILE"] for name in SERVING} == {"/internal/token"}


def test_the_example_leaves_one_secret_to_fill_in_and_names_every_variable() -> None:
    assert re.findall(r"(?m)^(\w+)=(.*)$", EXAMPLE) == [("SHORTLIST_BOOTSTRAP_KEY", "")]
    used = {match[1] for text in strings(COMPOSE) for match in VARIABLE.finditer(text)}
    assert used == set(re.findall(r"(?m)^#?([A-Z_]+)=", EXAMPLE))


def test_defaults_told_in_the_example_are_those_of_the_file() -> None:
    defaults = {m[1]: m[3] for text in strings(COMPOSE) for m in VARIABLE.finditer(text) if m[2] == "-"}
    assert dict(re.findall(r"(?m)^#([A-Z_]+)=(.*)$", EXAMPLE)) == defaults


def test_volumes_that_are_named_are_used_and_hold_what_must_survive() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert set(COMPOSE["volumes"]) == {name for name in used if not name.startswith(".")}
    # PostgreSQL 18's image refuses a volume further down.
    assert "postgres:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]
    assert "kafka:/var/lib/kafka/data" in SERVICES["kafka"]["volumes"]


def test_kafka_is_set_as_the_local_stacks_is() -> None:
    text = Path("deploy/docker/kafka/server.properties").read_text(encoding="utf-8")
    held = dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
    # Nobody waits for a second worker on a developer's machine; here several start together.
    alike = {key: value for key, value in BROKER_SETTINGS.items() if key != "group.initial.rebalance.delay.ms"}
    assert {key: held.get(key) for key in alike} == alike
    assert held["log.dirs"] == "/var/lib/kafka/data"


def test_the_database_is_set_up_as_the_local_stacks_is() -> None:
    script = Path("deploy/docker/postgres/roles.sh").read_text(encoding="utf-8")
    assert f"for role in {OWNER} {' '.join(SERVICE_ROLES)}; do" in script
    assert "NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB" in script
    assert f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8'" in script
    assert f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC" in script
    assert f"GRANT CONNECT ON DATABASE {DATABASE} TO {', '.join(SERVICE_ROLES)};" in script
