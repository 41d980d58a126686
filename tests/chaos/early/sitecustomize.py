"""Lets the supervisor's `python -m services.matching` become the composition root beside this file.

Python imports this by itself where this folder is on PYTHONPATH. The process keeps its id.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

SERVICE = "services.matching"
if sys.orig_argv[1:] == ["-m", SERVICE]:
    # The service's name stays in the command line, by which the harness finds its process; without `-m`, since the
    # new process comes by here again.
    os.execv(sys.executable, [sys.executable, str(Path(__file__).parent / "matching.py"), SERVICE])
