"""How high a title ranks: a small ordered scale."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from services.matching.scoring.roles.title_words import JOINTS, male_forms, singular

IN_TRAINING, JUNIOR, PLAIN, SENIOR, LEADING, MANAGING, DIRECTING = range(7)

_LEVELS = {
    IN_TRAINING: """intern internship trainee apprentice student extern praktikant praktikum azubi auszubildende
        ausbildung auszubildender lehrling werkstudent stagiaire apprenti alternant becario aprendiz""",
    JUNIOR: "junior jr helper graduate beginner berufseinsteiger debutant",
    SENIOR: "senior sr experienced ii iii expert advanced erfahrener",
    LEADING: """lead leader leading leiter teamleiter supervisor foreman forewoman principal iv superintendent
        matron schichtleiter polier encargado""",
    MANAGING: "manager gerente jefe headmaster geschaftsfuhrer responsable",
    DIRECTING: """director directeur direktor vp svp evp avp president ceo cfo cto coo cio cmo chro ciso founder
        cofounder dean chairman""",
}
_LEVEL = {singular(word): level for level, words in _LEVELS.items() for word in words.split()}
# What some words say depends on what stands beside them; see `_level`.
_BY_PLACE = frozenset("head chief executive charge i assistant deputy vice associate acting sub adjoint".split())
# One step below who leads, and junior to all others: "assistant manager", "deputy head", "assistant cook".
_BELOW = frozenset("assistant deputy vice associate acting sub adjoint".split())
# Managers of what is no staff: "account manager" ranks as others do.
_NO_STAFF = frozenset(
    map(
        singular,
        """account project program programme product case relationship community content media campaign brand risk
        contracts data wealth fund portfolio asset success release change task delivery customer key social records
        grants documents events category claims compliance territory configuration partner channel vendor investment
        property leasing""".split(),
    )
)
# Whoever helps somebody is not what that person is.
HELPING = frozenset({"assistant", "aide", "secretary", "pa", "assistent", "sekretar", "asistente", "secretaria"})
# Whoever advises students is none.
_WITH_STUDENTS = frozenset(
    """advisor adviser counselor counsellor recruiter coordinator officer manager director specialist mentor
    administrator""".split()
)
_STUDENTS = frozenset({"student", "graduate", "intern", "apprentice"})
# German compounds: a Vertriebsleiter manages, a Projektleiter has no staff for that.
_LEITER = "leiter"
_PROJECTS = "projekt"
# "Lead generation" leads nobody.
_NO_LEAD = frozenset({"generation", "generator", "gen"})
_OFFICERS = frozenset({"officer", "executive"})
_LED_BY_EXECUTIVES = frozenset({"chef", "director", "producer", "housekeeper", "editor", "pastry"})
# Words of rank that also say what somebody is.
_OF_PEOPLE = frozenset(
    "manager gerente jefe responsable director directeur direktor supervisor leader leiter student head charge".split()
)
# Words that say how high a title ranks, and nothing else.
RANK_ALONE = (_BY_PLACE | _LEVEL.keys()) - _OF_PEOPLE


def rank_of(words: Sequence[str], *, head: int | None, helps_somebody: bool = False) -> int:
    """IN_TRAINING to DIRECTING, of the words of a title's part that names the head, in the singular; `head` is the
    place of the head word in it. `helps_somebody`: "assistant to the director"."""
    if helps_somebody:
        return JUNIOR
    if not says_rank(words):
        return PLAIN
    levels = [_level(words, place, head) for place in range(len(words))]
    highest, lowest = max(levels), min(levels)
    if head is not None and words[head] in HELPING:
        # A director's assistant directs nobody.
        highest = max(level for level in levels if level <= SENIOR)
    below = head is not None and any(_is_below(words, place) for place in range(head))
    if lowest == IN_TRAINING:
        return IN_TRAINING
    below = below or lowest == JUNIOR
    if highest >= LEADING:
        return highest - 1 if below else highest
    return JUNIOR if below else highest


def _is_below(words: Sequence[str], place: int) -> bool:
    """Whether it lowers what follows, as in "associate director", and is not what somebody is, as in "sales associate/
    cashier". A vice president is no lower president."""
    if words[place] not in _BELOW or words[place + 1] in JOINTS or words[place + 1] == "president":
        return False
    return place == 0 or words[place - 1] in JOINTS or says_rank(words[place - 1 : place])


def says_rank(words: Sequence[str]) -> bool:
    """Whether one of the words is about rank."""
    return any(word in _BY_PLACE or _usual_level(word) != PLAIN for word in words)


def _level(words: Sequence[str], place: int, head: int | None) -> int:
    word = words[place]
    following = words[place + 1] if place + 1 < len(words) else ""
    before = words[place - 1] if place else ""
    if word == "chief":
        return DIRECTING if _OFFICERS & set(words[place:]) else LEADING
    if word == "head":
        return MANAGING if place == head or head is None or following == "of" else LEADING
    if word == "executive":
        return LEADING if following in _LED_BY_EXECUTIVES else DIRECTING if before == "chief" else PLAIN
    if word == "i":
        return JUNIOR if place + 1 == len(words) else PLAIN
    if (word == "manager" and before in _NO_STAFF) or (word == "lead" and following in _NO_LEAD):
        return PLAIN
    if word in _STUDENTS and place != head and not _is_one_of_them(words, place, head):
        return PLAIN
    if word == "charge":
        return LEADING if following in ("nurse", "rn") else PLAIN
    return _usual_level(word)


def _is_one_of_them(words: Sequence[str], place: int, head: int | None) -> bool:
    return head is None or place > head or words[head] not in _WITH_STUDENTS


@lru_cache(maxsize=65_536)
def _usual_level(word: str) -> int:
    """What a word says wherever it stands, for women as for men."""
    forms = (word, *male_forms(word))
    level = next((_LEVEL[form] for form in forms if form in _LEVEL), None)
    if level is not None:
        return level
    leads = any(form.endswith(_LEITER) for form in forms) and not word.startswith(_PROJECTS)
    return MANAGING if leads else PLAIN
