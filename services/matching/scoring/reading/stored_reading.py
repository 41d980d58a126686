"""What scoring derives from a document, as bytes of a row: computed once, when the document is written."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from libs.contracts.inner.matching import MatchFlag
from services.matching.scoring.copied.fingerprints import Fingerprints
from services.matching.scoring.facts.asks import Ask
from services.matching.scoring.facts.held import Held
from services.matching.scoring.reading.packed_arrays import DamagedArrays, packed_arrays, unpacked_arrays
from services.matching.scoring.reading.readings import JobReading, Lists, Reading, ResumeReading

# The form of all that is derived of a document: readings, cards, filter values and identity terms. A higher number
# here has everything that is stored derived again in the background.
READING_VERSION = 6

_KINDS = ("resume", "job")
_HELD = msgspec.msgpack.Decoder(tuple[Held, list[MatchFlag]])
_ASKED = msgspec.msgpack.Decoder(tuple[str, list[list[Ask]]])


class UnreadableReading(ValueError):
    """Stored bytes that are no reading of this version, or damaged: derive it from the document."""


def packed(reading: Reading) -> bytes:
    """A reading as bytes."""
    facts = [READING_VERSION, _KINDS.index(reading.kind), reading.length, int(reading.is_covered)]
    common = [
        _numbers(facts),
        reading.hashes,
        reading.counts,
        reading.unit_terms.starts,
        reading.unit_terms.values,
        reading.same_as,
        reading.head,
        reading.mean,
        reading.fingerprints.hashes,
        reading.fingerprints.places,
        reading.fingerprints.signs,
        reading.fingerprints.begins,
        reading.worked,
    ]
    return packed_arrays([*common, *_own_arrays(reading)])


def unpacked_reading(data: bytes) -> Reading:
    """What `packed` made, as views of `data`. Raises UnreadableReading."""
    try:
        facts, hashes, counts, starts, values, same_as, head, mean, *rest = unpacked_arrays(data)
        phrases, places, signs, begins, worked, *own = rest
        version, kind, length, covered = facts.tolist()
        if version != READING_VERSION:
            raise UnreadableReading(f"the reading is of version {version}, not {READING_VERSION}")
        fingerprints = Fingerprints(phrases, places, signs, begins)
        words = (length, hashes, counts, Lists(starts, values), same_as)
        common = (*words, head, mean, fingerprints, worked, bool(covered))
        if _KINDS[kind] == "resume":
            telling, claims, dealings, facts = own
            return Reading(*common, resume=ResumeReading(telling, claims, dealings, *_HELD.decode(facts.tobytes())))
        return Reading(*common, job=_job(own))
    except UnreadableReading:
        raise
    except (DamagedArrays, msgspec.MsgspecError, ValueError, TypeError, IndexError) as error:
        raise UnreadableReading(f"the reading cannot be read: {error}") from error


def _own_arrays(reading: Reading) -> list[npt.NDArray[Any]]:
    if reading.job is not None:
        return _job_arrays(reading.job)
    if reading.resume is None:
        raise ValueError("a reading is of a resume or of a job")
    resume = reading.resume
    return [resume.telling, resume.claims, resume.dealings, _facts((resume.held, resume.flags))]


def _job_arrays(job: JobReading) -> list[npt.NDArray[Any]]:
    # No title is 0, so that all numbers are of 0 and more.
    facts = [0 if job.title is None else job.title + 1, int(job.shown)]
    return [
        _numbers(facts),
        job.spans.reshape(-1),
        job.nice,
        job.units.starts,
        job.units.values,
        _facts((job.named, job.asks)),
        job.ask_terms.starts,
        job.ask_terms.values,
        job.terms,
        job.term_weights,
        _numbers(job.dealings),
    ]


def _job(arrays: list[npt.NDArray[Any]]) -> JobReading:
    facts, spans, nice, unit_starts, units, asked, ask_starts, ask_terms, terms, weights, dealings = arrays
    title, shown = facts.tolist()
    named, asks = _ASKED.decode(asked.tobytes())
    return JobReading(
        spans=spans.reshape(-1, 2),
        nice=nice,
        units=Lists(unit_starts, units),
        asks=asks,
        ask_terms=Lists(ask_starts, ask_terms),
        terms=terms,
        term_weights=weights,
        title=None if title == 0 else title - 1,
        named=named,
        shown=bool(shown),
        dealings=dealings.tolist(),
    )


def _facts(facts: tuple[Held, list[MatchFlag]] | tuple[str, list[list[Ask]]]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(msgspec.msgpack.encode(facts), dtype=np.uint8)


def _numbers(values: list[int]) -> npt.NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
