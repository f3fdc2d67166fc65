#!/usr/bin/env bash
# Everything that CI runs. `./test.sh quick` is the part for every change: formatting, lints and tests.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
  cat >&2 <<'USAGE'
Usage: ./test.sh [quick]

  (nothing)  formatting, lints, tests, dependencies, documentation, the AWS CLI against local,
             the gallery in a browser, the deployment on emulators of AWS, instruction counts
  quick      formatting, lints and tests only
USAGE
  exit 2
}
[[ $# -le 1 && ${1-quick} == quick ]] || usage

step() { printf '\n== %s (%d s so far)\n' "$*" "$SECONDS"; }

step "formatting"
cargo fmt --all -- --check

step "lints"
cargo clippy --locked --workspace --all-targets -- -D warnings
# The fuzz targets compile some sources a second time and are not members of the workspace. Nothing is linked, so no fuzzer is built.
CUSTOM_LIBFUZZER_PATH=none/libfuzzer.a RUSTFLAGS="-D warnings" cargo check --quiet --locked --manifest-path fuzz/Cargo.toml --target-dir target/fuzz

step "tests"
# More than there are processors: the longest tests wait, for quotas and for the leases of killed functions.
RUST_TEST_THREADS=4 cargo test --locked --workspace
cargo test --quiet --locked --workspace --tests -- --list | python3 tests/promises.py
python3 tests/documents.py target/debug

if [[ ${1-} == quick ]]; then
  step "done"
  exit
fi

step "dependencies, and no unsafe code of the project's own"
./tests/supply-chain.sh

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items

step "the AWS CLI against local"
./tests/aws-cli.sh target/debug/local

step "the gallery in a browser, against local"
./tests/gallery.sh target/debug/local

step "the deployment: validated, built, run and deployed to emulators of AWS"
./tests/sam/run.sh

step "instructions of a cold start and of a warm invocation"
python3 bench/lambda/instructions.py

step "done"
