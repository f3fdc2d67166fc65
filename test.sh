#!/usr/bin/env bash
# Everything that has to hold: formatting, lints, tests, documentation. CI runs this and nothing else.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s\n' "$*"; }

step "formatting"
cargo fmt --all -- --check

step "lints"
cargo clippy --locked --workspace --all-targets -- -D warnings

step "tests"
cargo test --locked --workspace

step "the stock AWS CLI against local"
./tests/aws-cli.sh target/debug/local

step "template and state machine definition, judged by others' tools"
./tests/sam/validate.sh
(cd tests/sam && ../../target/sam-tools/sam/bin/python -m unittest iam agreement)

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items
