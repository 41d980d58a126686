"""A page of the score log: scores of a resume, of a job or of both, the newest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.inner.score_log import LoggedScore, ScoreLogPage
from libs.contracts.revision import Revision
from libs.database.transactions import Reading
from services.matching.answers.cursors import InvalidCursor, cursor_at, list_mark, position_in
from services.matching.storage.times import rfc3339

_COLUMNS = """l.*, (SELECT model FROM matching.spaces s WHERE s.space = l.space) AS model"""
_POSITION = re.compile(r"(\d{1,17})\.(\d{1,19})\.(\d{1,5})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class LoggedScores:
    """Which entries of the log are asked for: of a resume, of a job, or of this pair; shown at `since` or later, before
    `until`. An id of an erased document is the name that the log shows for it."""

    tenant: str
    resume_id: str | None
    job_id: str | None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def mark(self) -> str:
        """What a cursor carries of the list that it belongs to."""
        times = ["" if each is None else each.isoformat() for each in (self.since, self.until)]
        return list_mark(["score log", self.tenant, self.resume_id or "", self.job_id or "", *times])

    def where(self) -> tuple[list[str], list[Any]]:
        """Conditions and their values, from $1 on."""
        tests, values = ["l.tenant = $1"], list[Any]([self.tenant])
        given = (
            ("resume_id =", self.resume_id),
            ("job_id =", self.job_id),
            ("at >=", self.since),
            ("at <", self.until),
        )
        for test, value in given:
            if value is not None:
                values.append(value)
                tests.append(f"l.{test} ${len(values)}")
        return tests, values


async def page(connection: Reading, asked: LoggedScores, *, limit: int, cursor: str | None) -> ScoreLogPage:
    """Entries, the newest first; those of one answer in its order. Raises InvalidCursor."""
    tests, values = asked.where()
    if cursor is not None:
        at, answer, place = _position(cursor, asked.mark)
        first = len(values) + 1
        values += [at, answer, place]
        tests.append(f"l.at <= ${first}")
        tests.append(f"(l.at < ${first} OR (l.answer, -l.place) < (${first + 1}::bigint, -${first + 2}::integer))")
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM matching.score_log l WHERE {" AND ".join(tests)}
        ORDER BY l.at DESC, l.answer DESC, l.place LIMIT {limit + 1}
        """,
        *values,
    )
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        last = shown[-1]
        microseconds = (last["at"] - _EPOCH) // _MICROSECOND
        following = cursor_at(f"{microseconds}.{last['answer']}.{last['place']}", asked.mark)
    return ScoreLogPage([_entry(row) for row in shown], following)


def _position(cursor: str, mark: str) -> tuple[datetime, int, int]:
    match = _POSITION.fullmatch(position_in(cursor, mark, "documents and times"))
    try:
        if match is None or int(match[2]) >= 2**63:
            raise ValueError
        return _EPOCH + int(match[1]) * _MICROSECOND, int(match[2]), int(match[3])
    except (ValueError, OverflowError):
        raise InvalidCursor("the cursor is not one that a page gave") from None


def _entry(row: Any) -> LoggedScore:
    score = None if row["score"] is None else round(row["score"], 1)
    return LoggedScore(
        at=rfc3339(row["at"]),
        answer=f"{row['answer']:016x}",
        place=row["place"],
        operation=row["operation"],
        asked_by=row["asked_by"],
        actor=row["actor"],
        job_id=row["job_id"],
        resume_id=row["resume_id"],
        job_revision=_revision(row["job_stamp"], row["job_offset"]),
        resume_revision=_revision(row["resume_stamp"], row["resume_offset"]),
        job_text_hash=None if row["job_hash"] is None else row["job_hash"].hex(),
        resume_text_hash=None if row["resume_hash"] is None else row["resume_hash"].hex(),
        job_structure_version=row["job_structure"],
        resume_structure_version=row["resume_structure"],
        score=score,
        status="insufficient_data" if score is None else "scored",
        scoring_version=row["scoring_version"],
        reading_version=row["reading_version"],
        model=row["model"],
        space=row["space"],
    )


def _revision(stamp: int | None, offset: int | None) -> str | None:
    return None if stamp is None or offset is None else str(Revision(stamp, offset))
