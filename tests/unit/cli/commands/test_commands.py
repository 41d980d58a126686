"""The other commands: where they find the stack, what they print, how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.app import main
from tests.fakes.gateway_app import FakeGateway, Held
from tests.fakes.serving import serving

pytestmark = pytest.mark.unit

FOUND = {
    "results": [
        {
            "id": "anna",
            "kind": "resume",
            "title": "Anna [bold]Nurse[/bold]",
            "score": 71.25,
            "highlights": [{"text": "Registered nurse\nsince 2011", "start": 0, "end": 27}],
        }
    ],
    "degraded": False,
    "model": "m",
}


def test_search_prints_a_table_in_which_nothing_is_read_as_markup(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.answers["search"] = FOUND
    result = shortlist("search", "nurse", "--kind", "resume")
    assert result.exit_code == 0
    assert "Anna [bold]Nurse[/bold]" in result.stdout
    assert "Registered nurse since 2011" in result.stdout


def test_search_says_when_it_is_by_words_alone(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.answers["search"] = {**FOUND, "degraded": True}
    assert "by words alone" in shortlist("search", "nurse", "--kind", "resume").stdout


@pytest.mark.parametrize("text", ['"team lead', "java OR", "(java", "-java", "java AND"])
def test_search_says_when_operators_meant_nothing(gateway: FakeGateway, shortlist: Any, text: str) -> None:
    gateway.answers["search"] = {**FOUND, "read_as": "words"}
    assert "Read as plain words" in shortlist("search", "--kind", "resume", "--", text).stdout
    assert "Read as plain words" not in shortlist("search", "part-time nurse\nin or at", "--kind", "resume").stdout
    gateway.answers["search"] = {**FOUND, "read_as": "query"}
    assert "Read as plain words" not in shortlist("search", "--kind", "resume", "--", text).stdout


def test_json_is_the_gateways_own_answer(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.answers["search"] = FOUND
    assert json.loads(shortlist("search", "nurse", "--kind", "resume", "--json").stdout) == FOUND


def test_match_prints_requirements_with_their_evidence(gateway: FakeGateway, shortlist: Any) -> None:
    requirement = {
        "text": "CPR certificate",
        "status": "met",
        "evidence": [{"text": "Holds a CPR card", "start": 0, "end": 16, "similarity": 0.8}],
    }
    result = {"id": "anna", "title": "Anna", "score": 64.0, "requirements": [requirement]}
    gateway.answers["matches"] = {"results": [result], "unscored": 2, "degraded": False}
    shown = shortlist("match", "job-1").stdout
    for told in ("64.0", "met", "CPR certificate", "Holds a CPR card", "2 not scored"):
        assert told in shown


def test_status_of_an_id_tells_why_it_failed_whatever_its_kind(gateway: FakeGateway, shortlist: Any) -> None:
    error = {"code": "encrypted", "message": "the file needs a password"}
    gateway.documents[("job", "j1")] = Held("job", "j1", {}, None, "1-1", error=error)
    result = shortlist("status", "j1")
    assert result.exit_code == 0
    assert "the file needs a password" in result.stdout
    assert shortlist("status", "j1", "--kind", "resume").exit_code == 1


def test_status_without_an_id_shows_every_part_and_what_it_misses(gateway: FakeGateway, shortlist: Any) -> None:
    cache = {"status": "degraded", "reason": "it is away", "hits": 3}
    embedding = {"status": "ok", "latency_ms": 12.34, "model": "mini", "dimension": 384}
    gateway.answers["health"] = {
        "status": "degraded",
        "parts": {"embedding": embedding, "cache": cache, "broker": {"status": "down", "reason": "refuses"}},
        "lag": {"documents.text.v1": 17},
    }
    shown = shortlist("status").stdout
    for told in ("degraded", "embedding", "12.3 ms", "dimension 384", "refuses", "documents.text.v1", "17"):
        assert told in shown


def test_figures_are_shown_with_their_units_and_a_parts_own_parts_by_their_state(
    gateway: FakeGateway, shortlist: Any
) -> None:
    ready = {"parts": {"database": {"status": "ok"}, "embedding": {"status": "waiting", "reason": "it starts"}}}
    gateway.answers["health"] = {
        "status": "ok",
        "parts": {
            "broker": {"status": "ok", "memory_mb": 19.84},
            "embedding": {"status": "ok", "age_seconds": 2.0, "texts_per_second": 30.6, "cache": {"hits": 3}},
            "matching": {"status": "ok", "ready": ready},
        },
    }
    shown = shortlist("status").stdout
    for told in ("memory 19.8 MB", "age 2.0 s", "texts per second 30.6", "cache: hits 3"):
        assert told in shown
    assert "ready: database ok, embedding waiting (it starts)" in " ".join(shown.split())


def test_reembed_says_how_many(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.documents[("job", "j1")] = Held("job", "j1", {}, None, "1-1")
    assert "1 documents" in shortlist("reembed").stdout


def test_the_stack_file_goes_before_the_address(
    tmp_path: Path, gateway: FakeGateway, shortlist: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = FakeGateway(answers={"search": {**FOUND, "model": "other"}})
    gateway.answers["search"] = FOUND
    with serving(other.app()) as url:
        (tmp_path / "stack.json").write_text(json.dumps({"gateway_url": url, "api_key": None}))
        monkeypatch.setenv("SHORTLIST_STACK", str(tmp_path / "stack.json"))
        answer = json.loads(shortlist("search", "x", "--kind", "job", "--json").stdout)
    assert answer["model"] == "other"


@pytest.mark.parametrize("content", [None, "not json", "{}"])
def test_a_stack_file_that_is_none_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / "stack.json"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("SHORTLIST_STACK", str(path))
    result = CliRunner().invoke(main, ["search", "x", "--kind", "job"])
    assert result.exit_code == 1
    assert "stack" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_gateway_there_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHORTLIST_STACK", raising=False)
    result = CliRunner().invoke(main, ["match", "j", "--url", "http://127.0.0.1:9"])
    assert result.exit_code == 1
    assert "shortlist up" in result.stderr


def test_a_refusal_is_the_gateways_own_sentence(shortlist: Any) -> None:
    result = shortlist("status", "nobody", "--kind", "job")
    assert result.exit_code == 1
    assert "no job has the id nobody" in result.stderr


def test_every_command_explains_itself() -> None:
    runner = CliRunner()
    waiting: list[list[str]] = [[]]
    seen = 0
    while waiting:
        path = waiting.pop()
        result = runner.invoke(main, [*path, "--help"])
        assert result.exit_code == 0, path
        command: Any = _command(path)
        assert command.help, path
        seen += 1
        waiting += [[*path, name] for name in getattr(command, "commands", {})]
    assert seen > 15


def _command(path: list[str]) -> Any:
    import typer

    command: Any = typer.main.get_command(main)
    for name in path:
        command = command.commands[name]
    return command
