"""Reading a document: everything that scoring needs of its text, derived once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.matching.scoring.copied.fingerprints import Fingerprints, fingerprints_of
from services.matching.scoring.copied.flags import hidden_text, skill_list, word_repetition
from services.matching.scoring.copied.repetition import repetition_in
from services.matching.scoring.document_vector import head_vector, mean_vector
from services.matching.scoring.facts.asks import Ask, asks_of
from services.matching.scoring.facts.held import held_by
from services.matching.scoring.model import ScoredDocument, Vectors
from services.matching.scoring.reading.dealings import dealing_of, dealings_asked
from services.matching.scoring.reading.readings import Integers, JobReading, Lists, Reading, ResumeReading
from services.matching.scoring.reading.reduced import reduced_reading, worked_mean
from services.matching.scoring.reading.requirements import Asked, read_job
from services.matching.scoring.reading.unit_kinds import (
    MOST_LISTED,
    Units,
    claims_of,
    listing_units,
    repeated_units,
    share_of_words,
)
from services.matching.scoring.roles.role import role_of
from services.matching.scoring.term_hashes import term_hashes
from services.matching.scoring.terms import idf, terms_of

# Characters of a title that are looked at.
_LONGEST_TITLE = 160
_LIST_SIGNS = 2
# A resume's headings answer nothing: "Experience" is close to every requirement that says the word.
_HEADING_TERMS = frozenset(
    terms_of(
        "skills skill highlights experience work history employment education training summary professional profile "
        "objective career qualifications accomplishments certifications references interests additional information "
        "personal core competencies overview expertise activities affiliations languages technical projects present"
    )
)


def derived_reading(document: ScoredDocument) -> Reading:
    """The reading of a document. Blocks, for a millisecond or some."""
    counts = dict(document.term_counts)
    counts |= dict.fromkeys(set().union(*document.unit_terms).difference(counts), 0)
    hashes = term_hashes(counts)
    order = np.argsort(hashes)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    places = dict(zip(counts, ranks.tolist(), strict=True))
    listing = listing_units(document)
    fingerprints = fingerprints_of(document.visible_text, document.units.spans)
    reading = Reading(
        length=sum(counts.values()),
        hashes=hashes[order],
        counts=np.fromiter(counts.values(), dtype=np.int64, count=len(counts))[order],
        unit_terms=Lists.of([[places[term] for term in terms] for terms in document.unit_terms]),
        same_as=_same_as(document),
        head=_head(document),
        mean=_mean(document),
        fingerprints=fingerprints,
        worked=np.zeros(0, dtype=np.float32),
        is_covered=document.is_covered,
        resume=_resume(document, fingerprints, listing) if document.kind == "resume" else None,
        job=_job(document, places) if document.kind == "job" else None,
    )
    if document.kind == "job":
        return reading
    reading = _without_padding(document, reading, listing)
    assert reading.resume is not None
    return replace(reading, worked=worked_mean(reading, document.units, reading.resume.claims > 0))


def _without_padding(resume: ScoredDocument, reading: Reading, listing: Units) -> Reading:
    """A resume's reading without what only repeats itself; where lists make up too much of it, they are no part of the
    whole, but what they name is still held."""
    repeated = repeated_units(resume, reading.same_as)
    if repeated.any():
        reading = reduced_reading(reading, resume.units, repeated)
    lists = listing & ~repeated
    if share_of_words(resume, lists) > MOST_LISTED and not (lists | repeated).all():
        reading = replace(reduced_reading(reading, resume.units, lists), resume=reading.resume)
    return reading


def _head(document: ScoredDocument) -> Vectors:
    return head_vector(document.windows) if len(document.windows) else np.zeros(0, dtype=np.float32)


def _mean(document: ScoredDocument) -> Vectors:
    return mean_vector(document.windows) if len(document.windows) else np.zeros(0, dtype=np.float32)


def _same_as(document: ScoredDocument) -> Integers:
    first: dict[str, int] = {}
    texts = (document.text[start:end].casefold() for start, end in document.units.spans.tolist())
    return np.array([first.setdefault(text, unit) for unit, text in enumerate(texts)], dtype=np.int64)


def _resume(resume: ScoredDocument, fingerprints: Fingerprints, listing: Units) -> ResumeReading:
    telling = [index for index, terms in enumerate(resume.unit_terms) if not _HEADING_TERMS.issuperset(terms)]
    spans: list[tuple[int, int]] = resume.units.spans.tolist()
    held = held_by(
        text=resume.visible_text,
        mentions=resume.mentions,
        entries=resume.entries,
        unit_spans=spans,
        as_of=resume.as_of,
        language=resume.language,
        headline=resume.title or "",
    )
    flags = [
        word_repetition(repetition_in(resume.term_counts, fingerprints)),
        skill_list(held.names),
        hidden_text(resume.note_codes),
    ]
    return ResumeReading(
        telling=np.array(telling, dtype=np.int64),
        claims=claims_of(resume, listing),
        dealings=np.array([dealing_of(resume.visible_text[start:end]) for start, end in spans], dtype=np.uint8),
        held=held,
        flags=[flag for flag in flags if flag is not None],
    )


def _job(job: ScoredDocument, places: dict[str, int]) -> JobReading:
    found = read_job(job)
    kept = [terms for index, terms in enumerate(job.unit_terms) if index not in found.boilerplate]
    terms = list(dict.fromkeys(term for unit in kept or job.unit_terms for term in unit))
    column = {term: index for index, term in enumerate(terms)}
    named = _named(job, found.title)
    asks = [_asks(job, asked, named) for asked in found.asked]
    return JobReading(
        spans=np.array([(asked.start, asked.end) for asked in found.asked], dtype=np.int32).reshape(-1, 2),
        nice=np.array([asked.necessity == "nice" for asked in found.asked], dtype=np.uint8),
        units=Lists.of([asked.units for asked in found.asked]),
        asks=asks,
        ask_terms=Lists.of([[column[word] for word in ask.words if word in column] for each in asks for ask in each]),
        terms=np.array([places[term] for term in terms], dtype=np.int64),
        term_weights=np.array([idf(term) for term in terms], dtype=np.float32),
        title=found.title,
        named=named,
        shown=found.shown,
        dealings=[int(each) for each in dealings_asked(_about_the_work(job, found.boilerplate))],
    )


def _about_the_work(job: ScoredDocument, boilerplate: frozenset[int]) -> str:
    spans = enumerate(job.units.spans.tolist())
    return "\n".join(job.visible_text[start:end] for unit, (start, end) in spans if unit not in boilerplate)


def _asks(job: ScoredDocument, asked: Asked, named: str) -> list[Ask]:
    nice = asked.necessity == "nice"
    return asks_of(asked.start, asked.end, asked.parts, job.mentions, job.visible_text, nice=nice, job_title=named)


def _named(job: ScoredDocument, title: int | None) -> str:
    """What the job is called: as it was given or found, else the line that names it."""
    if job.title:
        return job.title[:_LONGEST_TITLE]
    if title is None:
        return ""
    start, end = job.units.spans[title].tolist()
    line = job.visible_text[start:end][:_LONGEST_TITLE]
    # A list of skills at the top names no occupation.
    is_list = line.count(",") + line.count(";") >= _LIST_SIGNS
    return "" if is_list and not role_of(line).groups else line
