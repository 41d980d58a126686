"""The word lists that help to tell a person's name from other words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.ingest.structure.identity.words import fold

_HERE = Path(__file__).parent
COMMON_WORDS = _HERE / "common_words_v1.tsv"
_ENDING_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Sets of folded words. `title` are of occupations and headings, `title_endings` how such words end."""

    given: frozenset[str]
    family: frozenset[str]
    ordinary: frozenset[str]
    proper: frozenset[str]
    title: frozenset[str]
    title_endings: tuple[str, ...]
    organization: frozenset[str]
    place: frozenset[str]
    month: frozenset[str]
    particle: frozenset[str]
    credential: frozenset[str]
    academic: frozenset[str]
    company: frozenset[str]
    word_name: frozenset[str]

    def is_name(self, word: str) -> bool:
        return word in self.given or word in self.family

    def is_title(self, word: str) -> bool:
        """Whether `word` names an occupation or a part of a document."""
        return word in self.title or (
            len(word) > _ENDING_AT_LEAST + 3 and word.endswith(self.title_endings) and not self.is_name(word)
        )

    def means_something(self, word: str) -> bool:
        """Whether `word` also stands for something else than a person, so that alone it is no sign of one."""
        return (
            (len(word) <= 2 and word.isascii())  # "Li", "Wu", but also "de", "an"
            or word in self.word_name
            or word in self.ordinary
            or word in self.place
            or word in self.month
            or word in self.company
            or word in self.particle
            or word in self.title
            or word in self.organization
            or word in self.credential
        )


@cache
def lexicon() -> Lexicon:
    """The lists, read once. Raises OSError where a file is missing."""
    other = _classes("other_words_v1.tsv")
    title = _all_of("title_words_v1.tsv")
    common = _classes(COMMON_WORDS.name) if COMMON_WORDS.exists() else {}
    return Lexicon(
        given=_all_of("given_names_v1.tsv"),
        family=_all_of("surnames_v1.tsv"),
        # Words of trades and treatments that the counted texts hardly have.
        ordinary=common.get("ordinary", frozenset()) | other["ordinary"],
        proper=common.get("proper", frozenset()),
        title=frozenset(word for word in title if not word.startswith("*")),
        title_endings=tuple(sorted(word[1:] for word in title if word.startswith("*"))),
        organization=other["organization"],
        place=other["place"],
        month=other["month"],
        particle=other["particle"],
        credential=other["credential"],
        academic=other["academic"],
        company=other["company"],
        word_name=other["word_name"],
    )


def _all_of(file: str) -> frozenset[str]:
    return frozenset().union(*_classes(file).values())


def _classes(file: str) -> dict[str, frozenset[str]]:
    """The words of each class: a line is a class, a tab and words with spaces between them."""
    found: dict[str, set[str]] = {}
    for line in (_HERE / file).read_text(encoding="utf-8").splitlines()[1:]:
        name, _, words = line.partition("\t")
        found.setdefault(name, set()).update(fold(word) for word in words.split())
    return {name: frozenset(words) for name, words in found.items()}
