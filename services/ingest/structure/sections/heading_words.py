"""What a heading's words say: which kind of section, and how surely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.ingest.structure.sections.heading_vocabulary import (
    BREAK,
    GOES_ON,
    Heads,
    Meaning,
    Vocabulary,
    WordKind,
    tokens_of,
    vocabulary,
    without_joiners,
)

# Vague: another kind beside them says more ("Skills summary", "Education details").
_VAGUE = frozenset({"summary", "other"})
_UNCERTAIN = frozenset({"other", "military", "volunteering"})


# Stands for "it" that is not information technology.
_PRONOUN = "things"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a title's words say. `sure`: they are a heading's and nothing else; `weak`: so common that another sign is
    needed; neither: a word of a heading beside others. `label`: also a label within an entry; `listed`: also an item
    of a list ("Communication skills"). `heads`: what stands below it besides the kind.
    `told`: a person says it in words of their own ("What I do")."""

    kind: WordKind
    sure: bool = False
    weak: bool = False
    label: bool = False
    listed: bool = False
    heads: Heads | None = None
    told: bool = False


def load() -> None:
    """Reads the data file, about 0.2 s, so that no document waits for it."""
    vocabulary()


def read_title(title: str, asked: bool) -> Reading | None:
    """What the words of a short title say, None where no word is a heading's. `asked`: it stands in a posting."""
    tokens = list(tokens_of(title, vocabulary().words))
    if "it" in tokens and ("IT" not in title or (title.isupper() and tells_of_self(title))):
        tokens = [_PRONOUN if token == "it" else token for token in tokens]
    return _read(tokens, asked)


def _read(tokens: list[str], asked: bool) -> Reading | None:
    known = vocabulary()
    if known.telling.isdisjoint(tokens) and not any(token.endswith(known.any_ending) for token in tokens):
        return None
    while tokens and tokens[-1] == BREAK:
        tokens.pop()
    whole = _whole(tokens)
    if whole is not None and asked and whole.asked:
        return Reading("asked", sure=True)
    if whole is not None and whole.kind is not None:
        weak = whole.weak or (whole.whole and len(tokens) == 1)
        return Reading(whole.kind, sure=not weak, weak=weak, label=whole.label, heads=whole.heads, told=whole.whole)
    meanings = list(_meanings(tokens, known))
    if not asked and _is_wanted(meanings):
        return Reading("summary", sure=True)
    meanings = [None if meaning is not None and not _says_more(meaning) else meaning for meaning in meanings]
    if not asked and (told := _told(meanings)) is not None:
        return Reading(told, sure=True, label=told == "experience", told=True)
    if not tokens or tokens[-1] in GOES_ON:
        return None
    if not asked and (told := _told_in_part(meanings)) is not None:
        return Reading(told, told=True)
    return _composed(meanings, asked)


def heads(title: str) -> Heads | Literal["body"] | None:
    """What stands below a line whose words are a heading's and nothing else, `body` where it is not about persons;
    None for any other line."""
    tokens = list(tokens_of(title, vocabulary().words))
    whole = _whole(tokens)
    if whole is not None and whole.heads is not None:
        return whole.heads
    reading = _read(tokens, asked=False)
    return None if reading is None or not (reading.sure or reading.weak) else reading.heads or "body"


def names_document(title: str, asked: bool) -> bool:
    """Whether the words name the whole text. In a posting "Application" says how to apply."""
    whole = _whole(list(tokens_of(title, vocabulary().words)))
    return whole is not None and whole.heads == "document" and not (asked and whole.asked)


def names_wanted(title: str) -> bool:
    """Whether the words name the position that somebody looks for: "Puesto deseado"."""
    known = vocabulary()
    return _is_wanted(list(_meanings(list(tokens_of(title, known.words)), known)))


def _whole(tokens: list[str]) -> Meaning | None:
    return vocabulary().wholes.get(without_joiners(tokens))


