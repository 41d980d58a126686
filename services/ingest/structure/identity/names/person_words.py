"""A person's name found again: each of its words, wherever it stands for that person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from services.ingest.structure.identity.cues import folded_list
from services.ingest.structure.identity.names.front_of_name import NAME_CUES, titles
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.stretches import joined
from services.ingest.structure.identity.words import Words

# Places with a name in front of which such a word stands.
_HOUSES = frozenset(
    "bar cafe hotel restaurant ristorante pizzeria trattoria casa chez kafe backerei metzgerei gasthof gasthaus "
    "clinica klinik praxis salon villa st saint san santa colegio escuela lycee ecole college "
    "universidad universite avenida calle rue via plaza piazza der".split()
)
_SHORTEST = 3
_SHORTEST_STEM = 5
_SHORTEST_RUN = 7
# Names that are looked for one by one; other words are found in one pass.
_MOST_WHOLE = 40
_EAST_ASIAN = "\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_AFTER_A_NAME = "先生|女士|小姐|老师|さん|様|氏|씨|님"
_INFLECTED = re.compile(r"(?:ski|ska|cki|cka|wicz|czyk|ova|ova|eva|in|ina|enko)$")
# Shops that are a name with "'s".
_SHOPS = frozenset(
    "levi macy wendy mcdonald kohl dillard kellogg hershey sotheby lowe moody denny arby carl papa domino applebee "
    "chili friday king victoria murphy".split()
)
_OWNERS = frozenset(
    "owner founder founded cofounder cofounded owned inhaber grunder gegrundet fondateur fonde propietario fundador "
    "titolare fondatore eigenaar oprichter wlasciciel".split()
)
_OF_A_FIRM = re.compile(
    r" &|['’]s |\s(?:and|und|et|y|Consulting|Design|Media|Partners|Services|Studio|Group|Law|Photography)\b"
)
_IN_FRONT = frozenset("as ask for mr mrs ms dr with by dear hi hello thanks thank".split())


@cache
def _verbs() -> frozenset[str]:
    return folded_list(NAME_CUES, "verb") - {
        "a",
        "can",
        "will",
        "also",
        "set",
        "made",
        "on",
        "ma",
        "er",
        "ha",
        "var",
        "es",
    }


class PersonWords:
    """The words of the names found in a text, and where they come again in it."""

    def __init__(self) -> None:
        self._clear: set[str] = set()
        self._unclear: set[str] = set()
        self._whole: set[str] = set()
        self._particles: set[str] = set()
        self._initials: set[str] = set()
        self._names: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._clear or self._unclear or self._whole)

    def __contains__(self, word: str) -> bool:
        return word in self._clear or word in self._unclear

    @property
    def particles(self) -> frozenset[str]:
        """Small words of the names, as "de" and "van": they belong to a word that follows."""
        return frozenset(self._particles)

    @property
    def initials(self) -> frozenset[str]:
        """Letters that stand in the names for a word."""
        return frozenset(self._initials)

    @property
    def clear(self) -> frozenset[str]:
        """Words that stand for the person wherever they come."""
        return frozenset(self._clear)

    def add(self, words: Iterable[str], cased: bool = True) -> None:
        """Takes in a name's folded words. A name in a script without spaces is looked for as a whole."""
        lists = lexicon()
        words = list(words)
        long = [word for word in words if len(word) >= _SHORTEST and word not in lists.particle]
        if cased and len(long) > 1 and len(long[0] + long[-1]) >= _SHORTEST_RUN:
            self._names.update(run for other in long[1:] for run in (long[0] + other, other + long[0]))
        for word in words:
            if not cased and (not word.isascii() and len(word) <= 6 and " " not in word) and _is_unspaced(word):
                self._whole.add(word)
            elif word in lists.particle:
                self._particles.add(word)
                if len(word) == 1:
                    self._initials.add(word)
            elif len(word) == 1 and word.isalpha():
                self._initials.add(word)
            elif word in lists.academic:
                continue
            elif (len(word) < _SHORTEST and word.isascii()) or lists.means_something(word):
                self._unclear.add(word)
            else:
                self._clear.add(word)

    def find(self, words: Words) -> list[tuple[int, int]]:
        """Where the names' words stand, neighbours joined, in order. Linear."""
        text = words.text
        wanted = self._clear | self._unclear | {word + "s" for word in self._clear}
        hits = words.where(wanted)
        hit_set = set(hits)
        sure = {index for index in hits if self._is_sure(words, index)}
        sure.update(self._inflected(words))
        # A word that may mean something else is taken beside one that is sure, or beside another of the same name.
        for index in hits:
            if index not in sure and self._has_neighbour(words, index, hit_set):
                sure.add(index)
        found = joined(words, sorted(sure), self.particles, self.initials)
        if self._whole:
            found += self._unspaced(text)
        found += self._run_together(text)
        return sorted(set(found))

    def _is_sure(self, words: Words, index: int) -> bool:
        folded = words.folded[index]
        if folded in self._unclear:
            return self._stands_for_the_person(words, index)
        if folded not in self._clear and words.text[words.starts[index]].islower():
            return False
        return not self._is_of_someone_else(words, index)

    def _is_of_someone_else(self, words: Words, index: int) -> bool:
        """ "John" in "John Muir Trust" is not the John of this text; "Lopez" in "Lopez Consulting" is the Lopez."""
        lists = lexicon()
        text = words.text
        folded = words.folded[index]
        after = index + 1
        if self._names_a_house(words, index):
            return True
        if folded in lists.given and after < len(words):
            gap = text[words.ends[index] : words.starts[after]]
            following = words.folded[after]
            if gap in (" ", "-") and text[words.starts[after]].isupper() and following not in self:
                other = lists.is_title(following) or following in lists.organization or following in lists.credential
                if not other and (following not in lists.ordinary or following in lists.company):
                    return True
        if index and folded in lists.family and folded not in lists.given:
            gap = text[words.ends[index - 1] : words.starts[index]]
            before = words.folded[index - 1]
            if gap in (" ", "-") and before in lists.given and before not in self and before not in lists.ordinary:
                return text[words.starts[index - 1]].isupper()
        return False

    def _names_a_house(self, words: Words, index: int) -> bool:
        """ "Bar Lucia" is no Lucia; "Salon Lucia Doe" still holds the name."""
        if not index or words.folded[index - 1] not in _HOUSES:
            return False
        gap = words.text[words.ends[index - 1] : words.starts[index]]
        after = index + 1
        goes_on = after < len(words) and words.folded[after] in self
        return gap == " " and words.text[words.starts[index - 1]].isupper() and not goes_on

    def _stands_for_the_person(self, words: Words, index: int) -> bool:
        """Whether a word that is also a common one is the person here: by a title, a verb, a possessive."""
        text = words.text
        start, end = words.starts[index], words.ends[index]
        if not text[start].isupper():
            return False
        following = text[end : end + 12]
        if re.match(r" et al\b|['’]s (?!\d)", following):
            return words.folded[index] not in lexicon().place and words.folded[index] not in _SHOPS
        before = text[start - 1 : start]
        if index and self._is_an_owner(words, index):
            return True
        if index and text[words.ends[index - 1] : start] in (" ", ". "):
            if words.folded[index - 1] in titles():
                return True
            if words.folded[index - 1] in _IN_FRONT and not _is_place(words.folded[index]):
                return re.match(r"\s*(?:[.,;!?\n]|$)|[ ](?:when|if|and|to)\b", following) is not None
        if before in ("", "\n", "“", '"', "„", "«") or text[max(0, start - 2) : start] in (". ", "• ", "- ", "* "):
            after = index + 1
            return (
                after < len(words)
                and text[end : words.starts[after]] == " "
                and text[words.starts[after]].islower()
                and words.folded[after] in _verbs()
                and not words.folded[after].endswith("ing")
            )
        return False

    @staticmethod
    def _is_an_owner(words: Words, index: int) -> bool:
        """ "Owner, Marsh Consulting", "Founded Hunter & Partners": the firm has the person's name."""
        text = words.text
        if _OF_A_FIRM.match(text, words.ends[index]) is None:
            return False
        return any(
            words.folded[at] in _OWNERS and "\n" not in text[words.ends[at] : words.starts[index]]
            for at in range(max(0, index - 3), index)
        )

    def _has_neighbour(self, words: Words, index: int, hits: set[int]) -> bool:
        """Whether another word of a name stands beside this one: "Grant Marsh", "MARSH, Grant", "G. Marsh"."""
        for other in (index - 1, index + 1, index - 2, index + 2):
            if other not in hits or words.folded[other] == words.folded[index]:
                continue
            first, second = min(index, other), max(index, other)
            gap = words.text[words.ends[first] : words.starts[second]]
            both = words.text[words.starts[index]].isupper() and words.text[words.starts[other]].isupper()
            if not both and not (gap in ("'", "’") and words.text[words.starts[first]].isupper()):
                continue
            if gap in (" ", "-", ", ", "'", "’") or re.fullmatch(r" \w\.? | (?:de|del|da|van|von|la|bin|al) ", gap):
                return True
        return False

    def _unspaced(self, text: str) -> list[tuple[int, int]]:
        """Names in Chinese, Japanese and Korean: as a whole, and the parts of a name where they stand by themselves."""
        found: list[tuple[int, int]] = []
        for name in sorted(self._whole)[:_MOST_WHOLE]:
            found += [match.span() for match in re.finditer(re.escape(name), text)]
            for cut in (1, 2, 3):
                for part in {name[:cut], name[cut:]}:
                    if part and part != name:
                        name_part = re.escape(part)
                        alone = rf"(?<![{_EAST_ASIAN}]){name_part}(?![{_EAST_ASIAN}])|{name_part}(?={_AFTER_A_NAME})"
                        found += [match.span() for match in re.finditer(alone, text)]
        return found

    def _inflected(self, words: Words) -> list[int]:
        """Words that are forms of a Slavic name with other endings: "Kowalskiego", "Ивановым"."""
        stems = []
        for word in sorted(self._clear)[:_MOST_WHOLE]:
            cyrillic = "\u0400" <= word[0] <= "\u04ff"
            if len(word) >= (_SHORTEST_STEM - 1 if cyrillic else _SHORTEST_STEM) and (
                cyrillic or _INFLECTED.search(word)
            ):
                stems.append((word.rstrip("аяоеьиіaeoi"), 2 if len(word) < _SHORTEST_STEM else 4))
        if not stems:
            return []
        forms = {
            word
            for word in words.vocabulary
            if any(word.startswith(stem) and len(word) - len(stem) <= most for stem, most in stems)
        }
        return [index for index in words.where(forms) if words.text[words.starts[index]].isupper()]

    def _run_together(self, text: str) -> list[tuple[int, int]]:
        """ "JaneDoe", "@janedoe": given and family name without a space."""
        small = text.lower()
        if len(small) != len(text):
            return []
        found: list[tuple[int, int]] = []
        for name in sorted(self._names)[:_MOST_WHOLE]:
            at = small.find(name)
            while at != -1:
                found.append((at, at + len(name)))
                at = small.find(name, at + len(name))
        return found


def _is_unspaced(word: str) -> bool:
    return all(
        "\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" or sign == "\u3005" or "\uac00" <= sign <= "\ud7a3"
        for sign in word
    )


def _is_place(word: str) -> bool:
    lists = lexicon()
    return word in lists.place or word in lists.company
