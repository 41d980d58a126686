"""Positions told by when somebody joined an employer and left it, as Japanese resumes do: "… 入社", "… 退社"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.ingest.structure.entries.dates.dates import DateRange
from services.ingest.structure.entries.entry_lines import EntryLine
from services.ingest.structure.entries.header_pieces import pieces_of
from services.ingest.structure.entries.pieces import is_place, piece, trimmed
from services.ingest.structure.entries.positions.found import Found

_JOINED = re.compile(r"(?:に|へ|として)?(?:中途|新卒|正式)?(?:入社|入職|入行|入庁|入局|入所|入职|入職)")
_LEFT = re.compile(r"退社|退職|退行|退任|退所|離職|离职|辞职")
_TO_NOW = re.compile(r"現在に至る|现任|至今|在職中|在籍中")
_DID = re.compile(
    r"(?:として|に)(?:勤務|従事|配属|就任|昇格|昇進|異動)(?:する|した|しました)?[。.]?$|を担当.{0,6}$|として$"
)
_DEPARTMENT = re.compile(r"[部課室店]$")
_BRACKETS = re.compile(r"[（(][^（()）]{0,20}[)）]")
_DUTY = re.compile(r"[^\s、。]{2,12}(?:担当|職|係|長|主任|スタッフ|士|師|員)$")
MAX_LINES = 8
MAX_TITLE_CHARS = 30


def joined_and_left(lines: Sequence[EntryLine]) -> list[Found]:
    """The positions whose first line says that somebody joined an employer; none in most documents."""
    joined = [at for at, line in enumerate(lines) if "入" in line.text and _JOINED.search(line.text) and _point(line)]
    if not joined:
        return []
    found = []
    for at, following in zip(joined, [*joined[1:], len(lines)], strict=True):
        position = _position(lines, at, min(following, at + MAX_LINES))
        if position:
            found.append(position)
    return found


def _position(lines: Sequence[EntryLine], at: int, end: int) -> Found | None:
    time = _point(lines[at])
    if time is None:
        return None
    text = f"{lines[at].text[: time.start]} {lines[at].text[time.end :]}"
    title, organization = _named(_BRACKETS.sub(" ", _JOINED.sub(" ", text)))
    if organization is None:
        return None
    last, left, lasts = at, None, False
    for further in range(at + 1, end):
        said = lines[further].text
        date = _point(lines[further])
        lasts = lasts or _TO_NOW.search(said) is not None
        if date and _LEFT.search(said):
            left, last = date, further
            break
        if title is None and not lines[further].bullet:
            title = _told_position(said if date is None else said[date.end :])
        if lasts:
            last = further
            break
    if left is not None:
        whole = DateRange(time.start, time.end, "range", time.from_, left.to)
    elif lasts:
        whole = DateRange(time.start, time.end, "range", time.from_, None, in_progress=True)
    else:
        whole = time
    return Found(at, last, title, organization, whole)


def _named(text: str) -> tuple[str | None, str | None]:
    # "さくら病院に看護師として"
    employer, particle, position = text.partition("に")
    apart = f"{employer} | {position}" if particle and piece(trimmed(employer)).lean < 0 else text
    pieces = [each for each in pieces_of(apart) if not is_place(each.text)]
    employers = [each for each in pieces if each.lean < 0]
    organization = employers[0] if employers else next((each for each in pieces if each.lean == 0), None)
    title = next((each.text for each in pieces if each is not organization and each.lean > 0), None)
    return trimmed(
        _DID.sub("", title).removesuffix("として")
    ) if title else None, organization.text if organization else None


def _told_position(text: str) -> str | None:
    """What a line says that somebody was: "営業部 営業担当", "システムエンジニアとして勤務"."""
    if len(text) > MAX_TITLE_CHARS or _TO_NOW.search(text) or _LEFT.search(text):
        return None
    bare = trimmed(_DID.sub("", trimmed(text)))
    if _DEPARTMENT.search(bare):
        return None
    if _DUTY.search(bare):
        return bare.split()[-1]
    pieces = [each for each in pieces_of(bare) if each.occupation > 0 and each.lean > 0]
    return pieces[-1].text if pieces else None


def _point(line: EntryLine) -> DateRange | None:
    return next((time for time in line.times if time.kind == "point"), None)