def holds_small_word(title: str) -> bool:
    """Whether a word stands in it that joins or qualifies others, which a bare name of a person has none of."""
    known = vocabulary()
    # A letter alone is rather an initial.
    words = (
        token for token in tokens_of(title, known.words) if token != BREAK and (len(token) > 1 or not token.isascii())
    )
    found = (known.phrases.get((word,)) for word in words)
    return any(meaning is not None and meaning.is_small for meaning in found)


def goes_on(title: str) -> bool:
    """Whether its last word is one behind which more follows: "Good hands for"."""
    known = vocabulary()
    *_, last = ["", *(token for token in tokens_of(title, known.words) if token != BREAK)]
    meaning = known.phrases.get((last,))
    return last in GOES_ON or (meaning is not None and meaning.of and meaning.kind is None)


def tells_of_self(title: str) -> bool:
    """Whether it is said as one speaks of oneself: "What I learned", "Hulls I have laid". No employer is named so."""
    known = vocabulary()
    found = [known.phrases.get((token,)) for token in tokens_of(title, known.words) if token != BREAK]
    said = [meaning for meaning in found if meaning is not None]
    if len(found) > 1 and found[0] is not None and found[0].thing:
        return True
    around = any(meaning.thing or meaning.filler for meaning in said)
    return len(found) > 2 and around and any(meaning.self_said or meaning.deed is not None for meaning in said)


def _meanings(tokens: list[str], known: Vocabulary) -> Iterator[Meaning | None]:
    """The longest known phrases one after another; None for an unknown word."""
    place = 0
    while place < len(tokens):
        for size in known.starts.get(tokens[place], ()):
            meaning = known.phrases.get(tuple(tokens[place : place + size])) if place + size <= len(tokens) else None
            if meaning is not None and _stands_beside(meaning):
                yield meaning
                place += size
                break
        else:
            yield Meaning(joiner=True) if tokens[place] == BREAK else known.compound(tokens[place])
            place += 1


def _stands_beside(meaning: Meaning) -> bool:
    """Whether it says something beside other words, too: some are headings only as a whole."""
    return not meaning.whole or meaning.modifier or meaning.thing or meaning.filler or meaning.deed is not None


def _is_wanted(meanings: list[Meaning | None]) -> bool:
    """Whether the words name the position that somebody looks for: "Puesto deseado", "Желаемая работа"."""
    known = [meaning for meaning in meanings if meaning is not None]
    if len(known) < len(meanings) or not any(meaning.wanted or meaning.kind == "summary" for meaning in known):
        return False
    return any(meaning.post for meaning in known) and all(
        meaning.wanted or meaning.post or meaning.of or meaning.joiner or meaning.modifier or meaning.kind == "summary"
        for meaning in known
    )


def _says_more(meaning: Meaning) -> bool:
    """Whether it is more than a word for a position, or for a wish: these say nothing but together."""
    says = _is_said(meaning) or meaning.asked or meaning.thing or meaning.self_said or meaning.filler
    return says or meaning.deed is not None or not (meaning.post or meaning.wanted)


def _told(meanings: list[Meaning | None]) -> WordKind | None:
    """The kind of what a person says of their own doing: "Where I have worked", "Things I built", "Tools I use"."""
    known = [meaning for meaning in meanings if meaning is not None]
    if len(known) < len(meanings) or len(known) < 2:
        return None
    first = known[0]
    deed = next((meaning.deed for meaning in reversed(known) if meaning.deed is not None), None)
    names = next((meaning.kind for meaning in known if meaning.kind is not None and not meaning.thing), None)
    if not all(_is_told(meaning) for meaning in known[1:]):
        return None
    if first.thing:
        return deed if names is None or names in _VAGUE or deed == "projects" else names if deed else None
    if names is None or not any(meaning.self_said for meaning in known[1:]) or not (first.kind or first.modifier):
        return None
    does = deed is not None or known[-1].filler
    return (deed if deed == "projects" else names) if does else None


