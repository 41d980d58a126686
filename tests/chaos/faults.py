"""Every harm, by name. A new one is a Fault with a function that does it and undoes it."""

from __future__ import annotations

from tests.chaos.fault import Fault
from tests.chaos.model_faults import MODEL_FAULTS
from tests.chaos.network_faults import NETWORK_FAULTS
from tests.chaos.part_faults import PART_FAULTS
from tests.chaos.process_faults import PROCESS_FAULTS

FAULTS: dict[str, Fault] = {
    fault.name: fault for fault in (*PROCESS_FAULTS, *PART_FAULTS, *MODEL_FAULTS, *NETWORK_FAULTS)
}
