"""The main job on real files, driven from outside: upload and events in, ranked and explained matches out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pymupdf
import pytest

from libs.contracts.structure import STRUCTURE_VERSION
from tests.described_answers import DescribedAnswers
from tests.e2e.ats_events import ats_event, ats_headers, publish
from tests.e2e.every_call import JOB, REFUSED, RESUME, call_everything
from tests.e2e.running_stack import RunningStack, until
from tests.fakes.event_stream import EventReader

pytestmark = pytest.mark.e2e

SAMPLES = Path(__file__).parents[2] / "deploy" / "samples"
RESUMES = sorted((SAMPLES / "resumes").iterdir())


@pytest.fixture(scope="module")
def described(broker_kind: str) -> DescribedAnswers:
    """Holds every answer that these tests get against the published description of the API."""
    return DescribedAnswers()


@pytest.fixture(scope="module")
def stack(
    broker_kind: str, tmp_path_factory: pytest.TempPathFactory, described: DescribedAnswers
) -> Iterator[RunningStack]:
    folder = tmp_path_factory.mktemp("stack") / "data"
    running = RunningStack(folder, "--broker", broker_kind, check=described.check)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def loaded(stack: RunningStack) -> RunningStack:
    """The stack with all samples indexed, loaded by the command."""
    for paths, kind in ((SAMPLES / "resumes", "resume"), (SAMPLES / "jobs.jsonl", "job")):
        result = stack.command("load", str(paths), "--kind", kind, "--json")
        assert result.returncode == 0, result.stdout + result.stderr
    return stack


def test_every_sample_is_stored_with_its_text_and_vectors(loaded: RunningStack) -> None:
    listed = loaded.http.get("/resumes/", params={"limit": 200}).json()["items"]
    assert {path.stem for path in RESUMES} <= {item["id"] for item in listed}
    document = loaded.document("resume", RESUME)
    assert document is not None
    assert "IEC 60079-17" in " ".join(document["text"].split())
    assert document["embedding"]["windows"] > 1


def test_a_jobs_matches_are_ranked_and_explained_by_lines_of_the_resume(loaded: RunningStack) -> None:
    answer = loaded.http.get(f"/jobs/{JOB}/matches", params={"limit": 20}).json()
    scores = [result["score"] for result in answer["results"]]
    assert len(scores) + answer["unscored"] >= len(RESUMES)
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)
    calculated = _calculate(loaded)
    texts = {kind: loaded.document(kind, name) for kind, name in (("job", JOB), ("resume", RESUME))}
    assert calculated["requirements"]
    for requirement in calculated["requirements"]:
        _assert_is_in(requirement, texts["job"])
        for evidence in requirement["evidence"]:
            _assert_is_in(evidence, texts["resume"])


def test_a_pairs_score_is_the_same_alone_and_in_the_ranking(loaded: RunningStack) -> None:
    answer = loaded.http.get(f"/jobs/{JOB}/matches", params={"limit": 100}).json()
    ranked = {result["id"]: result["score"] for result in answer["results"]}
    assert ranked[RESUME] == _calculate(loaded)["score"]


def test_an_audit_counts_the_sample_applicants_by_group(loaded: RunningStack) -> None:
    result = loaded.command("audit", str(SAMPLES / "applicants.csv"), "--top", "2", "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert [(each["reason"], each["count"]) for each in report["unscored"]] == [("unknown", 1)]
    assert (report["applications"], report["scored"], report["jobs"]) == (21, 20, 6)
    by_sex = report["measures"][0]["breakdowns"][0]
    assert [(each["group"]["sex"], each["applications"]) for each in by_sex["groups"]] == [("Female", 10), ("Male", 8)]
    assert [each["way"] for each in report["measures"]] == ["above_median", "top", "decision"]
    assert report["measures"][1]["selected"] >= 12


@pytest.mark.parametrize(("query", "kind"), [("registered nurse", "resume"), ("Java developer", "job")])
def test_text_finds_documents_of_the_kind_asked_for(loaded: RunningStack, query: str, kind: str) -> None:
    body = {"query": query, "kind": kind, "limit": 5}
    answer = loaded.http.post("/matching/similarity-search", json=body).json()
    assert answer["degraded"] is False
    assert 0 < len(answer["results"]) <= 5
    assert {result["kind"] for result in answer["results"]} == {kind}


def test_an_updated_job_shows_its_new_text_and_nothing_of_the_old(loaded: RunningStack) -> None:
    for title in ("Pastry cook", "Beekeeper"):
        body = {"title": title, "description": f"Work as {title} in our house.", "requirements": [f"{title} diploma"]}
        answer = loaded.http.put("/jobs/updated", json=body, headers={"Prefer": "wait=60"})
        assert answer.status_code in (200, 201), answer.text
    document = loaded.document("job", "updated")
    assert document is not None
    assert document["indexed_revision"] == document["revision"]
    assert "Beekeeper" in document["text"]
    assert "Pastry" not in json.dumps(document)
    matches = loaded.http.get("/jobs/updated/matches", params={"limit": 3}).json()["results"]
    assert "Pastry" not in json.dumps(matches)


@pytest.mark.parametrize("mode", ["binary", "structured"])
async def test_an_event_of_any_kafka_client_becomes_a_document(loaded: RunningStack, mode: str) -> None:
    name = f"ats-{mode}"
    job = {"title": "Tram driver", "description": "Drives trams.", "requirements": "Licence\nNight shifts"}
    await publish(loaded, f"default/job/{name}", *ats_event(mode, "shortlist.document.submitted.v1", job))
    document = loaded.ended("job", name)
    assert document["status"] == "indexed"
    assert document["title"] == "Tram driver"
    assert "Night shifts" in document["text"]


async def test_a_file_in_an_event_becomes_a_document(loaded: RunningStack) -> None:
    path = SAMPLES / "resumes" / f"{RESUME}.pdf"
    headers = ats_headers("shortlist.document.submitted.v1", "application/pdf") | {"ce_filename": path.name}
    await publish(loaded, "default/resume/ats-file", path.read_bytes(), headers)
    uploaded = loaded.document("resume", RESUME)
    assert uploaded is not None
    assert loaded.ended("resume", "ats-file")["text"] == uploaded["text"]


def test_what_is_found_in_a_resume_is_shown_with_offsets_into_its_text(loaded: RunningStack) -> None:
    document = loaded.document("resume", RESUME)
    assert document is not None
    assert document["sections"]
    assert document["structure_version"] == STRUCTURE_VERSION
    found = [*document["sections"], *document["identity_spans"], *document["entries"], *document["mentions"]]
    found += document["disclaimed_spans"]
    assert all(0 <= each["start"] < each["end"] <= len(document["text"]) for each in found)
    identity = {(span["type"], document["text"][span["start"] : span["end"]]) for span in document["identity_spans"]}
    assert {("name", "Callum Strathairn"), ("email", "callum.strathairn@example.org")} <= identity
    assert document["title"] == "Industrial Electrician"
    held = [(entry["organization"], entry["from"], entry["in_progress"]) for entry in document["entries"]]
    assert ("Kinnaird Process Services", "2017", True) in held


async def test_what_an_older_version_found_is_found_anew_from_the_stored_text(loaded: RunningStack) -> None:
    before = loaded.document("resume", RESUME)
    assert before is not None
    connection = await asyncpg.connect(loaded.info["postgres_dsn"])
    try:
        await connection.execute(
            """
            UPDATE matching.documents SET structure_version = 0, sections = NULL, identity_spans = NULL, entries = NULL,
                mentions = NULL, disclaimed_spans = NULL, title = NULL
            WHERE id = $1
            """,
            RESUME,
        )
    finally:
        await connection.close()

    def derived() -> dict[str, Any] | None:
        shown = loaded.document("resume", RESUME)
        return shown if shown is not None and shown["structure_version"] == STRUCTURE_VERSION else None

    shown = until(derived, "the structure to be found anew")
    assert shown == before


@pytest.mark.parametrize("door", ["json", "form", "event"])
async def test_metadata_may_say_what_present_means(loaded: RunningStack, door: str) -> None:
    name, text, metadata = (
        f"as-of-{door}",
        "Beekeeper since 2016. Keeps ten hives on the roof.",
        {"as_of": "2025-06-30"},
    )
    if door == "json":
        assert loaded.http.put(f"/resumes/{name}", json={"text": text, "metadata": metadata}).status_code == 202
    elif door == "form":
        form: dict[str, Any] = {"files": {"file": ("cv.txt", text)}, "data": {"metadata": json.dumps(metadata)}}
        assert loaded.http.put(f"/resumes/{name}", **form).status_code == 202
    else:
        headers = ats_headers("shortlist.document.submitted.v1", "application/json")
        await publish(
            loaded, f"default/resume/{name}", json.dumps({"text": text, "metadata": metadata}).encode(), headers
        )
    document = loaded.ended("resume", name)
    assert (document["status"], document["as_of"], document["metadata"]) == ("indexed", "2025-06-30", metadata)
    assert not document["created_at"].startswith("2025-06-30")
    plain = loaded.document("resume", RESUME)
    assert plain is not None
    assert plain["as_of"] == plain["created_at"][:10]


async def test_a_bad_event_fails_with_its_reason_and_the_next_goes_on(loaded: RunningStack) -> None:
    headers = ats_headers("shortlist.document.submitted.v1", "application/json")
    await publish(loaded, "default/job/bad", b"{not json", headers)
    await publish(loaded, "default/job/good", b'{"title": "Cook", "description": "Cooks."}', headers)
    bad = loaded.ended("job", "bad")
    assert (bad["status"], bad["error"]["code"]) == ("failed", "invalid_content")
    assert loaded.ended("job", "good")["status"] == "indexed"


def test_a_file_without_text_fails_with_a_sentence(loaded: RunningStack, tmp_path: Path) -> None:
    with pymupdf.open() as picture:
        page = picture.new_page()
        page.draw_circle((200, 200), 80, fill=(0, 0, 1))
        picture.save(tmp_path / "picture.pdf")
    result = loaded.command("load", str(tmp_path / "picture.pdf"), "--kind", "resume", "--json")
    assert result.returncode == 1
    (failure,) = json.loads(result.stdout)["failures"]
    assert failure["code"] in ("scanned_no_text", "empty")
    assert failure["message"]


def test_a_deleted_document_is_gone_from_reads_search_and_matches(loaded: RunningStack) -> None:
    text = "Zeppelin captain with twenty years on airships over the Alps.\nHolds an airship pilot licence."
    headers = {"Prefer": "wait=60"}
    assert loaded.http.put("/resumes/gone", json={"text": text}, headers=headers).status_code in (200, 201)
    assert "gone" in _found(loaded, "Zeppelin captain airships")
    answer = loaded.http.delete("/resumes/gone")
    assert answer.status_code == 202
    assert loaded.document("resume", "gone") is None
    assert "gone" not in _found(loaded, "Zeppelin captain airships")
    matches = loaded.http.get(f"/jobs/{JOB}/matches", params={"limit": 100}).json()
    assert "gone" not in {result["id"] for result in matches["results"]}
    receipt = answer.json()["links"]["receipt"].removeprefix("/api/v1")
    until(lambda: loaded.http.get(receipt).status_code == 200, "the receipt of the erasure")


def test_who_was_shown_a_score_is_logged_and_the_log_outlives_a_deletion_without_the_id(loaded: RunningStack) -> None:
    text = "Lighthouse keeper with twenty years at sea.\nMends lamps, keeps logs and speaks Breton."
    assert loaded.http.put("/resumes/keeper", json={"text": text}, headers={"Prefer": "wait=60"}).status_code in (
        200,
        201,
    )
    pair, who = {"job_id": JOB, "resume_id": "keeper"}, {"Shortlist-Actor": "Zoë Müller".encode()}
    score = loaded.http.post("/matching/calculate", json=pair, headers=who).json()["score"]

    def logged(resume: str) -> list[dict[str, Any]]:
        shown = loaded.command("log", "--job", JOB, "--resume", resume, "--json")
        assert shown.returncode == 0, shown.stderr
        return list(json.loads(shown.stdout)["items"])

    (entry,) = until(lambda: logged("keeper"), "the score in the log")
    assert (entry["operation"], entry["actor"], entry["score"]) == ("calculate", "Zoë Müller", score)
    assert loaded.http.delete("/resumes/keeper", headers={"Prefer": "wait=60"}).status_code == 200
    assert logged("keeper") == []
    entries = loaded.http.get("/score-log", params={"job_id": JOB, "since": entry["at"], "limit": 200}).json()["items"]
    (kept,) = [each for each in entries if each["actor"] == "Zoë Müller"]
    assert kept["resume_id"].startswith("erased:")
    assert (kept["score"], kept["resume_revision"], kept["resume_text_hash"]) == (score, None, None)


def test_the_detailed_health_tells_of_every_part(loaded: RunningStack) -> None:
    body = loaded.http.get("/health/detailed").json()
    assert {"broker", "database", "matching", "embedding", "cache"} <= set(body["parts"])
    assert body["parts"]["embedding"]["dimension"] > 0
    shown = loaded.command("status")
    assert shown.returncode == 0
    assert "embedding" in shown.stdout


def test_every_refusal_is_as_the_description_says(loaded: RunningStack, described: DescribedAnswers) -> None:
    sent = {"content": b"%PDF-1.7 broken", "headers": {"content-type": "application/pdf", "Prefer": "wait=60"}}
    assert loaded.http.put("/resumes/failed", **sent).status_code == 422
    for status, method, path, given in REFUSED:
        answer = loaded.http.request(method, path, **given)
        assert answer.status_code == status, (method, path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    assert {status for _, status in described.seen} >= {400, 404, 409, 412, 413, 415, 422, 501}


def test_every_step_of_a_submission_comes_as_an_event_as_described(
    loaded: RunningStack, described: DescribedAnswers
) -> None:
    http, reader, steps = loaded.http, EventReader(), []
    ticket = http.post("/events/tickets")
    assert ticket.status_code == 201, ticket.text
    with http.stream("GET", "/events", params={"ticket": ticket.json()["ticket"]}) as answer:
        pieces = answer.iter_text()
        list(reader.feed(next(pieces)))
        assert reader.last_id, "from here on nothing is missed"
        assert http.put("/resumes/followed", json={"text": "A beekeeper with ten hives."}).status_code == 202
        # Gateway and ingest report each for itself: queued may come behind parsed.
        while not {"queued", "parsed", "indexed"} <= {*steps}:
            for event in reader.feed(next(pieces)):
                described.check_event(answer, event.name, event.data)
                steps += [event.data["status"]] if event.data["id"] == "followed" else []
    assert sorted(steps) == ["indexed", "parsed", "queued"]
    with http.stream("GET", "/events", headers={"last-event-id": "none of ours"}) as answer:
        (event,) = EventReader().feed(next(answer.iter_text()))
        described.check_event(answer, event.name, event.data)
    assert (event.name, event.data["reason"]) == ("reset", "malformed")


def test_every_call_answers_as_the_description_says(loaded: RunningStack, described: DescribedAnswers) -> None:
    call_everything(loaded)
    assert {name for name, status in described.seen if status < 300} == described.operations


def test_lag_is_told_by_group_in_the_detailed_health_and_as_a_metric(loaded: RunningStack) -> None:
    shown = json.loads(loaded.command("lag", "--json").stdout)
    body = loaded.http.get("/health/detailed").json()
    assert {group: set(topics) for group, topics in body["lag_by_group"].items()} == {
        group: set(topics) for group, topics in shown.items()
    }
    wanted = 'shortlist_group_lag_records{group="shortlist.embedding",topic="documents.text.v1"}'
    metrics = str(loaded.http.base_url).removesuffix("/").removesuffix("/api/v1") + "/metrics"
    until(lambda: wanted in httpx.get(metrics, trust_env=False).text, "the lag as a metric", 30)


def test_lag_is_told_and_nothing_waits_in_the_end(loaded: RunningStack) -> None:
    def settled() -> bool:
        result = loaded.command("lag", "--json")
        assert result.returncode == 0, result.stderr
        return sum(sum(topics.values()) for topics in json.loads(result.stdout).values()) == 0

    until(settled, "no record waiting", 30)


def test_a_restart_on_the_same_data_keeps_documents_and_scores(loaded: RunningStack) -> None:
    before = _calculate(loaded)
    assert loaded.stop() == 0
    loaded.start()
    assert _calculate(loaded) == before
    assert loaded.document("resume", "gone") is None
    answer = loaded.http.put("/resumes/after", json={"text": "A gardener."}, headers={"Prefer": "wait=60"})
    assert answer.status_code in (200, 201), answer.text


def _calculate(stack: RunningStack) -> dict[str, Any]:
    answer = stack.http.post("/matching/calculate", json={"job_id": JOB, "resume_id": RESUME})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _found(stack: RunningStack, query: str) -> set[str]:
    body = {"query": query, "kind": "resume", "limit": 50}
    return {result["id"] for result in stack.http.post("/matching/similarity-search", json=body).json()["results"]}


def _assert_is_in(stretch: dict[str, Any], document: dict[str, Any] | None) -> None:
    assert document is not None
    assert document["text"][stretch["start"] : stretch["end"]] == stretch["text"]
