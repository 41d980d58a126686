"""Links to a person's own pages and profiles; links of employers and products are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

MOST_CANDIDATES = 2_000
_LABEL_REACH = 30

_HOSTS = (
    "linkedin|github|gitlab|bitbucket|xing|behance|dribbble|stackoverflow|stackexchange|medium|twitter|x|facebook|instagram|youtube|vimeo"
    "|kaggle|leetcode|hackerrank|orcid|researchgate|academia|artstation|flickr|soundcloud|codepen|angel|about|linktr|t|vk|wa|threads|mastodon"
    "|tiktok|pinterest|tumblr|deviantart|imdb|maimai|wantedly|huggingface|dev|hashnode|substack|notion|carrd|bsky|malt|upwork|fiverr"
    "|skype|scholar|sites|codeforces|topcoder|gitee|zhihu|weibo|qiita|zenn|note|viadeo|goodreads|500px|unsplash|bandcamp|telegram"
)
_HANDLE_HOSTS = (
    "linkedin|linked in|github|git hub|gitlab|xing|behance|dribbble|twitter|instagram|facebook|skype|telegram|kaggle|medium|wechat"
    "|stack ?overflow|orcid|hackerrank|leetcode|youtube|mastodon|threads|bluesky|微信|line id|qq"
)
_MARKED = re.compile(r"(?:https?://|www\.)[^\s<>\"|•，。、）]{3,300}", re.IGNORECASE)
# A dot with an ending behind it: fast to look for. What stands in front is looked at afterwards.
_ENDING = re.compile(r"\.([A-Za-z]{2,12})(?![\w@-])(?:(?::\d{2,5})?/[^\s<>\"|•，。、）]{0,200})?")
_HOST_IN_FRONT = re.compile(r"(?<![\w@.-])(?:[A-Za-z0-9][\w-]{0,62}\.){0,4}[A-Za-z0-9][\w-]{0,62}$")
_LONGEST_HOST = 130
_PROFILE = re.compile(rf"(?:https?://)?(?:[\w-]{{1,20}}\.)?(?:{_HOSTS})\.[a-z]{{2,4}}/\s?[\w@~%.-]", re.IGNORECASE)
_NOT_OF_A_PERSON = re.compile(
    r"/(?:company|companies|jobs?|school|groups?|learning|orgs|topics|features|pages)(?:/|$)", re.IGNORECASE
)
_PERSONAL_HOST = re.compile(
    r"(?:[\w-]{1,60}\.)?(?:github|gitlab|netlify|vercel|wixsite|wordpress|blogspot|tumblr|weebly|webflow|notion|carrd|medium|substack|herokuapp|myportfolio|behance|squarespace)\.(?:io|com|app|me|site|co|net)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:\b(?:web ?sites?|web|home ?page|portfolio|blog|url|links?|site|personal|online|profile|profil|sito|sitio|página|pagina|strona|сайт"
    r"|linkedin|github|gitlab|xing|behance)|网站|主页|作品集|个人主页|サイト|ポートフォリオ|홈페이지|포트폴리오|الموقع|אתר|🌐|🔗)\s?[.:：|-]{0,2}\s*$",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    rf"(?:\b|(?<=\s))(?:{_HANDLE_HOSTS})(?: (?:id|profile|username))?\s?[:：]\s{{0,3}}(@?[\w][\w.\-]{{2,60}}(?:/[\w.\-]{{1,60}}){{0,3}})",
    re.IGNORECASE,
)
_SLASH_IN = re.compile(r"(?<![\w./])/?in/[\w%-]{3,100}/?")
# Endings of names of programs and files, which no personal page has.
_PROGRAM = re.compile(
    r"(?:^|\.)(?:asp|vb|ado|ml|js|node|react|vue|next|nuxt|express|three|d3|backbone|ember|angular|socket|chart|require|knockout|moment|nest|p5|paper|jquery|draw|ruby|spring|apache)\.(?:net|js|io|org|py)$",
    re.IGNORECASE,
)
_FILE_ENDINGS = frozenset(
    "js ts py rb php asp aspx jsp net java cpp cs go rs sh bat exe dll md txt doc docx pdf xls xlsx ppt pptx csv json xml html htm css "
    "sql yml yaml zip jar war png jpg jpeg gif svg mp3 mp4 psd ai eps dwg tex ini cfg log".split()
)
_COUNTRY_ENDINGS = frozenset(
    "ac ae ar at au be bg br by ca ch cl cn co cz de dk ee eg es eu fi fr gr hk hr hu id ie il in ir is it jp ke kr kz lt lu lv ma me "
    "mx my ng nl no nz pe ph pk pl pt ro rs ru sa se sg si sk th tn tr tv tw ua uk us uy ve vn za".split()
)
_OTHER_ENDINGS = frozenset(
    "com org edu gov info biz io dev app page site online tech design art name pro cloud blog xyz digital studio space website works "
    "agency consulting photography engineer codes world life live press ink email link example test".split()
)


def find_links(
    text: str,
    is_contact: Callable[[int], bool],
    is_own: Callable[[str], bool],
    contact_stretches: Iterable[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Where links of a person stand, in order, none over another. `is_contact` says whether a place of the text is
    among contact data; `is_own` whether a host's name holds the person's name;
    `contact_stretches` are all lines of contact data. Linear."""
    found: list[tuple[int, int]] = []
    for start, end in _candidates(text):
        end = _with_next_line(text, start, _without_closing_signs(text, start, end))
        if _is_persons(text, start, end, is_contact, is_own):
            found.append((start, end))
    for start, end in contact_stretches:
        found += [match.span(1) for match in _HANDLE.finditer(text, start, end)]
        found += [match.span() for match in _SLASH_IN.finditer(text, start, end)]
    return _apart(found)


