#!/bin/sh
# Measures idlist beside Node, jq and Python on the same file in the same run: bench/idlist.sh [ITEMS] [ROUNDS]
# Ratios count, not seconds. What is not installed is left out.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release -p idlist
exec python3 bench/idlist.py "${CARGO_TARGET_DIR:-target}/release/idlist" "$@"
