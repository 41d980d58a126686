"""What somebody should look at before they trust a score: signs that a text was written for a machine.

A flag is a reason to look, not a verdict. Its message is for the person concerned, who may say why it is not so.
The thresholds lie well above what about 900 real resumes show; they are not
fitted to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from libs.contracts.inner.matching import MatchFlag
from services.matching.scoring.copied.copied_units import Copied
from services.matching.scoring.copied.repetition import Repetition
from services.matching.scoring.facts.held import HeldName

# Words in copied runs. Public job descriptions share up to 38 with resumes that do not know of them.
_PASTED_WORDS = 50
# The code of the parser's note.
_HIDDEN_NOTE = "hidden_text"

# The least times that a word stands in a text, and the least share of all its terms.
_REPEATED = ((40, 0.12), (150, 0.06))
# Words of up to three letters may be function words of any language: "de" makes up a tenth of a Spanish text.
_SHORT = 3
_SHORT_REPEATED = ((40, 0.2),)
_REPEATED_PHRASES = 60

# Skills that are named outside positions and studies, and all of them. Real resumes name up to 56 and 94.
_LISTED = 80
_NAMED = 150


def pasted_job(copied: Copied) -> MatchFlag | None:
    """Whether more of a resume stands in the job word for word than phrases that everybody uses."""
    if copied.words < _PASTED_WORDS:
        return None
    return MatchFlag(
        "pasted_job",
        f"{copied.words:,} of the resume's {copied.all_words:,} words stand in this job in the same order, in runs of a"
        " dozen words and more. These passages count as no evidence.",
    )


def word_repetition(repetition: Repetition) -> MatchFlag | None:
    """Whether a text says one thing more often than any sentence needs."""
    limits = _SHORT_REPEATED if len(repetition.term) <= _SHORT else _REPEATED
    share = repetition.times / max(repetition.terms, 1)
    if any(repetition.times >= times and share >= least for times, least in limits):
        return MatchFlag(
            "word_repetition",
            f"One word stands in the text {repetition.times:,} times, {share:.0%} of all its words"
            " but those such as “the” and “of”. Saying it more often adds nothing.",
        )
    if repetition.phrases >= _REPEATED_PHRASES:
        return MatchFlag(
            "word_repetition",
            "The same words stand in the text in the same order a dozen times or more. Saying them more often adds"
            " nothing.",
        )
    return None


def skill_list(names: Mapping[str, HeldName]) -> MatchFlag | None:
    """Whether a resume names more skills than anybody has, most of them with no work that used them.

    `names` as Held has them; those that another name includes do not count.
    """
    skills = [held for key, held in names.items() if key.startswith("skill:") and held.by is None]
    listed = sum(not held.applied for held in skills)
    if listed < _LISTED and len(skills) < _NAMED:
        return None
    return MatchFlag(
        "skill_list",
        f"The resume names {len(skills):,} different skills, {listed:,} of them outside any position or studies. What a"
        " list alone names is weaker evidence than work that used it.",
    )


def hidden_text(note_codes: Iterable[str]) -> MatchFlag | None:
    """Whether the parser left out text that cannot be seen. `note_codes`: of the document's notes."""
    if _HIDDEN_NOTE not in note_codes:
        return None
    return MatchFlag(
        "hidden_text",
        "The file holds text that nobody sees who opens it. It was left out and counts for nothing; the document's"
        " notes quote its beginning.",
    )
