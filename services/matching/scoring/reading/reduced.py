"""A resume's reading without some of its units, as if the text had never said them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.held import Held, HeldName
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.readings import Reading
from services.matching.scoring.reading.unit_vectors import UnitVectors

Gone = npt.NDArray[np.bool_]
# The same as places.
Lost = frozenset[int]

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
    vectors = units.at()
    mean = _moved(reading.mean, vectors, lengths, gone)
    return replace(
        reading,
        counts=reading.counts.astype(np.int64) - words,
        length=reading.length - int(words.sum()),
        mean=mean,
        worked=_moved(reading.worked, vectors, lengths, gone),
        head=_moved(reading.head, vectors, lengths * in_head, gone) if not gone[in_head].all() else mean,
        resume=resume,
    )


def worked_mean(reading: Reading, units: UnitVectors, claimed: Gone) -> Vectors:
    """float32 (dimension): a resume's mean without the units (u) that are `claimed`; empty where none is. Blocks, for a
    moment."""
    says = np.diff(reading.unit_terms.starts.astype(np.int64)) > 0
    if not len(reading.mean) or not (claimed & says).any():
        return np.zeros(0, dtype=np.float32)
    # What is hidden counts with no length.
    lengths = ((units.spans[:, 1] - units.spans[:, 0]) * says).astype(np.float32)
    return _moved(reading.mean, units.at(), lengths, claimed)


def _words_gone(reading: Reading, gone: Gone) -> npt.NDArray[np.int64]:
    """(v): how often each term stands in the units that are gone, once for each of them, and no more than at all."""
    terms = reading.unit_terms
    owners = terms.owners(0, len(terms))
    counts = np.bincount(terms.values[gone[owners]], minlength=len(reading.hashes))
    return np.minimum(counts, reading.counts.astype(np.int64))


def _moved(vector: Vectors, vectors: Vectors, lengths: npt.NDArray[np.float32], gone: Gone) -> Vectors:
    """A vector of the whole, moved as the mean of the units (their `vectors`) moves when some are gone."""
    if not len(vector) or not (lengths * gone).any():
        return vector
    kept, all_of_them = np.stack((lengths * ~gone, lengths)) @ vectors
    return _unit(vector + _unit(kept) - _unit(all_of_them))


def _unit(vector: Vectors) -> Vectors:
    norm = math.sqrt(float(vector @ vector))
    return vector if norm == 0.0 else (vector / np.float32(norm)).astype(np.float32, copy=False)


def _held_without(held: Held, gone: Gone) -> Held:
    """The facts that other units state too."""
    lost = frozenset(np.flatnonzero(gone).tolist())
    names: dict[str, HeldName] = {}
    for key, each in held.names.items():
        if lost.isdisjoint(each.units):
            names[key] = each
        elif (left := _name_without(each, lost)) is not None:
            names[key] = left
    return Held(
        names=names,
        denied=held.denied,
        stations=[each for each in held.stations if not lost.issuperset(range(*each.units))],
        studies=[each for each in held.studies if each.unit not in lost],
        amounts=[each for each in held.amounts if each.unit not in lost],
        language=held.language,
        headline=held.headline,
        as_of=held.as_of,
        leads=[each for each in held.leads if each.unit not in lost],
    )


def _name_without(held: HeldName, lost: Lost) -> HeldName | None:
    units = tuple([unit for unit in held.units if unit not in lost])
    applied = sum(1 for unit in held.units[: held.applied] if unit not in lost)
    return HeldName(held.rank, units, applied, held.by, held.about) if units else None
