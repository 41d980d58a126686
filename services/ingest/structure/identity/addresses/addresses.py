"""Where a person lives: streets, towns and post boxes in the head and among contact data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.ingest.structure.identity.addresses.address_labels import (
    end_of_label,
    is_label_alone,
    is_label_of_a_home,
)
from services.ingest.structure.identity.addresses.address_lines import in_lines_beside
from services.ingest.structure.identity.addresses.address_parts import (
    COMMA,
    Kind,
    comma_parts,
    is_numbered,
    is_unknown_place,
    kind_of,
    looks_like_street,
    may_belong,
    names_a_title,
    tells_of_a_licence,
)
from services.ingest.structure.identity.addresses.bare_towns import Place, is_small_town, town_among
from services.ingest.structure.identity.addresses.place_of_signing import place_of_signing, place_of_writing
from services.ingest.structure.identity.addresses.residence import FIRM_IN_FRONT, find_residences
from services.ingest.structure.identity.addresses.town_forms import may_be_a_bare_town
from services.ingest.structure.identity.words import Words, holds_east_asian
from services.ingest.structure.identity.zones import YEARS, Zones, heading_kind

_HARD = re.compile(r"\s*(?:[|•·●▪■◦‣∙✦★✉☎☏✆📞📱📧📍🏠🌐🔗;；。()（）\[\]]|//|\t|\s[/–—]\s|\s{3,}|\u3000)\s*")
_PROVINCE = re.compile(r"\s\([A-Z]{2}\)")
# "La Courneuve (93)": the number of a department of France.
_DEPARTMENT = re.compile(r"\s\((?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6])\)(?=\s*(?:$|[\n|,;•·–-]))")
# "Tel. 0171 …", "Correo: …": a word that leads to a number or an e-mail address is its label.
_LEADS_TO_A_DATUM = re.compile(r"\S?[.:：]?[ \t\u3000]{0,9}(?:[\d+(]|[^\s@]{1,64}[@＠])|.[:：]")
_FROM_TOWN = re.compile(
    r"[^,\d]{3,50}? (from|based in|living in|located in|aus|de|à|da|din|uit|z|из) ([A-ZÀ-ÝŁŚŻČŠŽĐ][^\d:|]{2,40})$"
)
# "Jane Doe of Truro"
_BEHIND_NAME = re.compile(r"(?:of|from|aus|uit|z|ze|из|från|fra|di|da|de) ([^\W\d_].{2,40})$")
_ENGLISH_FROM = ("from", "based in", "living in", "located in")
_BETWEEN = frozenset(" -–—(),/.")
_TOP_LINES = 3
_LINES_OF_A_BARE_TOWN = 5
_SHORTEST_CODE = 4
# "Andheri (E)", "Kothapet (V)": the east of a place, the village of it.
_SIDES = frozenset("NSEWVM")
_LONGEST = 140
# After four letters or digits a dot ends the sentence, after fewer a short form.
_SENTENCE_END = re.compile(r"(?<=\w{4})\.\s")
_LONGEST_BESIDE = 80
# "Truro", "Huy, Belgique": one or two places, each of few words.
_HOME_NAME = r"[^\W\d_a-zа-я][^\W\d_]*(?:[ '’-][^\W\d_]+){0,2}"
_HOME = re.compile(rf"{_HOME_NAME}(?:,\s?{_HOME_NAME})?")
_NUMBER_OF_NO_YEAR = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d")
_FEWEST_DIGITS = 7
_FEWEST_WORDS_OF_PROSE = 9
_FEWEST_NUMBERS_OF_AN_ADDRESS = 2
_YEAR = re.compile(r"(?:19|20)\d\d")
_SENTENCE_OF_HANGUL = re.compile(r"[다요]\.(?:\s|$)")
_MOST_SPACES = 18


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
            if len(line.text) <= 2 * _LONGEST and heading_kind(line.text) is None and not _is_prose(line.text):
                beside = index in by_line
                near = beside or index - 1 in by_line or index + 1 in by_line
                for start, end in _free(line.start, line.end, by_line.get(index, ())):
                    top = zone == "head" and index <= zones.head_from + _TOP_LINES
                    loose = zone != "references"
                    alone = loose and not beside and _is_beside_contact(text, zones, index, by_line)
                    in_capitals = alone and index > 0 and zones.lines[zones.head_from].text.isupper()
                    where = Place(beside, near, loose, top, alone, in_capitals)
                    found += _in_stretch(text, start, end, where)
        elif is_resume and len(line.text) <= _LONGEST:
            found += _in_body(text, zones, index, by_line)
        if zone == "head":
            found += place_of_writing(text, line.start, line.end)
        if index >= last_lines:
            found += place_of_signing(text, line.start, line.end)
    found += find_residences(words, zones)
    found += in_lines_beside(text, zones, by_line, found)
    return found


def _in_body(
    text: str, zones: Zones, index: int, by_line: Mapping[int, Sequence[tuple[int, int]]]
) -> list[tuple[int, int]]:
    """An address behind a label, or in a short line beside a telephone number or an e-mail address."""
    line = zones.lines[index]
    label = end_of_label(line.text) if ":" in line.text or "：" in line.text else None
    if label is not None:
        value = line.text[label:]
        end = line.start + label + len(_SENTENCE_END.split(value, maxsplit=1)[0])
        if {index - 1, index + 1} & by_line.keys() and _may_be_a_place(value) and not _is_prose(value):
            return [_stripped(text, line.start + label, end)]  # Among other personal data.
        whole = looks_like_street(value) or any(
            kind_of(value[a:b]) in ("street", "code") for a, b in comma_parts(value, 0, len(value))
        )
        if is_label_of_a_home(line.text) and _HOME.fullmatch(value) and kind_of(value.split(",")[0]) != "other":
            return [(line.start + label, line.end)]
        return [(line.start + label, end)] if whole and any(map(str.isdigit, value)) else []
    if len(line.text) > _LONGEST_BESIDE or YEARS.search(line.text) or heading_kind(line.text) is not None:
        return []
    if not any(_holds_contact(text, by_line.get(near, ())) for near in (index, index - 1, index + 1)):
        return []
    found: list[tuple[int, int]] = []
    where = Place(beside=index in by_line, near=True, loose=False, top=False)
    for start, end in _free(line.start, line.end, by_line.get(index, ())):
        if _NUMBER_OF_NO_YEAR.search(text, start, end) and any(map(str.isalpha, text[start:end])):
            found += _in_stretch(text, start, end, where)
    return found


def _is_beside_contact(text: str, zones: Zones, index: int, by_line: Mapping[int, Sequence[tuple[int, int]]]) -> bool:
    """Whether a line of the head stands right above other data of the person, or right below contact data as the last
    line of a block: there a heading would stand above something."""
    if index > zones.head_from + _LINES_OF_A_BARE_TOWN:
        return False
    if index > zones.head_from and index + 1 in by_line:
        return True
    lines = zones.lines
    ends = index + 1 == len(lines) or lines[index + 1].after_blank or index + 1 in by_line
    return ends and not lines[index].after_blank and _holds_contact(text, by_line.get(index - 1, ()))


def _is_prose(line: str) -> bool:
    """Whether a line is sentences, of which only those tell an address that say so."""
    words = line.split()
    if len(words) < _FEWEST_WORDS_OF_PROSE:
        return False
    small = sum(word[0].islower() for word in words)
    numbers = sum(any(map(str.isdigit, word)) and not _YEAR.fullmatch(word.strip(".,")) for word in words)
    return (2 * small > len(words) and numbers < _FEWEST_NUMBERS_OF_AN_ADDRESS) or (
        holds_east_asian(line) and _SENTENCE_OF_HANGUL.search(line) is not None
    )


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


def _in_stretch(text: str, start: int, end: int, where: Place) -> list[tuple[int, int]]:
    stretch = text[start:end]
    cut: list[tuple[int, int, tuple[int, int] | None]] = []
    at = 0
    labelled = of_a_title = False
    for match in [*_HARD.finditer(stretch), None]:
        piece_end = match.start() if match else len(stretch)
        begin, stop = _stripped(text, start + at, start + piece_end)
        if labelled and where.loose and _may_be_a_place(text[begin:stop]):  # "Town: [ Truro ]"
            span: tuple[int, int] | None = (begin, stop)
        elif text[begin - 1 : begin] == "(" and of_a_title and kind_of(text[begin:stop]) != "town":
            span = None  # "Developer (Laravel)"
        else:
            span = _in_piece(text, start + at, start + piece_end, where if at == 0 else replace(where, alone=False))
        of_a_title = names_a_title(text[begin:stop])
        labelled = is_label_alone(text[begin : start + piece_end].strip())
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
        side = text[start:end] in _SIDES and text[start - 1 : start] == "("
        if spans[at] is not None or not (side or _may_be_a_place(text[start:end])):
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


def _in_piece(text: str, start: int, end: int, where: Place) -> tuple[int, int] | None:
    """The address in a stretch between hard separators, without a label and what else stands beside it."""
    leads = where.beside and _LEADS_TO_A_DATUM.match(text, end - 1, end + 80) is not None
    whole_end = end
    start, end = _stripped(text, start, end)
    leads = leads and "," not in text[end:whole_end]
    piece = text[start:end]
    if tells_of_a_licence(piece):
        return None
    label = end_of_label(piece) if where.loose else None
    if label is not None:
        begin, stop = _stripped(text, start + label, end)
        return (begin, _with_province(text, stop)) if _may_be_a_place(text[begin:stop]) else None
    behind_name = _BEHIND_NAME.match(piece) if where.beside else None
    if behind_name is not None and may_be_a_bare_town(behind_name[1]):
        return start + behind_name.start(1), end
    from_town = _FROM_TOWN.match(piece) if kind_of(piece) != "town" else None
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
    department = _DEPARTMENT.match(text, end) if len(parts) == 1 and kinds[0] in ("town", "capital", "other") else None
    if department is not None and (where.near or where.top) and where.loose and is_unknown_place(piece):
        return start, department.end()
    if not anchors:
        if where.loose and (where.beside or where.alone) and not leads and is_small_town(text, parts, kinds):
            return parts[0][0], parts[-1][1]
        if len(parts) == 1 and (leads or text[end : end + 2].strip()[:1] in (":", "：", ".")):
            return None
        return town_among(parts, kinds, text, where) if where.loose else None
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
