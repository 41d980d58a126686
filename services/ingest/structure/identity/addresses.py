"""Where a person lives: streets, towns and post boxes in the head and among contact data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from services.ingest.structure.identity.address_lines import in_lines_beside
from services.ingest.structure.identity.address_parts import (
    COMMA,
    Kind,
    comma_parts,
    is_no_town,
    is_numbered,
    kind_of,
    looks_like_street,
    may_belong,
    means,
    names_a_title,
)
from services.ingest.structure.identity.cues import ADDRESS_CUES, any_of, folded_list, folded_phrase
from services.ingest.structure.identity.names.head_name import NAME_CUES
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.residence import FIRM_IN_FRONT, find_residences
from services.ingest.structure.identity.words import WORD, Words, fold
from services.ingest.structure.identity.zones import YEARS, Zones, heading_kind

_LABELS = rf"(?:{any_of(ADDRESS_CUES, 'label')})"
_LABEL = re.compile(
    rf"^[^\w]{{0,4}}{_LABELS}(?: ?(?:[/,&+]|and|und|et|en|y|e|i|og|och|и|та|ve) ?{_LABELS})?"
    r"[ ]{0,4}[.:：\-–…\u3000\t][.:：\-–…\u3000\t ]{0,40}",
    re.IGNORECASE,
)
_HARD = re.compile(r"\s*(?:[|•·●▪■◦‣∙✦★✉☎☏✆📞📱📧📍🏠🌐🔗;；()（）\[\]]|//|\t|\s[/–—]\s|\s{3,}|\u3000)\s*")
_PROVINCE = re.compile(r"\s\([A-Z]{2}\)")
# "Tel. 0171 …", "Correo: …": a word that leads to a number or an e-mail address is its label.
_LEADS_TO_A_DATUM = re.compile(r"\S?[.:：]?[ \t\u3000]{0,9}(?:[\d+(]|[^\s@]{1,64}[@＠])|.[:：]")
_FROM_TOWN = re.compile(
    r"[^,\d]{3,50}? (from|based in|living in|located in|aus|de|à|da|din|uit|z|из) ([A-ZÀ-ÝŁŚŻČŠŽĐ][^\d:|]{2,40})$"
)
_ENGLISH_FROM = ("from", "based in", "living in", "located in")
_SIGNED_AND_DATED = re.compile(
    r"([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,2}), ?(?:den |le |the |on |dnia |a |)"
    r"(?:\d{1,2}\W{1,2}(?:de |of )?[\w]{1,12}\.?\W{1,2}(?:de )?(?:19|20)\d\d"
    r"|[^\W\d_]{3,12} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)\.?$"
)
# "Written on 4 March 2025 in Ganja, Azerbaijan."
_WRITTEN_IN = re.compile(
    r"(?:Written|Signed|Done|Dated|Geschrieben|Unterschrieben|Fait|Signé|Rédigé|Escrito|Firmado|Redactado|Scritto|Firmato|Redatto"
    r"|Assinado|Feito|Geschreven|Getekend|Opgemaakt|Napisano|Podpisano|Sporządzono|Написано|Составлено)\b[^\n]{0,8}?"
    r"\d[\w .,/]{3,24}?\s(?:in|at|à|en|a|em|te|w|we|в)\s"
    r"([^\W\d_a-zа-я][\w'’-]*(?:,? [^\W\d_a-zа-я][\w'’-]*){0,3})\.?$"
)
_UNKNOWN_TOWN = re.compile(r"[A-ZÀ-ÞŁŚŻŹČŠŽĐĞİŞ\u0370-\u03ff\u0410-\u042f][^\W\d_]+(?:[ .,'’-]{1,2}[^\W\d_]+){0,5}\.?")
# "Telefoon         06-…", "Contact\t…": a column of labels.
_LEADS_OVER_A_GAP = re.compile(r"(?:\s{3,40}|\t)[\d+(]|(?:\s{3,40}|\t)[^\s@]{1,64}[@＠]")
_LABEL_AND_SPACE = re.compile(
    rf"^[^\w]{{0,4}}(?:{any_of(ADDRESS_CUES, 'label_space')}) (?-i:(?=[A-Z\d\u00c0-\u00de\u0400-\u042f]))",
    re.IGNORECASE,
)
_BETWEEN = frozenset(" -–—(),/.")
_TOP_LINES = 3
_SHORTEST_CODE = 4
_LONGEST = 140
# After four letters or digits a dot ends the sentence, after fewer a short form.
_SENTENCE_END = re.compile(r"(?<=\w{4})\.\s")
_LONGEST_BESIDE = 80
# "Truro", "Huy, Belgique": one or two places, each of few words.
_HOME_NAME = r"[^\W\d_a-zа-я][^\W\d_]*(?:[ '’-][^\W\d_]+){0,2}"
_HOME = re.compile(rf"{_HOME_NAME}(?:,\s?{_HOME_NAME})?")
_SMALL_TOWN = re.compile(r"[^\W\d_]{4,20}(?:[ -][^\W\d_]{3,20})?")
_NUMBER_OF_NO_YEAR = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d")
_FEWEST_DIGITS = 7
_MOST_SPACES = 18


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a stretch stands. beside: its line holds other personal data; near: a neighbouring line does; loose: a
    town alone will do; top: in the first lines, below the name."""

    beside: bool
    near: bool
    loose: bool
    top: bool


