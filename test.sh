#!/usr/bin/env bash
# Everything that has to hold: formatting, lints, tests, documentation, and the deployment. CI runs this and nothing else.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s (%d s so far)\n' "$*" "$SECONDS"; }

step "formatting"
cargo fmt --all -- --check

step "lints"
cargo clippy --locked --workspace --all-targets -- -D warnings
# The fuzz targets take in some sources as they are, and are no part of the workspace. Nothing is linked, so no fuzzer has to be built.
CUSTOM_LIBFUZZER_PATH=none/libfuzzer.a RUSTFLAGS="-D warnings" cargo check --quiet --locked --manifest-path fuzz/Cargo.toml --target-dir target/fuzz

step "tests"
cargo test --locked --workspace

step "what is depended on, and no unsafe code of ours"
./tests/supply-chain.sh

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items

step "the stock AWS CLI against local"
./tests/aws-cli.sh target/debug/local

step "what is deployed: validated, built, run and deployed to emulators of AWS"
./tests/sam/run.sh

step "instructions of a cold start and of a warm invocation"
python3 bench/lambda/instructions.py

step "done"
