"""Where a person lives: streets, towns and post boxes in the head and among contact data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from services.ingest.structure.identity.cues import folded_list, folded_phrase
from services.ingest.structure.identity.names.head_name import NAME_CUES
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.words import WORD, fold
from services.ingest.structure.identity.zones import Zones, heading_kind

_LABEL = re.compile(
    r"^[^\w]{0,4}(?:(?:present |permanent |currently |now )?(?:resident in|residing in|living in|resident of)|(?:home|postal|mailing|permanent|present|current|residential|residence|street|contact|local|correspondence|full|private|house|my|communication)\s(?:home |postal )?addr(?:ess(?:es)?)?"
    r"|address(?:es)?|addr|residence|residing at|resident of|lives in|living in|based in|home|location|city|town|place of residence|current location|domicile"
    r"|adresse|anschrift|wohnhaft in|wohnhaft|wohnort|wohnsitz|postanschrift|adresse postale|adresse personnelle|domicile|habite à|lieu de résidence|ville|résidence"
    r"|direcci[oó]n|domicilio|residencia|lugar de residencia|ciudad|poblaci[oó]n|localidad|endere[cç]o|morada|resid[êe]ncia|cidade|indirizzo|residenza|residente a|citt[àa]"
    r"|adres|woonplaats|woonadres|postcode en plaats|adres zamieszkania|miejsce zamieszkania|adres do korespondencji|zam\.|adress|bostadsadress|bostadsort|bopæl|bosted|osoite|kotiosoite|asuinpaikka|ikamet|yaşadığı yer|ikametgah"
    r"|adresa|bydliště|bydlisko|lakcím|cím|lakóhely|adresă|domiciliu|prebivalište|mjesto stanovanja|elukoht|aadress|adrese|adresas|heimilisfang|heimili|lögheimili"
    r"|địa chỉ|alamat|alamat rumah|адрес|адрес проживания|место жительства|город|город проживания|проживание|адреса|місто|місце проживання|град|διεύθυνση|πόλη|κατοικία"
    r"|հասցե|მისამართი|العنوان|عنوان السكن|مكان الإقامة|محل الإقامة|السكن|الإقامة|المدينة|آدرس|نشانی|محل سکونت|כתובת|מגורים|עיר|מקום מגורים|पता|स्थायी पता|ที่อยู่"
    r"|地址|住址|家庭住址|通讯地址|现居地|现居住地|居住地|现居|所在地|所在城市|聯絡地址|通訊地址|住所|現住所|〒|주소|거주지|현주소)\s*(?:[.:：\-–\u3000\t]\s*){1,3}",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b(?:street|str?\.|avenue|ave\.?|road|rd\.?|lane|ln\.|drive|dr\.?(?=,|$|\s(?:#|apt|unit|\d))|boulevard|blvd\.?|court|ct\.?(?=,|$)|crescent|close|terrace|place|square|parkway|pkwy|highway|hwy|circle|cir\.?|trail|way|row|mews|grove|gardens|hill|walk"
    r"|suite|apt\.?|apartment|unit|flat|floor|bldg\.?|building|block|blk|house no\.?|h\.? ?no\.?|plot|sector|nagar|colony|marg|layout|cross|phase|p\.? ?o\.? ?box|postfach|po box|b\.?p\.? \d|boîte postale|casilla|apartado|caixa postal|postboks"
    r"|rue|av\.|bd\.?|impasse|allée|allee|quai|chemin|cours|place|route de|résidence|lot\.?|lotissement|quartier|cité|villa|immeuble|imm\."
    r"|calle|c/|avda\.?|avenida|plaza|paseo|carrera|cra\.?|cl\.|ronda|camino|transversal|diagonal|col\.|colonia|barrio|urb\.?|urbanización|piso"
    r"|rua|r\.|travessa|praça|alameda|rodovia|estrada|largo|lote|bairro|apto?\.?|via|viale|v\.le|piazza|p\.za|corso|vicolo|strada|contrada|frazione"
    r"|ul\.|ulica|al\.|aleja|os\.|osiedle|pl\.|m\. \d|plac|bul\.|bulevar|trg|str\.|strada|bl\.|sc\.|ap\.|șos\.|sos\.|calea|utca|u\.|út|tér|krt\.|körút|em\.|nám\.|náměstí|tř\.|třída"
    r"|sok\.?|sokak|sokağı|cad\.?|cadde|caddesi|bulvarı|blv\.?|mah\.?|mahallesi|apt|daire|kat|odos|odós|leof\.|leoforos|g\.|gatvė|pr\.|iela|tänav|tn|mnt"
    r"|jl\.?|jalan|jln\.?|gang|gg\.|rt|rw|kav\.|lorong|taman|kampung|kg\.|moo|soi|thanon|brgy\.?|barangay|purok|sitio|phố|đường|phường|quận|ngõ|hẻm|thôn"
    r"|heol|ffordd|stryd|sráid|bóthar|sec\.|lane|alley)(?!\w)"
    r"|\w{2,30}(?:straße|strasse|str\.|gasse|weg|allee|platz|damm|ufer|ring|straat|laan|plein|gracht|kade|dijk|singel|steeg|dreef|gatan|gata|vägen|väg|veien|vei|vej|gade|gaten|stræti|götu|braut|vegur|katu|tie|kuja|polku|utca|köz)(?!\w)"
    r"|\w{2,30}-(?:ku|cho|chome|dong|gu|ro|gil|si|do|dori|machi)(?!\w)"
    r"|(?<!\w)(?:ул\.?|улица|пр\.|пр-т|просп\.?|проспект|пер\.|переулок|ш\.|шоссе|наб\.|бул\.|бульвар|пл\.|д\.|дом|кв\.|корп\.|мкр\.?|вул\.|буд\.|ж\.к\.|οδός|λεωφόρος|τ\.κ\.)(?!\w)"
    r"|شارع|حي |عمارة|شقة|طريق|خیابان|کوچه|پلاک|רחוב|רח'|שדרות|דירה|मार्ग|नगर|रोड|गली|ถนน|ซอย|แขวง|เขต|หมู่",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"(?<![\w.+-])(?:[A-Z]{1,3}-)?\d{4,6}(?:\s(?=[^\W\d_])|(?=,?$))(?!\s?(?:users|people|hours|km))|(?<!\w)\d{2}-\d{3}(?!\d)|(?<!\w)\d{3} \d{2}(?=\s[^\W\d_])|(?<!\w)\d{4}-\d{3}(?!\d)|(?<!\w)\d{5}-\d{3}(?!\d)|(?<!\w)\d{3}-\d{4}(?!\d)"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b[A-Z]{2} \d{5}(?:-\d{4})?\b|\b\d{4} [A-Z]{2}\b|\bN[oº°]\s?\d"
)
_HOUSE_NUMBER = re.compile(
    r"^(?:no\.? ?|nr\.? ?|#)?\d{1,5}[a-z]?(?:[-/]\d{1,5}){0,3}(?:,|\s)+[^\W\d_]|[^\W\d_]\s\d{1,5} ?[a-zA-Z]?(?:[/-]\d{1,4}){0,2}\.?$"
)
_EAST_ASIAN = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:省|市|县|縣|区|區|镇|街道|路|街|巷|弄|号|號|村|都|府|県|町|丁目)|〒\s?\d{3}|[\uac00-\ud7a3]{1,6}(?:특별시|광역시|시|도|군|구|읍|면|동|로|길)(?=\s|\d|$).{0,20}(?:\d|[구군시])"
)
_STATE = frozenset(
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt "
    "va wa wv wi wy dc on qc bc ab mb sk ns nb nl pe nsw vic qld act nt sp rj mg rs pr pe ba df uk usa us uae df jal gto".split()
)
_HARD = re.compile(r"\s*(?:[|•·●▪■◦‣∙✦★✉☎☏✆📞📱📧📍🏠🌐🔗;；()（）\[\]]|//|\t|\s[/–—]\s|\s{3,}|\u3000)\s*")
_COMMA = re.compile(r"\s*[,،，、]\s*")
_PROVINCE = re.compile(r"\s\([A-Z]{2}\)")
# "Tel. 0171 …", "Correo: …": a word that leads to a number or an e-mail address is its label.
_LEADS_TO_A_DATUM = re.compile(r"\S?[.:：]?[ \t\u3000]{0,9}(?:[\d+(]|[^\s@]{1,64}[@＠])|.[:：]")
_FROM_TOWN = re.compile(
    r"[^,\d]{3,50}? (?:from|based in|living in|located in|aus|de|à|da|din|uit|z|из) ([A-ZÀ-ÝŁŚŻČŠŽĐ][^\d:|]{2,40})$"
)
_TOWN_WORDS = frozenset(
    "city town county central north south east west district province region republic states kingdom united new old upper lower greater area metro cedex".split()
)
_SIGNED_AND_DATED = re.compile(
    r"([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,2}), ?(?:den |le |the |on |dnia |a |)(?:\d{1,2}\W{1,2}(?:de |of )?[\w]{1,12}\.?\W{1,2}(?:de )?(?:19|20)\d\d|[^\W\d_]{3,12} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)\.?$"
)
_SURELY_A_STREET = re.compile(
    r"^(?:quartier|ul\.|ул\.|улица|rua|calle|avenida|avenue|via|rue|jl\.|jalan|corso|piazza|viale|שדרות|רחוב)\s|شارع|\b(?:st\.|rd\.|ave\.|street|road|straße|strasse|avenue|lane)$",
    re.IGNORECASE,
)
_MOST_WORDS_OF_A_STREET = 6
_TOWN_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’ʻ-](?=\w))*")
_PART_OF_AN_ADDRESS = re.compile(
    r"(?:col|urb|fracc|barrio|colonia|quartier|lotissement|lot|bldg|building|flat|apt|unit|sec|km|no|nr|moo|block|blk|dept|piso)\b\.?\s?[\w#]|c/",
    re.IGNORECASE,
)
_LONGEST = 140
_MOST_SPACES = 18
_MOST_WORDS_OF_A_TOWN = 4


def find_addresses(text: str, zones: Zones, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where addresses of the person stand, in order. `taken` is what is found of other types; a line that holds some of
    it tells addresses with fewer signs. Linear."""
    found: list[tuple[int, int]] = []
    by_line: dict[int, list[tuple[int, int]]] = {}
    for span in taken:
        by_line.setdefault(zones.line_at(span[0]), []).append(span)
    last_lines = len(zones.lines) - 4
    for index, line in enumerate(zones.lines):
        zone = zones.zone[index]
        label = _LABEL.match(line.text) if len(line.text) <= 2 * _LONGEST else None
        if zone in ("head", "contact", "references") and len(line.text) <= 2 * _LONGEST:
            if heading_kind(line.text) is None:
                beside = index in by_line
                near = beside or index - 1 in by_line or index + 1 in by_line
                for start, end in _free(line.start, line.end, by_line.get(index, ())):
                    found += _in_stretch(text, start, end, beside=beside, near=near, loose=zone != "references")
        elif label is not None and "address" in label.group().lower() and _looks_like_street(line.text[label.end() :]):
            found.append((line.start + label.end(), line.end))
        if index >= last_lines:
            found += _place_of_signing(text, line.start, line.end)
    return found


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


