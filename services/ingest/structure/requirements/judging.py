"""Whether a sentence or an item of a job asks for something, and how much it matters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from libs.contracts.structure import Necessity
from services.ingest.structure.requirements.part_of_job import ASKING, Part
from services.ingest.structure.requirements.phrases import Hit, Phrases
from services.ingest.structure.requirements.words import Words

CUES = Path(__file__).with_name("cues_v1.tsv")

_OURS = frozenset("we our us wir unser unsere nous notre nos noi nostro nossa nosso nuestra nuestro ons onze".split())
_BOUNDARIES = frozenset(",;:.–—-()（），；。")
_OR = frozenset("or oder ou o lub albo".split())
_EXAMPLES = frozenset("including incl such like especially particularly notably eg e".split())
_CONTRASTS = frozenset("but although though aber jedoch mais pero ma maar mas ale 但".split())
_DESCRIBING = frozenset("with mit avec con com met".split())
_ASKING_CUES = frozenset(("weak", "must", "you", "nice", "wish"))
_NICE = frozenset(("nice", "wish"))
AGAINST = frozenset(("duty", "offer", "company", "apply", "law", "hiring"))
_BESIDE = frozenset((Part.DUTIES, Part.COMPANY, Part.FACT))
_AT_START = 2
# A cue this near to the beginning is what the line is about.
_NEAR_START = 3
_ASKS = 2
# A sentence that says 'must', 'essential' and 'is a plus' tells things off one by one.
_TOLD_OFF = 4
# Longer ones are sentences, which say more than their subject.
_FEW_WORDS = 12


class Judgement(NamedTuple):
    """`necessity` is None where nothing is asked. `doubtful`: neither asks nor does not; its neighbours tell."""

    necessity: Necessity | None
    doubtful: bool = False


_NOTHING = Judgement(None)
_DOUBTFUL = Judgement(None, doubtful=True)


@cache
def load() -> Phrases:
    """The cues. Blocks at the first call."""
    return Phrases.of_file(CUES)


class Stretch(NamedTuple):
    """A sentence or an item: words `first` to before `end`. `item`: it is one of a list or a short line."""

    words: Words
    first: int
    end: int
    item: bool


def judge(text: str, stretch: Stretch, part: Part, after_asked: bool) -> Judgement:
    """What a stretch asks in this part of a job; `after_asked`: the sentence before it asks."""
    if stretch.first == stretch.end:
        return _NOTHING
    hits = load().find(stretch.words.words, stretch.first, stretch.end)
    hits = [hit for hit in hits if hit.kind not in ("offer", "company") or not _in_brackets(text, stretch, hit)]
    kinds = {hit.kind for hit in hits}
    if part is Part.NONE:
        return _NOTHING
    if "negated" in kinds:
        return _negated(text, stretch, hits, part)
    opening = hits[0].kind if hits and hits[0].first - stretch.first < _NEAR_START else ""
    begins_asking = opening in _ASKING_CUES
    if kinds & {"law", "apply"} and not (part in ASKING and begins_asking) and not _demands(kinds, hits, stretch):
        return _NOTHING
    necessity = _necessity(text, stretch, hits, part)
    if part in ASKING:
        return Judgement(necessity) if _fits(text, stretch, kinds, opening) else _NOTHING
    if part is not Part.OPEN:
        plainly = _plainly_demanded(kinds, part, begins_asking) or _brought(stretch, hits, kinds, part)
        return Judgement(necessity) if plainly else _NOTHING
    score = _score(text, stretch, hits, kinds, opening, after_asked)
    if score >= _ASKS:
        return Judgement(necessity)
    return _NOTHING if kinds & AGAINST or stretch.end - stretch.first > _FEW_WORDS else _DOUBTFUL


def says_all_at_once(words: Words, first: int, end: int) -> bool:
    """Whether some words ask, and speak of the sender's offer or search too, as a whole advertisement does."""
    found = [hit.kind for hit in load().find(words.words, first, end)]
    kinds = set(found)
    if kinds & {"offer", "apply", "hiring", "company"}:
        return bool(kinds & {"must", "weak"})
    return found.count("must") + found.count("wish") >= _TOLD_OFF


