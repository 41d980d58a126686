"""The first step of ranking: a value for each of some hundred cards, to choose those that are scored fully. numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from services.matching.scoring.choosing.card_roles import best_roles, role_table
from services.matching.scoring.choosing.card_table import Cards, Held, held
from services.matching.scoring.choosing.unit_signs import near_cosines
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.search import HEAD, NEAREST_UNITS, UNITS, WHOLE, WORDS
from services.matching.scoring.stacked import mean_of_greatest
from services.matching.scoring.term_hashes import ShortHashes, shortened, term_hash, term_hashes
from services.matching.scoring.terms import LENGTH_SHARE, SATURATION, Weights, listed_weights, mean_length, unknown_idf
from services.matching.scoring.weights import fitted_weights

Values = npt.NDArray[np.float64]

# Words as BM25, words of requirements, positions; cosines of bodies and of heads, of the title with bodies and heads.
CARD_SIGNALS = ("words", "answered", "role", "bodies", "heads", "title_body", "title_head")

# Weights of terms are looked up by so many bits of their hashes: two of the seven thousand seldom share them.
_IDF_BITS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What cards are compared with: t distinct terms with their `weights`; `worth` is what each adds to the
    requirements that it stands in, all summing to 1. `head`, `mean`, `title`: of unit length, None: words alone.
    `roles`: see `role_table`.
    `counts` and `length`, of a resume whose jobs are looked for: how often its terms stand in it."""

    hashes: ShortHashes
    weights: Weights
    worth: Weights
    head: Vectors | None
    mean: Vectors | None
    title: Vectors | None
    roles: Weights | None = None
    is_query: bool = False
    counts: Weights | None = None
    length: int = 0


def asked_by_document(document: ReadDocument) -> Asked:
    """A job whose resumes, or a resume whose jobs are looked for. Blocks."""
    reading = document.reading
    head, mean = (reading.head, reading.mean) if document.has_windows else (None, None)
    if reading.job is None:
        nothing = np.zeros(len(reading.hashes), dtype=np.float32)
        counts = reading.counts.astype(np.float32)
        return Asked(
            shortened(reading.hashes),
            nothing,
            nothing,
            head,
            mean,
            head,
            role_table(reading),
            counts=counts,
            length=reading.length,
        )
    title = document.title if document.has_windows else None
    weights = reading.job.term_weights
    return Asked(shortened(document.term_hashes), weights, _worth(document), head, mean, title, role_table(reading))


def asked_by_query(terms: Mapping[str, float], vector: Vectors | None) -> Asked:
    """A text that is looked for: its distinct terms with their weights."""
    weights = np.fromiter(terms.values(), dtype=np.float32, count=len(terms))
    return Asked(shortened(term_hashes(terms)), weights, weights, vector, vector, vector, is_query=True)


def card_values(asked: Asked, cards: Cards) -> Values:
    """float64 (n): the greater, the better. Blocks, for a millisecond or two."""
    if asked.is_query:
        return _query_values(asked, cards)
    weights = np.array([fitted_weights().cards[name] for name in CARD_SIGNALS])
    values: Values = card_signals(asked, cards) @ weights
    return values


def card_signals(asked: Asked, cards: Cards) -> Values:
    """float64 (n, CARD_SIGNALS), of a document that is asked about. They are near to the signals of a pair: the card
    has no units, so that requirements are answered by their words alone, and positions by the groups of occupations
    that they name. Of a job's card the requirements are not known: all its words are. Without vectors, those are 0."""
    found = held(asked.hashes, cards)
    by_words = _held_of_job if asked.counts is None else _held_of_jobs
    signals = np.zeros((len(cards), len(CARD_SIGNALS)))
    signals[:, 0], signals[:, 1] = by_words(asked, found, cards)
    if asked.roles is not None and cards.positions is not None and cards.position_starts is not None:
        signals[:, 2] = best_roles(asked.roles, cards.positions, cards.position_starts)
    if asked.head is None or asked.mean is None or asked.title is None or cards.heads is None or cards.means is None:
        return signals
    for column, cosines in enumerate(
        (cards.means @ asked.mean, cards.heads @ asked.head, cards.means @ asked.title, cards.heads @ asked.title),
        start=3,
    ):
        signals[:, column] = cosines
    return signals


def _query_values(asked: Asked, cards: Cards) -> Values:
    words, _ = _held_of_job(asked, held(asked.hashes, cards), cards)
    if asked.head is None or cards.heads is None or cards.means is None:
        return words
    heads, means = cards.heads @ asked.head, cards.means @ asked.head
    units: Values = means.astype(np.float64)
    if cards.signs is not None and cards.sign_starts is not None:
        near = mean_of_greatest(near_cosines(cards.signs, asked.head), cards.sign_starts, NEAREST_UNITS)
        units = np.where(np.isnan(near), units, near)
    values: Values = WORDS * words + HEAD * heads + WHOLE * means + UNITS * units
    return values


def _held_of_job(asked: Asked, found: Held, cards: Cards) -> tuple[Values, Values]:
    """Of each card, as a resume of one job: the job's words as BM25, and its requirements' words that it holds."""
    saturated = _saturated(found.counts, cards.lengths[found.rows])
    words = _summed(found, saturated * asked.weights[found.columns], cards) / max(float(asked.weights.sum()), 1e-9)
    return words, _summed(found, asked.worth[found.columns], cards)


def _held_of_jobs(asked: Asked, found: Held, cards: Cards) -> tuple[Values, Values]:
    """Of each card, as a job of one resume: the card's words as BM25 in the resume, and the share of them there."""
    assert asked.counts is not None
    counts = asked.counts
    weights = weights_of(cards.hashes)
    totals = np.maximum(_sums(weights, cards), 1e-9)
    own = np.where(counts > 0, _saturated(counts, np.full(len(counts), asked.length)), 0.0)
    telling = weights_of(asked.hashes)[found.columns]
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


def _worth(job: ReadDocument) -> Weights:
    worth: Weights = np.zeros(len(job.job.terms), dtype=np.float32)
    start = 0
    for shares in job.term_shares.blocks():
        worth += job.requirement_weights[start : start + len(shares)] @ shares
        start += len(shares)
    return worth


def weights_of(hashes: ShortHashes) -> Weights:
    """float32 (n): how telling each of n terms is, but for the few that share their lower bits with another."""
    weights: Weights = _weights_by_bits()[hashes & np.uint32((1 << _IDF_BITS) - 1)]
    return weights


@cache
def _weights_by_bits() -> Weights:
    table = np.full(1 << _IDF_BITS, unknown_idf(), dtype=np.float32)
    for term, weight in listed_weights().items():
        table[term_hash(term) & ((1 << _IDF_BITS) - 1)] = weight
    return table
