"""Whether a name's words are those of an e-mail address or a link to a profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.ingest.structure.identity.words import WORD, fold


def matches_address(words: Sequence[str], address_words: Sequence[frozenset[str]], *, in_full: bool = False) -> bool:
    """Whether a name's words stand in an e-mail address or a link: in full, run together, or as initial and name;
    `in_full`: one word of two is not enough."""
    long = [word for word in words if len(word) > 2] or list(words)
    for address in address_words:
        shared = sum(1 for word in long if word in address or _with_umlauts(word, address))
        if shared >= 2 or (shared == 1 and len(long) == 1):
            return True
        for part in address:
            if _is_run_together(part, words):
                return True
        if shared == 1 and len(address) <= 2 and not in_full:
            return True
    return False


def _with_umlauts(word: str, address: frozenset[str]) -> bool:
    """ "mueller" in an address is "Müller" in the text, folded to "muller"."""
    if not any(vowel in word for vowel in "aou"):
        return False
    return any(
        part[:1] == word[:1] and part.replace("ae", "a").replace("oe", "o").replace("ue", "u") == word
        for part in address
        if len(part) > len(word)
    )


def _is_run_together(part: str, words: Sequence[str]) -> bool:
    if len(part) < 4:
        return False
    for word in words:
        if len(word) < 3:
            continue
        rest = part.removeprefix(word) if part.startswith(word) else part.removesuffix(word)
        if rest != part and (
            not rest
            or any(
                other != word and (other.startswith(rest) or (rest.startswith(other) and len(other) > 1))
                for other in words
            )
        ):
            return True
    return "".join(words) == part


def address_words_of(addresses: Iterable[str]) -> list[frozenset[str]]:
    """The words of each e-mail address's local part or link's last part, folded."""
    found = []
    for address in addresses:
        words = frozenset(fold(word) for word in WORD.findall(address) if not word.isdigit() and len(word) > 1)
        if words:
            found.append(words)
    return found
