"""Skills, licences, languages and degrees named in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from libs.contracts.structure import (
    MAX_DISCLAIMED,
    MAX_MENTIONS,
    DisclaimedSpan,
    IdentitySpan,
    Mention,
    Section,
)
from services.ingest.structure.mentions.candidates import Found, Sections, find_names
from services.ingest.structure.mentions.languages import level_words, spoken_languages
from services.ingest.structure.mentions.states.cues import cues
from services.ingest.structure.mentions.states.scopes import states_of
from services.ingest.structure.mentions.states.stretches import Stretch
from services.ingest.structure.mentions.tokens import Tokens, tokenize
from services.ingest.structure.mentions.vocabulary import vocabulary
from services.ingest.structure.stored_text import StoredText


def load() -> None:
    """Reads the vocabulary and the cues, so that no document waits for them: 0.3 s, and 30 MB of memory."""
    _known_words()


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names, and the stretches of it that say what somebody has not."""

    mentions: list[Mention]
    disclaimed: list[DisclaimedSpan]


def find_named(stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan]) -> Named:
    """Mentions in the text's order, none overlapping another nor an identity span, at most MAX_MENTIONS; disclaimed
    spans in the text's order, none overlapping another, at most MAX_DISCLAIMED. A mention in such a span has its state,
    or one that weighs more.

    Pure; blocks for a time linear in the text's length.
    """
    tokens = tokenize(stored.text, _known_words())
    places = Sections(sections)
    found = find_names(tokens, vocabulary(), places, identity)
    languages = [each for each in found if each.name.type == "language"]
    levels = {each.first: level for each, level in spoken_languages(tokens, languages, places)}
    kept = [each for each in found if each.name.type != "language" or each.first in levels][:MAX_MENTIONS]
    states, stretches = states_of(tokens, kept, places, stored.as_of, stored.kind)
    mentions: list[Mention] = []
    for each, state in zip(kept, states, strict=True):
        name = each.name
        assert name.type is not None
        level = levels[each.first] if name.type == "language" else _degree_level(each)
        mentions.append(Mention(each.start, each.end, type=name.type, name=name.canonical, level=level, state=state))
    return Named(mentions, [_disclaimed(tokens, each) for each in stretches[:MAX_DISCLAIMED]])


def _disclaimed(tokens: Tokens, stretch: Stretch) -> DisclaimedSpan:
    """The stretch, with the mark behind it where it is a whole sentence: nothing of that is to be left."""
    start, end = tokens.starts[stretch.first], tokens.ends[stretch.last - 1]
    before = tokens.text[max(0, start - 2) : start].rstrip(" ")[-1:] or "\n"
    if before in "\n.!?。！？•-–*" and tokens.text[end : end + 1] in tuple(".!?。！？"):
        end += 1
    return DisclaimedSpan(start, end, stretch.state)


def _degree_level(found: Found) -> str | None:
    return found.name.category if found.name.type == "degree" else None


@cache
def _known_words() -> frozenset[str]:
    """Every word of a name, a cue or a level."""
    return frozenset(vocabulary().words() | cues().words() | level_words().words())