def _in_stretch(text: str, start: int, end: int, *, beside: bool, near: bool, loose: bool) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    stretch = text[start:end]
    at = 0
    for match in [*_HARD.finditer(stretch), None]:
        piece_end = match.start() if match else len(stretch)
        span = _in_piece(text, start + at, start + piece_end, beside=beside, near=near, loose=loose)
        if span is not None:
            found.append(span)
        at = match.end() if match else piece_end
    return found


def _in_piece(text: str, start: int, end: int, *, beside: bool, near: bool, loose: bool) -> tuple[int, int] | None:
    """The address in a stretch between hard separators, without a label and what else stands beside it."""
    leads = beside and _LEADS_TO_A_DATUM.match(text, end - 1, end + 80) is not None
    whole_end = end
    start, end = _stripped(text, start, end)
    leads = leads and "," not in text[end:whole_end]
    piece = text[start:end]
    label = _LABEL.match(piece)
    if label is not None and loose:
        begin, stop = _stripped(text, start + label.end(), end)
        return (begin, _with_province(text, stop)) if _may_be_a_place(text[begin:stop]) else None
    from_town = _FROM_TOWN.match(piece)
    if (
        from_town is not None
        and loose
        and all(_kind_of(part) in ("town", "capital") for part in _COMMA.split(from_town[1]))
    ):
        return start + from_town.start(1), end
    if not 1 < len(piece) <= _LONGEST:  # noqa: PLR2004
        return None
    parts = _comma_parts(text, start, end)
    kinds = [_kind_of(text[a:b]) for a, b in parts]
    if near and len(parts) > 1 and kinds[0] == "capital" and _HOUSE_NUMBER.search(text[slice(*parts[0])]):
        kinds[0] = "street"
    anchors = [at for at, kind in enumerate(kinds) if kind in ("street", "code")]
    if not anchors:
        if len(parts) == 1 and (leads or text[end : end + 2].strip()[:1] in (":", "：", ".")):
            return None
        return _town(parts, kinds, text, beside=beside, near=near) if loose else None
    first = last = anchors[0]
    while first > 0 and (kinds[first - 1] != "other" or _is_small_part(text[slice(*parts[first - 1])])):
        first -= 1
    while last + 1 < len(parts) and (kinds[last + 1] != "other" or _is_small_part(text[slice(*parts[last + 1])])):
        last += 1
    return parts[first][0], _with_province(text, parts[last][1])


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


