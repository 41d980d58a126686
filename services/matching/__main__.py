"""`python -m services.matching` serves."""

from __future__ import annotations

import sys

from libs.running.serving import serve
from services.matching.app import SERVICE, create_app
from services.matching.settings import MatchingSettings

if __name__ == "__main__":
    sys.exit(serve(SERVICE, MatchingSettings, create_app))
