"""`python -m services.matching` serves."""

from __future__ import annotations

import os
import sys

# Read where numpy is loaded. Its products are small here, and several threads score at once: more threads for each
# product would only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from libs.running.serving import serve
from services.matching.app import SERVICE, create_app
from services.matching.settings import MatchingSettings

if __name__ == "__main__":
    sys.exit(serve(SERVICE, MatchingSettings, create_app))
