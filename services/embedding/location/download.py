"""Downloading a model in a process of its own, which can be ended: the hub's client leaves threads behind.

`python -m services.embedding.location.download REPOSITORY` writes the folder to standard output, or, with exit code 1,
why there is none.
"""

from __future__ import annotations

import os
import subprocess
import sys

# What a model folder needs; other formats of the same weights are left out.
WANTED = ["*.json", "*.txt", "*.safetensors", "*.model", "1_Pooling/*", "2_*/*", "3_*/*"]


class DownloadFault(Exception):
    """The download did not end well; the message says why."""


def download(repository: str, *, seconds: float) -> str:
    """The folder of a repository's files, downloaded. Blocks for `seconds` at most. Raises DownloadFault."""
    env = dict(os.environ)
    if not sys.stderr.isatty():
        env["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "services.embedding.location.download", repository],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise DownloadFault(f"no answer within {seconds:.0f} s") from None
    lines = ended.stdout.strip().splitlines()
    if ended.returncode != 0 or not lines:
        raise DownloadFault(lines[0][:200] if lines else f"the download ended with exit code {ended.returncode}")
    return lines[-1]


def main(repository: str) -> int:
    """Downloads; returns the exit code."""
    from huggingface_hub import snapshot_download

    try:
        print(snapshot_download(repository, allow_patterns=WANTED, etag_timeout=10))
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
