#!/usr/bin/env bash
# Makes .venv and installs everything into it. Called by make: bash deploy/set_up.sh PYTHON
set -euo pipefail
python=${1:-}
TORCH=torch==2.13.0

say() { printf '%s\n' "$*"; }

if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; then
    say "Shortlist needs Python 3.11, 3.12 or 3.13; found: ${python:-none}. Install one (Debian: apt install python3 python3-venv) or say make PYTHON=/path/to/python3.11." >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    say "$python has no venv module. On Debian: apt install python3-venv" >&2
    exit 1
fi

say "Setting up .venv with $("$python" --version); downloads about 600 MB the first time."
[ -x .venv/bin/python ] || "$python" -m venv .venv
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet)

# torch in a step of its own: PyPI's Linux wheel brings several GB of CUDA packages that a CPU has no use for.
if ! .venv/bin/python -c "import importlib.metadata as m, sys; sys.exit(not m.version('torch').startswith('${TORCH#*==}'))" 2>/dev/null; then
    "${pip[@]}" install --no-index --no-deps "$TORCH" 2>/dev/null ||
        "${pip[@]}" install --no-deps --index-url "$TORCH_INDEX" "$TORCH" 2>/dev/null || {
        say "No CPU build of $TORCH was found in pip's find-links or at TORCH_INDEX ($TORCH_INDEX): taking the default build; about 6 GB of CUDA packages follow."
        "${pip[@]}" install "$TORCH"
    }
fi
"${pip[@]}" install --constraint constraints.txt --editable '.[all]'
say "Set up."
