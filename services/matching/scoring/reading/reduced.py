"""A resume's reading without some of its units, as if the text had never said them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.held import Held, HeldName
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.readings import Reading
from services.matching.scoring.reading.unit_vectors import UnitVectors

Gone = npt.NDArray[np.bool_]

# Characters at a text's beginning that its head is of, about: a window's.
_HEAD_CHARS = 1_200


def reduced_reading(reading: Reading, units: UnitVectors, gone: Gone) -> Reading:
    """The reading of a resume without the units that are `gone` (u). They are no evidence, their words are not counted,
    their names not held, and the vectors of the whole are moved by what they were of it. Blocks, for a tenth of a
    millisecond or some."""
    assert reading.resume is not None
    words = _words_gone(reading, gone)
    kept = ~gone[reading.resume.telling]
    resume = replace(
        reading.resume,
        telling=reading.resume.telling[kept],
        held=_held_without(reading.resume.held, gone),
    )
    lengths = (units.spans[:, 1] - units.spans[:, 0]).astype(np.float32)
    in_head = units.spans[:, 0] < _HEAD_CHARS
    mean = _moved(reading.mean, units, lengths, gone)
    return replace(
        reading,
        counts=reading.counts.astype(np.int64) - words,
        length=reading.length - int(words.sum()),
        mean=mean,
        head=_moved(reading.head, units, lengths * in_head, gone) if not gone[in_head].all() else mean,
        resume=resume,
    )


def mean_without(reading: Reading, units: UnitVectors, gone: Gone) -> Vectors:
    """float32 (dimension): a document's mean as if some of its units (u) were not there. Blocks, for a moment."""
    lengths = (units.spans[:, 1] - units.spans[:, 0]).astype(np.float32)
    return _moved(reading.mean, units, lengths, gone)


def _words_gone(reading: Reading, gone: Gone) -> npt.NDArray[np.int64]:
    """(v): how often each term stands in the units that are gone, once for each of them, and no more than at all."""
    terms = reading.unit_terms
    owners = terms.owners(0, len(terms))
    counts = np.bincount(terms.values[gone[owners]], minlength=len(reading.hashes))
    return np.minimum(counts, reading.counts.astype(np.int64))


def _moved(vector: Vectors, units: UnitVectors, lengths: npt.NDArray[np.float32], gone: Gone) -> Vectors:
    """A vector of the whole, moved as the mean of the units moves when some are gone."""
    if not len(vector) or not (lengths * gone).any():
        return vector
    vectors = units.at()
    moved = vector + _unit((lengths * ~gone) @ vectors) - _unit(lengths @ vectors)
    return _unit(moved)


def _unit(vector: Vectors) -> Vectors:
    norm = float(np.linalg.norm(vector))
    return vector if norm == 0.0 else (vector / norm).astype(np.float32)


def _held_without(held: Held, gone: Gone) -> Held:
    """The facts that other units state too."""
    names = {key: one for key, each in held.names.items() if (one := _name_without(each, gone)) is not None}
    return Held(
        names=names,
        denied=held.denied,
        stations=[each for each in held.stations if not gone[each.units[0] : each.units[1]].all()],
        studies=[each for each in held.studies if not gone[each.unit]],
        amounts=[each for each in held.amounts if not gone[each.unit]],
        language=held.language,
        headline=held.headline,
        as_of=held.as_of,
        leads=[each for each in held.leads if not gone[each.unit]],
    )


def _name_without(held: HeldName, gone: Gone) -> HeldName | None:
    units = tuple([unit for unit in held.units if not gone[unit]])
    applied = sum(1 for unit in held.units[: held.applied] if not gone[unit])
    return HeldName(held.rank, units, applied, held.by, held.about) if units else None