def is_negated(words: Words, first: int, end: int) -> bool:
    """Whether some words say that something is not asked for."""
    return any(hit.kind == "negated" for hit in load().find(words.words, first, end))


def _demands(kinds: set[str], hits: Sequence[Hit], stretch: Stretch) -> bool:
    """Whether a line that speaks of law or applying asks all the same: 'Must be authorized to work, no visa'."""
    return "must" in kinds and hits[0].kind in ("must", "you") and hits[0].first == stretch.first


def _fits(text: str, stretch: Stretch, kinds: set[str], opening: str) -> bool:
    """Whether a stretch under a heading that asks is not of something else."""
    if opening in _ASKING_CUES or kinds & {"must", "you"}:
        return True
    last = text[stretch.words.ends[stretch.end - 1] :][:1]
    if not kinds & _ASKING_CUES and (last in ("!", "！") or _is_address(text, stretch)):
        return False
    if "offer" in kinds and "weak" not in kinds:
        return False
    sentence = stretch.end - stretch.first > _FEW_WORDS or not stretch.item
    if sentence and opening in AGAINST and opening != "hiring":
        return False
    if sentence and not stretch.item and not kinds & {"weak", "nice", "wish"} and _OURS & set(_own(stretch)):
        return False
    return not (sentence and kinds & {"company", "duty", "hiring"} and "weak" not in kinds)


def _is_address(text: str, stretch: Stretch) -> bool:
    whole = text[stretch.words.starts[stretch.first] : stretch.words.ends[stretch.end - 1]]
    tag = stretch.words.starts[stretch.first] > 0 and text[stretch.words.starts[stretch.first] - 1] == "#"
    return " " not in whole and ("@" in whole or tag or whole.startswith(("http", "www.")))


def _own(stretch: Stretch) -> Sequence[str]:
    return stretch.words.words[stretch.first : stretch.end]


def _plainly_demanded(kinds: set[str], part: Part, begins_asking: bool) -> bool:
    if kinds & {"offer", "company", "hiring", "law", "apply"} or "must" not in kinds:
        return False
    return "weak" in kinds or (begins_asking and part is not Part.DUTIES)


def _brought(stretch: Stretch, hits: Sequence[Hit], kinds: set[str], part: Part) -> bool:
    """Whether an item among duties begins with what people bring: lists often go over into it without a heading."""
    if part not in _BESIDE or not stretch.item or not hits or kinds & AGAINST:
        return False
    return hits[0].kind == "weak" and hits[0].first - stretch.first < _AT_START


def _score(text: str, stretch: Stretch, hits: Sequence[Hit], kinds: set[str], opening: str, after_asked: bool) -> int:
    score = 0
    if "must" in kinds:
        score += 2
    if "you" in kinds:
        score += 2
    weak = sum(hit.kind == "weak" for hit in hits)
    score += min(weak, 2 if stretch.item else 1)
    if opening == "weak" and (stretch.item or weak > 1 or stretch.end - stretch.first <= _FEW_WORDS):
        score += 1
    begins = bool(hits) and hits[0].kind == "nice" and hits[0].first == stretch.first
    # "… is desirable" asks whatever it is said of.
    if "wish" in kinds or ("nice" in kinds and (weak or begins or after_asked or "you" in kinds or "must" in kinds)):
        score += 2
    if "hiring" in kinds:
        # "We are looking for a plumber" asks nothing, "for a plumber with a licence" does.
        score += 1 if weak and not kinds & {"must", "you"} else 0
        score -= 2 if not weak else 0
    if "duty" in kinds:
        score -= 3 if opening == "duty" or not kinds & {"must", "you"} else 1
    if "offer" in kinds:
        score -= 3
    if "company" in kinds:
        company = next(hit for hit in hits if hit.kind == "company")
        apart = any(hit.kind == "must" and _apart(text, stretch, company, hit) for hit in hits)
        score -= 0 if apart or kinds >= {"must", "weak"} or _describes_sought(stretch, hits, company) else 2
    if kinds & {"apply", "law"}:
        score -= 2
    return score