def _told_in_part(meanings: list[Meaning | None]) -> WordKind | None:
    """The kind of a deed told with one unknown word: "What I have learned abroad"."""
    known = [meaning for meaning in meanings if meaning is not None]
    if len(known) != len(meanings) - 1 or not known or not known[0].thing or meanings[0] is None:
        return None
    if not any(meaning.self_said for meaning in known):
        return None
    return next((meaning.deed for meaning in reversed(known) if meaning.deed is not None), None)


def _is_told(meaning: Meaning) -> bool:
    says = meaning.self_said or meaning.filler or meaning.deed is not None
    return says or meaning.of or meaning.joiner or meaning.thing or bool(meaning.kind and not meaning.weak)


def _composed(meanings: list[Meaning | None], asked: bool) -> Reading | None:
    parts = _parts(meanings)
    kinds = [kind for part in parts if (kind := _kind_of(part, asked)) is not None]
    if not kinds:
        return None
    certain = [kind for kind in kinds if kind not in _UNCERTAIN]
    said: WordKind = "asked" if "asked" in kinds else (certain or kinds)[0]
    known = all(meaning is not None and (asked or _is_said(meaning)) for meaning in meanings)
    sure = known and all(_is_ordered(part, part is parts[-1], asked) for part in parts)
    cores = [meaning for part in parts for meaning in part if meaning is not None and (meaning.kind or meaning.asked)]
    strong = any(_is_strong(part, asked) for part in parts)
    return Reading(
        said,
        sure=sure and strong,
        weak=sure and not strong,
        label=all(core.label for core in cores),
        listed=any(meaning is not None and meaning.listed for meaning in meanings),
        heads=next((core.heads for core in cores if core.heads), None) if said == "other" else None,
    )


def _is_strong(part: list[Meaning | None], asked: bool) -> bool:
    """Whether what names the kind in it seldom stands for anything else."""
    cores = [meaning for meaning in part if meaning is not None and (meaning.kind or (asked and meaning.asked))]
    # "School of languages" is what its first word says.
    ends = cores[:1] if any(meaning is not None and meaning.of for meaning in part) else [*cores[:1], *cores[-1:]]
    return any((asked and core.asked) or not core.weak for core in ends)


def _is_said(meaning: Meaning) -> bool:
    return bool(meaning.kind or meaning.modifier or meaning.trailer or meaning.closing or meaning.joiner or meaning.of)


def _parts(meanings: list[Meaning | None]) -> list[list[Meaning | None]]:
    """What stands between joiners."""
    parts: list[list[Meaning | None]] = [[]]
    for meaning in meanings:
        if meaning is not None and meaning.joiner and not meaning.kind:
            parts.append([])
        else:
            parts[-1].append(meaning)
    return [part for part in parts if part]


def _kind_of(part: list[Meaning | None], asked: bool) -> WordKind | None:
    found: WordKind | None = None
    for meaning in part:
        if meaning is None:
            continue
        kind: WordKind | None = "asked" if asked and meaning.asked and not meaning.kind else meaning.kind
        # The last word says what it is in English, the first in French; a vague one never against another.
        if kind and (found is None or found in _VAGUE or (meaning.head_last and kind not in _VAGUE)):
            found = kind
    return found


def _is_ordered(part: list[Meaning | None], last: bool, asked: bool) -> bool:
    """Whether modifiers stand where their language puts them, so that "Project management" is no heading."""
    core = None
    for place, meaning in enumerate(part):
        if meaning is not None and (meaning.kind or (asked and meaning.asked)):
            core = place
    if core is None:
        return not last or all(meaning is not None and (meaning.follows or meaning.closing) for meaning in part)
    behind = part[core + 1 :]
    return all(meaning is not None and (meaning.follows or meaning.trailer or meaning.closing) for meaning in behind)
