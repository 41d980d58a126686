"""`python -m services.embedding` serves; `python -m services.embedding fetch NAME DIR` copies a model into a folder."""

from __future__ import annotations

import sys
from pathlib import Path


def fetch(name: str, folder: str) -> int:
    """Puts a model's files into a folder; downloads them where they are not on this machine."""
    from services.embedding import model_location
    from services.embedding.settings import DownloadSettings

    seconds = DownloadSettings().model_download_seconds
    try:
        place = model_location.fetch(name, Path(folder), download_seconds=seconds)
    except model_location.ModelNotFound as fault:
        print(f"embedding: {fault}", file=sys.stderr)
        return 1
    print(f"{name} is in {place}: start embedding with EMBEDDING_MODEL_NAME={place.absolute()}")
    return 0


def main(arguments: list[str]) -> int:
    """Runs what the arguments say; returns the exit code."""
    if arguments[:1] == ["fetch"]:
        if len(arguments) != 3:
            print("usage: python -m services.embedding fetch NAME DIR", file=sys.stderr)
            return 2
        return fetch(arguments[1], arguments[2])
    from libs.telemetry.serving import serve
    from services.embedding.app import create_app
    from services.embedding.settings import EmbeddingSettings

    return serve("embedding", EmbeddingSettings, create_app)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
