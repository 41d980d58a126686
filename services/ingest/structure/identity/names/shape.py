"""Whether a short stretch has the shape of a person's name, by its letters, its words and the lists."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from services.ingest.structure.identity.names.lexicon import Lexicon, lexicon
from services.ingest.structure.identity.words import WORD, fold

# A name in small letters needs more that speaks for it.
_SMALL_LETTERS = 3.0
_MOST_WORDS = 5
_MOST_WRITTEN = 7
_LONGEST = 60

# One written word: letters with marks on them, apostrophes, hyphens, dots after initials.
_WRITTEN = re.compile(r"[^\W\d_][\w\u0300-\u0e4e'’ʻʼ`´.\-‑\u200c]*$")
_NOT_IN_NAMES = re.compile(r"[\d_@&+=:;!?%#$*<>/\\|]")
_FAMILY_PARTICLES = re.compile(r"\b[asd]/[lpo]\b", re.IGNORECASE)

# "s. venkataraman": a letter with a dot shows a name even in small letters.
_SMALL_INITIAL = re.compile(r"(?:[^\W\d_]\. ?)+[^\W\d_]{3}")
# "O'Connor", "McIntyre", "D'Angelo": nothing else is written so.
_PREFIXED = re.compile(r"(?:[OD]['’]|Mc|Mac|Fitz)[A-Z]")

HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff"
_HAN_NAME = re.compile(
    rf"[{HAN}]{{2,5}}$|[{HAN}]{{1,3}}[\u3000 ][{HAN}\u3040-\u30ff]{{1,4}}$"
    rf"|[{HAN}]{{1,3}}[\u3040-\u309f\u30a0-\u30ff]{{1,4}}$"
)
_KANA_NAME = re.compile(
    r"[\u30a0-\u30ff]{2,8}[・\u3000 ][\u30a0-\u30ff]{2,8}$|[\u3040-\u309f]{2,8}[\u3000 ][\u3040-\u309f]{2,8}$"
)
_HANGUL_NAME = re.compile(r"[\uac00-\ud7a3]{2,4}$|[\uac00-\ud7a3]{1,2} [\uac00-\ud7a3]{1,3}$")
_HAN_FAMILY = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖萧蕭田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚"
    "陆陸汪范金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦邱江尹薛闫阎雷侯龙龍段史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯柯翁温溫古施庄莊颜顏章鲁魯季简簡"
)
_HAN_FAMILIES_OF_TWO = (
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "上官",
    "诸葛",
    "諸葛",
    "夏侯",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "长孙",
    "司徒",
    "端木",
    "令狐",
)
_HANGUL_FAMILY = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유홍전고문양손배백허남심노하곽성차주우구나민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
_NO_HAN_NAME_ENDS = frozenset("部校院所局厅室店厂廠社员員管程市省县縣区區路号號街村镇语語业業科系历歷书書験")


@dataclass(frozen=True, slots=True)
class Shape:
    """A stretch that may be a name. `words`: its folded words; `score`: how far they speak for a name (a word of the
    lists counts most, an unknown one some, one that means something else against it); `known` words of the lists."""

    words: tuple[str, ...]
    score: float
    known: int
    cased: bool

    @property
    def long_words(self) -> list[str]:
        """The words without initials and without particles in front of others: "Lê" of "Jane Lê" counts."""
        particles = lexicon().particle
        last = len(self.words) - 1
        return [word for at, word in enumerate(self.words) if len(word) > 1 and (at == last or word not in particles)]


@lru_cache(maxsize=4_096)
def name_shape(stretch: str) -> Shape | None:
    """The shape of a stretch of one line, None where it can be no name."""
    stretch = stretch.replace("ʼ", "'").strip(" .\u3000\"“”'‘’")
    if not 2 <= len(stretch) <= _LONGEST:
        return None
    if not stretch.isascii():
        script = script_of(stretch)
        if script in ("han", "hangul", "kana"):
            return _east_asian(stretch, script)
        if script == "other":
            return _caseless(stretch)
        if script is None:
            return None
    bare = _FAMILY_PARTICLES.sub("bin", stretch).replace(" 't ", " t ").replace(" ’t ", " t ")
    if _NOT_IN_NAMES.search(bare):
        return None
    if bare.islower() and " " in bare:
        shape = _cased(bare.title())
        less = 0.0 if _SMALL_INITIAL.match(bare) else _SMALL_LETTERS
        return None if shape is None else Shape(shape.words, shape.score - less, shape.known, cased=True)
    return _cased(bare)


def labelled_shape(stretch: str) -> Shape | None:
    """The shape of what stands after "Name:": any few words with capitals, whatever else they mean."""
    written = stretch.split()
    if not 1 < len(written) <= _MOST_WORDS or not all(_WRITTEN.match(word) and word[0].isupper() for word in written):
        return None
    return Shape(tuple(fold(part) for part in WORD.findall(stretch)), 1.0, 0, cased=True)


def script_of(stretch: str) -> str | None:
    """The script of all the letters: cased, han, hangul, kana or other; None where they are mixed."""
    scripts = {_script(sign) for sign in stretch if sign.isalpha()}
    if scripts in ({"han", "kana"}, {"han"}):
        return "han"
    return scripts.pop() if len(scripts) == 1 else None


def is_cased(sign: str) -> bool:
    """Whether a letter has a small and a capital form in use; Georgian capitals are for whole headings only."""
    return sign.lower() != sign.upper() and not "\u10a0" <= sign <= "\u10ff"


def _script(sign: str) -> str:
    if is_cased(sign):
        return "cased"
    code = ord(sign)
    if 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or code == 0x3005:
        return "han"
    if 0xAC00 <= code <= 0xD7A3:
        return "hangul"
    if 0x3040 <= code <= 0x30FF:
        return "kana"
    return "other" if unicodedata.category(sign) in ("Lo", "Ll", "Lm") else "cased"


def _east_asian(stretch: str, script: str) -> Shape | None:
    lists = lexicon()
    flat = stretch.replace(" ", "").replace("\u3000", "")
    if (
        flat in lists.title
        or flat in lists.place
        or any(len(word) > 1 and word in flat for word in _title_of_script(script))
    ):
        return None
    if script == "hangul":
        if not _HANGUL_NAME.match(stretch) or flat[0] not in _HANGUL_FAMILY:
            return None
        return Shape((flat,), 3.0, 1, cased=False)
    if script == "kana":
        return Shape((flat,), 2.0, 0, cased=False) if _KANA_NAME.match(stretch) else None
    if not _HAN_NAME.match(stretch) or flat[-1] in _NO_HAN_NAME_ENDS:
        return None
    known = flat[0] in _HAN_FAMILY or flat.startswith(_HAN_FAMILIES_OF_TWO)
    return Shape((flat,), 3.0 if known else 1.5, int(known), cased=False)


@lru_cache(maxsize=4)
def _title_of_script(script: str) -> tuple[str, ...]:
    wanted = {"hangul": ("hangul",), "kana": ("kana", "han"), "han": ("han", "kana")}[script]
    return tuple(word for word in lexicon().title if not word.isascii() and script_of(word) in wanted)


def _caseless(stretch: str) -> Shape | None:
    """Arabic, Hebrew, Thai, Indic and other scripts without capitals: short, and none of its words known otherwise."""
    lists = lexicon()
    if _NOT_IN_NAMES.search(stretch):
        return None
    words = tuple(fold(word) for word in WORD.findall(stretch))
    if not 1 <= len(words) <= _MOST_WRITTEN:
        return None
    bare = [word.removeprefix("ال") for word in words]
    if any(word in lists.title or word in lists.place or word in lists.organization for word in (*words, *bare)):
        return None
    return Shape(words, 2.0 if len(words) > 1 else 0.5, 0, cased=False)


def _cased(stretch: str) -> Shape | None:
    lists = lexicon()
    written = stretch.split()
    if not 1 <= len(written) <= _MOST_WRITTEN:
        return None
    words: list[str] = []
    score, known, counted, capitals = 0.0, 0, 0, 0
    for place, word in enumerate(written):
        if not _WRITTEN.match(word):
            return None
        parts = tuple(fold(part) for part in WORD.findall(word))
        if not parts or parts == ("i", "m"):
            return None
        is_particle = len(parts) == 1 and parts[0] in lists.particle
        if not word[0].isupper():
            # Within a name only its particles are small; "d'Angelo", "al-Hassan" carry their capital further on.
            if not (is_particle or any(sign.isupper() for sign in word)) or (place == len(written) - 1 and is_particle):
                return None
            if is_particle:
                words.extend(parts)
                continue
        capitals += word.isupper()
        if len(parts) == 1 and (len(parts[0]) == 1 or parts[0] in ("jr", "sr", "ii", "iii", "iv", "md", "mohd")):
            words.append(parts[0])
            continue
        if is_particle and not lists.is_name(parts[0]) and not (counted and place == len(written) - 1):
            words.extend(parts)
            continue
        worth = _worth(parts, lists, first=place == 0)
        if worth is None:
            return None
        if _PREFIXED.match(word):
            worth = max(worth, 2.0)
        counted += 1
        score += worth
        known += any(lists.is_name(part) for part in parts)
        words.extend(parts)
    if not 1 <= counted <= _MOST_WORDS:
        return None
    if counted > 1 and known == counted and words[0] in lists.given and words[-1] in lists.family:
        # "Will Bishop", "Grant Marsh": each word means something else, together they are a name.
        score += 2.0
    return Shape(tuple(words), score, known, cased=True)


def _worth(parts: tuple[str, ...], lists: Lexicon, first: bool) -> float | None:
    """How far one written word speaks for a name; None where it rules one out."""
    if len(parts) > 1 and all(len(part) <= len("bi") for part in parts):
        return 1.0  # "Zu'bi": each part means something else, the word does not.
    best: float | None = None
    for part in parts:
        if len(part) == 1 or (part in lists.particle and len(parts) > 1) or (len(part) <= 2 < max(map(len, parts))):
            continue
        named = lists.is_name(part)
        if part in lists.month and not named:
            return None
        if lists.is_title(part) and not named:
            return None
        if part in lists.organization and not named:
            return None
        if part in lists.ordinary or part in lists.title or part in lists.organization or part in lists.month:
            worth = 0.5 if named else -2.0
        elif part in lists.place or part in lists.company:
            worth = 0.5 if named else -1.5
        elif named:
            worth = 2.5 if part in lists.given or not first else 2.0
        elif part in lists.proper:
            worth = -1.5
        else:
            worth = 1.0
        # The worst part of a compound decides: "Business-minded" is no name.
        best = worth if best is None else min(best, worth)
    return 0.5 if best is None else best
