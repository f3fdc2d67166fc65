#!/bin/sh
# Builds the harness and the floors into target/bench-lambda/rust, and the one of the SDK into target/bench-lambda/sdk.
set -eu
cd "$(dirname "$0")"
tools=$PWD/../../target/bench-lambda
(cd rust && CARGO_TARGET_DIR=$tools/rust cargo build --quiet --release --locked)
(cd sdk && CARGO_TARGET_DIR=$tools/sdk cargo build --quiet --release --locked)
