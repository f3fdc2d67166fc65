#!/usr/bin/env bash
# The gallery's page of a long list, against `local`: bench/gallery.sh [ITEMS]. 10,000 items if not said.
# Chromium and its driver, if they are there, tell the first paint; tests/gallery.sh installs them.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release -p local -p gallery
release=${CARGO_TARGET_DIR:-target}/release
exec python3 bench/gallery.py "$release/local" "$release/gallery" "$@"
