"""What scoring derives from a document, as numbers: no text is needed any more to score it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from libs.contracts.inner.matching import MatchFlag
from services.matching.scoring.copied.fingerprints import Fingerprints
from services.matching.scoring.facts.asks import Ask
from services.matching.scoring.facts.held import Held
from services.matching.scoring.model import Spans, Vectors
from services.matching.scoring.reading.unit_vectors import Rows
from services.matching.scoring.term_hashes import Hashes
from services.matching.scoring.terms import Weights

Integers = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Several lists of numbers, one behind the other: list i is `values[starts[i]:starts[i + 1]]`."""

    starts: Integers
    values: Integers

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Lists:
        """The same numbers."""
        lengths = list(map(len, lists))
        values = np.fromiter(chain.from_iterable(lists), dtype=np.int64, count=sum(lengths))
        return cls(np.cumsum([0, *lengths], dtype=np.int64), values)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, index: int) -> Integers:
        return self.values[int(self.starts[index]) : int(self.starts[index + 1])]

    def owners(self, first: int, end: int) -> npt.NDArray[np.intp]:
        """Of each value of the lists from `first` to `end`, which of these lists it is in, from 0 on."""
        starts = self.starts[first : end + 1].astype(np.int64)
        return np.repeat(np.arange(end - first), starts[1:] - starts[:-1])


@dataclass(frozen=True, slots=True, eq=False)
class ResumeReading:
    """`telling` (n) are the units that say anything, by their places among all u units; `claims` (u) and `dealings` (u)
    say which Claim and which Dealing each of them is; `held` are the facts that it states, `flags` what somebody should
    look at before they trust a score."""

    telling: Rows
    claims: npt.NDArray[np.uint8]
    dealings: npt.NDArray[np.uint8]
    held: Held
    flags: list[MatchFlag]


@dataclass(frozen=True, slots=True, eq=False)
class JobReading:
    """What a job asks for: m requirements of one ask or more, t distinct terms outside its boilerplate.

    `spans` int32 (m, 2) and `nice` (m), where it is not a must; `units`: those that each lies in, at least one;
    `asks` (m) each one's, and `ask_terms` of all of them, one behind the other: the words of each; `terms` (t) by their
    places among the document's, with `term_weights` (t), and by their places among those `ask_terms`; `title`: the
    unit that names the job, None where none does, and `named` how. `shown` is False where nobody is told that the job
    asks for it: see Demands. `dealings`: the kinds of Dealing that it may be about itself.
    """

    spans: Spans
    nice: npt.NDArray[np.uint8]
    units: Lists
    asks: list[list[Ask]]
    ask_terms: Lists
    terms: Integers
    term_weights: Weights
    title: int | None
    named: str
    shown: bool
    dealings: list[int]

    def __len__(self) -> int:
        return len(self.spans)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A document of v distinct terms and u units.

    `length` counts its terms with repetitions; `hashes` (v) are its terms, ascending, `counts` (v) how often each
    stands in the text: 0 where it is only a unit's, cut within a word. `unit_terms`: each unit's distinct terms by
    their places among those, in the order of their standing. `same_as` (u): the first unit that says the same.
    `fingerprints` tell what it has word for word in common with another text. `is_covered`: see ScoredDocument. `head`
    and `mean` are float32 (dimension), empty where the document has no window; `worked` is the mean of a resume as if
    it claimed nothing beside what it tells of work, empty where it does not. One of `resume` and `job` is there.
    """

    length: int
    hashes: Hashes
    counts: Integers
    unit_terms: Lists
    same_as: Integers
    head: Vectors
    mean: Vectors
    fingerprints: Fingerprints
    worked: Vectors
    is_covered: bool = True
    resume: ResumeReading | None = None
    job: JobReading | None = None

    @property
    def kind(self) -> Kind:
        """What the document is."""
        return "resume" if self.job is None else "job"

    @property
    def distinct(self) -> int:
        """How many different terms the text has."""
        return int(np.count_nonzero(self.counts))
