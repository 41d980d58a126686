"""Records as matching reads them, decoded."""

from __future__ import annotations

from libs.contracts.events import VectorsEvent
from services.matching.writing.arrivals import VectorsArrival, decode
from tests.fakes.documents import vectors_arrived


def vectors_arrival(event: VectorsEvent) -> VectorsArrival:
    """An event as it is handed to the writer."""
    arrival = decode(vectors_arrived(event))
    assert isinstance(arrival, VectorsArrival)
    return arrival
