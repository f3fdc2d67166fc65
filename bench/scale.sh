#!/usr/bin/env bash
# A list of so many items through `local`, with real function processes: bench/scale.sh [--picture tiny|preview|model] [--ministack] [ITEMS...]
# 1,000, 10,000 and 100,000 items if not said. --ministack runs the same list, the same functions and the same stand-in on MiniStack as well.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release -p local
[[ " $* " != *" --ministack "* ]] || tests/sam/tools.sh
exec python3 bench/scale.py "${CARGO_TARGET_DIR:-target}/release/local" "$@"
