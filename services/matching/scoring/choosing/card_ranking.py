"""The first step of ranking: a value for each of some hundred cards, to choose those that are scored fully. numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.choosing.card_roles import named_roles
from services.matching.scoring.choosing.card_table import Cards, Held, held
from services.matching.scoring.choosing.sought_requirements import SoughtRequirements
from services.matching.scoring.choosing.sought_roles import SoughtRoles
from services.matching.scoring.choosing.unit_signs import near_cosines
from services.matching.scoring.choosing.word_weights import weights_of
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.search import HEAD, NEAREST_UNITS, UNITS, WHOLE, WORDS
from services.matching.scoring.stacked import mean_of_greatest
from services.matching.scoring.term_hashes import ShortHashes, shortened, term_hashes
from services.matching.scoring.terms import LENGTH_SHARE, SATURATION, Weights, mean_length
from services.matching.scoring.weights import fitted_weights

Values = npt.NDArray[np.float64]

# Words as BM25, requirements by words, positions; cosines of the bodies, and of what names the job with the body.
CARD_SIGNALS = ("words", "answered", "role", "bodies", "title_body")


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What cards are compared with: t distinct terms with their `weights`; `mean` and `title` of unit length, None:
    words alone; `roles` and, of a job, `requirements`. Of a query both are its vector.
    `counts` and `length`, of a resume whose jobs are looked for: how often its terms stand in it."""

    hashes: ShortHashes
    weights: Weights
    mean: Vectors | None
    title: Vectors | None
    roles: SoughtRoles | None = None
    requirements: SoughtRequirements | None = None
    is_query: bool = False
    counts: Weights | None = None
    length: int = 0


def asked_by_document(document: ReadDocument) -> Asked:
    """A job whose resumes, or a resume whose jobs are looked for. Blocks."""
    reading = document.reading
    mean = reading.mean if document.has_windows else None
    roles = SoughtRoles(named_roles(reading, document.units), is_job=document.kind == "job")
    if reading.job is None:
        return Asked(
            shortened(reading.hashes),
            weights_of(shortened(reading.hashes)),
            mean,
            mean,
            roles,
            counts=reading.counts.astype(np.float32),
            length=reading.length,
        )
    title = document.title if document.has_windows else None
    hashes = shortened(document.term_hashes)
    return Asked(hashes, reading.job.term_weights, mean, title, roles, SoughtRequirements(document))


def asked_by_query(terms: Mapping[str, float], vector: Vectors | None) -> Asked:
    """A text that is looked for: its distinct terms with their weights."""
    weights = np.fromiter(terms.values(), dtype=np.float32, count=len(terms))
    return Asked(shortened(term_hashes(terms)), weights, vector, vector, is_query=True)


def card_values(asked: Asked, cards: Cards) -> Values:
    """float64 (n): the greater, the better. Blocks, for a millisecond or two."""
    if asked.is_query:
        return _query_values(asked, cards)
    weights = np.array([fitted_weights().cards[name] for name in CARD_SIGNALS])
    values: Values = card_signals(asked, cards) @ weights
    return values


def card_signals(asked: Asked, cards: Cards) -> Values:
    """float64 (n, CARD_SIGNALS), of a document that is asked about. They are near to the signals of a pair: the card
    has no units, so that requirements are answered by their words alone, and positions by what titles say and their
    lines about mean. Of a job's card the requirements are not known: all its words are. Without vectors they are 0."""
    found = held(asked.hashes, cards)
    signals = np.zeros((len(cards), len(CARD_SIGNALS)))
    if asked.counts is None:
        signals[:, 0] = _held_of_job(asked, found, cards)
        signals[:, 1] = asked.requirements.answered(found, cards) if asked.requirements else 0.0
    else:
        signals[:, 0], signals[:, 1] = _held_of_jobs(asked, found, cards)
    if asked.roles is not None and cards.positions is not None and cards.position_starts is not None:
        signals[:, 2] = asked.roles.best(cards.positions, cards.position_starts)
    if asked.mean is not None and asked.title is not None and cards.means is not None and cards.heads is not None:
        signals[:, 3] = cards.means @ asked.mean
        # What names a job stands in its head.
        signals[:, 4] = cards.means @ asked.title if asked.counts is None else cards.heads @ asked.mean
    return signals


def _query_values(asked: Asked, cards: Cards) -> Values:
    words = _held_of_job(asked, held(asked.hashes, cards), cards)
    if asked.title is None or cards.heads is None or cards.means is None:
        return words
    heads, means = cards.heads @ asked.title, cards.means @ asked.title
    units: Values = means.astype(np.float64)
    if cards.signs is not None and cards.sign_starts is not None:
        near = mean_of_greatest(near_cosines(cards.signs, asked.title), cards.sign_starts, NEAREST_UNITS)
        units = np.where(np.isnan(near), units, near)
    values: Values = WORDS * words + HEAD * heads + WHOLE * means + UNITS * units
    return values


def _held_of_job(asked: Asked, found: Held, cards: Cards) -> Values:
    """Of each card, as a resume of one job: the job's words as BM25."""
    saturated = _saturated(found.counts, cards.lengths[found.rows])
    return _summed(found, saturated * asked.weights[found.columns], cards) / max(float(asked.weights.sum()), 1e-9)


def _held_of_jobs(asked: Asked, found: Held, cards: Cards) -> tuple[Values, Values]:
    """Of each card, as a job of one resume: the card's words as BM25 in the resume, and the share of them there."""
    assert asked.counts is not None
    counts = asked.counts
    weights = weights_of(cards.hashes)
    totals = np.maximum(_sums(weights, cards), 1e-9)
    own = np.where(counts > 0, _saturated(counts, np.full(len(counts), asked.length)), 0.0)
    telling = asked.weights[found.columns]
    present = counts[found.columns] > 0
    return (
        _summed(found, telling * own[found.columns], cards) / totals,
        _summed(found, telling * present, cards) / totals,
    )


def _saturated(counts: Weights, lengths: npt.NDArray[np.integer]) -> Weights:
    """BM25's share of a term that stands so often in a text of that many terms, 0-1."""
    saturation = SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / mean_length())
    return (counts / (counts + saturation)).astype(np.float32)


def _summed(found: Held, values: Weights, cards: Cards) -> Values:
    return np.bincount(found.rows, values, minlength=len(cards)).astype(np.float64, copy=False)


def _sums(weights: Weights, cards: Cards) -> Values:
    """The sum of each card's weights."""
    before = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
    sums: Values = before[cards.offsets[1:]] - before[cards.offsets[:-1]]
    return sums
