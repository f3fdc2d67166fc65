#!/usr/bin/env bash
# Builds both functions, their peers and the harness, and measures them side by side: bench/run.sh [ROUNDS], 5 rounds by default.
# Needs what ./test.sh needs, and root for the control groups; takes about 20 minutes. Every other tool is installed, pinned, into target.
# BUILD in the environment: where `sam build` has put the functions; without it they are built.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/bench-lambda
mkdir -p "$tools"

if [[ -z ${BUILD:-} ]]; then
  tests/sam/tools.sh
  PATH=$PWD/target/sam-tools/sam/bin:$PATH SAM_CLI_TELEMETRY=0 sam build
  BUILD=.aws-sam/build
fi

CARGO_TARGET_DIR=$tools/rust cargo build --quiet --release --locked --manifest-path bench/lambda/rust/Cargo.toml
if ! cmp -s bench/lambda/python/requirements.txt "$tools/python/installed-from"; then
  rm -rf "$tools/python"
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet --no-deps --disable-pip-version-check -r bench/lambda/python/requirements.txt
  cp bench/lambda/python/requirements.txt "$tools/python/installed-from"
fi
rm -rf "$tools/typescript/src"
cp -r bench/lambda/typescript "$tools"
npm ci --prefix "$tools/typescript" --silent --no-audit --no-fund --ignore-scripts
OUT=$tools/typescript npm run --prefix "$tools/typescript" --silent build

exec python3 bench/lambda/measure.py --build "$BUILD" --tools "$tools" --rounds "${1:-5}"
