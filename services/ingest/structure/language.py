"""Which language a text is in."""

from __future__ import annotations

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Below this much text the answer is a guess: bytes in UTF-8 count, as a Chinese character says more
# than a Latin letter.
MIN_BYTES = 80
MIN_CONFIDENCE = 0.8
# The beginning alone would be names and addresses.
SAMPLE_CHARS = 4000


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def load() -> None:
    """Loads the model, about 0.1 s, so that no document waits for it."""
    _identifier()


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, or None where there is too little text to tell. Blocks."""
    letters = "".join(char if char.isalpha() else " " for char in text[:SAMPLE_CHARS])
    sample = " ".join(letters.split())
    if len(sample.encode()) < MIN_BYTES:
        return None
    language, confidence = _identifier().classify(sample)
    return language if confidence >= MIN_CONFIDENCE else None