def find_addresses(words: Words, zones: Zones, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where addresses of the person stand, in order. `taken` is what is found of other types; a line that holds some of
    it tells addresses with fewer signs. Linear."""
    text = words.text
    found: list[tuple[int, int]] = []
    by_line: dict[int, list[tuple[int, int]]] = {}
    for span in taken:
        by_line.setdefault(zones.line_at(span[0]), []).append(span)
    last_lines = len(zones.lines) - 4
    is_resume = "head" in zones.zone
    for index, line in enumerate(zones.lines):
        zone = zones.zone[index]
        if zone in ("head", "contact", "references"):
            if len(line.text) <= 2 * _LONGEST and heading_kind(line.text) is None:
                beside = index in by_line
                near = beside or index - 1 in by_line or index + 1 in by_line
                for start, end in _free(line.start, line.end, by_line.get(index, ())):
                    top = zone == "head" and index <= zones.head_from + _TOP_LINES
                    loose = zone != "references"
                    found += _in_stretch(text, start, end, _Place(beside=beside, near=near, loose=loose, top=top))
        elif is_resume and len(line.text) <= _LONGEST:
            found += _in_body(text, zones, index, by_line)
        if index >= last_lines:
            found += _place_of_signing(text, line.start, line.end)
    found += find_residences(words, zones)
    found += in_lines_beside(text, zones, by_line, found)
    return found


def _in_body(
    text: str, zones: Zones, index: int, by_line: Mapping[int, Sequence[tuple[int, int]]]
) -> list[tuple[int, int]]:
    """An address behind a label, or in a short line beside a telephone number or an e-mail address."""
    line = zones.lines[index]
    label = _LABEL.match(line.text) if ":" in line.text or "：" in line.text else None
    if label is not None:
        value = line.text[label.end() :]
        whole = looks_like_street(value) or any(
            kind_of(value[a:b]) in ("street", "code") for a, b in comma_parts(value, 0, len(value))
        )
        if _label_of_a_home().match(line.text) and _HOME.fullmatch(value) and kind_of(value.split(",")[0]) != "other":
            return [(line.start + label.end(), line.end)]
        end = line.start + label.end() + len(_SENTENCE_END.split(value, maxsplit=1)[0])
        return [(line.start + label.end(), end)] if whole and any(map(str.isdigit, value)) else []
    if len(line.text) > _LONGEST_BESIDE or YEARS.search(line.text) or heading_kind(line.text) is not None:
        return []
    if not any(_holds_contact(text, by_line.get(near, ())) for near in (index, index - 1, index + 1)):
        return []
    found: list[tuple[int, int]] = []
    where = _Place(beside=index in by_line, near=True, loose=False, top=False)
    for start, end in _free(line.start, line.end, by_line.get(index, ())):
        if _NUMBER_OF_NO_YEAR.search(text, start, end) and any(map(str.isalpha, text[start:end])):
            found += _in_stretch(text, start, end, where)
    return found


@cache
def _label_of_a_home() -> re.Pattern[str]:
    """Labels that only ever ask where a person lives, not where work was."""
    return re.compile(rf"[^\w]{{0,4}}(?:{any_of(ADDRESS_CUES, 'home_label')})\s?[:：]", re.IGNORECASE)


def _holds_contact(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether one of the spans is a telephone number or an e-mail address."""
    return any(
        "@" in text[start:end] or sum(map(str.isdigit, text[start:end])) >= _FEWEST_DIGITS for start, end in spans
    )


def _free(start: int, end: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What other finders left of a line."""
    free: list[tuple[int, int]] = []
    for taken_start, taken_end in sorted(taken):
        if taken_start > start:
            free.append((start, taken_start))
        start = max(start, taken_end)
    if start < end:
        free.append((start, end))
    return free


def _in_stretch(text: str, start: int, end: int, where: _Place) -> list[tuple[int, int]]:
    stretch = text[start:end]
    cut: list[tuple[int, int, tuple[int, int] | None]] = []
    at = 0
    for match in [*_HARD.finditer(stretch), None]:
        piece_end = match.start() if match else len(stretch)
        span = _in_piece(text, start + at, start + piece_end, where)
        cut.append((start + at, start + piece_end, span))
        at = match.end() if match else piece_end
    return [span for place, (_, _, span) in enumerate(cut) if span is not None] + _beside_a_street(text, cut)


def _beside_a_street(text: str, cut: Sequence[tuple[int, int, tuple[int, int] | None]]) -> list[tuple[int, int]]:
    """ "12 Elm Street - Leeds", "Katni (M.P.) 483501": what dashes or brackets part from the address beside it."""
    spans = [span for _, _, span in cut]
    found: list[tuple[int, int]] = []
    order = [*range(len(cut)), *range(len(cut) - 1, -1, -1)]
    for at in order:
        start, end, _ = cut[at]
        if spans[at] is not None or end - start < len("AB") or not _may_be_a_place(text[start:end]):
            continue
        kinds = [kind_of(text[a:b]) for a, b in comma_parts(text, start, end)]
        written = text[start:end].strip()
        if written.isdigit() and len(written) < _SHORTEST_CODE:  # An area: "(281) - 777".
            continue
        if not kinds or any(kind not in ("town", "code", "capital") for kind in kinds):
            continue
        for other in (at - 1, at + 1):
            beside = spans[other] if 0 <= other < len(cut) else None
            if beside is not None and set(text[min(end, beside[1]) : max(start, beside[0])]) <= _BETWEEN:
                spans[at] = _stripped(text, start, end)
                found.append(_stripped(text, start, end))
                break
    return found


def _in_piece(text: str, start: int, end: int, where: _Place) -> tuple[int, int] | None:
    """The address in a stretch between hard separators, without a label and what else stands beside it."""
    leads = where.beside and _LEADS_TO_A_DATUM.match(text, end - 1, end + 80) is not None
    whole_end = end
    start, end = _stripped(text, start, end)
    leads = leads and "," not in text[end:whole_end]
    piece = text[start:end]
    label = _LABEL.match(piece) or _LABEL_AND_SPACE.match(piece)
    if label is not None and where.loose:
        begin, stop = _stripped(text, start + label.end(), end)
        return (begin, _with_province(text, stop)) if _may_be_a_place(text[begin:stop]) else None
    from_town = _FROM_TOWN.match(piece)
    if from_town is not None and where.loose and not FIRM_IN_FRONT.search(piece[: from_town.start(1)]):
        # "Accountant from Almatown" can only be a town, "Médica de Familia" need not be.
        kinds_after = {kind_of(part) for part in COMMA.split(from_town[2])}
        if kinds_after <= ({"town", "capital"} if from_town[1] in _ENGLISH_FROM else {"town"}):
            return start + from_town.start(2), end
    if not 1 < len(piece) <= _LONGEST:
        return None
    parts = comma_parts(text, start, end)
    kinds = [kind_of(text[a:b]) for a, b in parts]
    _mark_numbered(kinds, [text[a:b] for a, b in parts], near=where.near)
    if len(parts) == 1 and piece.isdigit():
        return None
    anchors = [at for at, kind in enumerate(kinds) if kind in ("street", "code")]
    if not anchors:
        if where.loose and where.beside and not leads and _is_small_town(text, parts, kinds):
            return parts[0][0], parts[-1][1]
        if len(parts) == 1 and (leads or text[end : end + 2].strip()[:1] in (":", "：", ".")):
            return None
        return _town(parts, kinds, text, where) if where.loose else None
    first = last = anchors[0]
    while first > 0 and (kinds[first - 1] != "other" or may_belong(text[slice(*parts[first - 1])])):
        first -= 1
    while last + 1 < len(parts) and (kinds[last + 1] != "other" or may_belong(text[slice(*parts[last + 1])])):
        last += 1
    return parts[first][0], _with_province(text, parts[last][1])


def _mark_numbered(kinds: list[Kind], written: Sequence[str], *, near: bool) -> None:
    """Takes "14 Castle View" for a street where a town or a postcode stands in the same line."""
    placed = any(kind in ("town", "code", "street") for kind in kinds)
    for at, part in enumerate(written):
        if (
            kinds[at] in ("capital", "other")
            and len(written) > 1
            and (placed or (near and at == 0 and kinds[at] == "capital"))
            and is_numbered(part)
        ):
            kinds[at] = "street"


def _with_province(text: str, end: int) -> int:
    """ "40126 Bologna (BO)"."""
    province = _PROVINCE.match(text, end)
    return province.end() if province else end


def _may_be_a_place(value: str) -> bool:
    return (
        1 < len(value) <= _LONGEST
        and value.count(" ") < _MOST_SPACES
        and any(sign.isupper() or sign.isdigit() or not sign.isascii() for sign in value)
    )


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t\n,;:.،：–—-|/*_#":
        if text[start] == "#":
            break
        start += 1
    while end > start and text[end - 1] in " \t\n,;:،：–—-|/*_":
        end -= 1
    return start, end


def _town(parts: Sequence[tuple[int, int]], kinds: Sequence[str], text: str, where: _Place) -> tuple[int, int] | None:
    """A town, with its state or country where that follows: "Salem, OR", "Almaty"."""
    towns = [at for at, kind in enumerate(kinds) if kind == "town"]
    if towns:
        first = towns[0]
        of_a_title = first == 1 and where.top and not means(WORD.findall(text[slice(*parts[first])].lower()))
        if first > 0 and kinds[first - 1] == "other" and not names_a_title(text[slice(*parts[first - 1])]):
            return (parts[first][0], parts[-1][1]) if of_a_title and len(parts) <= len("abc") else None
        if first > 0 and kinds[first - 1] == "capital" and (where.beside or where.near):
            first -= 1
        last = first
        while last + 1 < len(parts) and kinds[last + 1] in ("town", "capital"):
            last += 1
        known_alone = where.near or where.beside or where.top or len(towns) > 1
        return (parts[first][0], parts[last][1]) if known_alone else None
    # An unknown word with a capital beside a telephone number or an e-mail address is a town.
    if where.beside and kinds and all(kind == "capital" for kind in kinds) and len(parts) <= 3:
        written = text[parts[0][0] : parts[-1][1]]
        is_label = _LEADS_OVER_A_GAP.match(text, parts[-1][1]) is not None
        if _UNKNOWN_TOWN.fullmatch(written) and not written.isupper() and not is_no_town(written) and not is_label:
            return parts[0][0], parts[-1][1]
    return None


def _is_small_town(text: str, parts: Sequence[tuple[int, int]], kinds: Sequence[str]) -> bool:
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


@cache
def _signing() -> frozenset[str]:
    return folded_list(NAME_CUES, "place")


def _place_of_signing(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """ "Fait à Thiès", "Place: Hyderabad": where the text was signed."""
    line = text[start:end]
    written = _WRITTEN_IN.match(line) if len(line) < _LONGEST else None
    if written is not None:
        return [(start + written.start(1), start + written.end(1))]
    dated = _SIGNED_AND_DATED.match(line) if len(line) < _LONGEST else None
    if dated is not None and dated[1][0].isupper():
        return [(start, start + dated.end(1))]
    words = list(WORD.finditer(line)) if len(line) < _LONGEST else []
    for length in (2, 1, 3, 4):
        if len(words) > length and folded_phrase(line[: words[length - 1].end()]) in _signing():
            begin = words[length].start()
            if ":" not in line[:begin] and words[0].group().lower() not in ("fait", "signed"):
                continue
            town = re.match(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,2}", line[begin:])
            if town is not None and town.group()[0].isupper() and not means([fold(town.group().split()[0])]):
                return [(start + begin, start + begin + town.end())]
    return []
