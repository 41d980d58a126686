"""The real texts that the benchmark mixes its documents from, read once: where they begin, end and belong."""

from __future__ import annotations

import json
import os
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from libs.contracts.documents import Span
from libs.contracts.structure import STRUCTURE_VERSION, Entry, Mention, SectionKind, Structure
from services.embedding.engines.protocol import Engine
from services.embedding.segmentation.cutting import Pieces, cut
from services.embedding.segmentation.requirement_lines import requirement_places
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure
from tests.bench.texts import ROOT

DATA = Path(os.environ.get("SHORTLIST_DATA", ROOT.parent / "shared" / "data"))
CACHE = Path("build/scale")
AS_OF = date(2026, 11, 1)
# Goes up with the form of what is kept of the texts.
_FORM = 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """A unit of a real resume: its text, the kind of section it stood in, the occupation of its resume (a number).

    `entry` and `mentions` are those that begin in it, with offsets into its own text.
    """

    text: str
    section: SectionKind
    occupation: int
    tokens: int
    entry: Entry | None
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """How a real resume is built: its title, and of each section the heading, the kind and the number of sentences."""

    occupation: int
    title: str
    sections: tuple[tuple[str, SectionKind, int], ...]


@dataclass(frozen=True, slots=True)
class RealJob:
    """A real job with its structure, cut as embedding cuts it."""

    id: str
    text: str
    structure: Structure
    windows: tuple[tuple[str, Span], ...]
    units: tuple[tuple[str, Span], ...]


@dataclass(slots=True)
class RealTexts:
    """All that is mixed from."""

    sentences: list[Sentence] = field(default_factory=list)
    skeletons: list[Skeleton] = field(default_factory=list)
    jobs: list[RealJob] = field(default_factory=list)
    occupations: list[str] = field(default_factory=list)


def real_texts(engine: Engine) -> RealTexts:
    """The resumes' sentences and the jobs; from the cache under build/ where it was made before. Blocks for minutes."""
    kept = CACHE / f"texts-{_FORM}-{STRUCTURE_VERSION}-{engine.max_tokens}.pickle"
    if kept.exists():
        found: RealTexts = pickle.loads(kept.read_bytes())
        return found
    made = _read(engine)
    CACHE.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    part.write_bytes(pickle.dumps(made))
    part.rename(kept)
    return made


def lines_of(path: Path) -> list[dict[str, str]]:
    """The rows of a JSON Lines file. Ends the run with a sentence where it is not there."""
    if not path.is_file():
        sys.exit(f"{path} is missing: the benchmark mixes its documents from real ones (see docs/scaling.md)")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _read(engine: Engine) -> RealTexts:
    resumes = lines_of(DATA / "resumes" / "resumes.jsonl")
    jobs = lines_of(DATA / "jobs" / "jobs.jsonl")
    occupations = sorted({row["category"] for row in resumes})
    made = RealTexts(occupations=occupations)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        resume_structures = list(pool.map(_resume_structure, [row["text"] for row in resumes], chunksize=16))
        job_structures = list(
            pool.map(_job_structure, [row["title"] for row in jobs], [row["text"] for row in jobs], chunksize=16)
        )
    for row, structure in zip(resumes, resume_structures, strict=True):
        _take_resume(made, engine, row["text"], structure, occupations.index(row["category"]))
    for row, structure in zip(jobs, job_structures, strict=True):
        made.jobs.append(_job(engine, row["id"], _job_text(row["title"], row["text"]), structure))
    return made


def _job_text(title: str, text: str) -> str:
    return f"{title}\n\n{text}"


def _resume_structure(text: str) -> Structure:
    return find_structure(StoredText("resume", text, AS_OF))


def _job_structure(title: str, text: str) -> Structure:
    return find_structure(StoredText("job", _job_text(title, text), AS_OF, title))


def _take_resume(made: RealTexts, engine: Engine, text: str, structure: Structure, occupation: int) -> None:
    pieces = _cut(engine, text, structure)
    counts: dict[tuple[str, SectionKind], int] = {}
    for piece in pieces.units:
        start, end = piece.span.start, piece.span.end
        section = next((each for each in reversed(structure.sections) if each.start <= start), None)
        kind: SectionKind = section.kind if section else "summary"
        heading = section.title if section else ""
        if section is not None and text[start:end].strip() == section.title.strip():
            continue
        counts[heading, kind] = counts.get((heading, kind), 0) + 1
        # A unit whose span leaps over what is hidden is not the text as it stands there.
        whole = text[start:end] == piece.text
        entry = next((each for each in structure.entries if start <= each.start < end), None) if whole else None
        mentions = [each for each in structure.mentions if start <= each.start and each.end <= end] if whole else []
        made.sentences.append(
            Sentence(
                text=" ".join(piece.text.split()) if not whole else piece.text,
                section=kind,
                occupation=occupation,
                tokens=len(engine.tokens(piece.text)),
                entry=entry,
                mentions=tuple(_shifted(each, -start) for each in mentions),
            )
        )
    sections = tuple((heading, kind, count) for (heading, kind), count in counts.items())
    made.skeletons.append(Skeleton(occupation, structure.title or "", sections))


def _shifted(mention: Mention, by: int) -> Mention:
    return Mention(
        start=mention.start + by,
        end=mention.end + by,
        type=mention.type,
        name=mention.name,
        level=mention.level,
        state=mention.state,
    )


def _job(engine: Engine, job_id: str, text: str, structure: Structure) -> RealJob:
    pieces = _cut(engine, text, structure)
    return RealJob(
        id=job_id,
        text=text,
        structure=structure,
        windows=tuple((piece.text, piece.span) for piece in pieces.windows),
        units=tuple((piece.text, piece.span) for piece in pieces.units),
    )


def _cut(engine: Engine, text: str, structure: Structure) -> Pieces:
    return cut(
        text,
        sections=structure.sections,
        hidden=structure.hidden_spans,
        tokenize=engine.tokens,
        max_tokens=engine.max_tokens,
        items=requirement_places(text, structure.requirements_found),
    )
