"""`python -m services.ingest` serves; `python -m services.ingest parse FILE` prints what would be stored."""

from __future__ import annotations

import sys


def main() -> int:
    """Serves until a signal; returns the exit code."""
    from libs.running.serving import serve
    from services.ingest.app import SERVICE, create_app
    from services.ingest.settings import IngestSettings

    return serve(SERVICE, IngestSettings, create_app)


if __name__ == "__main__":
    if sys.argv[1:2] == ["parse"]:
        from services.ingest.parse_command import run

        sys.exit(run(sys.argv[2:]))
    sys.exit(main())
