#!/usr/bin/env bash
# Makes the Python environment of the benchmarks' peers in .venv (about 6 GB, several minutes).
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --no-compile -r test/bench/requirements.txt
