"""Addresses that go on over several lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.ingest.structure.identity.addresses.address_labels import is_label_alone
from services.ingest.structure.identity.addresses.address_parts import (
    comma_parts,
    is_no_town,
    is_numbered,
    is_unknown_place,
    kind_of,
    may_belong,
    names_a_street,
)
from services.ingest.structure.identity.zones import Zones, heading_kind

_MOST_LINES_OF_AN_ADDRESS = 4
_LONGEST_ADDRESS_LINE = 60


def in_lines_beside(
    text: str, zones: Zones, by_line: Mapping[int, object], found: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The other lines of an address: "Rosebank", "12 Church Lane", "Bristol", "BS1 4ST"."""
    lines = zones.lines
    whole = {
        zones.line_at(start)
        for start, end in found
        if any(kind_of(text[a:b]) in ("street", "code") for a, b in comma_parts(text, start, end))
    }
    seeds = {index for index in whole if zones.zone[index] in ("head", "contact")}
    labelled = {
        index
        for index, line in enumerate(lines)
        if zones.zone[index] in ("head", "contact")
        and len(line.text) < _LONGEST_ADDRESS_LINE
        and is_label_alone(line.text)
    }
    done = {zones.line_at(start) for start, _ in found}
    more: list[tuple[int, int]] = []
    for step, origins in ((1, sorted(seeds | labelled)), (-1, sorted(seeds, reverse=True))):
        for origin in origins:
            incomplete = step > 0 and (origin in labelled or not _names_a_town(lines[origin].text))
            for index in range(origin + step, origin + step * (_MOST_LINES_OF_AN_ADDRESS + 1), step):
                if index in done and index not in by_line:
                    continue
                if not 0 <= index < len(lines) or index in by_line or not _is_address_line(zones, index, incomplete):
                    break
                done.add(index)
                incomplete = False
                more.append((lines[index].start, lines[index].end))
    return more


def _names_a_town(line: str) -> bool:
    return any(kind_of(line[a:b]) in ("town", "code") for a, b in comma_parts(line, 0, len(line)))


def _is_address_line(zones: Zones, index: int, incomplete: bool) -> bool:
    """Whether a line is a part of an address; one of unknown words only below a street without a town."""
    line = zones.lines[index]
    if zones.zone[index] not in ("head", "contact") or index <= zones.head_from or line.after_blank:
        return False
    if len(line.text) > _LONGEST_ADDRESS_LINE or heading_kind(line.text) is not None or is_label_alone(line.text):
        return False
    kinds = [kind_of(line.text[a:b]) for a, b in comma_parts(line.text, 0, len(line.text))]
    written = [line.text[a:b] for a, b in comma_parts(line.text, 0, len(line.text))]
    if (
        sum(map(is_numbered, written)) == 1
        and all(is_numbered(part) or (may_belong(part) and kind_of(part) != "other") for part in written)
        and not is_no_town(line.text)
    ):
        return True
    known = {"town", "code", "street"} & set(kinds) or names_a_street(line.text)
    known = known or (incomplete and is_unknown_place(line.text))
    return bool(known) and all(kind != "other" for kind in kinds) and not is_no_town(line.text)
