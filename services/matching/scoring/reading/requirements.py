"""What a job asks for, in which of its units, and how much it matters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from libs.contracts.structure import Necessity, RequirementPart
from services.matching.scoring.model import ScoredDocument, Stretch
from services.matching.scoring.reading.job_parts import JobPart, JobParts, TextRange

_NICE = re.compile(
    r"\b(?:preferred|preferably|nice[ -]to[ -]have|good to have|desired|desirable|(?:is|be|are|as) an? (?:big "
    r"|huge |strong )?"
    r"(?:plus|bonus|asset|advantage)|a plus|bonus|ideally|advantageous|optional|wünschenswert|von vorteil|souhaité|"
    r"serait un (?:plus|atout)|deseable|se valora(?:rá)?)\b|加分|优先|尚可|歓迎|우대|ưu tiên",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:must|requir(?:e|es|ed|ement|ements|ing)|needs? to have|\d+\s*\+?\s*(?:-|–|to)?\s*\d*\+?\s*(?:years?|yrs?)"
    r"|years?['’]? (?:of )?(?:\w+ ){0,3}experience|experienced? (?:in|with|of|as|working|using|developing|designing)"
    r"|experience|proficien\w*|knowledge|familiar(?:ity)?|abilit(?:y|ies)|able to|degree|diploma|ged"
    r"|bachelor\w*|master['’]?s"
    r"|ph\.?d|certifi\w*|licen[sc]\w*|skill(?:s|ed)?|fluent|fluency|understanding of|expertise|background in"
    r"|expert in"
    r"|we(?: are|['’]re) (?:looking|searching) for|looking for|the (?:ideal|successful|right) candidate"
    r"|willing(?:ness)? to"
    r"|mandatory|essential|erforderlich|kenntnisse|erfahrung|abgeschlossen\w*|expérience|maîtrise|diplôme"
    r"|connaissances?"
    r"|experiencia|conocimientos?|dominio|kinh nghiệm|thành thạo)\b|经验|熟悉|精通|掌握|学历|本科|能力|経験|스킬|경험",
    re.IGNORECASE,
)
_DEMANDS = re.compile(
    r"\b(?:must (?:have|be|possess|know|hold)|(?:is|are) (?:required|preferred|mandatory)|\d+\s*\+?\s*(?:years?|yrs?)"
    r"|(?:bachelor|master)['’]?s|(?:ideal|successful|right) candidate|candidates? (?:must|should|will have)"
    r"|deep knowledge|proficien\w+ (?:in|with)|experience (?:in|with|as))\b",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"equal[ -]opportunit|equal employment|affirmative action|regardless of (?:race|age|sex|gender)|without regard to"
    r"|protected (?:veteran|class|by law|status)|sexual orientation|reasonable accommodation|401\s?\(?k\)?|\bpto\b"
    r"|paid (?:time off|vacation|holidays|leave)|(?:health|medical|dental|vision|life)(?: and \w+)? insurance"
    r"|tuition (?:assist|reimburs)"
    r"|\bwe offer\b|competitive (?:salary|pay|compensation|benefits|wage)|benefits package|apply (?:now|online"
    r"|today|here|at)"
    r"|to apply|click here|salary range|\$\s?\d|per (?:hour|annum)\b|e-verify|background check|drug (?:test"
    r"|screen|free)"
    r"|is (?:a|an|the) (?:\w+[ -]){0,3}(?:leading|leader|provider|premier)|founded in|our mission|join (?:us"
    r"|our)|visit (?:us|our)"
    r"|(?:submit|send|upload|e-?mail) (?:us )?(?:your|a|an) (?:\w+ )?(?:resume|cv|application)|eeo employer"
    r"|sponsorship"
    r"|www\.|https?:|all qualified applicants|employees enjoy|retirement plan|chancengleichheit|égalité des chances",
    re.IGNORECASE,
)


_LINE = re.compile(r"[^\n]+")
# What ends a line in what senders write; the stored text knows the line feed alone.
# What the stored text has without its tags, escaped or not.
_MARKUP = re.compile(r"</?[a-z]|&(?:#\d+|\w+);", re.IGNORECASE)
_LIST_ITEM = re.compile(r"(?:<|&(?:amp;){0,2}lt;)li\b", re.IGNORECASE)
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement: a stretch of the stored text, its units by their places among the job's, at least one, and the
    parts that ingest found in it."""

    units: tuple[int, ...]
    start: int
    end: int
    necessity: Necessity
    parts: Sequence[RequirementPart] = ()


@dataclass(frozen=True, slots=True)
class Demands:
    """What a job asks, the unit that names it, and the units that have nothing to do with the work.

    `asked` is empty and `title` None only where the job has no unit of words. `shown` is False where `asked` is only
    what the job says at all, to score by: nobody is told that the job asks for it.
    """

    asked: list[Asked]
    title: int | None
    boilerplate: frozenset[int]
    shown: bool = True


