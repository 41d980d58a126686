"""What stands in front of a name: a label, what a document is called, titles."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from services.ingest.structure.identity.cues import cue_lists, folded_list, folded_phrase
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.shape import name_shape
from services.ingest.structure.identity.protected.protected_cues import PROTECTED_CUES
from services.ingest.structure.identity.words import fold

NAME_CUES = Path(__file__).with_name("name_cues_v1.tsv")
LABEL = re.compile(r"^\s*([^:：\t\u3000]{1,40}?)\s*(?:[:：]|\t|\s{3,}|\u3000)\s*")
_DOCUMENT_WORDS = frozenset(
    "curriculum vitae vitæ cv resume lebenslauf bewerbung of for von de di van del der da the dr hoja vida zyciorys "
    "profile biodata bio data professional personal application candidature about meet hello hi im i'm "
    "i’m am my name is".split()
)


@cache
def _name_labels() -> frozenset[str]:
    return folded_list(NAME_CUES, "label")


@cache
def titles() -> frozenset[str]:
    """Titles that tell a sex, and academic ones: they stand in front of a name."""
    return frozenset(fold(title) for title in cue_lists(PROTECTED_CUES)["title"]) | lexicon().academic


def without_front(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """A stretch without a label, a document's name and titles in front of it; whether there was a label of a name."""
    labelled = False
    label = LABEL.match(text[start:end])
    if label is not None and folded_phrase(label[1]) in _name_labels():
        start += label.end()
        labelled = True
    skipped_document = False
    for _ in range(6):
        word = re.match(r"[^\w]*([^\W\d_][\w.'’]*)[\s,!.:：–-]+(?=\S)", text[start:end])
        if word is None:
            break
        folded = folded_phrase(word[1])
        if folded == "i m":
            skipped_document = True
            start += word.end()
            continue
        if folded in _DOCUMENT_WORDS and (
            skipped_document
            or folded
            in (
                "cv",
                "resume",
                "curriculum",
                "lebenslauf",
                "hoja",
                "zyciorys",
                "application",
                "about",
                "meet",
                "hello",
                "hi",
                "bewerbung",
                "candidature",
                "biodata",
            )
        ):
            skipped_document = True
        elif (
            folded not in titles()
            or (len(folded) == 1 and not skipped_document)
            or name_shape(text[start + word.end() : end]) is None
        ):
            break
        start += word.end()
    while start < end and not (text[start].isalnum()):
        start += 1
    while end > start and text[end - 1] in " .:：-–—*_":
        if text[end - 1] == "." and re.search(r"(?:\b[^\W\d_]|\b[JjSs]r)\Z", text[start : end - 1]):
            break
        end -= 1
    return start, end, labelled
