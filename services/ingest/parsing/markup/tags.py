"""The elements of HTML, by what they do to a text's lines."""

from __future__ import annotations

from typing import Final

PARAGRAPHS: Final = frozenset({"p", "blockquote", "pre"})
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LINES: Final = (
    PARAGRAPHS
    | HEADINGS
    | frozenset(
        "address article aside body caption center dd details dir div dl dt fieldset figcaption figure footer form "
        "header hgroup html legend li main menu nav ol section summary table tbody tfoot thead tr ul".split()
    )
)
CELLS: Final = frozenset({"td", "th"})
VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
BOLD: Final = frozenset({"b", "strong"})
# What is left out together with all that stands in it.
UNREAD: Final = frozenset(
    "applet audio canvas datalist embed head iframe math noframes noscript object script select style svg template "
    "title video".split()
)
INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i ins kbd label mark output q s samp small "
    "span strike strong sub sup textarea time tt u var".split()
)
KNOWN: Final = LINES | CELLS | VOID | UNREAD | INLINE
# Their end tags may be left out.
OFTEN_UNCLOSED: Final = frozenset({"p", "li"})
