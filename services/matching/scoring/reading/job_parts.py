"""The parts of a job's text, told by their headings: what it asks for, what it offers, what one would do."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class JobPart(StrEnum):
    """What a stretch of a job is about."""

    OPEN = "open"
    MUST = "must"
    NICE = "nice"
    DUTIES = "duties"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True)
class TextRange:
    """A stretch of the stored text, in code points: start inclusive, end exclusive."""

    start: int
    end: int


# Earlier rows win: "preferred qualifications" is nice before "qualifications" is must.
_WORDS: tuple[tuple[JobPart, str], ...] = (
    (
        JobPart.NICE,
        r"nice[ -]to[ -]haves?|nice if you have|good to have|(?:strongly )?(?:preferred|desired|desirable"
        r"|optional)\b.*"
        r"|(?:big )?(?:pluses|plus)|bonus (?:points|skills|if).*|bonus|(?:the )?preferred candidate.*|wünschenswert.*"
        r"|atouts?|souhaité.*|deseable.*|加分项?|优先(?:条件|考虑)?|优先|ưu tiên.*",
    ),
    (
        JobPart.BOILERPLATE,
        r"(?:our |employee |company )?(?:benefits?|perks)\b.*|what we offer|we offer|what(?:['’]?s| is) in it for you"
        r"|compensation\b.*|(?:base )?(?:salary|pay)\b.*|about (?!you\b|the (?:job|role|position|opportunity)\b).+"
        r"|who we are|company (?:description|overview|profile)|why (?:join|work|choose|us).*|diversity.*|eeo.*"
        r"|equal (?:employment )?opportunity.*|how to apply|application (?:instructions|process|deadline).*"
        r"|our (?:culture|values|mission|story|commitment).*|disclaimer|privacy.*|please note|ada statement"
        r"|e-verify statement|background check.*|criminal history.*"
        r"|work(?:ing)? (?:environment|conditions)|physical (?:demands|requirements).*|to all recruitment agencies"
        r"|wir bieten.*|über uns|nous offrons.*|à propos de nous|avantages|ofrecemos.*|sobre nosotros"
        r"|公司(?:简介|介绍)|福利(?:待遇)?|薪资(?:待遇)?|联系方式|quyền lợi.*|phúc lợi.*",
    ),
    (
        JobPart.MUST,
        r"(?:(?:\w+|ksa's)[ /&-]){0,3}(?:qualifications?|requirements?|competenc(?:y|ies)|must[ -]haves?)"
        r"(?: (?:and|&|or|and/or) \w+)?|(?:(?:required|necessary|minimum|key|core|technical|basic|essential"
        r"|professional"
        r"|additional|your|job|position|soft|hard)[ /&-])*(?:skills?|experience)(?:[ /&]+(?:and |or )?"
        r"(?:skills?|experience|qualifications?|education|abilities|knowledge|required|needed))*|(?:required"
        r"|education)\b.*"
        r"|what you(?:['’]?ll| will)? (?:need|bring|have)\b.*|what we(?:['’]?re| are)? look(?:ing)? for\b.*"
        r"|who(?:m)? (?:you are|we are looking for)|you (?:have|bring)|about you|your (?:profile|expertise"
        r"|background)"
        r"|candidate profile|must|knowledge,? skills.*|to qualify.*|eligibility|minimum.*|licensing.*|certifications?"
        r"|anforderungen|(?:ihr |dein )?profil|qualifikationen?|das bringst du mit|voraussetzungen"
        r"|profil (?:recherché|du candidat)|compétences(?: requises)?|exigences|requisitos.*|(?:perfil|se requiere).*"
        r"|(?:任职|岗位|职位|招聘)(?:要求|资格|条件)|要求|必须|応募資格|必須.*|자격 ?요건|yêu cầu.*",
    ),
    (
        JobPart.DUTIES,
        r"(?:\w+[ /&-]){0,3}(?:responsibilit(?:y|ies)|duties|functions?|tasks)(?: (?:and|&|include)\b.*)?"
        r"|what you(?:['’]?ll| will) (?:do|be doing)|in this role,? you.*|you will|day[ -]to[ -]day|your impact"
        r"|objectives of this role|(?:ihre |deine )?aufgaben|missions?|vos missions|responsabilidades|funciones"
        r"|(?:岗位|工作|职位)?(?:职责|内容)|業務内容|담당 ?업무|mô tả.*",
    ),
    (
        JobPart.OPEN,
        r"(?:about )?(?:the |your |this )?(?:role|opportunity|position|job)|summary|overview|description"
        r"|introduction|职位描述"
        r"|(?:job |position |posting )?title"
        r"|(?:job|role|position|project|program) (?:description|summary|overview|purpose|details)",
    ),
)
_PATTERNS = tuple((part, re.compile(rf"(?:{words})\Z", re.IGNORECASE)) for part, words in _WORDS)

_LOOSE = (
    (JobPart.BOILERPLATE, re.compile(r"\b(?:benefits|perks|mission|values)\b", re.IGNORECASE)),
    (JobPart.MUST, re.compile(r"\b(?:requirements|qualifications)\b", re.IGNORECASE)),
    (JobPart.DUTIES, re.compile(r"\b(?:responsibilities|duties)\b", re.IGNORECASE)),
)
# One line of facts about the post, after which the part goes on as before.
_LABEL = re.compile(
    r"^[ \t#*•-]*(?:(?:work |job |additional )?locations?|schedule|(?:working |work )?hours|duration|travel"
    r"|department|status"
    r"|start date|(?:job|position|employment|workplace) (?:type|status|id|family|number)|req(?:uisition)? id"
    r"|reference number"
    r"|standort|lieu|lugar|工作地点|勤務地)\b[ \t*]*(?:[:：][ \t]*\S[^\n]{0,160}|[:：]?[ \t]*\n[^\n]{1,80})$",
    re.IGNORECASE | re.MULTILINE,
)
# A heading either has its line for itself or ends with a colon; the latter may stand inside a line.
_LINE = re.compile(r"^[ \t]*[#*\-•■▪►【]*[ \t]*([^\n:：]{2,60}?)[ \t]*[】*]*[ \t]*[:：]?[ \t]*$", re.MULTILINE)
_INLINE = re.compile(r"(?:^|(?<=[\s.;)\]】*]))([A-ZÀ-ÖØ-Þ\u4e00-\u9fff][^\n.;:：]{1,45}?)[ \t*]*[:：]", re.MULTILINE)
_MOST_WORDS = 8
# A stretch may begin with the bullet or mark before its heading's first letter.
_HEADING_SLACK = 5


def part_of_heading(heading: str) -> JobPart | None:
    """What a heading announces; None where it is none that we know."""
    words = heading.strip(" \t\r\n#*-–•:：【】[]()").replace("_", " ")
    for part, pattern in _PATTERNS:
        if pattern.match(words):
            return part
    if words.endswith("?") or _in_title_case(words):
        return next((part for part, pattern in _LOOSE if pattern.search(words)), None)
    return None


class JobParts:
    """Where in a job's text each part begins."""

    def __init__(self, text: str, sections: Sequence[tuple[int, str]], asked_from: int | None = None) -> None:
        """`sections` are (start, title) as ingest found them; `asked_from` is where a job's own
        requirements field begins: all from there on is MUST until a heading says otherwise."""
        marks: dict[int, tuple[int, JobPart]] = {}
        for match in _LINE.finditer(text):
            self._mark(marks, match.start(1), match.end(), match.group(1))
        for match in _INLINE.finditer(text):
            start, words = _last_words(match)
            self._mark(marks, start, match.end(), words)
        for start, title in sections:
            part = part_of_heading(title)
            if part is None and _in_title_case(title):
                part = JobPart.OPEN  # a heading new to us still closes the part before it
            if part is not None and 0 < start < len(text):
                marks.setdefault(start, (start + len(title), part))
        if asked_from is not None:
            marks.setdefault(asked_from, (asked_from, JobPart.MUST))
        labels = [match.span() for match in _LABEL.finditer(text)]
        self._label_starts = [start for start, _ in labels]
        self._label_ends = [end for _, end in labels]
        self._starts = sorted(marks)
        self._marks = [marks[start] for start in self._starts]

    def part_at(self, stretch: TextRange) -> JobPart:
        """The part that a stretch lies in: that of the last heading at or before its first word."""
        label = bisect_right(self._label_starts, stretch.start) - 1
        if label >= 0 and stretch.start < self._label_ends[label]:
            return JobPart.BOILERPLATE
        last = bisect_right(self._starts, stretch.start + _HEADING_SLACK) - 1
        return self._marks[last][1] if last >= 0 else JobPart.OPEN

    def is_heading(self, stretch: TextRange) -> bool:
        """Whether a stretch is a heading and nothing else."""
        first = bisect_left(self._starts, stretch.start - _HEADING_SLACK)
        last = bisect_right(self._starts, stretch.start + _HEADING_SLACK)
        return any(stretch.end <= end + 2 for end, _ in self._marks[first:last])

    @staticmethod
    def _mark(marks: dict[int, tuple[int, JobPart]], start: int, end: int, heading: str) -> None:
        part = part_of_heading(heading)
        if part is not None and len(heading.split()) <= _MOST_WORDS:
            marks[start] = (end, part)


def _in_title_case(words: str) -> bool:
    return all(word[0].isupper() for word in words.split() if len(word) > 3)


def _last_words(match: re.Match[str]) -> tuple[int, str]:
    """Inside a running line the heading is the longest tail that is one: "... the team Requirements"."""
    words = match.group(1).rstrip()
    for at in [0, *(found.end() for found in re.finditer(r"\s+", words))]:
        if words[at].isupper() or not words[at].isascii():
            tail = words[at:]
            if part_of_heading(tail) is not None:
                return match.start(1) + at, tail
    return match.start(1), words
