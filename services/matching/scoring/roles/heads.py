"""The head of a title: the word that says what somebody is, with the groups that it names there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.matching.scoring.roles.occupations import NONE, Groups, Occupations, occupations
from services.matching.scoring.roles.title_words import JOINTS, Part, singular

# Heads that say a place in a firm, and not what is done there: this is said by the other words.
_OF_RANK = """
    manager director head lead leader supervisor foreman intern internship trainee apprentice student graduate chief vp
    president superintendent volunteer owner team member staff crew principal freelancer contractor veteran extern
    leiter leiterin teamleiter praktikant praktikum azubi auszubildender werkstudent mitarbeiter meister helfer
    responsable directeur chef stagiaire alternant apprenti director jefe encargado gerente becario aprendiz tecnico
"""
# Heads that say nothing of what is done either, and whose other words are not what somebody is: who assists a lawyer is
# no lawyer.
_OF_WORK = """
    officer specialist consultant coordinator executive associate assistant worker technician engineer analyst expert
    professional representative rep agent clerk administrator advisor adviser practitioner operator aide helper staff
    attendant planner designer developer inspector trainer instructor strategist generalist support operative
    berater referent fachkraft sachbearbeiter kaufmann kauffrau techniker ingenieur conseiller charge agent technicien
    employe assistant consejero asesor auxiliar empleado operario ayudante partner inspector secretary
"""
RANK_HEADS = frozenset(map(singular, _OF_RANK.split()))
WORK_HEADS = frozenset(map(singular, _OF_WORK.split()))

_OF = frozenset("of der des du de del".split())


@dataclass(frozen=True, slots=True)
class HeadFound:
    """The head is word `place` of its part. `groups`: none where the list does not tell. `by_phrase`: other words told
    them too; `sure`: they are named, and not only concluded from the kind of work or a word such as "consultant"."""

    place: int
    groups: Groups
    by_phrase: bool = False
    sure: bool = True


def find_head(words: Sequence[str], behind: Sequence[Part]) -> HeadFound | None:
    """The head of a part of a title, whose words are in the singular; by the parts `behind` it, "Director, Sales" is
    known. None where no word names an occupation."""
    known = occupations()
    last: HeadFound | None = None
    groups: Groups = NONE
    segments = list(_segments(words))
    for start, end in reversed(segments):
        # What stands before a joint belongs to the last head too: "sales and marketing manager".
        found = _rightmost(known, words, 0 if last is None else start, start, end, behind if last is None else ())
        if found is None:
            continue
        if last is None:
            last, groups = found, found.groups
        elif found.groups and found.sure and found.place == end - 1:
            groups |= found.groups
    if last is None:
        return None
    if last.by_phrase and len(segments) > 1:
        groups |= _joined(known, words, segments, last)
    return HeadFound(last.place, groups, last.by_phrase, last.sure)


def groups_by_work(words: Sequence[str]) -> Groups:
    """The groups of the work that the last words name: "accounting", "software engineering"."""
    listed = occupations().work
    for end in range(len(words), 0, -1):
        for work, group in listed.get(words[end - 1], ()):
            if tuple(words[end - len(work) : end]) == work:
                return frozenset({group}) | {
                    other for same, other in listed[words[end - 1]] if same == work and other != group
                }
    return NONE


def _segments(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for place, word in enumerate((*words, "/")):
        if word in JOINTS:
            if place > start:
                yield start, place
            start = place + 1


def _rightmost(
    known: Occupations, words: Sequence[str], first: int, start: int, end: int, behind: Sequence[Part]
) -> HeadFound | None:
    """The last head among words `start` to before `end`; `first` is where its modifiers may begin."""
    unknown: HeadFound | None = None
    for place in range(end - 1, start - 1, -1):
        head = known.head(words[place])
        before = words[first:place]
        is_generic = head in RANK_HEADS or head in WORK_HEADS or head in known.weak
        if is_generic and place == len(words) - 1 and behind and behind[0].before in _OF:
            # "Director of finance" is a finance director.
            before = (*before, *behind[0].words)
        if groups := _by_phrase(known, head, before):
            return HeadFound(place, groups, by_phrase=True)
        if head in known.alone:
            return HeadFound(place, known.alone[head])
        if not is_generic or (unknown is not None and head not in RANK_HEADS):
            continue
        if found := _generic(known, head, place, before, [words[place + 1 : end], *(part.words for part in behind)]):
            if unknown is not None and not found.sure and found.groups == known.weak.get(head):
                # A principal engineer is no head of a school.
                continue
            return found
        unknown = unknown or HeadFound(place, NONE)
    return unknown


def _generic(
    known: Occupations, head: str, place: int, before: Sequence[str], behind: Sequence[Sequence[str]]
) -> HeadFound | None:
    """A head that names no group by itself: by the words behind it, by what is done, or by what is usual."""
    if head in RANK_HEADS and before and (named := _named(known, before)):
        return HeadFound(place, named)
    for words in behind:
        if groups := _by_phrase(known, head, words):
            return HeadFound(place, groups, by_phrase=True)
    if head in RANK_HEADS or head in WORK_HEADS:
        for words in (before, *behind):
            if groups := groups_by_work(words):
                return HeadFound(place, groups, sure=False)
    if head in RANK_HEADS:
        for words in behind:
            if words and (named := _named(known, words)):
                return HeadFound(place, named)
    return HeadFound(place, known.weak[head], sure=False) if head in known.weak else None


def _named(known: Occupations, words: Sequence[str]) -> Groups:
    """The groups of an occupation that the words end with: "electrician apprentice". An "assistant manager" is none."""
    head = known.head(words[-1])
    if head in WORK_HEADS:
        return _by_phrase(known, head, words[:-1])
    return _by_phrase(known, head, words[:-1]) or known.alone.get(head, NONE) or known.weak.get(head, NONE)


def _by_phrase(known: Occupations, head: str, before: Sequence[str]) -> Groups:
    """The groups of the longest listed phrase that ends with the head, the nearest of several."""
    if head not in known.phrase_heads:
        return NONE
    best, length = NONE, 0
    words = frozenset(before)
    for modifier in reversed(before):
        for rest, group in known.phrases.get((head, modifier), ()):
            if rest <= words:
                if len(rest) + 1 > length:
                    best, length, nearest = frozenset({group}), len(rest) + 1, modifier
                elif len(rest) + 1 == length and modifier == nearest:
                    best |= {group}
    return best


def _joined(known: Occupations, words: Sequence[str], segments: Sequence[tuple[int, int]], last: HeadFound) -> Groups:
    """What the head is by what stands before joints, where no occupation stands there."""
    head = known.head(words[last.place])
    found = NONE
    for start, end in segments[:-1]:
        if _rightmost(known, words, start, start, end, ()) is None:
            found |= _by_phrase(known, head, words[start:end])
    return found
