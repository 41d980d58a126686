"""Which languages a model was made for."""

from __future__ import annotations

# By a part of the model's name. Of other models nobody here knows, and they are taken to know all.
_ONLY = {"all-minilm": frozenset({"en"}), "all-mpnet": frozenset({"en"}), "bge-small-en": frozenset({"en"})}


def is_covered(model: str, language: str | None) -> bool:
    """Whether the vectors of a text in a language (ISO 639-1) say what it means; an unknown language is taken to be one
    that the model knows."""
    only = next((known for name, known in _ONLY.items() if name in model.lower().replace("_", "-")), None)
    return only is None or language is None or language in only