def read_job(job: ScoredDocument) -> Demands:
    """What is asked, in the text's order, and which units speak of the employer, pay and law.

    A job asks for what ingest found in it; where that is nothing, all of it is compared and nothing shown. Before
    ingest looked: every unit of a part headed as requirements asks; elsewhere those in words of asking do, among the
    duties only plain demands, and of a job that asks nowhere in such words all of it.
    """
    parts = JobParts(
        job.visible_text,
        [(section.start, section.title) for section in job.sections],
        requirements_start(job.text, job.requirements),
    )
    asked: list[Asked] = []
    rest: list[Asked] = []
    title: int | None = None
    boilerplate: set[int] = set()
    for index, (start, end) in enumerate(job.units.spans.tolist()):
        stretch = TextRange(start, end)
        text = job.visible_text[start:end]
        part = parts.part_at(stretch)
        if title is None and job.unit_terms[index] and not parts.is_heading(stretch):
            title = index
        if part is JobPart.BOILERPLATE or _BOILERPLATE.search(text):
            boilerplate.add(index)
        elif job.unit_terms[index] and not _is_title(job, stretch) and not parts.is_heading(stretch):
            unit = Asked((index,), start, end, "nice" if part is JobPart.NICE or _NICE.search(text) else "must")
            (asked if _asks(part, text) else rest).append(unit)
    if job.structure_version < 1:
        return Demands(asked or rest or _whole_job(job), title, frozenset(boilerplate))
    found = found_requirements(job)
    boilerplate.difference_update(unit for one in found for unit in one.units)
    told = found or sorted([*asked, *rest], key=lambda one: one.units) or _whole_job(job)
    return Demands(told, title, frozenset(boilerplate), shown=bool(found))


def found_requirements(job: ScoredDocument) -> list[Asked]:
    """What ingest found, each with the units that it lies in; one of which nothing is embedded, or that lies within
    what the job says it does not ask, is left out.

    Vectors may be of units cut before ingest looked for requirements: then a unit may be of two of them.
    """
    starts, ends = job.units.spans[:, 0], job.units.spans[:, 1]
    found: list[Asked] = []
    for asked in job.requirements_found:
        if any(span.start <= asked.start and asked.end <= span.end for span in job.disclaimed_spans):
            continue
        first = int(np.searchsorted(ends, asked.start, side="right"))
        last = int(np.searchsorted(starts, asked.end, side="left"))
        within = [unit for unit in range(first, last) if _half_within(int(starts[unit]), int(ends[unit]), asked)]
        if units := within or list(range(first, last)):
            found.append(Asked(tuple(units), asked.start, asked.end, asked.necessity, asked.parts))
    return found


def _half_within(start: int, end: int, asked: Stretch) -> bool:
    return 2 * (min(end, asked.end) - max(start, asked.start)) >= end - start


def requirements_start(text: str, requirements: str | list[str] | None) -> int | None:
    """Where a job's requirements field, as given, begins in its stored text; None where there is none.

    The stored text ends with that field, one requirement a line; an entry of a list is one line, whatever line
    breaks it came with. Counted from the end: one requirement may begin as another does, or stand in the text before.
    """
    if isinstance(requirements, str):
        # HTML's items are the lines; as given they are no lines at all.
        entries = _LIST_ITEM.findall(requirements) or _LINE_BREAK.split(requirements)
    else:
        entries = list(requirements or ())
    wanted = [plain for plain in map(_plain, entries) if plain]
    starts = [match.start() for match in _LINE.finditer(text) if _plain(match[0])]
    if not wanted or len(starts) < len(wanted):
        return None
    start = starts[-len(wanted)]
    is_same = _plain(text[start:].partition("\n")[0]) == wanted[0]
    return start if is_same or _MARKUP.search(wanted[0]) else None


def _plain(line: str) -> str:
    """A line without what the stored text may have made otherwise: composed letters, controls, white space."""
    line = _LINE_BREAK.sub(" ", line)
    visible = "".join(char for char in line if char == "\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _asks(part: JobPart, text: str) -> bool:
    if part in (JobPart.MUST, JobPart.NICE):
        return True
    return bool((_DEMANDS if part is JobPart.DUTIES else _ASKS).search(text))


def _is_title(job: ScoredDocument, stretch: TextRange) -> bool:
    title = (job.title or "").strip()
    return bool(title) and len(job.units) > 1 and stretch.start < len(title) and stretch.end <= len(title) + 2


def _whole_job(job: ScoredDocument) -> list[Asked]:
    spans: list[tuple[int, int]] = job.units.spans.tolist()
    return [
        Asked((index,), start, end, "must")
        for index, ((start, end), terms) in enumerate(zip(spans, job.unit_terms, strict=True))
        if terms
    ]
