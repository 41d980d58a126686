"""Words whose letters stand apart, as headings are set: "S K I L L S".

A line of single characters is such a word, or several, unless it is a list: of grades, licence classes, languages of
one letter. Two spaces tell words apart where one stands between letters. Where they do not, the words are those that
stand elsewhere in the text (an e-mail address holds the name) or are usual in headings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

from services.ingest.parsing.cleaning.lines import StyledLine

_CANDIDATE = re.compile(r"(?<!\S)\S\s{1,9}\S(?!\S)")
_TOKEN = re.compile(r"(\S+)(\s*)")
_WORDS = re.compile(r"[^\W\d_]{2,40}")
_PERIOD = re.compile(r"(?:19|20)\d\d(?:\W(?:19|20)\d\d)?")
_BETWEEN = re.compile(r"([|•·&])")
_ENDS = ":,;.!?)"
_VOWELS = frozenset("aeiouy")
# Letters in a row that make a word: where nothing else is in the line, and in a line of words.
_ALONE, _AMONG = 4, 5
_TOGETHER = 5
# Two letters of a list (A, B, C; B, C, E) are at most so far from one another.
_STEP = 3
# So many characters are searched for words; a heading has fewer.
_LONGEST = 60
_LONGEST_WORD = 24
# Text of an East Asian script has no spaces in it, and two characters are a word.
_EAST_ASIAN = re.compile("[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")


def load() -> None:
    """Reads the words of headings."""
    _heading_words()


def with_words_joined(lines: Sequence[StyledLine]) -> list[StyledLine]:
    """The lines with such words joined."""
    found = [n for n, line in enumerate(lines) if _CANDIDATE.search(line.text)]
    if not found:
        return list(lines)
    words = _Words(line.text for line in lines)
    joined = list(lines)
    for n in found:
        joined[n] = StyledLine(_joined(lines[n].text, words), lines[n].style)
    return joined


class _Words:
    """The words of a text, found when they are asked for."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self._words: frozenset[str] | None = None

    def __contains__(self, word: str) -> bool:
        if self._words is None:
            found = {word.casefold() for line in self._lines for word in _WORDS.findall(line)}
            self._words = frozenset(word for word in found if len(word) > 2) | _heading_words()
        return word in self._words


def _joined(line: str, words: _Words) -> str:
    tokens = [(match[1], len(match[2].expandtabs(4))) for match in _TOKEN.finditer(line)]
    singles = sum(_is_single(token) for token, _ in tokens)
    if singles == len(tokens):
        return _alone(tokens, words) or line
    return _among(line, tokens, words) if singles >= _AMONG else line


def _is_single(token: str) -> bool:
    return len(token) == 1 or (len(token) == 2 and (token[1] in _ENDS or bool(unicodedata.combining(token[1]))))


def _alone(tokens: Sequence[tuple[str, int]], words: _Words) -> str | None:
    """The words of a line of single characters; None where it is none of words."""
    groups = _groups(tokens)
    letters = "".join(token for token, _ in tokens if token[0].isalpha())
    if len(letters) >= 2 and all(_EAST_ASIAN.match(letter) for letter in letters):
        return " ".join("".join(group) for group in groups)
    if not letters:
        return " ".join("".join(group) for group in groups) if _is_period(groups) else None
    longest = max(map(_letters_in_a_row, groups), default=0)
    several = sum(_letters_in_a_row(group) > 1 for group in groups) > 1 and len(letters) >= _TOGETHER
    together = longest > 2 and (several or _is_period(groups))
    if _is_list(letters) or (longest < _ALONE and not together):
        return None
    if len(groups) > 1:
        return " ".join("".join(group) for group in groups)
    parts = (part for part in _BETWEEN.split("".join(groups[0])) if part)
    return " ".join(word for part in parts for word in _apart(part, words))


def _among(line: str, tokens: Sequence[tuple[str, int]], words: _Words) -> str:
    """The line with runs of single letters between its words joined."""
    parts: list[str] = []
    run: list[tuple[str, int]] = []

    def end_run() -> None:
        letters = "".join(token for token, _ in run)
        if len(run) >= _AMONG and letters[:-1].isalpha() and not _is_list(letters):
            groups = _groups(run)
            found = ["".join(group) for group in groups] if len(groups) > 1 else _apart(letters, words)
            parts.append(" ".join(found) + " " * run[-1][1])
        else:
            parts.extend(token + " " * gap for token, gap in run)
        run.clear()

    for token, gap in tokens:
        if _is_single(token) and token[0].isalpha():
            run.append((token, gap))
            if len(token) == 1:
                continue
            end_run()
        else:
            end_run()
            parts.append(token + " " * gap)
    end_run()
    return line[: len(line) - len(line.lstrip())] + "".join(parts)


def _groups(tokens: Sequence[tuple[str, int]]) -> list[list[str]]:
    """The tokens in groups, between which the gaps are wider than within."""
    narrow = min((gap for _, gap in tokens[:-1]), default=0)
    groups: list[list[str]] = [[]]
    for n, (token, gap) in enumerate(tokens):
        groups[-1].append(token)
        if gap > narrow and n < len(tokens) - 1:
            groups.append([])
    return groups


def _letters_in_a_row(group: Sequence[str]) -> int:
    longest = row = 0
    for token in group:
        row = row + 1 if token[0].isalpha() else 0
        longest = max(longest, row)
    return longest


def _is_list(letters: str) -> bool:
    """Letters that follow one another in the alphabet, are all the same, or can be no word."""
    plain = unicodedata.normalize("NFD", letters.casefold())
    base = [letter for letter in plain if letter.isalpha()]
    if len(set(base)) < 2:
        return True
    if all("a" <= letter <= "z" for letter in base) and not _VOWELS.intersection(base):
        return True
    return all(0 < ord(after) - ord(before) <= _STEP for before, after in pairwise(base))


def _is_period(groups: Sequence[Sequence[str]]) -> bool:
    """Digits that stand apart are a scale or a row of a table, unless they are a year or two."""
    return any(_PERIOD.fullmatch("".join(group)) for group in groups)


def _apart(letters: str, words: _Words) -> list[str]:
    """The words that letters without a gap between them are; one, where they are not known."""
    if letters.casefold() in words or len(letters) > _LONGEST:
        return [letters]
    return _known(letters, words) or list(_by_capitals(letters))


def _known(letters: str, words: _Words) -> list[str] | None:
    """The fewest known words that the letters are."""
    plain = letters.casefold()
    if len(plain) != len(letters):
        return None
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            before, word = best[start], letters[start:end]
            if before is None or (word != "&" and word.casefold() not in words):
                continue
            found = best[end]
            if found is None or len(before) + 1 < len(found):
                best[end] = [*before, word]
    return best[-1]


def _by_capitals(letters: str) -> Iterator[str]:
    """Where a capital follows small letters, a word begins: "JordanMercer"; but "McDonald"."""
    start = 0
    for n in range(1, len(letters)):
        if letters[n].isupper() and letters[n - 1].islower() and n - start > 2:
            yield letters[start:n]
            start = n
    yield letters[start:]


@cache
def _heading_words() -> frozenset[str]:
    lines = files(__package__).joinpath("heading_words_v1.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split("\t")[1].split())