def _is_small_part(part: str) -> bool:
    """ "3.º B", "2. tv.": a floor or a door between a street and a town."""
    return len(part) <= 8 and any(sign.isdigit() for sign in part)  # noqa: PLR2004


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t\n,;:.،：–—-|/*_#":
        if text[start] == "#":
            break
        start += 1
    while end > start and text[end - 1] in " \t\n,;:،：–—-|/*_":
        end -= 1
    return start, end


def _comma_parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    at = start
    for match in [*_COMMA.finditer(text, start, end), None]:
        stop = match.start() if match else end
        if stop > at:
            parts.append((at, stop))
        at = match.end() if match else stop
    return parts


def _kind_of(part: str) -> str:
    """street, code (with a postcode), town (known), capital (unknown words with capitals) or other."""
    lists = lexicon()
    if _looks_like_street(part):
        return "street"
    without_code = _POSTCODE.sub(" ", part)
    words = [word for word in _words_of(without_code) if word not in _TOWN_WORDS]
    if without_code != part and len(words) <= _MOST_WORDS_OF_A_TOWN and not _means(words):
        return "code"
    if not words:
        return "capital" if any(sign.isalnum() for sign in part) else "other"
    if all(word in lists.place or word in lists.particle or word in _STATE for word in words) and any(
        word in lists.place or (word in _STATE and part.isupper()) for word in words
    ):
        return "town"
    if (
        len(words) <= _MOST_WORDS_OF_A_TOWN
        and not _means(words)
        and all(word[:1].isupper() or not word[:1].islower() or fold(word) in lists.particle for word in part.split())
    ):
        return "capital"
    return "other"


def _words_of(part: str) -> list[str]:
    """The folded words of a stretch; "Be'er" and "Accra-North" are one word each."""
    return [fold(word) for word in _TOWN_WORD.findall(part)]


def _names_a_title(part: str) -> bool:
    """ "Civil Engineer, Austin" tells a town; "Hiking, Reading" does not."""
    lists = lexicon()
    return any(lists.is_title(word) for word in _words_of(part))


def _means(words: Sequence[str]) -> bool:
    lists = lexicon()
    return any(
        (word in lists.ordinary or lists.is_title(word) or word in lists.month or word in lists.credential)
        and word not in lists.place
        for word in words
    )


def _looks_like_street(part: str) -> bool:
    if _EAST_ASIAN.search(part) or (_PART_OF_AN_ADDRESS.match(part) and part.count(" ") <= _MOST_WORDS_OF_A_TOWN):
        return True
    street = _STREET.search(part)
    if street is None:
        return False
    words = [fold(word) for word in WORD.findall(part) if not word.isdigit()]
    lists = lexicon()
    if any(lists.is_title(word) and word not in ("home", "dr", "sr", "al", "st", "m") for word in words):
        return False
    has_number = any(sign.isdigit() for sign in part)
    if has_number:
        return len(words) <= 9 and not (part.isupper() and len(words) > 6)  # noqa: PLR2004
    # Without a number only a word that stands for nothing but streets will do, where streets have it.
    return not part.isupper() and len(words) <= _MOST_WORDS_OF_A_STREET and _SURELY_A_STREET.search(part) is not None


def _town(
    parts: Sequence[tuple[int, int]], kinds: Sequence[str], text: str, *, beside: bool, near: bool
) -> tuple[int, int] | None:
    """A town, with its state or country where that follows: "Salem, OR", "Almaty"."""
    towns = [at for at, kind in enumerate(kinds) if kind == "town"]
    if towns:
        first = towns[0]
        if first > 0 and kinds[first - 1] == "other" and not _names_a_title(text[slice(*parts[first - 1])]):
            return None
        if first > 0 and kinds[first - 1] == "capital" and (beside or near):
            first -= 1
        last = first
        while last + 1 < len(parts) and kinds[last + 1] in ("town", "capital"):
            last += 1
        known_alone = near or beside or len(towns) > 1
        return (parts[first][0], parts[last][1]) if known_alone else None
    # An unknown word with a capital beside a telephone number or an e-mail address is a town.
    if beside and kinds and all(kind == "capital" for kind in kinds) and len(parts) <= 3:  # noqa: PLR2004
        written = text[parts[0][0] : parts[-1][1]]
        if any(sign.isalpha() for sign in written) and not written.isupper() and not _is_no_town(written):
            return parts[0][0], parts[-1][1]
    return None


def _is_no_town(written: str) -> bool:
    """A title, a degree or a label that stands beside contact data."""
    lists = lexicon()
    flat = fold(written).replace(".", "").strip()
    return (
        flat in lists.credential or flat in lists.academic or folded_phrase(written) in folded_list(NAME_CUES, "label")
    )


@cache
def _signing() -> frozenset[str]:
    return folded_list(NAME_CUES, "place")


def _place_of_signing(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """ "Fait à Thiès", "Place: Hyderabad": where the text was signed."""
    line = text[start:end]
    dated = _SIGNED_AND_DATED.match(line) if len(line) < _LONGEST else None
    if dated is not None and dated[1][0].isupper():
        return [(start, start + dated.end(1))]
    for length in (2, 1, 3, 4):
        words = list(WORD.finditer(line))
        if len(words) > length and folded_phrase(line[: words[length - 1].end()]) in _signing():
            begin = words[length].start()
            town = re.match(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,2}", line[begin:])
            if town is not None and town.group()[0].isupper() and not _means([fold(town.group().split()[0])]):
                return [(start + begin, start + begin + town.end())]
    return []
