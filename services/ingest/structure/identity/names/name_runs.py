"""How far a name goes from a word on, and whether it goes on as the name of a firm."""

from __future__ import annotations

import re

from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.shape import Shape, is_cased, name_shape
from services.ingest.structure.identity.words import Words

_MOST_WORDS = 6
# Without capitals only the count tells where a name ends in a sentence.
MOST_CASELESS = 2
_GAP = re.compile(r"[ \u00a0]{1,2}| ['’]|[-‑'’ʻ]|\. ?| [asd]/[lpo] |\.-")
_AFTER_A_FIRM = re.compile(r" ?(?:&|and Sons|\+(?! ?[\d(]))", re.IGNORECASE)


def run_at(words: Words, first: int, in_sentence: bool = False) -> tuple[Shape | None, int]:
    """The longest stretch that begins at a word and has the shape of a name, and its last word."""
    text = words.text
    lists = lexicon()
    last = first
    cased = is_cased(text[words.starts[first]])
    while last + 1 < len(words) and last + 1 - first < _MOST_WORDS:
        gap = text[words.ends[last] : words.starts[last + 1]]
        if not _GAP.fullmatch(gap) or (gap in (" '", " ’") and words.folded[last + 1] != "t"):
            break
        if gap.startswith(".") and len(words.folded[last]) > 2 and words.folded[last] not in ("mohd",):
            break
        following = text[words.starts[last + 1]]
        if (
            cased
            and not following.isupper()
            and words.folded[last + 1] not in lists.particle
            and gap in (" ", "\u00a0", ". ")
        ):
            break
        if gap in ("'", "’") and words.folded[last + 1] == "s":
            break
        if last > first and _is_other_word(words.folded[last + 1]):
            break
        last += 1
    if in_sentence and not cased:
        last = min(last, first + MOST_CASELESS - 1)
    while last >= first:
        stretch = text[words.starts[first] : words.ends[last]]
        shape = (
            name_shape(stretch)
            if text[words.starts[last]].isupper() or words.folded[last] not in lists.particle
            else None
        )
        if shape is not None:
            return shape, last
        last -= 1
    return None, first


def _is_other_word(word: str) -> bool:
    """Whether a word ends a name that stands in front of it: "Vikram Dogra Mother's name: …"."""
    lists = lexicon()
    known = word in lists.ordinary or word in lists.month or word in lists.credential or lists.is_title(word)
    return known and len(word) > 1 and not lists.is_name(word) and word not in lists.particle


def is_in_a_firm(words: Words, last: int) -> bool:
    """Whether the stretch goes on as the name of a firm or a place: "Robert Bosch GmbH", "Wells & Sons"."""
    text = words.text
    following = last + 1
    if following >= len(words):
        return False
    if _AFTER_A_FIRM.match(text, words.ends[last], words.ends[last] + 12):
        return True
    gap = text[words.ends[last] : words.starts[following]]
    return gap == " " and words.folded[following] in lexicon().organization and text[words.starts[following]].isupper()


def is_written_as_a_name(stretch: str, shape: Shape) -> bool:
    """Not in capitals, as short forms are ("TIBCO CIM"), unless a list knows it; not a town of two words."""
    places = lexicon().place
    return (shape.known > 0 or not any(word.isupper() and len(word) > 1 for word in stretch.split())) and not all(
        word in places for word in shape.words
    )
