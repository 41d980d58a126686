"""How well resumes' cards answer what a job asks for: by words, as a card has no lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from services.matching.scoring.choosing.card_table import Cards, Held, held
from services.matching.scoring.facts.asks import Ask
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.requirement_strengths import all_asked, at_once, covers_of
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import Weights, terms_of

Values = npt.NDArray[np.float64]


class SoughtRequirements:
    """The requirements of a job."""

    def __init__(self, job: ReadDocument) -> None:
        self._job = job
        self._named = [(place, _terms_of_names(ask)) for place, ask in enumerate(job.flat_asks) if ask.names]
        self._named = [(place, groups) for place, groups in self._named if groups]
        terms = chain.from_iterable(chain.from_iterable(chain.from_iterable(groups) for _, groups in self._named))
        self._terms = list(dict.fromkeys(terms))

    def answered(self, found: Held, cards: Cards) -> Values:
        """float64 (n): how much of the requirements n cards answer, 0-1: of what is named, whether all its words are
        there, of anything else how much of its words. `found`: which of the job's terms stand in which cards. Blocks,
        for a millisecond or two."""
        job, values = self._job, np.zeros(len(cards))
        named = self._names_held(cards)
        for start, end in at_once(len(job.job)):
            first, last = int(job.ask_starts[start]), int(job.ask_starts[end])
            covers = covers_of(job, first, last, found.rows.astype(np.intp), found.columns, len(cards))
            for place, held_names in named.items():
                if first <= place < last:
                    covers[:, place - first] = held_names
            strengths = all_asked(covers, job.must_asks[first:last], job.ask_starts[start : end + 1] - first)
            values += strengths @ job.requirement_weights[start:end]
        return values

    def _names_held(self, cards: Cards) -> dict[int, Weights]:
        """Of each ask for names, the share of its groups of which a card (n) has one."""
        if not self._terms:
            return {}
        found = held(shortened(term_hashes(self._terms)), cards)
        has = np.zeros((len(cards), len(self._terms)), dtype=np.bool_)
        has[found.rows, found.columns] = True
        columns = {term: column for column, term in enumerate(self._terms)}
        shares = {}
        for place, groups in self._named:
            each_group = [
                np.any([has[:, [columns[term] for term in terms]].all(axis=1) for terms in group], axis=0)
                for group in groups
            ]
            shares[place] = np.mean(each_group, axis=0).astype(np.float32)
        return shares


def _terms_of_names(ask: Ask) -> Sequence[Sequence[Sequence[str]]]:
    """Of each group of names those names' terms; names without any are left out."""
    groups = ([terms for each in group if (terms := terms_of(each.name))] for group in ask.names)
    return [group for group in groups if group]