def _candidates(text: str) -> list[tuple[int, int]]:
    """Stretches that may be links, in order, none over another."""
    marked: list[tuple[int, int]] = []
    if "://" in text or "www." in text.lower():
        marked = [match.span() for match in _MARKED.finditer(text)]
    bare: list[tuple[int, int]] = []
    for ending in _ENDING.finditer(text):
        if not _may_end_a_host(ending[1].lower()):
            continue
        host = _HOST_IN_FRONT.search(text, max(0, ending.start() - _LONGEST_HOST), ending.start())
        if host is not None:
            bare.append((host.start(), ending.end()))
    return _apart([*marked, *bare])[:MOST_CANDIDATES]


def _may_end_a_host(ending: str) -> bool:
    return ending == "net" or ending in _OTHER_ENDINGS or ending in _COUNTRY_ENDINGS


def _is_persons(
    text: str, start: int, end: int, is_contact: Callable[[int], bool], is_own: Callable[[str], bool]
) -> bool:
    link = text[start:end]
    if _PROFILE.match(link):
        return not _NOT_OF_A_PERSON.search(link)
    bare = re.sub(r"^https?://|^www\.", "", link, flags=re.IGNORECASE)
    host = bare.partition("/")[0]
    if not _is_host(host, bare != link) or _PROGRAM.search(host):
        return False
    if is_own(host) or (_PERSONAL_HOST.fullmatch(host) and host.count(".") > 1):
        return True
    before = text[max(0, start - _LABEL_REACH) : start].rpartition("\n")[2]
    return is_contact(start) or (bool(_LABEL.search(before)) and before.count(" ") < 5)  # noqa: PLR2004


def _is_host(host: str, marked: bool) -> bool:
    """Whether `host` is a host's name; `marked` by "http" or "www", where any ending will do."""
    labels = host.lower().rstrip(".:").split(".")
    ending = labels[-1]
    if len(labels) < 2:  # noqa: PLR2004
        return False
    if marked:
        return True
    if ending in _FILE_ENDINGS:
        return False
    return ending in _OTHER_ENDINGS or ending in _COUNTRY_ENDINGS or (ending == "net" and "." in host)


def _without_closing_signs(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in ".,;:!?)]}'’\"»":
        if text[end - 1] == ")" and "(" in text[start:end]:
            break
        end -= 1
    return end


def _with_next_line(text: str, start: int, end: int) -> int:
    """The end of a link that goes on in the next line, after a hyphen or a slash."""
    if text[end - 1 : end] in ("-", "/") and text[end : end + 1] == "\n" and "/" in text[start:end].replace("//", ""):
        more = re.compile(r"[\w%-]{2,60}/?(?=\s|$)").match(text, end + 1)
        if more is not None and not more.group().istitle() and not more.group().isupper():
            return more.end()
    return end


def _apart(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order; of two that overlap the earlier one stays."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
