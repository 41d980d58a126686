"""Which language a text is in."""

from __future__ import annotations

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Below this much text the answer is a guess: bytes in UTF-8 count, as a Chinese character says more
# than a Latin letter.
MIN_BYTES = 80
MIN_CONFIDENCE = 0.8
# The beginning alone would be names and addresses.
SAMPLE_CHARS = 2000
_NO_LETTERS = re.compile(r"[\W\d_]+")


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def load() -> None:
    """Loads the model, 0.4 s of unpacking mostly, so that no document waits for it."""
    _identifier()


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, or None where there is too little text to tell. Blocks."""
    sample = _NO_LETTERS.sub(" ", text[:SAMPLE_CHARS]).strip()
    if len(sample.encode()) < MIN_BYTES:
        return None
    language, confidence = _identifier().classify(sample)
    return language if confidence >= MIN_CONFIDENCE else None
