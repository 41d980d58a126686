"""`make bench-peers`: our engine against fastembed, infinity and plain ONNX Runtime, in turn, on the same texts.

Each peer is installed in a throw-away environment of its own, so this needs a package index. Into
build/bench-peers.json. A peer that cannot be installed or started is named.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.bench import report
from tests.bench.answering_process import AnsweringProcess
from tests.bench.peers.folder import fill
from tests.bench.protocol import Discarded, Row, paired
from tests.bench.texts import bench_engine

HERE = Path(__file__).parent
GOALS = {"equal": 1.0, "mixed": 1.2}
# Below it a peer does not compute the same, and its speed says nothing.
LEAST_COSINE = 0.999


@dataclass(frozen=True, slots=True)
class Peer:
    """How a peer is installed (pip's arguments, a step each) and which script runs it."""

    name: str
    package: str
    script: str
    steps: tuple[tuple[str, ...], ...]


# torch in a step of its own, pinned as for ourselves: without it gigabytes of CUDA packages would come.
PEERS = (
    Peer("fastembed", "fastembed", "fastembed_peer.py", (("fastembed",),)),
    Peer("infinity", "infinity-emb", "infinity_peer.py", (("torch==2.13.0",), ("infinity-emb[torch]",))),
    Peer("plain ONNX Runtime", "onnxruntime", "plain_onnx_runtime.py", (("onnxruntime", "tokenizers"),)),
)


def main() -> None:
    started = time.perf_counter()
    discarded = Discarded()
    rows: list[Row] = []
    with TemporaryDirectory(prefix="shortlist-peers-") as named:
        folder = Path(named)
        fill(folder, bench_engine())
        with _running(sys.executable, "-m", "tests.bench.peers.ours", folder) as ours:
            for peer in PEERS:
                try:
                    python = _installed(peer, folder)
                    with _running(python, HERE / peer.script, folder) as theirs:
                        found = _rows(f"{peer.name} {_version(python, peer.package)}", theirs, ours, folder, discarded)
                        report.show(found)
                        rows += found
                except (subprocess.CalledProcessError, ChildProcessError, OSError) as error:
                    print(f"{peer.name} could not be measured: {error}")
    report.write(rows, discarded, time.perf_counter() - started, report.PEERS)


def _running(*command: str | Path) -> AnsweringProcess:
    # No peer may ask a hub for anything.
    return AnsweringProcess(command, {"OMP_NUM_THREADS": "2", "HF_HUB_OFFLINE": "1"})


def _rows(peer: str, theirs: AnsweringProcess, ours: AnsweringProcess, folder: Path, discarded: Discarded) -> list[Row]:
    def compared(kind: str) -> Row:
        name = f"our engine / {peer}, {kind} lengths"
        return paired(name, lambda: theirs.seconds(kind), lambda: ours.seconds(kind), GOALS[kind], discarded)

    rows = []
    for kind in GOALS:
        ours.seconds(kind)
        wanted = np.load(folder / "vectors.npy")
        theirs.seconds(kind)
        worst = float((wanted * np.load(folder / "vectors.npy")).sum(axis=1).min())
        if worst < LEAST_COSINE:
            print(f"{peer} computes other vectors (cosine {worst:.4f}): {kind} lengths not compared")
        else:
            rows.append(compared(kind))
    return rows


def _installed(peer: Peer, folder: Path) -> Path:
    """The interpreter of a new environment with the peer in it. Raises CalledProcessError."""
    place = folder / peer.script.removesuffix(".py")
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    python = place / "bin" / "python"
    for step in peer.steps:
        subprocess.run([python, "-I", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *step], check=True)
    return python


def _version(python: Path, package: str) -> str:
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
