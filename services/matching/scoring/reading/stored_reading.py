"""What scoring derives from a document, as bytes of a row: computed once, when the document is written."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.asks import Ask
from services.matching.scoring.facts.held import Held
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.deriving import derived_reading
from services.matching.scoring.reading.packed_arrays import DamagedArrays, packed_arrays, unpacked_arrays
from services.matching.scoring.reading.readings import JobReading, Lists, Reading, ResumeReading

# The form of all that is derived of a document: readings, cards, filter values and identity terms. A higher number
# here has everything that is stored derived again in the background.
READING_VERSION = 4

_KINDS = ("resume", "job")
_HELD = msgspec.msgpack.Decoder(Held)
_ASKED = msgspec.msgpack.Decoder(tuple[str, list[list[Ask]]])


class UnreadableReading(ValueError):
    """Stored bytes that are no reading of this version, or damaged: derive it from the document."""


def packed_reading(document: ScoredDocument) -> bytes:
    """The reading of a document. Blocks, for a millisecond or some."""
    return packed(derived_reading(document))


def packed(reading: Reading) -> bytes:
    """A reading as bytes."""
    facts = [READING_VERSION, _KINDS.index(reading.kind), reading.length]
    common = [
        _numbers(facts),
        reading.hashes,
        reading.counts,
        reading.unit_terms.starts,
        reading.unit_terms.values,
        reading.same_as,
        reading.head,
        reading.mean,
    ]
    return packed_arrays([*common, *_own_arrays(reading)])


def unpacked_reading(data: bytes) -> Reading:
    """What `packed` made, as views of `data`. Raises UnreadableReading."""
    try:
        facts, hashes, counts, starts, values, same_as, head, mean, *rest = unpacked_arrays(data)
        version, kind, length = facts.tolist()
        if version != READING_VERSION:
            raise UnreadableReading(f"the reading is of version {version}, not {READING_VERSION}")
        common = (length, hashes, counts, Lists(starts, values), same_as, head, mean)
        if _KINDS[kind] == "resume":
            telling, held = rest
            return Reading(*common, resume=ResumeReading(telling, _HELD.decode(held.tobytes())))
        return Reading(*common, job=_job(rest))
    except UnreadableReading:
        raise
    except (DamagedArrays, msgspec.MsgspecError, ValueError, TypeError, IndexError) as error:
        raise UnreadableReading(f"the reading cannot be read: {error}") from error


def _own_arrays(reading: Reading) -> list[npt.NDArray[Any]]:
    if reading.job is not None:
        return _job_arrays(reading.job)
    if reading.resume is None:
        raise ValueError("a reading is of a resume or of a job")
    return [reading.resume.telling, _facts(reading.resume.held)]


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
        job.requirement_terms.starts,
        job.requirement_terms.values,
    ]


def _job(arrays: list[npt.NDArray[Any]]) -> JobReading:
    facts, spans, nice, unit_starts, units, asked, ask_starts, ask_terms, terms, weights, starts, columns = arrays
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
        requirement_terms=Lists(starts, columns),
        title=None if title == 0 else title - 1,
        named=named,
        shown=bool(shown),
    )


def _facts(facts: Held | tuple[str, list[list[Ask]]]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(msgspec.msgpack.encode(facts), dtype=np.uint8)


def _numbers(values: list[int]) -> npt.NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
