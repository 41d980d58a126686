"""Asks the gateway for the score of every application. Nothing but ids leaves this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.cli.audit.reading import Application
from services.cli.faults import CommandFault
from services.cli.gateway_client import WORTH_ANOTHER_TRY, GatewayClient, GatewayRefusal, Json, pause_seconds

# The gateway takes up to 1,000 at once. Fewer are answered sooner, so that progress is seen, and an answer that takes
# the server too long is refused whole.
RESUMES_A_CALL = 200
ATTEMPTS = 12

# What the gateway says of a resume, and what it says of a whole job, as a reason.
REASONS = {
    "insufficient_data": "too little text to judge, in the resume or the job",
    "not_indexed": "the resume is not indexed, or not yet",
    "unknown": "there is no such resume",
    "job_not_indexed": "the job is not indexed, or not yet",
    "job_unknown": "there is no such job",
}
_OF_JOB = {"not_found": "job_unknown", "not_indexed": "job_not_indexed"}


@dataclass(frozen=True, slots=True)
class Scored:
    """An application with its score, 0 to 100."""

    application: Application
    score: float


@dataclass(frozen=True, slots=True)
class Unscored:
    """An application without a score; `reason` is a key of REASONS, or what a newer gateway says."""

    application: Application
    reason: str


@dataclass(frozen=True, slots=True)
class Scores:
    """All applications asked for, each in one of the two lists, in the file's order."""

    scored: list[Scored]
    unscored: list[Unscored]
    scoring_version: str | None


async def scores_of(client: GatewayClient, applications: Sequence[Application], told: Callable[[int], None]) -> Scores:
    """The score of each application; `told` hears how many were asked for so far.

    Raises CommandFault: no gateway, no valid key, an answer that is not complete, or scores of two scoring versions.
    """
    answers: dict[tuple[str, str], float | str] = {}
    versions: set[str] = set()
    by_job: dict[str, list[str]] = {}
    for each in applications:
        by_job.setdefault(each.job_id, []).append(each.resume_id)
    for job_id, resume_ids in by_job.items():
        for start in range(0, len(resume_ids), RESUMES_A_CALL):
            asked = resume_ids[start : start + RESUMES_A_CALL]
            found, version = await _of_one_call(client, job_id, asked)
            answers |= {(job_id, resume_id): found[resume_id] for resume_id in asked}
            versions |= {version} if version else set()
            told(len(answers))
    if len(versions) > 1:
        raise CommandFault(
            f"the scores are of several scoring versions ({', '.join(sorted(versions))}) and cannot be compared: "
            "the stack is being upgraded; try again when that is done"
        )
    scored, unscored = [], []
    for each in applications:
        answer = answers[each.job_id, each.resume_id]
        if isinstance(answer, str):
            unscored.append(Unscored(each, answer))
        else:
            scored.append(Scored(each, answer))
    return Scores(scored, unscored, versions.pop() if versions else None)


async def _of_one_call(
    client: GatewayClient, job_id: str, resume_ids: list[str]
) -> tuple[dict[str, float | str], str | None]:
    """The score of each resume, or the reason why it has none; and the version of the scoring."""
    try:
        answer = await _patiently(client, job_id, resume_ids)
    except GatewayRefusal as refusal:
        if refusal.code not in _OF_JOB:
            raise
        return dict.fromkeys(resume_ids, _OF_JOB[refusal.code]), None
    found: dict[str, float | str] = {each["id"]: str(each["reason"]) for each in answer["unscored"]}
    for each in answer["results"]:
        found[each["id"]] = "insufficient_data" if each["score"] is None else float(each["score"])
    missing = [resume_id for resume_id in resume_ids if resume_id not in found]
    if missing:
        raise CommandFault(
            f"the gateway's answer for job {job_id} says nothing of {len(missing)} resumes, of {missing[0]} for one: "
            "no figures are computed without them"
        )
    return found, str(answer["scoring_version"])


async def _patiently(client: GatewayClient, job_id: str, resume_ids: list[str]) -> Json:
    """Asks again, at longer and longer intervals, where the gateway says that it has too much to do just now."""
    for attempt in range(ATTEMPTS - 1):
        try:
            return await client.applicants(job_id, resume_ids)
        except GatewayRefusal as refusal:
            if refusal.status not in WORTH_ANOTHER_TRY:
                raise
            await asyncio.sleep(pause_seconds(attempt, refusal.retry_after))
    return await client.applicants(job_id, resume_ids)
