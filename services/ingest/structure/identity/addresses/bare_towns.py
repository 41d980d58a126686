"""Towns that stand by themselves, without a street or a postcode: "Salem, OR", "Almaty", "huy, belgique"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.structure.identity.addresses.address_parts import is_no_town, means, names_a_title
from services.ingest.structure.identity.addresses.town_forms import (
    is_a_house,
    may_be_a_bare_town,
    sounds_like_a_town,
    tells_a_place,
)
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.words import WORD, fold
from services.ingest.structure.title.occupation_words import names_occupation

_UNKNOWN_TOWN = re.compile(r"[A-ZÀ-ÞŁŚŻŹČŠŽĐĞİŞ\u0370-\u03ff\u0410-\u042f][^\W\d_]+(?:[ .,'’-]{1,2}[^\W\d_]+){0,5}\.?")
# "Telefoon         06-…", "Contact\t…": a column of labels.
_LEADS_OVER_A_GAP = re.compile(r"(?:\s{3,40}|\t)[\d+(]|(?:\s{3,40}|\t)[^\s@]{1,64}[@＠]")
_SMALL_TOWN = re.compile(r"[^\W\d_]{4,20}(?:[ -][^\W\d_]{3,20})?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch stands. beside: its line holds other personal data; near: a neighbouring line does; loose: a
    town alone will do; top: in the first lines, below the name; alone: it is a whole line above or below a telephone
    number or an e-mail address; in_capitals: the lines above and below are in capitals."""

    beside: bool
    near: bool
    loose: bool
    top: bool
    alone: bool = False
    in_capitals: bool = False


def town_among(
    parts: Sequence[tuple[int, int]], kinds: Sequence[str], text: str, where: Place
) -> tuple[int, int] | None:
    """A town, with its state or country where that follows: "Salem, OR", "Almaty"."""
    towns = [at for at, kind in enumerate(kinds) if kind == "town"]
    is_label = _LEADS_OVER_A_GAP.match(text, parts[-1][1]) is not None
    # A line of unknown words between name and contact data is as often what somebody is as where they live, and
    # hiding the first does them more harm than showing the second.
    written = text[parts[0][0] : parts[-1][1]]
    told = (where.alone and tells_a_place(written)) or (where.beside and not is_label)
    if told and may_be_a_bare_town(written, where.in_capitals):
        return parts[0][0], parts[-1][1]
    if towns:
        first = towns[0]
        of_a_title = first == 1 and where.top and not means(WORD.findall(text[slice(*parts[first])].lower()))
        house = first > 0 and is_a_house(text[slice(*parts[first - 1])])
        if house and len(parts) <= len("abc"):
            return parts[first - 1][0], parts[-1][1]
        if first > 0 and kinds[first - 1] == "other" and not names_a_title(text[slice(*parts[first - 1])]):
            return (parts[first][0], parts[-1][1]) if of_a_title and len(parts) <= len("abc") else None
        while first > 0 and kinds[first - 1] == "capital" and (where.beside or where.near):
            first -= 1
        last = first
        while last + 1 < len(parts) and kinds[last + 1] in ("town", "capital"):
            last += 1
        known_alone = where.near or where.beside or where.top or len(towns) > 1
        return (parts[first][0], parts[last][1]) if known_alone else None
    if where.near or where.top:
        sounding = [
            at for at, kind in enumerate(kinds) if kind == "capital" and sounds_like_a_town(text[slice(*parts[at])])
        ]
        if sounding and all(kind == "capital" for kind in kinds) and len(parts) <= len("abc"):
            return parts[0][0], parts[-1][1]
    # An unknown word with a capital beside a telephone number or an e-mail address is a town.
    if where.beside and kinds and all(kind == "capital" for kind in kinds) and len(parts) <= 3:
        is_known = names_occupation(written) or all(fold(word) in lexicon().ordinary for word in WORD.findall(written))
        is_town = _UNKNOWN_TOWN.fullmatch(written) is not None and not written.isupper() and not is_no_town(written)
        if is_town and not is_known and not is_label:
            return parts[0][0], parts[-1][1]
    return None


def is_small_town(text: str, parts: Sequence[tuple[int, int]], kinds: Sequence[str]) -> bool:
    """ "truro", "huy, belgique": a place in small letters that no list knows as anything else."""
    first = text[slice(*parts[0])]
    words = [fold(word) for word in WORD.findall(first)]
    lists = lexicon()
    known = len(parts) > 1 and all(kind == "town" for kind in kinds[1:])
    if not first.islower() or not (known or (len(parts) == 1 and _SMALL_TOWN.fullmatch(first))):
        return False
    if text[parts[-1][1] : parts[-1][1] + 2].strip()[:1] in (":", "：", "."):
        return False
    return not is_no_town(first) and not any(
        lists.means_something(word) or lists.is_title(word) or word in lists.proper for word in words
    )
