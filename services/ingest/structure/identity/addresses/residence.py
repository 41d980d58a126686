"""Sentences that say where somebody lives: "I live in Leeds", "Wohnhaft in Köln", "现居上海"."""

from __future__ import annotations

import re
from functools import cache

from services.ingest.structure.identity.addresses.address_parts import comma_parts, may_belong
from services.ingest.structure.identity.addresses.town_forms import may_be_a_bare_town
from services.ingest.structure.identity.cues import ADDRESS_CUES, Phrases, cue_lists
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.words import WORD, Words, fold, holds_east_asian
from services.ingest.structure.identity.zones import Zones

_CAPITAL = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆŃČŠŽĐĞİŞŘŠŤŇĚŮŐŰȘȚΑ-Ω\u0386-\u038fА-ЯЁЇІЄҐ]"
_SMALL = r"(?:am|an der|ob der|im|in der|der|de|del|della|di|du|des|la|le|les|do|da|dos|das|bei|upon|on|sur|nad|и|на"
_SMALL += "|van|den|aan|yng)"
# A dot stands behind a short form: "St. Pölten", not at the end of a sentence: "Lyon. Then".
_WORD = rf"(?:{_CAPITAL}[^\W\d_]{{0,2}}\.(?=\s{_CAPITAL})"
_WORD += rf"|{_CAPITAL}(?:[^\W\d_]|['’-](?={_CAPITAL}|[^\W\d_]{{2}}))*)"
_TOWN = rf"{_WORD}(?:[ -](?:{_SMALL}[ -]){{0,2}}{_WORD}){{0,3}}"
_PLACE = rf"((?:the |la |le )?{_TOWN}(?:,\s?{_TOWN}){{0,2}}(?:\s\({_TOWN}\))?)"
# Words for what the place is, which stand in front of its name.
_KIND_OF_PLACE = (
    r"(?:the (?:city|town|village) of |der Stadt |(?:la ville|la ciudad|el pueblo|el municipio) de "
    r"|городе |г\. ?|селе |с\. ?|посёлке |поселке |пос\. ?|деревне |д\. ?|місті |м\. ?|селі "
    r"|mieście |miejscowości |obci |městě )?"
)
# "… przy ulicy Długiej 5", "… in via Papa Giovanni 12": a street behind the town.
_STREET_BEHIND = (
    r"(?:,? (?:przy|in|en|na|at|an der|in der|aan de|à|au|on) (?:the )?(?:[^\W\d_]{2,9}\.? )?"
    rf"{_WORD}(?: (?:{_SMALL} )?{_WORD}){{0,3}},? \d{{1,4}}\w?)?"
)
_AFTER_THE_PHRASE = re.compile(rf"\s{_KIND_OF_PLACE}{_PLACE}(?P<street>{_STREET_BEHIND})")
# "I have lived with my family in …", "wohne seit drei Jahren in …": other words between the verb and the place.
_FIRST_WORDS_OF_LIVING = frozenset(
    "live lived lives living wohne vis habite vivo abito moro resido risiedo woon mieszkam bor живу проживаю мешкаю "
    "bydlim byvam locuiesc zivim stanujem lakom asun κατοικω μενω".split()
)
_LIVES_SOMEWHERE = re.compile(
    r"(?:\s[^\s.,;:!?]{1,14}){1,7}?\s"
    r"(?:in|at|near|outside|en|a|à|au|em|no|na|te|bij|w|we|i|på|в|во|у|în|u|v|ve|στην|στο|bei|cerca de|près de|koło|pod"
    r")\s"
    rf"{_KIND_OF_PLACE}{_PLACE}"
)
_IN_FRONT_OF_BASED = re.compile(rf"(?<!\w){_TOWN}-$")
_LONGEST_TOWN = 40
_BASED = frozenset(("based",))
# "Tire'de oturuyorum": in Turkish the place stands in front.
_TURKISH = re.compile(
    rf"({_WORD})['’][dt][ea] (?:oturuyorum|yaşıyorum|ikamet ediyorum|oturmaktayım|yaşamaktayım|ikamet etmekteyim)"
)
_WITHOUT_CAPITALS = re.compile(
    r"(?:(?:أعيش|أسكن|أقيم|مقيم|مقيمة|يقيم|تقيم) (?:حالياً? )?في|ساکن|مقیم"
    r"|(?:^|(?<=\s))(?:גר|גרה|מתגורר|מתגוררת) ב)-?\s?"
    r"([^\W\d_]{2,14}(?:(?:،| -|,) ?[^\W\d_]{2,14})?)"
)
_EAST_ASIAN = re.compile(
    r"(?:现居住于|现居住在|现居于|现居|目前居住在|居住在|居住于|家住|住在|常住|现住)[:：]?\s?([\u4e00-\u9fff]{2,12})"
    r"|([\u4e00-\u9fff]{2,8})(?:在住|に住んで|に在住)|([\uac00-\ud7a3]{2,6}(?:\s[\uac00-\ud7a3]{2,6})?)(?:에|에서)?\s(?:거주|살고)"
)
FIRM_IN_FRONT = re.compile(
    r"\b(?:company|firm|start-?up|agency|business|team|client|bank|organi[sz]ation|unternehmen|firma|entreprise|société|empresa"
    r"|azienda|bedrijf|компани\w+|inc|ltd|llc|gmbh|group|office|studio|plant|store|school|hospital|center|university)\b[^.\n]{0,25}$",
    re.IGNORECASE,
)
# "I cook and live in Leeds", but "Many customers live in Boston".
_OF_MANY = frozenset(("live", "reside"))
_SUBJECTS = frozenset("i and currently now who also to still".split())
_TURKISH_VERBS = frozenset("oturuyorum yasiyorum ikamet oturmaktayim yasamaktayim".split())
_REACH = 60
_LONGEST_ADDRESS = 120
_TO_THE_ADDRESS = re.compile(r"\s?[:,]?\s?(?=[^\W_])")
# Behind four letters a dot ends the sentence; so do these words behind a comma or not.
_END_OF_SENTENCE = re.compile(
    r"(?<=\w{4})\.(?:\s|$)|[\n;!?。|]|\s[-–—]\s| (?:and|und|et|y|e|en|i|и|och|og) (?=[a-zа-я])"
)
_MOST = 3_000