def _describes_sought(stretch: Stretch, hits: Sequence[Hit], company: Hit) -> bool:
    """Whether the sender seeks somebody with something: 'Notre hôtel cherche une gouvernante avec deux ans …'."""
    sought = next((hit for hit in hits if hit.kind == "hiring" and hit.first >= company.end), None)
    brought = next((hit for hit in hits if hit.kind == "weak" and sought and hit.first >= sought.end), None)
    if sought is None or brought is None:
        return False
    return not _DESCRIBING.isdisjoint(stretch.words.words[sought.end : brought.first])


def _negated(text: str, stretch: Stretch, hits: Sequence[Hit], part: Part) -> Judgement:
    no = next(hit for hit in hits if hit.kind == "negated")
    if _in_brackets(text, stretch, no) and no.first > stretch.first:
        return Judgement("nice")
    others = [hit for hit in hits if hit.kind in ("must", "nice", "wish", "you") and _apart(text, stretch, no, hit)]
    if any(hit.kind in _NICE for hit in hits):
        return Judgement("nice")
    if others and (part in ASKING or any(hit.kind == "must" for hit in others)):
        return Judgement("nice" if part is Part.NICE else "must")
    return _NOTHING


def _in_brackets(text: str, stretch: Stretch, hit: Hit) -> bool:
    start = stretch.words.starts[hit.first]
    before = text[stretch.words.starts[stretch.first] : start]
    return max(before.rfind("("), before.rfind("（"), before.rfind("[")) > max(
        before.rfind(")"), before.rfind("）"), before.rfind("]")
    )


def _necessity(text: str, stretch: Stretch, hits: Sequence[Hit], part: Part) -> Necessity:
    if part is Part.NICE:
        return "nice"
    # "AWS (preferred) or Azure" asks for one of both.
    nice = [
        hit for hit in hits if hit.kind in _NICE and (hit.end == stretch.end or not _in_brackets(text, stretch, hit))
    ]
    if not nice:
        return "must"
    firm = [hit for hit in hits if hit.kind == "must" or (hit.kind in ("weak", "you") and hit.end <= nice[0].first)]
    for hit in firm:
        if all(_apart(text, stretch, hit, wish) and _own_subject(text, stretch, hits, hit, wish) for wish in nice):
            return "must"
    return "nice"


def _own_subject(text: str, stretch: Stretch, hits: Sequence[Hit], firm: Hit, wish: Hit) -> bool:
    """Whether a wish behind what is asked is of something of its own: 'Bachelor's, a master's degree preferred'."""
    if wish.first < firm.first or firm.kind == "must":
        return True
    words = stretch.words
    start = wish.first
    while start > firm.end and not _BOUNDARIES & set(text[words.ends[start - 1] : words.starts[start]]):
        start -= 1
    clause = words.words[start : wish.first]
    if not clause or clause[0] in _OR or clause[0] in _EXAMPLES or _CONTRASTS & set(words.words[firm.end : wish.first]):
        return False
    return any(hit.kind == "weak" and start <= hit.first < wish.first for hit in hits)


def _apart(text: str, stretch: Stretch, one: Hit, other: Hit) -> bool:
    """Whether a clause ends between two cues."""
    first, second = (one, other) if one.first < other.first else (other, one)
    if second.first < first.end:
        return False
    between = text[stretch.words.ends[first.end - 1] : stretch.words.starts[second.first]]
    if any(char in _BOUNDARIES for char in between):
        return True
    return bool(_CONTRASTS & set(stretch.words.words[first.end : second.first]))
