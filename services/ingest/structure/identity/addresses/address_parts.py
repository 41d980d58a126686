"""What a stretch between two commas of an address is: a street, a postcode, a town."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from services.ingest.structure.identity.addresses.town_forms import is_marked_as_a_town
from services.ingest.structure.identity.cues import ADDRESS_CUES, any_of, cue_lists, folded_list, folded_phrase
from services.ingest.structure.identity.names.front_of_name import NAME_CUES
from services.ingest.structure.identity.names.head_name import TRADE
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.words import WORD, fold

Kind = Literal["street", "code", "town", "capital", "other"]

_STREET = re.compile(
    rf"(?<!\w)(?:{any_of(ADDRESS_CUES, 'street')}|(?:dr|ct)\.?(?=,|$|\s(?:#|apt|unit|\d)))(?!\w)"
    rf"|\w{{2,30}}(?:{any_of(ADDRESS_CUES, 'ending')})(?!\w)"
    rf"|\w{{2,30}}-(?:{any_of(ADDRESS_CUES, 'hyphen')})(?!\w)"
    rf"|{any_of(ADDRESS_CUES, 'within')}",
    re.IGNORECASE,
)
_SURELY_A_STREET = re.compile(
    rf"^(?:{any_of(ADDRESS_CUES, 'surely_first')})\s|(?<!\w)(?:{any_of(ADDRESS_CUES, 'surely_last')})$|شارع",
    re.IGNORECASE,
)
# "Vill: Charpara", "jud. Cluj": words that stand in front of a part of an address, which begins with a capital.
_BEFORE_A_NAME = re.compile(
    rf"(?i:{any_of(ADDRESS_CUES, 'before_a_name')})(?:\s?[:–-])?\s?"
    r"(?:(?:de|du|des|del|da|do|la|le|les|di|della)\s){0,2}(?:(?:il|tal|l|d)['’-])?(?<!\w)[^\W\d_a-zà-ÿа-яё]"
)
# "Zur Alten Schäferei 4", "Am Deich 12a": German and Dutch streets that are named after what they lie at.
_AT_A_PLACE = re.compile(
    r"(?:Zur|Zum|Am|Im|An de[rnm]|Auf de[rm]|Hinter de[rnm]|Hinterm|Unter de[rn]|In de[rn]|Bei de[rn]|Beim|Vor dem|Vorm"
    r"|Op de|Op het|Aan de|Aan het|Achter de|Onder de) "
    r"[^\W\d_a-z][^\W\d_]+(?:[ -][^\W\d_a-z][^\W\d_]+){0,2} \d{1,3} ?[a-z]?"
)
_POSTCODE = re.compile(
    r"(?<![\w.+-])(?:[A-Z]{1,3}-)?\d{4,6}(?:\s(?=[^\W\d_])|(?=,?$))(?!\s?(?:users|people|hours|km))"
    r"|(?<!\w)(?:\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3}|\d{3}-\d{4})(?!\d)|(?<!\w)\d{3} \d{2}(?=\s[^\W\d_])"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b[A-Z]{2} \d{5}(?:-\d{4})?\b"
    r"|\b\d{4} [A-Z]{2}\b|\bN[oº°]\s?\d|\b[A-Z]\d[\dW] ?[A-Z\d]{4}\b|(?<![\d-])[1-9]\d{2} \d{3}(?=[.,]?$)"
    r"|(?<=London )(?:EC|NW|SE|SW|WC|[ENW])\d{1,2}[A-Z]?$"
    r"|(?<!\w)\d{5}-\d{3,4}(?!\d)|(?<!\w)[A-Z]{2}\s?-?\s?\d{4,5}(?=\s|$)"
)
_HOUSE_NUMBER = re.compile(
    r"^(?:no\.? ?|nr\.? ?|#|số ?|h/no\.? ?)?\d{1,5}(?:is|st|nd|rd|th|er|e|º|ª|[a-z])?(?:[-/]\d{1,5}[a-z]?){0,3}"
    r"(?:,|\s)+[^\W\d_]"
    r"|[^\W\d_.]\s(?:(?:no|nr|n[º°o]|br|č)\.?\s?|[#№]\s?)?\d{1,5} ?[a-zA-Z]?(?:[/-]\d{1,4}){0,2}\.?$"
    r"|[^\W\d_.]\s\d{1,5} \d{1,2}\s?[º°ª.]"  # with a floor behind it: "Belgrano 1245 5º B"
)
_EAST_ASIAN = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:省|市|县|縣|区|區|镇|街道|路|街|巷|弄|号|號|村|都|府|県|町|丁目)|〒\s?\d{3}"
    r"|[\uac00-\ud7a3]{1,6}(?:특별시|광역시|시|도|군|구|읍|면|동|로|길)(?=\s|\d|$).{0,20}(?:\d|[구군시])"
)
# "Del parque 200 mts al sur": as addresses are told where streets have no names.
_PACES = re.compile(
    r"\d{1,3} ?(?:m|mts|metros|varas|cuadras|c)\.? (?:al )?"
    r"(?:norte|sur|este|oeste|arriba|abajo|lago|noreste|noroeste)\b",
    re.IGNORECASE,
)
_PART_OF_AN_ADDRESS = re.compile(
    rf"(?:{any_of(ADDRESS_CUES, 'numbered')})\b[.:]?\s?[#\d]"
    r"|(?:col|urb|fracc|barrio|colonia|quartier|lotissement|lot)\b\.?\s?[A-ZÀ-Þ]|c/",
    re.IGNORECASE,
)
COMMA = re.compile(r"\s*[,،，、]\s*")
_TOWN_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’ʻ-](?=\w))*")
_MOST_WORDS_OF_A_STREET = 6
# Words of occupations that houses and quarters are named after too.
_NO_TITLES = frozenset("home dr sr al st m teachers officers staff house it".split())
# Streets that are named after persons of a rank: "Av. General Paz", "Rua Marechal Deodoro", "Av. Principal".
_RANKS = frozenset(
    "principal mayor general marechal mariscal presidente president doctor doutor professor profesor capitan capitao "
    "coronel colonel almirante comandante brigadeiro engenheiro ingeniero padre frei marshal major captain director "
    "central industrial".split()
)
_AT_A_LANDMARK = re.compile(rf"(?:{any_of(ADDRESS_CUES, 'landmark')})\s", re.IGNORECASE)
# Floors, doors and houses at the back, which have no capital: "st. th.", "fundos", "casa s/n".
_SMALL_PART = re.compile(
    r"(?:st|[1-9]|kl)\.?\s?(?:th|tv|mf|sal)\.?|(?:\w+ )?s/n\.?|(?:casa d[oe]s? )?fundos|frente|altos|bajos?|bajo [a-z]"
    r"|entresuelo|rdc|rez-de-chaussée|parter|parterre|fszt\.?|zemin kat|bel-étage|bis|ter|upstairs"
    r"|(?:ground|first|second|third|top) floor|r/c(?: (?:esq|dto|dir)\.?)?",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset(
    "de la du des del di da do dos das le les el of the and van der den am an im in auf zur zum y e na nad pod vul ul "
    "улица ул str tn mnt út u utca tér bis ter a no nr av bd rue via c l km x".split()
)
_MOST_WORDS_OF_A_TOWN = 4


# "부산광역시", "浙江省": the ending says what it is.
_EAST_ASIAN_TOWN = re.compile(
    r"(?:[\uac00-\ud7a3]{1,5}(?:특별시|광역시|특별자치시|특별자치도|시|도|군|구)\s?){1,3}"
    r"|(?:[\u4e00-\u9fff]{2,6}(?:省|市|自治区|特別市|都|府|県|縣|区|區)){1,3}"
)
_COUNTY = re.compile(r"(?:Co\.?|County|Kreis|Landkreis|Dist\.?) [A-Z][a-z]{2,15}|[A-Z][a-z]{2,15} (?:County|Co\.)")
_STANDARDS = frozenset("iso din iec ohsas astm nfpa rfc itil ansi ieee ifrs asme haccp office windows".split())
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LONGEST_PART = 45
_MOST_WORDS_OF_A_PART = 6


@cache
def _states() -> frozenset[str]:
    return cue_lists(ADDRESS_CUES)["state"]


@cache
def _town_words() -> frozenset[str]:
    return cue_lists(ADDRESS_CUES)["town_word"]


def kind_of(part: str) -> Kind:
    """street, code (with a postcode), town (known), capital (unknown words with capitals) or other."""
    lists = lexicon()
    if looks_like_street(part):
        return "street"
    if (
        _COUNTY.fullmatch(part)
        or is_marked_as_a_town(part)
        or (not part.isascii() and _EAST_ASIAN_TOWN.fullmatch(part))
    ):
        return "town"
    without_code = _POSTCODE.sub(" ", part)
    words = [word for word in _words_of(without_code) if word not in _town_words()]
    if _STANDARDS & set(words):
        return "other"
    if without_code != part and len(words) <= _MOST_WORDS_OF_A_TOWN and not means(words):
        return "code"
    if not words:
        return "capital" if any(sign.isalnum() for sign in part) else "other"
    if all(word in lists.place or word in lists.particle or word in _states() for word in words) and any(
        word in lists.place or (word in _states() and part.isupper()) for word in words
    ):
        return "town"
    if (
        len(words) <= _MOST_WORDS_OF_A_TOWN
        and not means(words)
        and all(word[:1].isupper() or not word[:1].islower() or fold(word) in lists.particle for word in part.split())
    ):
        return "capital"
    return "other"


def _words_of(part: str) -> list[str]:
    """The folded words of a stretch; "Be'er" and "Accra-North" are one word each."""
    return [fold(word) for word in _TOWN_WORD.findall(part)]


def names_a_title(part: str) -> bool:
    """ "Civil Engineer, Austin" tells a town; "Hiking, Reading" does not."""
    lists = lexicon()
    return any(lists.is_title(word) for word in _words_of(part))


def _names_an_occupation(part: str) -> bool:
    lists = lexicon()
    return any(lists.is_title(word) and word not in _NO_TITLES and word not in _RANKS for word in _words_of(part))


def means(words: Sequence[str]) -> bool:
    lists = lexicon()
    return any(
        (word in lists.ordinary or lists.is_title(word) or word in lists.month or word in lists.credential)
        and word not in lists.place
        for word in words
    )


def looks_like_street(part: str) -> bool:
    """Whether a stretch is a street, a house or a post box: by its words, mostly with a number."""
    if _AT_A_PLACE.fullmatch(part) or _PACES.search(part):
        return True
    if _EAST_ASIAN.search(part) or (_PART_OF_AN_ADDRESS.match(part) and part.count(" ") <= _MOST_WORDS_OF_A_TOWN):
        return True
    if _BEFORE_A_NAME.match(part) and part.count(" ") <= _MOST_WORDS_OF_A_TOWN and not _names_an_occupation(part):
        return True
    street = _STREET.search(part)
    if street is None:
        return False
    words = [fold(word) for word in WORD.findall(part) if not word.isdigit()]
    lists = lexicon()
    numbered = part[:1].isdigit() and words and not lists.is_title(words[-1])
    if not numbered and any(
        lists.is_title(word) and word not in ("home", "dr", "sr", "al", "st", "m") and word not in _RANKS
        for word in words
    ):
        return False
    has_number = any(sign.isdigit() for sign in part)
    if has_number:
        return len(words) <= 9 and not (part.isupper() and len(words) > 6)
    # Without a number only a word that stands for nothing but streets will do, where streets have it.
    few = len(words) <= _MOST_WORDS_OF_A_STREET or " - " in part
    return not part.isupper() and few and _SURELY_A_STREET.search(part) is not None


def names_a_street(line: str) -> bool:
    """ "Eikenlaan", "Pillaiyar Koil St,": a street without a number, which beside the rest of an address is one."""
    words = [fold(word) for word in WORD.findall(line)]
    return _STREET.search(line) is not None and line[:1].isupper() and not any(map(lexicon().is_title, words))


def may_belong(part: str) -> bool:
    """Whether a stretch beside a street or a postcode may be a part of the same address: a house, a quarter."""
    if _SMALL_PART.fullmatch(part) or (_AT_A_LANDMARK.match(part) and part.count(" ") < _MOST_WORDS_OF_A_PART):
        return True
    if len(part) > _LONGEST_PART or part.count(" ") >= _MOST_WORDS_OF_A_PART or part[-1:] in ":：":
        return False
    if not any(sign.isupper() or sign.isdigit() or not sign.isascii() for sign in part):
        return False
    words = _words_of(part)
    lists = lexicon()
    return not any(
        (word in lists.month and _YEAR.search(part) is not None)  # "Rue du 8 Mai" is a street, "May 2019" is not.
        or word in lists.credential
        or (len(word) > len("ho") and lists.is_title(word) and word not in _NO_TITLES)
        for word in words
    )


def is_numbered(part: str) -> bool:
    """ "14 Castle View", "Obrenova 48": a few words with a number as houses have it, none a small one."""
    if not _HOUSE_NUMBER.search(part) or not may_belong(part):
        return False
    long = [word for word in _words_of(part) if len(word) > len("the")]
    if not any(map(str.isdigit, part.split()[0])) and all(means([word]) for word in long):
        return False  # "Python 3": a thing and its number.
    lists = lexicon()
    return all(
        (not word[0].islower() or fold(word.strip(".")) in _SMALL_WORDS)
        and fold(word) not in lists.proper
        and fold(word) not in lists.company
        for word in part.split()
    )


def is_unknown_place(written: str) -> bool:
    """Up to three words with capitals that no list knows as anything: below a street they are a quarter or a town."""
    words = _words_of(written)
    lists = lexicon()
    return 0 < len(words) <= len("abc") and not any(
        word in lists.proper or word in lists.company or word in lists.organization for word in words
    )


# "Illinois bar, admitted 2021": below contact data too.
_OF_A_LICENCE = re.compile(
    r"\bbar\b|\b(?:State Bar|Bar,? (?:admitted|since|member|admission|19\d\d|20\d\d))\b"
    r"|\b[Aa]dmi(?:tted|ssion)\b|\b(?:[Ll]icen[cs]ed?|[Ll]icensure|[Cc]ertifi(?:ed|cate|cation)|[Cc]redential|[Ee]ndorsement)\b"
)


def is_no_town(written: str) -> bool:
    """A title, a degree, a licence, a class of it or a label that stands beside contact data."""
    lists = lexicon()
    flat = fold(written).replace(".", "").strip()
    if re.search(r"\s[A-Z]\d?$", written) or TRADE.search(written) or tells_of_a_licence(written):
        return True
    return (
        flat in lists.credential or flat in lists.academic or folded_phrase(written) in folded_list(NAME_CUES, "label")
    )


def tells_of_a_licence(written: str) -> bool:
    """Whether a stretch names a licence, or what one has of it, as "Illinois bar, admitted 2021" does."""
    return _OF_A_LICENCE.search(written) is not None


def comma_parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches between the commas of a part of the text."""
    parts: list[tuple[int, int]] = []
    at = start
    for match in [*COMMA.finditer(text, start, end), None]:
        stop = match.start() if match else end
        if stop > at:
            parts.append((at, stop))
        at = match.end() if match else stop
    return parts
