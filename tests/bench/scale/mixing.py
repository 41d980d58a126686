"""Documents mixed from the sentences of real resumes: never a copy, each number the same document every time.

A document takes its build and half of its sentences from one resume, the rest from some more, mostly of the same
occupation. Its windows' vectors are the means of their units', with a little noise: about where the model would put
them, without running it a hundred thousand times.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from libs.contracts.documents import Metadata, Span
from libs.contracts.events import Embedding, SourceEvent, Stretches, TextEvent, VectorsEvent, with_embedding
from libs.contracts.revision import Revision
from libs.contracts.structure import STRUCTURE_VERSION, Entry, IdentitySpan, Mention, Section, SectionKind
from libs.contracts.vectors import pack
from tests.bench.scale.names import full_name
from tests.bench.scale.sources import Sources

Vectors = npt.NDArray[np.float32]

MOST_OTHERS = 4
OTHER_OCCUPATION = 0.2
# Of a vector's length: what the model sees in a window and its sentences alone do not say.
NOISE = 0.3
STAGES = ("applied", "screened", "interviewed", "offered", "hired", "rejected")
CITIES = ("Berlin", "Hamburg", "Munich", "Leipzig", "Cologne", "Vienna", "Graz", "Zurich", "Basel", "Paris", "Lyon")
STAMP = 1_790_000_000_000
_FIRST_DAY = date(2024, 1, 1)
_DAYS = 1_000


@dataclass(slots=True)
class _Draft:
    """A text while it grows, and what lies where in it. `units`: place of the vector, start, end, tokens."""

    text: str
    units: list[tuple[int, int, int, int]]
    sections: list[Section]
    entries: list[Entry]
    mentions: list[Mention]


class Mixer:
    """Makes the vectors event of any document by its number. Blocks, for some milliseconds each."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        first = sources.of_occupation
        # What `near` in the metadata is measured against: the middle of the first occupation's experience.
        self.landmark = _unit(sources.vectors[first[0, "experience"]].mean(axis=0))

    def resume(self, tenant: str, number: int) -> VectorsEvent:
        """The document `number` of a tenant; its offset is the number, so that it can be told and erased by it."""
        rng = np.random.default_rng([7, number])
        sources = self._sources
        resume = int(rng.integers(len(sources.skeletons)))
        name = full_name(number)
        email = f"{name.lower().replace(' ', '.')}.{number}@example.org"
        draft = _Draft(f"{name}\n{email}\n", [], [], [], [])
        title = sources.skeletons[resume].title
        if title:
            _take(draft, sources.title_row(resume), title, 1 + len(title) // 4)
        for heading, kind, count in sources.skeletons[resume].sections:
            self._section(draft, rng, resume, heading, kind, count)
        identity = [
            IdentitySpan(0, len(name), "name"),
            IdentitySpan(len(name) + 1, len(name) + 1 + len(email), "email"),
        ]
        embedding = self._embedding(draft, rng)
        windows = np.frombuffer(embedding.windows.vectors.raw(), "<f4").reshape(-1, sources.dimension)
        near = float(_unit(windows.mean(axis=0)) @ self.landmark)
        event = TextEvent(
            tenant=tenant,
            kind="resume",
            id=f"r{number}",
            revision=str(Revision(STAMP, number)),
            source_event=SourceEvent("/bench", f"{tenant}-r{number}"),
            text=draft.text,
            title=title or None,
            metadata=_metadata(rng, near),
            language="en",
            sections=draft.sections,
            identity_spans=identity,
            entries=draft.entries,
            mentions=draft.mentions,
            structure_version=STRUCTURE_VERSION,
            as_of="2026-11-01",
            submitted_at="2026-11-01T00:00:00Z",
            content_hash=hashlib.sha256(draft.text.encode("utf-8", "replace")).hexdigest(),
        )
        return with_embedding(event, embedding)

    def job(self, tenant: str, place: int) -> VectorsEvent:
        """A real job."""
        sources, job = self._sources, self._sources.jobs[place]
        event = TextEvent(
            tenant=tenant,
            kind="job",
            id=f"j{place}",
            revision=str(Revision(STAMP, place)),
            source_event=SourceEvent("/bench", f"{tenant}-j{place}"),
            text=job.text,
            title=job.structure.title,
            language=job.structure.language,
            sections=job.structure.sections,
            identity_spans=job.structure.identity_spans,
            entries=job.structure.entries,
            mentions=job.structure.mentions,
            disclaimed_spans=job.structure.disclaimed_spans,
            requirements_found=job.structure.requirements_found,
            structure_version=STRUCTURE_VERSION,
            as_of="2026-11-01",
            submitted_at="2026-11-01T00:00:00Z",
            content_hash=hashlib.sha256(job.text.encode("utf-8", "replace")).hexdigest(),
        )
        windows, units = sources.job_windows[place], sources.job_units[place]
        scales = np.maximum(np.abs(units).max(axis=1), 1e-9).astype("<f4") / np.float32(127)
        return with_embedding(
            event,
            Embedding(
                space=sources.space,
                model=sources.model,
                dimension=sources.dimension,
                windows=_floats([span for _, span in job.windows], windows),
                units=_ints([span for _, span in job.units], np.rint(units / scales[:, None]).astype(np.int8), scales),
            ),
        )

    def _section(
        self, draft: _Draft, rng: np.random.Generator, resume: int, heading: str, kind: SectionKind, count: int
    ) -> None:
        chosen = self._chosen(rng, resume, kind, max(1, round(count * rng.uniform(0.7, 1.3))))
        start = len(draft.text)
        if heading:
            draft.text += f"\n{heading}\n"
            start += 1
        for row in chosen:
            sentence = self._sources.sentences[row]
            at = _take(draft, row, sentence.text, sentence.tokens)
            if sentence.entry is not None:
                end = at + min(len(sentence.text), sentence.entry.end - sentence.entry.start)
                draft.entries.append(msgspec.structs.replace(sentence.entry, start=at, end=end))
            draft.mentions += [
                msgspec.structs.replace(each, start=each.start + at, end=each.end + at) for each in sentence.mentions
            ]
        if heading:
            draft.sections.append(Section(start, len(draft.text), heading, kind))

    def _chosen(self, rng: np.random.Generator, resume: int, kind: SectionKind, count: int) -> list[int]:
        """Places of sentences, each once: half of them of the resume itself, the rest of some others."""
        sources = self._sources
        occupation = sources.skeletons[resume].occupation
        rest = max(1, count // 2)
        chosen = _drawn(rng, sources.of_resume.get((resume, kind)), count - rest)
        for _ in range(int(rng.integers(1, MOST_OTHERS + 1))):
            theirs = occupation
            if rng.random() < OTHER_OCCUPATION:
                theirs = int(rng.integers(len(sources.occupations)))
            other = int(rng.choice(sources.resumes_of[theirs]))
            chosen += _drawn(rng, sources.of_resume.get((other, kind)), rest // 2 + 1)
        if len(chosen) < count:
            chosen += _drawn(rng, sources.of_occupation.get((occupation, kind)), count - len(chosen))
        distinct = list(dict.fromkeys(chosen))[:count]
        rng.shuffle(distinct)
        return distinct

    def _embedding(self, draft: _Draft, rng: np.random.Generator) -> Embedding:
        sources = self._sources
        rows = np.array([row for row, _, _, _ in draft.units])
        spans = [Span(start, end) for _, start, end, _ in draft.units]
        tokens = [count for _, _, _, count in draft.units]
        windows, vectors = [], []
        for first, end in _windows(tokens, sources.window_tokens):
            weights = np.array(tokens[first:end], dtype=np.float32)
            mean = _unit(weights @ sources.vectors[rows[first:end]])
            noise = rng.standard_normal(sources.dimension).astype(np.float32) / np.sqrt(sources.dimension)
            windows.append(Span(spans[first].start, spans[end - 1].end))
            vectors.append(_unit(mean + np.float32(NOISE) * noise))
        return Embedding(
            space=sources.space,
            model=sources.model,
            dimension=sources.dimension,
            windows=_floats(windows, np.stack(vectors)),
            units=_ints(spans, sources.numbers[rows], sources.scales[rows]),
        )


def _take(draft: _Draft, row: int, text: str, tokens: int) -> int:
    """Adds a line; returns where it begins."""
    at = len(draft.text)
    draft.text += f"{text}\n"
    draft.units.append((row, at, at + len(text), tokens))
    return at


def _drawn(rng: np.random.Generator, pool: npt.NDArray[np.int64] | None, count: int) -> list[int]:
    if pool is None or count <= 0:
        return []
    drawn: list[int] = rng.choice(pool, size=min(count, len(pool)), replace=False).tolist()
    return drawn


def _windows(tokens: list[int], most: int) -> list[tuple[int, int]]:
    found, first, held = [], 0, 0
    for place, count in enumerate(tokens):
        if held and held + count > most:
            found.append((first, place))
            first, held = place, 0
        held += count
    return [*found, (first, len(tokens))]


def _metadata(rng: np.random.Generator, near: float) -> Metadata:
    """`share` is a number below 1,000 by chance, `near` the nearness to the mixer's landmark, in thousandths."""
    return {
        "share": int(rng.integers(1_000)),
        "near": round(1_000 * near, 3),
        "stage": STAGES[int(rng.integers(len(STAGES)))],
        "city": CITIES[int(rng.integers(len(CITIES)))],
        "received": (_FIRST_DAY + timedelta(days=int(rng.integers(_DAYS)))).isoformat(),
        "tags": [f"tag{int(each)}" for each in rng.integers(50, size=2)],
    }


def _floats(spans: list[Span], vectors: Vectors) -> Stretches:
    count, dimension = vectors.shape
    data = vectors.astype("<f4").tobytes()
    return Stretches(spans, pack(data, dtype="float32", dimension=dimension, count=count))


def _ints(spans: list[Span], numbers: npt.NDArray[np.int8], scales: Vectors) -> Stretches:
    count, dimension = numbers.shape
    scale_bytes = scales.astype("<f4").tobytes()
    return Stretches(spans, pack(numbers.tobytes(), dtype="int8", dimension=dimension, count=count, scales=scale_bytes))


def _unit(vector: Vectors) -> Vectors:
    unit: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
    return unit
