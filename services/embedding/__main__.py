"""`python -m services.embedding` serves; with arguments it prepares a model for machines without a net.

`fetch NAME DIR` copies a model into a folder; `onnx NAME DIR` makes its ONNX file, all that the ONNX engine needs.
"""

from __future__ import annotations

import sys
from pathlib import Path


def fetch(name: str, folder: str) -> int:
    """Puts a model's files into a folder; downloads them where they are not on this machine."""
    from services.embedding.location import model_location
    from services.embedding.settings import DownloadSettings

    seconds = DownloadSettings().model_download_seconds
    try:
        target = model_location.fetch(name, Path(folder), download_seconds=seconds)
    except model_location.ModelNotFound as fault:
        print(f"embedding: {fault}", file=sys.stderr)
        return 1
    print(f"{name} is in {target}: start embedding with EMBEDDING_MODEL_NAME={target.absolute()}")
    return 0


def make_onnx(name: str, folder: str) -> int:
    """Makes a model's ONNX file in a new folder, and checks it against the model. Needs PyTorch."""
    from services.embedding.engines.onnx import OnnxFailed, make_onnx_file
    from services.embedding.location import model_location
    from services.embedding.settings import DownloadSettings

    target = Path(folder).absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        print(f"embedding: {target} is there already: name a folder that is new or empty", file=sys.stderr)
        return 2
    try:
        source = model_location.locate(name, download_seconds=DownloadSettings().model_download_seconds)
        make_onnx_file(source, name, target)
    except (model_location.ModelNotFound, OnnxFailed) as fault:
        print(f"embedding: {fault}", file=sys.stderr)
        return 1
    print(f"{name} is in {target}: start embedding with EMBEDDING_ONNX_DIR={target} EMBEDDING_MODEL_NAME={name}")
    return 0


PREPARATIONS = {"fetch": fetch, "onnx": make_onnx}


def main(arguments: list[str]) -> int:
    """Runs what the arguments say; returns the exit code."""
    if arguments:
        if arguments[0] not in PREPARATIONS or len(arguments) != 3:
            print("usage: python -m services.embedding [fetch NAME DIR | onnx NAME DIR]", file=sys.stderr)
            return 2
        return PREPARATIONS[arguments[0]](arguments[1], arguments[2])
    from libs.running.serving import serve
    from services.embedding.app import SERVICE, create_app
    from services.embedding.settings import EmbeddingSettings

    return serve(SERVICE, EmbeddingSettings, create_app)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