def _is_known_town(place: str) -> bool:
    words = [fold(word) for word in WORD.findall(place)]
    lists = lexicon()
    return bool(words) and words[0] in lists.place and words[0] not in lists.ordinary


@cache
def load() -> Phrases:
    """The phrases, read once. lives: only ever said of a person; lies: said of firms too; from: of anything."""
    lists = cue_lists(ADDRESS_CUES)
    return Phrases({kind: lists[kind] for kind in ("lives", "lies", "from")})


def find_residences(words: Words, zones: Zones) -> list[tuple[int, int]]:
    """Where a sentence names the place that a person lives at, in no order. Linear."""
    text = words.text
    found: list[tuple[int, int]] = []
    phrases = load()
    for index in words.where(phrases.firsts)[:_MOST]:
        phrase = phrases.at(words, index)
        place = _AFTER_THE_PHRASE.match(text, words.ends[index + phrase[0] - 1]) if phrase is not None else None
        if phrase is None or place is None:
            continue
        start = words.starts[index]
        if words.folded[index] in _OF_MANY and not (index and words.folded[index - 1] in _SUBJECTS):
            continue
        if phrase[1] == "from" and not _is_known_town(place[1]):
            continue
        if phrase[1] == "lives" or (
            zones.is_personal(start) and not FIRM_IN_FRONT.search(text, max(0, start - _REACH), start)
        ):
            found.append((place.start(1), place.end("street")))
    found += [match.span(1) for match in _TURKISH.finditer(text)] if words.vocabulary & _TURKISH_VERBS else []
    found += _said_addresses(words)
    found += _lived_at(words)
    found += _in_front_of_based(words, zones)
    for index, line in enumerate(zones.lines):
        if zones.zone[index] in ("head", "contact") and not line.text.isascii():
            found += [match.span(1) for match in _WITHOUT_CAPITALS.finditer(text, line.start, line.end)]
            if holds_east_asian(line.text):
                matches = _EAST_ASIAN.finditer(text, line.start, line.end)
                found += [match.span(match.lastindex or 0) for match in matches]
    return found


@cache
def _says() -> Phrases:
    return Phrases({"says": cue_lists(ADDRESS_CUES)["says_address"]})


def _said_addresses(words: Words) -> list[tuple[int, int]]:
    """ "My address is The Cottage, Ballydehob", "I stay at 14 Adebola Street": what a person calls the address."""
    text, phrases = words.text, _says()
    found: list[tuple[int, int]] = []
    for index in words.where(phrases.firsts)[:_MOST]:
        phrase = phrases.at(words, index)
        begins = _TO_THE_ADDRESS.match(text, words.ends[index + phrase[0] - 1]) if phrase is not None else None
        if begins is None:
            continue
        start = begins.end()
        stop = _END_OF_SENTENCE.search(text, start, start + _LONGEST_ADDRESS)
        end = start
        last = stop.start() if stop else min(len(text), start + _LONGEST_ADDRESS)
        for begin, finish in comma_parts(text, start, last):
            if not may_belong(text[begin:finish]) or text[begin].islower():
                break
            end = finish
        if end > start:
            found.append((start, end))
    return found


def _lived_at(words: Words) -> list[tuple[int, int]]:
    """Where somebody tells of themself, with other words between, that they live at a place."""
    text = words.text
    found: list[tuple[int, int]] = []
    for index in words.where(_FIRST_WORDS_OF_LIVING)[:_MOST]:
        before = words.folded[index - 1] if index else ""
        english = words.folded[index] in ("live", "lived", "living")
        if (english and before not in ("i", "have", "ve", "am", "now", "been")) or (
            words.folded[index] in ("vis", "bor", "woon") and before not in ("je", "jag", "jeg", "ik")
        ):
            continue
        place = _LIVES_SOMEWHERE.match(text, words.ends[index], words.ends[index] + _REACH + _LONGEST_ADDRESS)
        if place is not None and "\n" not in place.group():
            found.append(place.span(1))
    return found


def _in_front_of_based(words: Words, zones: Zones) -> list[tuple[int, int]]:
    """ "London-based nurse" in the head; "web-based" and "UK-based firm" tell nobody's town."""
    text = words.text
    found: list[tuple[int, int]] = []
    for index in words.where(_BASED)[:_MOST]:
        start = words.starts[index]
        if text[start - 1 : start] != "-" or not zones.is_personal(start):
            continue
        place = _IN_FRONT_OF_BASED.search(text, max(0, start - _LONGEST_TOWN), start)
        town = place.group().rstrip("-") if place is not None else ""
        if place is not None and (_is_known_town(town) or may_be_a_bare_town(town)):
            found.append((place.start(), place.end() - 1))
    return found
